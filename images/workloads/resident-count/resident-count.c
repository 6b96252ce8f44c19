// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel counts the resident pages of an mm each time one comes or goes. After each step the count in
 * /proc/self/statm has moved by the pages that the step brought or took; a task of newer kernels may keep up to
 * SLACK of them to itself for a while.
 */
#include "area.h"
#include "swap.h"

#define PAGES 512
#define ANONYMOUS 0
#define SHARED PAGES			/* of a tmpfs file */
#define SLACK 128			/* 64 of each kind of page */

static int file;

static long resident(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	long pages;

	if (!statm || fscanf(statm, "%*d %ld", &pages) != 1)
		bail("read /proc/self/statm: %s", strerror(errno));
	fclose(statm);
	return pages;
}

/* The step since `*before` moved the count by `change` pages, up or down. */
static void check_change(long *before, long change, const char *text)
{
	long now = resident(), moved = now - *before;

	if (!check(moved >= change - SLACK && moved <= change + SLACK, "%s", text))
		printf("# %ld pages more instead of %ld\n", moved, change);
	*before = now;
}

/* Returns how many pages no page table has any more. */
static unsigned unmap_by_rmap(unsigned from)
{
	unsigned i, gone = 0;

	for (i = from; i < from + PAGES; i++) {
		need(ask_about(&probe, DRYDOCK_PIN, page(i), 1, DRYDOCK_WRITE) == 0, "pin");
		ask_about(&probe, DRYDOCK_RMAP, NULL, 0, DRYDOCK_UNMAP);
		ask_plainly(&probe, DRYDOCK_UNPIN);
		gone += ask_about(&probe, DRYDOCK_REFERENCES, page(i), 1, 0) == -ENOENT;
	}
	return gone;
}

static void check_reverse_map(unsigned from, const char *unmapped, const char *back)
{
	long before = resident(), gone;

	if (!can(&probe, DRYDOCK_RMAP, DRYDOCK_UNMAP)) {
		skip_check(unmapped, "the probe finds no try_to_unmap");
		skip_check(back, "the probe finds no try_to_unmap");
		return;
	}
	gone = unmap_by_rmap(from);
	if (gone < 2 * SLACK)
		unmet("try_to_unmap took %ld of %d pages", gone, PAGES);
	check_change(&before, -gone, unmapped);
	/* Newer kernels bring pages that are only read in clusters, and count them at some later fault. */
	write_pages(from, from + PAGES, 3);
	check_change(&before, gone, back);
}

static void check_child(void)
{
	int status;
	pid_t child = fork();
	long before;

	need(child >= 0, "fork");
	if (child == 0) {
		before = resident();
		write_pages(ANONYMOUS, ANONYMOUS + PAGES, 2);
		_exit(labs(resident() - before) <= SLACK ? 0 : 1);
	}
	need(waitpid(child, &status, 0) == child, "waitpid");
	bail_with_child(status);
	check(status == 0, "a copied page counts as the one that it replaces");
}

int main(int argc, char **argv)
{
	long before;

	ktap_start(argc, argv);
	open_probe(&probe);
	open_swap();
	ktap_plan(12);
	reserve_area(2 * PAGES);
	file = make_file("/tmp/resident", PAGES * PAGE);
	map_at(ANONYMOUS, PAGES, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map_at(SHARED, PAGES, MAP_SHARED, file);
	resident();
	before = resident();
	write_pages(ANONYMOUS, ANONYMOUS + PAGES, 1);
	check_change(&before, PAGES, "private pages that are written count");
	write_pages(SHARED, SHARED + PAGES, 1);
	check_change(&before, PAGES, "pages of a file that are written count");
	check_child();
	check_reverse_map(SHARED, "pages of a file that the reverse map unmaps count no more", "they count when they come back");
	check_reverse_map(ANONYMOUS, "private pages that the reverse map unmaps count no more",
			  "they count when they come back from swap");
	before = resident();
	need(madvise(page(ANONYMOUS), PAGES * PAGE, MADV_DONTNEED) == 0, "madvise");
	check_change(&before, -PAGES, "private pages that madvise discards count no more");
	write_pages(ANONYMOUS, ANONYMOUS + PAGES, 1);
	check_change(&before, PAGES, "they count again when they are written");
	set_size(file, 0);
	check_change(&before, -PAGES, "pages of a file that is cut count no more");
	need(munmap(page(ANONYMOUS), PAGES * PAGE) == 0, "munmap");
	check_change(&before, -PAGES, "private pages that are unmapped count no more");
	need(munmap(page(SHARED), PAGES * PAGE) == 0, "munmap");
	check_change(&before, 0, "a mapping without pages takes none along");
	must_close_swap();
	return ktap_end();
}
