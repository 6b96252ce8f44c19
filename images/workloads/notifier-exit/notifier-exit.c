// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child on CPU 1 registers, fills the secondary table and exits; the parent on CPU 0 unregisters its notifier at about
 * the same time. Whoever comes first calls release, and nobody calls it again.
 */
#include "area.h"
#include "storm.h"

#define ROUNDS 60
#define PAGES 32
#define SPIN 60000

static volatile int *registered;	/* shared with the child */
static struct {
	unsigned by_exit, by_unregistration, not_once, late, freed, left, unpaired;
} sum;

static void be_registered(unsigned delay)
{
	use_cpu(1);
	write_pages(0, PAGES, 2);
	if (ask_plainly(&probe, DRYDOCK_REGISTER) != 0)
		_exit(1);
	ask_about(&probe, DRYDOCK_MAP, page(0), PAGES, DRYDOCK_WRITE);
	*registered = 1;
	spin(delay);
	_exit(0);
}

static void judge_round(void)
{
	unsigned i, releases = 0, cpu = 0;
	struct balance balance;

	listen_to(&probe);
	for (i = 0; i < probe.count; i++)
		if (probe.events[i].kind == DRYDOCK_EVENT_RELEASE) {
			releases++;
			cpu = probe.events[i].cpu;
		}
	sum.not_once += releases != 1;
	sum.by_exit += releases == 1 && cpu == 1;
	sum.by_unregistration += releases == 1 && cpu == 0;
	sum.late += count_kind(&probe, 0, DRYDOCK_EVENT_LATE);
	sum.freed += count_kind(&probe, 0, DRYDOCK_EVENT_FREED);
	sum.left += ask_about(&probe, DRYDOCK_COUNT, page(0), PAGES, 0);
	balance = balance_of(&probe, 0);
	/* Unregistration may come between a start and its end, never the other way round. */
	sum.unpaired += balance.unopened;
	forget_events(&probe);
}

static void run_round(void)
{
	unsigned childs_delay = chance() % SPIN, delay = chance() % SPIN;
	pid_t child;
	int status;

	*registered = 0;
	child = fork();
	need(child >= 0, "fork");
	if (child == 0)
		be_registered(childs_delay);
	while (!*registered)
		if (waitpid(child, &status, WNOHANG) == child)
			bail("the child could not register");
	spin(delay);
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	need(waitpid(child, &status, 0) == child && status == 0, "the end of the child");
	judge_round();
}

int main(int argc, char **argv)
{
	unsigned rounds, done;

	ktap_start(argc, argv);
	need_two_cpus();
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(6);
	use_cpu(0);
	rounds = ROUNDS * ktap_times(argc, argv);
	registered = (int *)map(-1, PAGE, MAP_SHARED | MAP_ANONYMOUS);
	reserve_area(PAGES);
	map_at(0, PAGES, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	for (done = 0; done < rounds || (done < rounds * 8 && (!sum.by_exit || !sum.by_unregistration)); done++)
		run_round();
	check(sum.not_once == 0, "release is called once in each round");
	check(sum.late == 0, "nothing is heard after unregistration has returned");
	check(sum.freed == 0, "no page was freed before release dropped its entry");
	check(sum.left == 0, "release leaves no entry");
	check(sum.unpaired == 0, "no end is heard without its start");
	check(sum.by_exit > 0 && sum.by_unregistration > 0, "the exit came first in some rounds, and in others not");
	printf("# %u not once, %u late, %u freed, %u left, %u ends alone\n", sum.not_once, sum.late, sum.freed, sum.left,
	       sum.unpaired);
	figure("rounds", done, "rounds");
	figure("released-by-exit", sum.by_exit, "rounds");
	return ktap_end();
}
