// SPDX-License-Identifier: GPL-2.0-only
/*
 * A signal that is pending before mm_take_all_locks, or arrives while it walks thousands of VMAs, ends it with EINTR
 * and with nothing held; the same is true of a notifier's registration, which calls it.
 */
#include "account.h"
#include "probe.h"
#include "race.h"
#include <sys/syscall.h>

#define AREAS 6000
#define STRIPE 8			/* VMAs of one file, so that there are many locks too */
#define WRITTEN_EACH 4			/* one of this many has an anon_vma: lockdep of 6.1 counts 2,047 of a kind */
#define MIDDLES 20
#define TRIES 400
#define PHASE 200000			/* turns of spin(); without it CPUs by turns do the same in each turn */
#define IGNORED_OF 4			/* one of this many in the middle may have been too late to be seen */
#define MEASURED 10			/* takes without an interrupt */

static struct probe probe;
static struct meeting ready, finished;
static volatile uint64_t delay;		/* of the signal, in ticks; 0 ends the thread */
static volatile pid_t target;
static uint64_t sent;			/* when it had been */
static struct drydock_request held;
static volatile int came_late;		/* the signal was still pending when the take had answered */

static struct {
	unsigned tries, interrupted, middles, ignored, wrong, left, not_taken;
} sum;

static uint64_t least_take;		/* ticks of those that were not interrupted */

/* Pages of files, and pages with an anon_vma each, with gaps between them so that no two of them are merged. */
static void make_areas(void)
{
	unsigned i;
	int file = -1;
	char path[32], *area = map(-1, 2 * AREAS * PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);

	if (munmap(area, 2 * AREAS * PAGE) != 0)
		bail("munmap: %s", strerror(errno));
	for (i = 0; i < AREAS; i++) {
		if (i % STRIPE == 0) {
			if (file >= 0)
				close(file);
			snprintf(path, sizeof(path), "/tmp/striped-%u", i / STRIPE);
			file = make_file(path, STRIPE * PAGE);
		}
		if (mmap(area + 2 * i * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file,
			 i % STRIPE * PAGE) == MAP_FAILED)
			bail("mmap of area %u: %s", i, strerror(errno));
		if (i % WRITTEN_EACH == 0)
			area[2 * i * PAGE] = 1;
	}
	close(file);
}

static void on_signal(int number)
{
	(void)number;
	came_late = *(volatile unsigned long long *)&held.out[DRYDOCK_HOLD_BEGIN] != 0;
}

static void *sender(void *unused)
{
	uint64_t begin;

	(void)unused;
	use_cpu(1);
	for (;;) {
		meet(&ready);
		if (!delay)
			return NULL;
		begin = ticks();
		while (ticks() < begin + delay)
			;
		syscall(SYS_tkill, target, SIGUSR1);
		sent = ticks();
		rejoin(&finished);
	}
}

static unsigned left_over(void)
{
	return ask_plainly(&probe, DRYDOCK_INSPECT);
}

/* Takes and drops; returns the ticks until the take had returned, 0 if a signal ended it. */
static uint64_t take(void)
{
	uint64_t begin = ticks();
	unsigned i;

	memset(&held, 0, sizeof(held));
	forget_events(&probe);
	if (ask(&probe, DRYDOCK_HOLD, &held) != 0)
		return 0;
	read_events(&probe);
	for (i = 0; i < probe.count; i++)
		if (probe.events[i].kind == DRYDOCK_EVENT_HELD)
			return probe.events[i].ticks - begin;
	bail("no event of the take");
}

static void count_interrupted(uint64_t begin)
{
	sum.interrupted++;
	sum.middles += sent > begin + least_take / 8;
	sum.left += left_over();
	sum.not_taken += hold(&probe, 0, 0).answer != 0;
}

/*
 * One take with a signal on its way. The take must not go on if the signal came while it still had VMAs left: when less
 * time had passed than any take was seen to need. On a busy host all of those may have been slow, and the signal may
 * have come after the last VMA; so a few ignored signals among many others prove nothing.
 */
