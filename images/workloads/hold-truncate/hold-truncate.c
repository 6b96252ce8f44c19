// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sibling thread truncates a file that is mapped shared and one that is mapped private, while all locks of the mm are
 * held.
 */
#include "window.h"
#include <sys/stat.h>

#define PAGES 8
#define KEPT 3

static int file;
static char *area;

static void make_area(int flags)
{
	unsigned i;

	if (area)
		munmap(area, PAGES * PAGE);
	set_size(file, PAGES * PAGE);
	area = map(file, PAGES * PAGE, flags);
	for (i = 0; i < PAGES; i++)
		area[i * PAGE] = 1;
	window.watched = area;
	window.watched_pages = PAGES;
}

static void map_shared(void)
{
	make_area(MAP_SHARED);
}

static void map_private(void)
{
	make_area(MAP_PRIVATE);
}

static void cut(void)
{
	set_size(file, KEPT * PAGE);
}

/* The page tables have the kept pages and none after them. */
static int is_cut(void)
{
	struct stat facts;
	unsigned i, wrong = 0;
	int references;

	if (fstat(file, &facts) != 0)
		bail("fstat: %s", strerror(errno));
	for (i = 0; i < PAGES; i++) {
		references = ask_about(&window.probe, DRYDOCK_REFERENCES, area + i * PAGE, 0, 0);
		wrong += i < KEPT ? references <= 0 : references != -ENOENT;
	}
	return facts.st_size == (off_t)(KEPT * PAGE) && wrong == 0;
}

static const struct act acts[] = {
	{ "a truncation of a file mapped shared", map_shared, cut, is_cut },
	{ "a truncation of a file mapped private, with copies of its pages,", map_private, cut, is_cut },
};

#define ACTS (sizeof(acts) / sizeof(acts[0]))

int main(int argc, char **argv)
{
	unsigned i;

	ktap_start(argc, argv);
	need_two_cpus();
	open_probe(&window.probe);
	need_locks(&window.probe);
	ktap_plan(ACTS + WINDOW_CHECKS);
	file = make_file("/tmp/held", PAGES * PAGE);
	open_windows(steps(1));
	for (i = 0; i < ACTS; i++)
		check_act(&acts[i]);
	close_windows();
	check_windows();
	return ktap_end();
}
