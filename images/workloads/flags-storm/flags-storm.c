// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm_take_all_locks marks each file mapping with a bit beside AS_EIO and AS_ENOSPC. Other CPUs set and clear those
 * bits, and look each time, while CPU 0 takes and drops all locks and registers notifiers. Every second time they hold
 * the mapping's lock while they do so, so that CPU 0, which waits for the lock, has seen the flags as they were before.
 */
#include "storm.h"

#define TAKES 6000
#define REGISTRATIONS 10
#define FLAG_ROUNDS 500			/* of one command, so that a setter can stop */
#define LOCKED_ROUNDS 50
#define LOCKED_MICROSECONDS 10
#define HOLD_MICROSECONDS 2

struct setter {
	struct probe probe;
	pthread_t thread;
	int cpu, file;
	unsigned long lost;
	volatile unsigned long rounds, marked;
};

static struct probe probe;
static struct setter setters[STORM_CPUS];
static volatile int stop;

static void *set_flags(void *argument)
{
	struct setter *setter = argument;
	struct drydock_request request;
	unsigned turn;

	use_cpu(setter->cpu);
	for (turn = 0; !stop; turn++) {
		memset(&request, 0, sizeof(request));
		request.address = turn % 2 ? LOCKED_ROUNDS : FLAG_ROUNDS;
		request.flags = turn % 2 ? DRYDOCK_UNDER_LOCK : 0;
		request.microseconds = LOCKED_MICROSECONDS;
		request.pages = setter->file;
		setter->lost += ask(&setter->probe, DRYDOCK_FLAGS, &request);
		setter->rounds += request.out[0];
		setter->marked += request.out[1];
	}
	return NULL;
}

static void start_setter(struct setter *setter, int cpu)
{
	char path[32];

	snprintf(path, sizeof(path), "/tmp/flags-%d", cpu);
	setter->cpu = cpu;
	setter->file = make_file(path, 4 * PAGE);
	map(setter->file, 4 * PAGE, MAP_SHARED)[0] = 1;
	open_probe(&setter->probe);
	start_thread(&setter->thread, set_flags, setter);
}

static unsigned storm(unsigned takes, unsigned registrations)
{
	unsigned failed = 0, i;

	/* More rounds than asked for, if a busy host kept the setters out of the window. */
	see_progress(&setters[0].rounds);
	for (i = 0; i < takes || (i < takes * 8 && setters[0].marked == 0); i++)
		failed += hold_beside(&probe, HOLD_MICROSECONDS, setters[0].rounds).answer != 0;
	return failed + register_often(&probe, registrations);
}

int main(int argc, char **argv)
{
	unsigned long lost = 0, rounds = 0, marked = 0;
	unsigned failed;
	int i;

	ktap_start(argc, argv);
	need_other_cpus();
	open_probe(&probe);
	need_locks(&probe);
	ktap_plan(2);
	use_cpu(0);
	for (i = 0; i < other_cpus; i++)
		start_setter(&setters[i], i + 1);
	failed = storm(steps(TAKES), steps(REGISTRATIONS));
	stop = 1;
	for (i = 0; i < other_cpus; i++) {
		end_thread(setters[i].thread);
		lost += setters[i].lost;
		rounds += setters[i].rounds;
		marked += setters[i].marked;
	}
	check(failed == 0, "all locks are taken and every registration succeeds while others set flags");
	if (!check(lost == 0, "every look at AS_EIO and AS_ENOSPC saw what was just written"))
		printf("# %lu looks of %lu rounds did not\n", lost, rounds);
	if (marked == 0)
		unmet("in none of %lu rounds flags were set while the mapping was marked", rounds);
	figure("rounds", rounds, "rounds");
	figure("rounds-while-marked", marked, "rounds");
	return ktap_end();
}
