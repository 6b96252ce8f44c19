// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU 0 fills the secondary table and then lets the kernel take the pages away, in each round in another way that the
 * seed chooses. The callbacks are slow to drop their entries, and CPU 1 searches the table meanwhile: if an entry has a
 * free page, that page was freed before it was announced, or never announced.
 */
#include "area.h"
#include "storm.h"

#define ROUNDS 30
#define SHARED 0			/* of a tmpfs file */
#define PRIVATE 64
#define PLACE 160			/* where mremap moves private pages to */
#define PIECE 64
#define SLOW_MICROSECONDS 60
#define WATCH_MICROSECONDS 3000		/* of one command, so that a watcher can stop */

enum way { CUT, DISCARD, UNMAP, MOVE, COPY, RECLAIM, WAYS };

/* One is enough: the table has one lock. */
static struct {
	pthread_t thread;
	unsigned long sightings;
	volatile unsigned long looks;
} watcher;

static struct probe reclaimer;
static volatile int stop;
static int file, can_unmap;
static struct {
	unsigned long entered, compared, risen, stale, freed;
	unsigned done[WAYS];
} sum;

static void *watch(void *unused)
{
	struct drydock_request request;

	(void)unused;
	use_cpu(1);
	while (!stop) {
		memset(&request, 0, sizeof(request));
		request.microseconds = WATCH_MICROSECONDS;
		watcher.sightings += ask(&probe, DRYDOCK_WATCH, &request);
		watcher.looks += request.out[0];
	}
	return NULL;
}

static void make_pages(void)
{
	set_size(file, PIECE * PAGE);
	map_at(SHARED, PIECE, MAP_SHARED, file);
	map_at(PRIVATE, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	write_pages(SHARED, SHARED + PIECE, 1);
	write_pages(PRIVATE, PRIVATE + PIECE, 1);
}

/*
 * The kernel's own lists of pages on their way to the LRU hold references for a while, so single pages may have more or
 * fewer than before; a table that pins has one more for each page.
 */
static void fill_table(void)
{
	int before[2 * PIECE], after;
	unsigned i;

	for (i = 0; i < 2 * PIECE; i++)
		before[i] = ask_about(&probe, DRYDOCK_REFERENCES, page(i), 1, 0);
	sum.entered += enter(0, 2 * PIECE, DRYDOCK_WRITE);
	for (i = 0; i < 2 * PIECE; i++) {
		after = ask_about(&probe, DRYDOCK_REFERENCES, page(i), 1, 0);
		sum.compared += before[i] > 0 && after > 0;
		sum.risen += before[i] > 0 && after > before[i];
	}
}

static void copy_pages(void)
{
	pid_t child;
	int gate;

	child = fork_relative(&gate);
	enter(PRIVATE, PRIVATE + PIECE, 0);
	write_pages(PRIVATE, PRIVATE + PIECE, 2);
	end_relative(child, gate);
}

static void reclaim_pages(void)
{
	unsigned i;

	for (i = 0; i < 8; i++) {
		need(ask_about(&reclaimer, DRYDOCK_PIN, page(SHARED + i * 7), 1, 0) == 0, "pin");
		ask_about(&reclaimer, DRYDOCK_RMAP, NULL, 0, DRYDOCK_UNMAP);
		ask_plainly(&reclaimer, DRYDOCK_UNPIN);
	}
	set_size(file, 0);
}

static void take_away(enum way way)
{
	switch (way) {
	case CUT:
		set_size(file, chance() % PIECE * PAGE);
		break;
	case DISCARD:
		need(madvise(page(PRIVATE), PIECE * PAGE, MADV_DONTNEED) == 0, "madvise");
		break;
	case UNMAP:
		need(munmap(page(PRIVATE + 8), 40 * PAGE) == 0, "munmap");
		break;
	case MOVE:
		need(mremap(page(PRIVATE), 32 * PAGE, 32 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(PLACE)) ==
		     page(PLACE), "mremap");
		need(munmap(page(PLACE), 32 * PAGE) == 0, "munmap");
		break;
	case COPY:
		copy_pages();
		break;
	default:
		if (can_unmap)
			reclaim_pages();
		else
			set_size(file, 0);
	}
	sum.done[way]++;
}

static void run_round(unsigned round)
{
	make_pages();
	fill_table();
	take_away(round < WAYS ? round : chance() % WAYS);
	sum.stale += ask_plainly(&probe, DRYDOCK_VERIFY);
	listen_to(&probe);
	sum.freed += count_kind(&probe, 0, DRYDOCK_EVENT_FREED);
	begin_step();
}

static void be_slow(void)
{
	struct drydock_request request = {
		.microseconds = SLOW_MICROSECONDS,
		.flags = 1u << DRYDOCK_EVENT_START | 1u << DRYDOCK_EVENT_PAGE | DRYDOCK_DELAY_BEFORE,
	};

	ask(&probe, DRYDOCK_DELAY, &request);
}

static void report(void)
{
	if (!check(sum.compared > 0 && sum.risen < sum.compared / 4, "entries of the secondary table add no reference"))
		printf("# %lu of %lu pages had more references than before\n", sum.risen, sum.compared);
	if (!check(sum.freed == 0, "no callback found that a page it announces was free already"))
		printf("# %lu were\n", sum.freed);
	if (other_cpus == 0)
		skip_check("no entry ever named a free page", "this guest has one CPU, and nobody to look meanwhile");
	else if (!check(watcher.sightings == 0, "no entry ever named a free page"))
		printf("# seen %lu times in %lu looks\n", watcher.sightings, watcher.looks);
	if (other_cpus > 0 && watcher.looks == 0)
		unmet("CPU 1 never looked through the table of %lu entries", sum.entered);
	if (!check(sum.stale == 0, "after each round every entry names the page that the page tables name"))
		printf("# %lu stale\n", sum.stale);
	check_balance();
}

int main(int argc, char **argv)
{
	unsigned round, rounds;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	open_probe(&reclaimer);
	ktap_plan(6);
	count_other_cpus();
	rounds = steps(ROUNDS);
	use_cpu(0);
	can_unmap = can(&probe, DRYDOCK_RMAP, DRYDOCK_UNMAP);
	reserve_area(256);
	file = make_file("/tmp/unpinned", PIECE * PAGE);
	check_registration();
	be_slow();
	if (other_cpus > 0)
		start_thread(&watcher.thread, watch, NULL);
	if (other_cpus > 0)
		see_progress(&watcher.looks);
	for (round = 0; round < rounds; round++)
		run_round(round);
	stop = 1;
	if (other_cpus > 0)
		end_thread(watcher.thread);
	report();
	figure("rounds", round, "rounds");
	figure("entries", sum.entered, "pages");
	figure("looks", watcher.looks, "looks");
	return ktap_end();
}