static void run_try(void)
{
	uint64_t begin, took;

	/* If the CPUs run by turns, a take lasts twice as long as it needs; some signals must come after it. */
	delay = 1 + chance() % (least_take * 5 / 2);
	came_late = 0;
	held.out[DRYDOCK_HOLD_BEGIN] = 0;
	spin(chance() % PHASE);
	meet(&ready);
	begin = ticks();
	took = take();
	rejoin(&finished);
	sum.tries++;
	sum.wrong += held.answer != 0 && held.answer != -EINTR;
	if (held.answer == -EINTR)
		count_interrupted(begin);
	if (held.answer != 0)
		return;
	keep_least(&least_take, took);
	sum.ignored += came_late && sent < begin + least_take / 8 * 7;
}

static void measure_take(void)
{
	unsigned i;

	for (i = 0; i < MEASURED; i++) {
		keep_least(&least_take, take());
		if (held.answer != 0)
			bail("mm_take_all_locks answered %d without a signal", held.answer);
	}
}

static void check_middle(unsigned times)
{
	pthread_t thread;
	int is_few;

	measure_take();
	target = gettid();
	signal(SIGUSR1, on_signal);
	start_thread(&thread, sender, NULL);
	while (sum.tries < TRIES * times && sum.middles < MIDDLES * times && sum.ignored < MIDDLES * times)
		run_try();
	delay = 0;
	meet(&ready);
	end_thread(thread);
	is_few = sum.middles + sum.ignored < MIDDLES / IGNORED_OF;
	if (is_few)
		unmet("in %u takes of %lu ticks %u signals arrived in the middle", sum.tries, least_take,
		      sum.middles + sum.ignored);
	check((is_few || sum.ignored * IGNORED_OF <= sum.middles) && sum.wrong == 0,
	      "a signal that arrives in the middle of the areas ends the take with EINTR");
	check(sum.left == 0, "after EINTR no lock is held and no mark is left");
	check(sum.not_taken == 0, "the next take gets all locks");
	printf("# %u takes of %lu ticks, %u interrupted, %u in the middle; %u signals in the middle ignored, %u other answers\n",
	       sum.tries, least_take, sum.interrupted, sum.middles, sum.ignored, sum.wrong);
	figure("interrupted-in-the-middle", sum.middles, "takes");
}

static void check_pending(void)
{
	static const char counted[] = "the account counts the interrupted call, and not as a take";
	struct account before, later;
	int has_account = read_account(&before);
	int answer = hold(&probe, 0, DRYDOCK_SIGNALLED).answer;

	read_account(&later);
	check(answer == -EINTR, "a signal pending before the take answers EINTR");
	check(left_over() == 0, "no lock is held and no mark is left then");
	check(hold(&probe, 0, 0).answer == 0, "and the next take gets all locks");
	if (has_account)
		check(later.interrupted == before.interrupted + 1 && later.takes == before.takes, "%s", counted);
	else
		skip_check(counted, "this kernel keeps no account in /proc/mm_all_locks");
}

static void check_registration(void)
{
	static const char *const texts[] = {
		"a registration with a signal pending answers EINTR",
		"no lock is held and no mark is left after it",
		"the next registration succeeds",
	};
	unsigned i;
	int answer;

	if (!can(&probe, DRYDOCK_REGISTER, 0)) {
		for (i = 0; i < 3; i++)
			skip_check(texts[i], "this kernel has no MMU notifiers");
		return;
	}
	answer = ask_about(&probe, DRYDOCK_REGISTER, NULL, 0, DRYDOCK_SIGNALLED);
	check(answer == -EINTR, "%s", texts[0]);
	if (answer == 0)
		ask_plainly(&probe, DRYDOCK_UNREGISTER);
	check(left_over() == 0, "%s", texts[1]);
	answer = ask_plainly(&probe, DRYDOCK_REGISTER);
	check(answer == 0, "%s", texts[2]);
	if (answer == 0)
		ask_plainly(&probe, DRYDOCK_UNREGISTER);
}

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	need_two_cpus();
	open_probe(&probe);
	need_locks(&probe);
	ktap_plan(10);
	use_cpu(0);
	make_areas();
	check_pending();
	check_middle(steps(1));
	check_registration();
	return ktap_end();
}
