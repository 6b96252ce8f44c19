// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on a range of addresses, each of which has a notification of its own in the kernel. Every changed page is
 * in the secondary table when the operation begins.
 */
#include "area.h"

#define SHARED 0			/* 64 pages of a tmpfs file */
#define ANONYMOUS 80			/* 64 private pages */
#define HOLE 160			/* 64 pages of nothing */
#define PIECE 64

static int file;

static void make_area(void)
{
	reserve_area(256);
	file = make_file("/tmp/ranges", PIECE * PAGE);
	map_at(SHARED, PIECE, MAP_SHARED, file);
	map_at(ANONYMOUS, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	need(munmap(page(HOLE), PIECE * PAGE) == 0, "munmap of the hole");
	write_pages(SHARED, SHARED + PIECE, 1);
	write_pages(ANONYMOUS, ANONYMOUS + PIECE, 1);
}

static void prepare(unsigned from, unsigned to)
{
	if (enter(from, to, DRYDOCK_WRITE) != (int)(to - from))
		bail("the secondary table took not all of page %u to %u", from, to);
	begin_step();
}

static void check_protection(void)
{
	prepare(SHARED + 8, SHARED + 16);
	need(mprotect(page(SHARED + 8), 8 * PAGE, PROT_READ) == 0, "mprotect");
	check_step(SHARED + 8, SHARED + 16, NOTHING_ELSE, 1, "mprotect notifies its range");
}

static void check_unmapping(void)
{
	prepare(ANONYMOUS + 8, ANONYMOUS + 16);
	need(madvise(page(ANONYMOUS + 8), 8 * PAGE, MADV_DONTNEED) == 0, "madvise");
	check_step(ANONYMOUS + 8, ANONYMOUS + 16, NOTHING_ELSE, 1, "madvise(MADV_DONTNEED) notifies its range");
	prepare(ANONYMOUS + 20, ANONYMOUS + 28);
	need(munmap(page(ANONYMOUS + 20), 8 * PAGE) == 0, "munmap");
	check_step(ANONYMOUS + 20, ANONYMOUS + 28, NOTHING_ELSE, 1, "munmap notifies its range");
	prepare(SHARED + 18, SHARED + 22);
	map_at(SHARED + 18, 4, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	check_step(SHARED + 18, SHARED + 22, NOTHING_ELSE, 1, "mmap over a mapping notifies what it replaces");
}

/* After the move, the old range is unmapped, and announced, as well; the move itself is announced by a second pair. */
static void check_move(void)
{
	prepare(ANONYMOUS + 32, ANONYMOUS + 40);
	need(mremap(page(ANONYMOUS + 32), 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(HOLE)) == page(HOLE),
	     "mremap");
	check_step(ANONYMOUS + 32, ANONYMOUS + 40, NOTHING_ELSE, 2,
		   "mremap notifies the range it moves, and the unmapping behind it");
}

/* The secondary table loses what ftruncate cuts and keeps the rest; private copies of the file's pages go too. */
static void check_truncate(void)
{
	static const char copies[] = "ftruncate notifies the private copies it cuts";
	int left;

	prepare(SHARED + 24, SHARED + 64);
	set_size(file, 40 * PAGE);
	check_step(SHARED + 40, SHARED + 64, NOTHING_ELSE, 1, "ftruncate notifies exactly the pages it cuts");
	left = ask_about(&probe, DRYDOCK_COUNT, page(SHARED + 24), 16, 0);
	if (!check(left == 16, "the secondary table keeps the pages below the cut"))
		printf("# left %d of 16\n", left);
	map_at(HOLE + 16, 40, MAP_PRIVATE, file);
	write_pages(HOLE + 16, HOLE + 56, 2);
	prepare(HOLE + 16, HOLE + 56);
	set_size(file, 36 * PAGE);
	check_step(HOLE + 52, HOLE + 56, ANYTHING_ELSE, 1, copies);
}

static void check_hole(void)
{
	static const char text[] = "madvise(MADV_REMOVE) notifies the range it takes out of the file";

	prepare(SHARED + 28, SHARED + 32);
	if (madvise(page(SHARED + 28), 4 * PAGE, MADV_REMOVE) != 0)
		skip_check(text, "this kernel cannot take pages out of a file");
	else
		check_step(SHARED + 28, SHARED + 32, ANYTHING_ELSE, 1, text);
}

static void check_fork(void)
{
	pid_t child;
	int gate;

	prepare(ANONYMOUS + 44, ANONYMOUS + 64);
	child = fork_relative(&gate);
	check_step(ANONYMOUS + 44, ANONYMOUS + 64, ANYTHING_ELSE, 1,
		   "fork notifies a private area before it is write-protected");
	end_relative(child, gate);
}

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(12);
	make_area();
	check_registration();
	check_protection();
	check_unmapping();
	check_move();
	check_truncate();
	check_hole();
	check_fork();
	check_balance();
	return ktap_end();
}
