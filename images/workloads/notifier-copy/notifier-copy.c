// SPDX-License-Identifier: GPL-2.0-only
/* Writes that put a copy in the place of a page. Whoever reads the old page through a secondary MMU must lose it. */
#include "area.h"

#define ANONYMOUS 0
#define PRIVATE 32			/* pages of a file, privately */
#define ZERO 64				/* private pages that were only read: the zero page, where the kernel has it there */
#define PIECE 16

static void make_area(void)
{
	int file = make_file("/tmp/copied", PIECE * PAGE);

	reserve_area(96);
	map_at(ANONYMOUS, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map_at(PRIVATE, PIECE, MAP_PRIVATE, file);
	map_at(ZERO, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	write_pages(ANONYMOUS, ANONYMOUS + PIECE, 1);
	read_pages(PRIVATE, PRIVATE + PIECE);
	read_pages(ZERO, ZERO + PIECE);
}

static void check_copies(unsigned from, const char *heard, const char *current)
{
	int entered = enter(from, from + PIECE, 0), stale;

	if (entered != PIECE)
		bail("the secondary table took %d of %d pages", entered, PIECE);
	begin_step();
	write_pages(from + 4, from + 8, 3);
	check_step(from + 4, from + 8, NOTHING_ELSE, 1, heard);
	entered = enter(from + 4, from + 8, 0);
	stale = ask_plainly(&probe, DRYDOCK_VERIFY);
	if (!check(entered == 4 && stale == 0, "%s", current))
		printf("# entered %d of 4, %d stale\n", entered, stale);
}

int main(int argc, char **argv)
{
	pid_t child;
	int gate;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(8);
	make_area();
	check(ask_plainly(&probe, DRYDOCK_REGISTER) == 0, "registration on the live mm succeeds");
	child = fork_relative(&gate);
	check_copies(ANONYMOUS, "the copy of a page shared by fork notifies that page",
		     "after it every entry names the page that the page tables name");
	end_relative(child, gate);
	check_copies(PRIVATE, "the private copy of a file's page notifies that page",
		     "after it every entry names the page that the page tables name");
	check_copies(ZERO, "the first write to a page that was read notifies that page",
		     "after it every entry names the page that the page tables name");
	check_balance();
	return ktap_end();
}
