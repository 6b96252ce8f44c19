// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slow callbacks, so that an unregistration comes beside them each time: beside the release of an exit, which is the
 * first event of that exit, and beside a start.
 */
#include "area.h"
#include "kernel.h"
#include "storm.h"

#define PAGES 32
#define SLOW_MICROSECONDS 40000ull
#define TRIES 20			/* of one meeting, for a busy host may make it late */
#define EXITING KEPT_MARKS

static volatile unsigned go;
static uint64_t slow_ticks;

static void be_slow(unsigned kind)
{
	struct drydock_request request = { .microseconds = SLOW_MICROSECONDS,
					   .flags = 1u << kind | DRYDOCK_DELAY_BEFORE };

	ask(&probe, DRYDOCK_DELAY, &request);
	slow_ticks = request.out[0];
}

static void be_quick(void)
{
	ask_plainly(&probe, DRYDOCK_DELAY);
}

/* The first event of `kind`; NULL if there is none. */
static const struct drydock_event *find(unsigned kind)
{
	unsigned i;

	for (i = 0; i < probe.count; i++)
		if (probe.events[i].kind == kind)
			return &probe.events[i];
	return NULL;
}

/* The earliest time at which the first callback of `kind`, which is slow, can be over. */
static uint64_t end_of(unsigned kind)
{
	return find(kind)->ticks + slow_ticks;
}

/*
 * Waits until a callback of `kind` is heard; 0 if the time of the workload, or the child that causes it, ends before.
 * Reading takes no lock that a callback holds while it is slow.
 */
static int wait_for(unsigned kind, pid_t child)
{
	siginfo_t facts;
	int is_over = 0;

	for (;;) {
		read_events(&probe);
		if (find(kind) || is_over)
			return find(kind) != NULL;
		is_over = !time_is_left() || (child && child_ended(child, &facts));
	}
}

static void exit_registered(void)
{
	use_cpu(1);
	write_pages(0, PAGES, 2);
	if (ask_plainly(&probe, DRYDOCK_REGISTER) != 0)
		_exit(1);
	if (ask_about(&probe, DRYDOCK_MAP, page(0), PAGES, DRYDOCK_WRITE) != PAGES)
		_exit(2);
	ask_about(&probe, DRYDOCK_MARK, (void *)EXITING, 0, 0);
	_exit(0);
}

/* Returns when the child's exit is in the release, or was over without one. */
static pid_t start_exit(void)
{
	pid_t child;

	forget_events(&probe);
	be_slow(DRYDOCK_EVENT_RELEASE);
	child = fork();
	need(child >= 0, "fork");
	if (child == 0)
		exit_registered();
	wait_for(DRYDOCK_EVENT_RELEASE, child);
	return child;
}

static void end_exit(pid_t child)
{
	int status;

	need(waitpid(child, &status, 0) == child && status == 0, "the end of the child");
	be_quick();
	listen_to(&probe);
}

/* What covers the range between the child's last mark and release; nothing of the range has gone by then. */
static unsigned count_before_release(void)
{
	const struct drydock_event *event = find(DRYDOCK_EVENT_MARK), *release = find(DRYDOCK_EVENT_RELEASE);
	unsigned count = 0;

	if (!event || event > release)
		bail("the child's last word is not before release");
	for (; event < release; event++)
		count += event->kind != DRYDOCK_EVENT_MARK && event->start <= (unsigned long)area &&
			 event->end > (unsigned long)area;
	return count;
}

static void check_unregistration(void)
{
	unsigned tries, met = 0, never = 0, twice = 0, early = 0, returned_early = 0;
	siginfo_t facts;
	uint64_t begin, end;
	pid_t child;

	for (tries = 0; tries < TRIES && met < 3 && time_is_left(); tries++) {
		child = start_exit();
		if (!find(DRYDOCK_EVENT_RELEASE) && child_ended(child, &facts)) {
			/* It may have come since. */
			read_events(&probe);
			never += !find(DRYDOCK_EVENT_RELEASE);
		}
		begin = ticks();
		ask_plainly(&probe, DRYDOCK_UNREGISTER);
		end = ticks();
		end_exit(child);
		if (!find(DRYDOCK_EVENT_RELEASE))
			continue;
		early += count_before_release();
		twice += count_kind(&probe, 0, DRYDOCK_EVENT_RELEASE) > 1;
		if (begin >= end_of(DRYDOCK_EVENT_RELEASE))
			continue;
		met++;
		returned_early += end + TICKS_APART < end_of(DRYDOCK_EVENT_RELEASE);
	}
	if (!met)
		unmet("in %u tries no unregistration began before the release of the exit was over", tries);
	check(early == 0 && never == 0, "exit announces nothing of the area before release, and calls that");
	check(returned_early == 0, "unregistration beside the release of an exit returns when that is over");
	if (release_may_be_repeated())
		skip_check("and does not call it a second time", "from Linux 3.9 on it may be called by both");
	else
		check(twice == 0, "and does not call it a second time");
	printf("# %u tries, %u met: %u never released, %u callbacks before, %u returned early, %u released twice\n", tries,
	       met, never, early, returned_early, twice);
}

static void *discard(void *unused)
{
	(void)unused;
	use_cpu(1);
	wait_while(&go, 0);
	need(madvise(page(PAGES), PAGES * PAGE, MADV_DONTNEED) == 0, "madvise");
	return NULL;
}

static void check_running_callback(void)
{
	static const char text[] = "unregistration beside a start returns when that is over";
	unsigned tries, met = 0, returned_early = 0;
	uint64_t begin, end;
	pthread_t thread;

	for (tries = 0; tries < TRIES && met < 3 && time_is_left(); tries++) {
		write_pages(PAGES, 2 * PAGES, 1);
		need(ask_plainly(&probe, DRYDOCK_REGISTER) == 0, "registration");
		go = 0;
		start_thread(&thread, discard, NULL);
		listen_to(&probe);
		forget_events(&probe);
		be_slow(DRYDOCK_EVENT_START);
		go = 1;
		wake_all(&go);
		wait_for(DRYDOCK_EVENT_START, 0);
		begin = ticks();
		ask_plainly(&probe, DRYDOCK_UNREGISTER);
		end = ticks();
		end_thread(thread);
		be_quick();
		listen_to(&probe);
		if (!find(DRYDOCK_EVENT_START) || begin >= end_of(DRYDOCK_EVENT_START))
			continue;
		met++;
		returned_early += end + TICKS_APART < end_of(DRYDOCK_EVENT_START);
	}
	if (!met)
		unmet("in %u tries no unregistration began before the start was over", tries);
	if (!check(returned_early == 0, "%s", text))
		printf("# in %u of %u\n", returned_early, met);
}

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	need_other_cpus();
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(4);
	use_cpu(0);
	reserve_area(2 * PAGES);
	map_at(0, 2 * PAGES, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	check_unregistration();
	check_running_callback();
	return ktap_end();
}
