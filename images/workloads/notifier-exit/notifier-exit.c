// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child on CPU 1 registers, fills the secondary table and exits; the parent on CPU 0 unregisters its notifier at
 * about the same time. Whichever comes first calls release. On 2.6.18 nobody calls it again.
 *
 * Then release is made slow, and the parent truncates a file that the child maps while release is running. The driver
 * still maps the pages of the file, so it must be told.
 */
#include "area.h"
#include "kernel.h"
#include "storm.h"

#define ROUNDS 50
#define PAGES 32
#define SHARED 32			/* of a file */
#define SPIN 60000
#define LONG_SPIN (25 * SPIN)
#define SLOW_MICROSECONDS 60000
#define TRIES 20
#define BEFORE_CUT KEPT_MARKS
#define BEHIND_CUT (KEPT_MARKS + 1)

enum ending { EXIT, UNREGISTRATION };

static volatile unsigned *registered;	/* shared with the child */
static int file;
static uint64_t slow_ticks;
static struct {
	unsigned by_exit, by_unregistration, never, twice, late, freed, left, unpaired;
} sum;

/* Returns how many ticks that is. */
static uint64_t be_slow(unsigned microseconds)
{
	struct drydock_request request = {
		.microseconds = microseconds, .flags = 1u << DRYDOCK_EVENT_RELEASE | DRYDOCK_DELAY_BEFORE,
	};

	ask(&probe, DRYDOCK_DELAY, &request);
	return request.out[0];
}

static void be_registered(unsigned delay, enum ending ending)
{
	use_cpu(1);
	write_pages(0, PAGES, 2);
	map_at(SHARED, PAGES, MAP_SHARED, file);
	write_pages(SHARED, SHARED + PAGES, 2);
	if (ask_plainly(&probe, DRYDOCK_REGISTER) != 0)
		_exit(1);
	ask_about(&probe, DRYDOCK_MAP, page(0), 2 * PAGES, DRYDOCK_WRITE);
	*registered = 1;
	wake_all(registered);
	spin(delay);
	if (ending == UNREGISTRATION)
		ask_plainly(&probe, DRYDOCK_UNREGISTER);
	_exit(0);
}

static pid_t start_child(unsigned delay, enum ending ending)
{
	pid_t child;

	set_size(file, PAGES * PAGE);
	*registered = 0;
	child = fork();
	need(child >= 0, "fork");
	if (child == 0)
		be_registered(delay, ending);
	wait_for_child(child, registered);
	return child;
}

static void end_child(pid_t child)
{
	int status;

	need(waitpid(child, &status, 0) == child && status == 0, "the end of the child");
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
	sum.never += releases == 0;
	sum.twice += releases > 1;
	sum.by_exit += releases == 1 && cpu == 1;
	sum.by_unregistration += releases == 1 && cpu == 0;
	sum.late += count_kind(&probe, 0, DRYDOCK_EVENT_LATE);
	sum.freed += count_kind(&probe, 0, DRYDOCK_EVENT_FREED);
	sum.left += ask_about(&probe, DRYDOCK_COUNT, page(0), 2 * PAGES, 0);
	balance = balance_of(&probe, 0);
	/* Unregistration may come between a start and its end, but never the other way round. */
	sum.unpaired += balance.unopened;
}

/*
 * Turns of spin() before one side's act. Sometimes up to some fifteen milliseconds more, because otherwise the other is
 * never first if the CPUs take long turns or the host is busy.
 */
static unsigned choose_delay(void)
{
	return chance() % SPIN + (chance() % 8 ? 0 : chance() % LONG_SPIN);
}

static void run_round(void)
{
	unsigned delay = choose_delay();
	pid_t child = start_child(choose_delay(), EXIT);

	spin(delay);
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	end_child(child);
	judge_round();
	forget_events(&probe);
}

