// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes write a shared file in turns of two parts. In the first part, one of them truncates the file and extends it
 * again, several times, while the others write below the truncation. In the second part all write anywhere below the
 * end. After each part every process compares its neighbour's pages with a copy of what the file must have.
 */
#include "disk.h"
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>

#define FILE_PAGES 48
#define FILE_BYTES (FILE_PAGES * PAGE)
#define WRITERS 4			/* the first one cuts */
#define TURNS 20
#define WRITES 24			/* of each process in each part of a turn */
#define CUTS 4
#define LENGTH_LIMIT 700

/* Shared by all processes; each page of the file belongs to one of them, and only that one writes there. */
struct board {
	unsigned arrived;		/* at the meetings, in all */
	unsigned long size, cut;	/* the file's, and below what it is not cut in this turn */
	unsigned long wrong_read, wrong_mapped, wrong_tail, wrong_size, wrong_disk, writes, bytes;
	unsigned char expected[FILE_BYTES];
};

static struct board *board;
static unsigned char *area;
static int file;
static unsigned self;

static void meet_all(void)
{
	gather(&board->arrived, WRITERS);
}

/* A page of the process `owner`, below `bytes`; FILE_PAGES if there is none. */
static unsigned choose_page(unsigned owner, unsigned long bytes)
{
	unsigned whole = bytes / PAGE, of_owner = whole / WRITERS + (whole % WRITERS > owner);

	return of_owner ? chance() % of_owner * WRITERS + owner : FILE_PAGES;
}

/* Writes some bytes of an own page below `limit`, by pwrite or by a store, and the same into the copy. */
static void write_once(unsigned long limit)
{
	unsigned page = choose_page(self, limit), length, i;
	unsigned char bytes[LENGTH_LIMIT];
	unsigned long start;

	if (page == FILE_PAGES)
		return;
	length = 1 + chance() % LENGTH_LIMIT;
	start = page * PAGE + chance() % (PAGE - length + 1);
	for (i = 0; i < length; i++)
		bytes[i] = chance();
	if (chance() % 2)
		memcpy(area + start, bytes, length);
	else if (pwrite(file, bytes, length, start) != (ssize_t)length)
		bail("write %u bytes at %lu of a file: %s", length, start, strerror(errno));
	memcpy(board->expected + start, bytes, length);
	__sync_fetch_and_add(&board->writes, 1);
	__sync_fetch_and_add(&board->bytes, length);
}

static void cut_and_grow(void)
{
	unsigned i;

	for (i = 0; i < CUTS; i++) {
		set_size(file, board->cut);
		set_size(file, FILE_BYTES);
		spin(chance() % 20000);
	}
	board->size = FILE_BYTES;
	if (chance() % 2)
		set_size(file, board->size = board->cut);
	memset(board->expected + board->cut, 0, FILE_BYTES - board->cut);
}

/* Compares what is read and what is mapped of page `page`, up to the end; after the end the last page has zeros. */
static void compare_page(unsigned page)
{
	unsigned long start = page * PAGE, end = board->size < start + PAGE ? board->size : start + PAGE, i;
	unsigned char bytes[PAGE];
	ssize_t length;

	if (start >= board->size)
		return;
	length = pread(file, bytes, PAGE, start);
	if (length != (ssize_t)(end - start))
		__sync_fetch_and_add(&board->wrong_size, 1);
	else if (memcmp(bytes, board->expected + start, length) != 0)
		__sync_fetch_and_add(&board->wrong_read, 1);
	if (memcmp(area + start, board->expected + start, end - start) != 0)
		__sync_fetch_and_add(&board->wrong_mapped, 1);
	for (i = end; i < start + PAGE; i++)
		if (area[i] != 0) {
			__sync_fetch_and_add(&board->wrong_tail, 1);
			return;
		}
}

static void compare_neighbour(void)
{
	struct stat facts;
	unsigned page;

	if (fstat(file, &facts) != 0)
		bail("fstat: %s", strerror(errno));
	if ((unsigned long)facts.st_size != board->size)
		__sync_fetch_and_add(&board->wrong_size, 1);
	for (page = (self + 1) % WRITERS; page < FILE_PAGES; page += WRITERS)
		compare_page(page);
}

