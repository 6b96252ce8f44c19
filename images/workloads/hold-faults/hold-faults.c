// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inside the window no page fault is served and no VMA changes: each act that a sibling thread begins there waits for
 * the drop, no page table entry is lost and no VMA gets an anon_vma.
 */
#include "window.h"
#include <sys/syscall.h>

#define PAGES 8

static char *area, *nonlinear, *gone;
static int file;
static char value;

static char *page(unsigned number)
{
	return area + number * PAGE;
}

/* A new private VMA of the file: page 0 written, the others never touched, because a read might map its neighbours. */
static void make_area(void)
{
	if (area)
		munmap(area, PAGES * PAGE);
	area = map(file, PAGES * PAGE, MAP_PRIVATE);
	page(0)[0] = 1;
	window.watched = area;
	window.watched_pages = 1;
}

static void make_area_read(void)
{
	make_area();
	value = *(volatile char *)page(1);
	window.watched_pages = 2;
}

/* As before, but no page was ever written, so that it has no anon_vma. */
static void make_untouched_area(void)
{
	if (area)
		munmap(area, PAGES * PAGE);
	area = map(file, PAGES * PAGE, MAP_PRIVATE);
	window.watched_pages = 0;
}

static void make_nonlinear_area(void)
{
	if (nonlinear)
		munmap(nonlinear, PAGES * PAGE);
	nonlinear = map(file, PAGES * PAGE, MAP_SHARED);
	value = *(volatile char *)nonlinear;
	window.watched = nonlinear;
	window.watched_pages = 1;
}

static void make_mapping(void)
{
	make_area();
	gone = page(0);
}

static void read_untouched(void)
{
	value = *(volatile char *)page(2);
}

static int has_read(void)
{
	return value == 2;
}

static void write_untouched(void)
{
	*(volatile char *)page(3) = 33;
}

static int has_written(void)
{
	return page(3)[0] == 33;
}

static void copy(void)
{
	*(volatile char *)page(1) = 44;
}

static int has_copied(void)
{
	char original;

	return page(1)[0] == 44 && pread(file, &original, 1, PAGE) == 1 && original == 1;
}

static void protect(void)
{
	if (mprotect(page(0), PAGE, PROT_NONE) != 0)
		bail("mprotect: %s", strerror(errno));
}

/*
 * A system call that reads the page fails instead of killing the process. It reads a whole word, because after a bad
 * address 2.6.18-128.el5 computes the remaining length of a shorter read from the address, and write() returns that.
 */
static int is_unreadable(const char *address)
{
	return pwrite(file, address, sizeof(uint64_t), 0) < 0 && errno == EFAULT;
}

static int is_protected(void)
{
	return is_unreadable(page(0));
}

static void unmap(void)
{
	if (munmap(gone, PAGE) != 0)
		bail("munmap: %s", strerror(errno));
}

static int is_unmapped(void)
{
	return is_unreadable(gone);
}

static void remap(void)
{
	if (syscall(SYS_remap_file_pages, nonlinear, PAGE, 0, 5, 0) != 0)
		bail("remap_file_pages: %s", strerror(errno));
}

static int is_remapped(void)
{
	return nonlinear[0] == 5;
}

static const struct act acts[] = {
	{ "a read fault", make_area, read_untouched, has_read },
	{ "a write fault", make_area, write_untouched, has_written },
	{ "a copy of a private page", make_area_read, copy, has_copied },
	{ "the first write to an area without an anon_vma", make_untouched_area, write_untouched, has_written },
	{ "an mprotect", make_area, protect, is_protected },
	{ "an munmap", make_mapping, unmap, is_unmapped },
	{ "a remap_file_pages", make_nonlinear_area, remap, is_remapped },
};

#define ACTS (sizeof(acts) / sizeof(acts[0]))

/* Each page of the file begins with its number. */
static void make_numbered_file(void)
{
	char number;

	file = make_file("/tmp/faulted", PAGES * PAGE);
	for (number = 0; number < PAGES; number++)
		if (pwrite(file, &number, 1, number * PAGE) != 1)
			bail("write the file: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	unsigned i;

	ktap_start(argc, argv);
	need_two_cpus();
	open_probe(&window.probe);
	need_locks(&window.probe);
	ktap_plan(ACTS + WINDOW_CHECKS + 1);
	make_numbered_file();
	open_windows(steps(1));
	for (i = 0; i < ACTS; i++)
		check_act(&acts[i]);
	close_windows();
	check_windows();
	check(window.joined == 0, "no area gets an anon_vma inside a window");
	printf("# %llu anon_vmas joined\n", window.joined);
	return ktap_end();
}
