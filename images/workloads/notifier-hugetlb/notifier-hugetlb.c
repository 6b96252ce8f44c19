// SPDX-License-Identifier: GPL-2.0-only
/* Huge pages have their own code for unmapping, truncation and protection. */
#include "huge.h"

#define PAGES 4

int main(int argc, char **argv)
{
	unsigned i;
	int file;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	file = make_huge_file(PAGES, PAGES);
	ktap_plan(5);
	for (i = 0; i < PAGES; i++)
		map_huge_page(i, MAP_SHARED, file);
	check_registration();
	prepare_huge_page(0);
	need(mprotect(page(0), HUGE_PAGES * PAGE, PROT_READ) == 0, "mprotect");
	check_step(0, HUGE_PAGES, NOTHING_ELSE, 1, "mprotect notifies a huge page");
	prepare_huge_page(3);
	set_size(file, 3 * HUGE_PAGES * PAGE);
	check_step(3 * HUGE_PAGES, 4 * HUGE_PAGES, NOTHING_ELSE, 1, "ftruncate notifies exactly the huge page it cuts");
	prepare_huge_page(2);
	need(munmap(page(2 * HUGE_PAGES), HUGE_PAGES * PAGE) == 0, "munmap");
	check_step(2 * HUGE_PAGES, 3 * HUGE_PAGES, NOTHING_ELSE, 1, "munmap notifies a huge page");
	check_balance();
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	leave_huge_pages(file);
	return ktap_end();
}