static void take_turn(void)
{
	unsigned i;

	if (self == 0)
		board->cut = chance() % 3 ? chance() % FILE_BYTES : (chance() % FILE_PAGES) * PAGE;
	meet_all();
	if (self == 0)
		cut_and_grow();
	for (i = 0; self != 0 && i < WRITES; i++)
		write_once(board->cut);
	meet_all();
	compare_neighbour();
	meet_all();
	for (i = 0; i < WRITES; i++)
		write_once(board->size);
	meet_all();
	compare_neighbour();
	meet_all();
	if (self == 0)
		set_size(file, board->size = FILE_BYTES);
	meet_all();
}

/* Starts the processes and waits for them; if one dies, the others would wait for it for ever. */
static int run_writers(unsigned turns)
{
	pid_t children[WRITERS], child;
	int status, ended = 1, living;
	unsigned i, turn;

	for (i = 0; i < WRITERS; i++) {
		children[i] = fork();
		if (children[i] < 0)
			bail("fork: %s", strerror(errno));
		if (children[i] > 0)
			continue;
		self = i;
		ktap.state += i + 1;
		use_cpu(count_cpus() < 2 ? 0 : i % 2);
		for (turn = 0; turn < turns; turn++)
			take_turn();
		_exit(0);
	}
	for (living = WRITERS; living > 0; living--) {
		child = wait(&status);
		if (child > 0 && status == 0)
			continue;
		ended = 0;
		bail_with_child(status);
		for (i = 0; i < WRITERS; i++)
			if (children[i] != child)
				kill(children[i], SIGKILL);
	}
	return ended;
}

/* When all pages have been dropped, the file is read once more: from the disk, if it has one. */
static int try_file(int opened, int is_disk, unsigned turns)
{
	unsigned char bytes[PAGE];
	unsigned page;
	int ended;

	file = opened;
	area = (unsigned char *)map(file, FILE_BYTES, MAP_SHARED);
	memset(board->expected, 0, FILE_BYTES);
	board->arrived = 0;
	board->size = FILE_BYTES;
	ended = run_writers(turns);
	munmap(area, FILE_BYTES);
	if (is_disk)
		forget_pages(file);
	for (page = 0; ended && page < FILE_PAGES; page++)
		board->wrong_disk += pread(file, bytes, PAGE, page * PAGE) != (ssize_t)PAGE ||
				     memcmp(bytes, board->expected + page * PAGE, PAGE) != 0;
	close(file);
	return ended;
}

int main(int argc, char **argv)
{
	unsigned turns;
	uint64_t begin;
	int ended, disk_file;

	ktap_start(argc, argv);
	turns = steps(TURNS);
	ktap_plan(6);
	board = (struct board *)map(-1, sizeof(*board), MAP_SHARED | MAP_ANONYMOUS);
	begin = nanoseconds();
	ended = try_file(make_file("/tmp/written", FILE_BYTES), 0, turns);
	disk_file = make_disk_file(FILE_BYTES);
	if (disk_file >= 0)
		ended &= try_file(disk_file, 1, turns);
	begin = nanoseconds_since(begin);
	check(ended, "no writer met a fault below the end of the file");
	check(board->wrong_read == 0, "what is read is what was written last");
	check(board->wrong_mapped == 0, "what is mapped is what was written last");
	check(board->wrong_tail == 0, "behind the end the last page is zeros");
	check(board->wrong_size == 0, "the file is as long as it was made");
	check(board->wrong_disk == 0, "the file holds the same when no page is mapped any more");
	printf("# pages wrong: %lu read, %lu mapped, %lu behind the end, %lu at the end; %lu sizes\n", board->wrong_read,
	       board->wrong_mapped, board->wrong_tail, board->wrong_disk, board->wrong_size);
	figure("writes", board->writes, "writes");
	figure("bytes", board->bytes, "bytes");
	figure("time", begin / 1000000, "ms");
	return ktap_end();
}
