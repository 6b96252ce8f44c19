// SPDX-License-Identifier: GPL-2.0-only
/* Private huge pages: fork write-protects them, the next write copies one. */
#include "huge.h"

int main(int argc, char **argv)
{
	int file, gate, stale;
	pid_t child;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	file = make_huge_file(4, 2);
	ktap_plan(5);
	map_huge_page(0, MAP_PRIVATE, file);
	map_huge_page(1, MAP_PRIVATE, file);
	check_registration();
	prepare_huge_page(0);
	child = fork_relative(&gate);
	check_step(0, 2 * HUGE_PAGES, ANYTHING_ELSE, 1, "fork notifies private huge pages before it write-protects them");
	ask_about(&probe, DRYDOCK_MAP, page(0), LOOKED_AT, 0);
	begin_step();
	page(0)[0] = 2;
	check_step(0, HUGE_PAGES, NOTHING_ELSE, 1, "the copy of a huge page notifies that page");
	ask_about(&probe, DRYDOCK_MAP, page(0), LOOKED_AT / 2, 0);
	stale = ask_plainly(&probe, DRYDOCK_VERIFY);
	if (!check(stale == 0, "no entry names the huge page from before the copy"))
		printf("# %d stale\n", stale);
	end_relative(child, gate);
	check_balance();
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	leave_huge_pages(file);
	return ktap_end();
}
