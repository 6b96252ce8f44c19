// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver reads a private range that nobody has touched. get_user_pages() of old kernels then gives the zero page
 * without a page table entry, and the first write fills an empty entry, which no notification announces.
 */
#include "area.h"

#define TABLE_PAGES 512			/* what one page table maps */
#define LOOKED_AT 8

int main(int argc, char **argv)
{
	unsigned first;
	int entered, stale;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(4);
	reserve_area(3 * TABLE_PAGES);
	map_at(0, area_pages, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	/* The middle of three page tables' size contains a whole one. */
	first = (((unsigned long)area / PAGE + TABLE_PAGES - 1) / TABLE_PAGES * TABLE_PAGES) - (unsigned long)area / PAGE;
	check_registration();
	entered = enter(first, first + LOOKED_AT, 0);
	if (entered != LOOKED_AT)
		bail("the secondary table took %d of %d pages", entered, LOOKED_AT);
	begin_step();
	write_pages(first, first + LOOKED_AT, 1);
	check_step(first, first + LOOKED_AT, NOTHING_ELSE, 1,
		   "the first write to a page that only a driver has read notifies that page");
	stale = ask_plainly(&probe, DRYDOCK_VERIFY);
	if (!check(stale == 0, "no entry names the zero page any more"))
		printf("# %d stale\n", stale);
	check_balance();
	return ktap_end();
}