/* Whether the parent's act, between its two marks, was within the slow release. */
static int was_inside(void)
{
	unsigned release = find_event(&probe, DRYDOCK_EVENT_RELEASE, 0);
	unsigned before = find_event(&probe, DRYDOCK_EVENT_MARK, BEFORE_CUT);
	unsigned behind = find_event(&probe, DRYDOCK_EVENT_MARK, BEHIND_CUT);

	return release < before &&
	       probe.events[behind].ticks + TICKS_APART < probe.events[release].ticks + slow_ticks;
}

static void cut_meanwhile(enum ending ending)
{
	pid_t child = start_child(0, ending);

	sleep_microseconds(SLOW_MICROSECONDS / 4);
	ask_about(&probe, DRYDOCK_MARK, (void *)BEFORE_CUT, 0, 0);
	set_size(file, 0);
	ask_about(&probe, DRYDOCK_MARK, (void *)BEHIND_CUT, 0, 0);
	end_child(child);
	if (ending == EXIT)
		ask_plainly(&probe, DRYDOCK_UNREGISTER);
	listen_to(&probe);
}

static void check_cut(enum ending ending, const char *text)
{
	unsigned try, start, heard, freed;

	slow_ticks = be_slow(SLOW_MICROSECONDS);
	for (try = 0; try < TRIES; try++) {
		forget_events(&probe);
		cut_meanwhile(ending);
		if (was_inside())
			break;
	}
	be_slow(0);
	if (try == TRIES) {
		unmet("in %d tries no cut fell into a release of %d us", TRIES, SLOW_MICROSECONDS);
		unmet_check(text);
		return;
	}
	start = find_event(&probe, DRYDOCK_EVENT_START, (unsigned long)page(SHARED));
	heard = start > find_event(&probe, DRYDOCK_EVENT_MARK, BEFORE_CUT) &&
		start < find_event(&probe, DRYDOCK_EVENT_MARK, BEHIND_CUT);
	freed = count_kind(&probe, 0, DRYDOCK_EVENT_FREED);
	if (!check(heard && freed == 0, "%s", text)) {
		printf("# %s, and %u of its pages were free when release dropped them\n",
		       heard ? "the cut was announced" : "the cut was not announced", freed);
		tell_events(&probe, 0, (unsigned long)area, 20);
	}
	forget_events(&probe);
}

static void report(unsigned rounds)
{
	check(sum.never == 0, "release is called in each round");
	if (release_may_be_repeated())
		skip_check("it is called only once", "from Linux 3.9 on both may call it when they come at once");
	else
		check(sum.twice == 0, "it is called only once");
	check(sum.late == 0, "nothing is heard after unregistration has returned");
	check(sum.freed == 0, "no page was freed before release dropped its entry");
	check(sum.left == 0, "release leaves no entry");
	check(sum.unpaired == 0, "no end is heard without its start");
	if (sum.by_exit == 0 || sum.by_unregistration == 0)
		unmet("in %u rounds the exit came first %u times, and the unregistration %u times", rounds, sum.by_exit,
		      sum.by_unregistration);
	printf("# %u without release, %u with two, %u late, %u freed, %u left, %u ends alone\n", sum.never, sum.twice,
	       sum.late, sum.freed, sum.left, sum.unpaired);
}

int main(int argc, char **argv)
{
	unsigned rounds, done;

	ktap_start(argc, argv);
	need_other_cpus();
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(8);
	use_cpu(0);
	rounds = steps(ROUNDS);
	registered = (unsigned *)map(-1, PAGE, MAP_SHARED | MAP_ANONYMOUS);
	file = make_file("/tmp/exit", PAGES * PAGE);
	reserve_area(2 * PAGES);
	map_at(0, PAGES, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	for (done = 0; done < rounds || (done < rounds * 8 && time_is_left() && !(sum.by_exit && sum.by_unregistration));
	     done++)
		run_round();
	report(done);
	check_cut(EXIT, "a file cut while exit calls release is announced before its pages are freed");
	check_cut(UNREGISTRATION, "a file cut while unregistration calls release is announced before its pages are freed");
	figure("rounds", done, "rounds");
	figure("released-by-exit", sum.by_exit, "rounds");
	return ktap_end();
}
