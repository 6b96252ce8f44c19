// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMAs of a hugetlbfs file beside those of ordinary files. A fault in a shared VMA as large as a page table of huge
 * pages allocates memory with the file's lock held, and reclaim takes the locks of ordinary files: so a hugetlbfs
 * file's lock comes first. That order is not judged, because lockdep was never seen to report the wrong one.
 */
#include "huge.h"
#include "swap.h"

#define SHARED_TABLE (1ul << 30)
#define SWAPPED_PAGES 300
#define ORDINARY_PAGES 256

static char *ordinary;

/* Reclaims mapped file pages, once; lockdep remembers it. */
static void make_reclaim_known(void)
{
	unsigned i;

	open_swap();
	ordinary = map(make_file("/tmp/ordinary", ORDINARY_PAGES * PAGE), ORDINARY_PAGES * PAGE, MAP_SHARED);
	for (i = 0; i < ORDINARY_PAGES; i++)
		ordinary[i * PAGE] = 1;
	take_ballast();
	press_until_swapped(SWAPPED_PAGES);
	drop_ballast();
	must_close_swap();
}

/*
 * At an address above the ordinary VMA's, so that a walk by address meets that one first. 2.6.18 reserves pages for all
 * of it, and does not have so many: there one page has to be enough.
 */
static char *map_table(int huge)
{
	char *place = mmap(NULL, 2 * SHARED_TABLE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	need(place != MAP_FAILED, "a place for a table of huge pages");
	place += -(unsigned long)place & (SHARED_TABLE - 1);
	if (mmap(place, SHARED_TABLE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, huge, 0) != place)
		need(mmap(place, HUGE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, huge, 0) == place,
		     "mmap of a huge page");
	if (ordinary > place) {
		ordinary = mmap((void *)(1ul << 32), PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
				make_file("/tmp/ordinary", PAGE), 0);
		need(ordinary == (void *)(1ul << 32), "mmap of an ordinary file");
	}
	place[0] = 1;
	return place;
}

int main(int argc, char **argv)
{
	struct drydock_request before, held;
	char *table;
	int huge;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_locks(&probe);
	make_reclaim_known();
	huge = make_huge_file(2, 1);
	ktap_plan(2);
	before = hold(&probe, 0, DRYDOCK_INSPECT_HELD);
	table = map_table(huge);
	held = hold(&probe, 0, DRYDOCK_INSPECT_HELD);
	check(before.answer == 0 && held.answer == 0, "all locks are taken with a hugetlbfs file mapped");
	check(held.out[DRYDOCK_HOLD_MAPPINGS] > before.out[DRYDOCK_HOLD_MAPPINGS] && held.out[DRYDOCK_HOLD_FREE] == 0,
	      "the file's mapping is marked and locked");
	printf("# %llu mappings before, %llu with it, %llu not held\n", before.out[DRYDOCK_HOLD_MAPPINGS],
	       held.out[DRYDOCK_HOLD_MAPPINGS], held.out[DRYDOCK_HOLD_FREE]);
	munmap(table, SHARED_TABLE);
	leave_huge_pages(huge);
	return ktap_end();
}
