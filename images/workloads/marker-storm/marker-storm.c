// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm_take_all_locks marks each anon_vma in the head of its list, under its lock. Other CPUs take that lock and walk the
 * list, as the reverse map does, while CPU 0 takes and drops all locks and registers notifiers. Three times out of four
 * they interrupt CPU 0 before each walk: it then stands still wherever it was, also between two instructions of a drop.
 * It is there once in a thousand times or less, so if there are few interrupts, this goes on for a while.
 */
#include "area.h"
#include "storm.h"

#define TAKES 8000			/* at least */
#define ENOUGH_INTERRUPTS 20000
#define PATIENCE_NANOSECONDS 4000000000ull	/* for that, on a busy host */
#define REGISTRATIONS 10
#define AREAS 64			/* with an anon_vma each */
#define WALKS 50			/* rounds of one command, so that a walker can stop */
#define BUSY_MICROSECONDS 60		/* of an interrupted CPU */

struct walker {
	struct probe probe;
	pthread_t thread;
	int cpu;
	unsigned long seen, areas;
	volatile unsigned long rounds, interrupts;
	unsigned long waiting;		/* looks at one list that waited for its lock */
};

static struct walker walkers[STORM_CPUS];
static volatile int stop;
static unsigned long count;		/* of VMAs */

static void *walk(void *argument)
{
	struct walker *walker = argument;
	struct drydock_request request;
	unsigned turn;
	int answer;

	use_cpu(walker->cpu);
	for (turn = 0; turn < count; turn++)
		if (ask_about(&walker->probe, DRYDOCK_PIN, page(2 * turn), 1, DRYDOCK_MORE) != 0)
			bail("no page to pin");
	for (turn = 0; !stop; turn++) {
		memset(&request, 0, sizeof(request));
		request.address = WALKS;
		request.flags = turn % 4 ? DRYDOCK_INTERRUPT : 0;
		request.microseconds = BUSY_MICROSECONDS;
		answer = ask(&walker->probe, DRYDOCK_WALK, &request);
		if (answer < 0)
			bail("walk: %s", strerror(-answer));
		walker->seen += answer;
		walker->areas += request.out[0];
		walker->rounds += request.out[1];
		if (request.flags)
			walker->interrupts += request.out[1];
		else
			walker->waiting += count * request.out[1];
	}
	ask_plainly(&walker->probe, DRYDOCK_UNPIN);
	return NULL;
}

/* Separated before the first write, because otherwise they would share an anon_vma. */
static void make_areas(void)
{
	unsigned i;

	reserve_area(2 * count);
	for (i = 0; i < count; i++)
		map_at(2 * i, 1, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	for (i = 0; i < count; i++)
		write_pages(2 * i, 2 * i + 1, 1);
}

static unsigned long count_interrupts(void)
{
	unsigned long interrupts = 0;
	int i;

	for (i = 0; i < other_cpus; i++)
		interrupts += walkers[i].interrupts;
	return interrupts;
}

/* Whether there were too few interrupts and more may still come. */
static int is_short(uint64_t begin)
{
	return count_interrupts() < steps(ENOUGH_INTERRUPTS) && nanoseconds_since(begin) < PATIENCE_NANOSECONDS;
}

static unsigned storm(unsigned takes, unsigned registrations)
{
	uint64_t begin;
	unsigned failed = 0, i;

	see_progress(&walkers[0].rounds);
	begin = nanoseconds();
	for (i = 0; i < takes || is_short(begin); i++)
		failed += hold_beside(&probe, 0, walkers[0].rounds).answer != 0;
	return failed + register_often(&probe, registrations);
}

int main(int argc, char **argv)
{
	unsigned long seen = 0, areas = 0, rounds = 0, waiting = 0;
	unsigned failed;
	pid_t child;
	int gate, i;

	ktap_start(argc, argv);
	need_other_cpus();
	open_probe(&probe);
	need_locks(&probe);
	if (!can(&probe, DRYDOCK_WALK, 0))
		skip_all("the probe cannot take the lock of an anon_vma in this kernel");
	ktap_plan(3);
	use_cpu(0);
	count = extent(AREAS);
	make_areas();
	child = fork_relative(&gate);
	for (i = 0; i < other_cpus; i++) {
		walkers[i].cpu = i + 1;
		open_probe(&walkers[i].probe);
		start_thread(&walkers[i].thread, walk, &walkers[i]);
	}
	failed = storm(steps(TAKES), steps(REGISTRATIONS));
	stop = 1;
	for (i = 0; i < other_cpus; i++) {
		end_thread(walkers[i].thread);
		seen += walkers[i].seen;
		areas += walkers[i].areas;
		rounds += walkers[i].rounds;
		waiting += walkers[i].waiting;
	}
	end_relative(child, gate);
	check(failed == 0, "all locks are taken and every registration succeeds while others walk the list");
	if (!check(seen == 0, "no walker that held the lock saw the marker"))
		printf("# seen %lu times in %lu walks\n", seen, rounds);
	check(areas >= 2 * (waiting - seen), "each walk saw the areas of parent and child");
	if (waiting == 0 || count_interrupts() == 0)
		unmet("%lu looks waited for a lock, and %lu interrupted its holder", waiting, count_interrupts());
	figure("walks", rounds, "walks");
	figure("interrupts", count_interrupts(), "interrupts");
	return ktap_end();
}
