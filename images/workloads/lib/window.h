/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPU 0 holds all locks of the process; in that window a thread on CPU 1 begins an act that needs one of them, or
 * mmap_sem. The act must return after the drop, and must then have had its effect.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include "probe.h"
#include "race.h"

#define WINDOW_MICROSECONDS 15000
#define WINDOWS_EACH 3			/* of an act, times what the plan says */
#define TRIES_EACH 13			/* of each of those windows */

struct act {
	const char *text;
	void (*prepare)(void);		/* before the locks are taken */
	void (*perform)(void);		/* on CPU 1, inside the window */
	int (*is_done)(void);		/* after the drop: whether it did what it is for */
};

static struct {
	struct probe probe;
	struct meeting ready, finished;
	pthread_t thread;
	unsigned wanted;			/* windows in which an act begins */
	const struct act *volatile act;		/* NULL ends the thread */
	unsigned long long begin, end;		/* orders of marks around the act; it may set the end itself */
	unsigned long long drop;		/* order of the event before the drop */
	char *watched;				/* pages whose page table entries must stay through the window */
	unsigned long watched_pages;
	unsigned long long lost, present, free, joined;	/* sums over all windows */
} window;

/* What happened first is told by the order of events, because the clocks of two CPUs of an old kernel may disagree. */
static inline unsigned long long put_mark(void)
{
	struct drydock_request request = { .flags = 0 };

	ask(&window.probe, DRYDOCK_MARK, &request);
	return request.out[0];
}

/*
 * Waits for the event of the take, which the log shows while the locks are held, then acts. Only system calls until
 * then, because a page fault would itself wait for the drop.
 */
static inline void *window_sibling(void *unused)
{
	(void)unused;
	use_cpu(1);
	for (;;) {
		meet(&window.ready);
		if (!window.act)
			return NULL;
		while (count_kind(&window.probe, 0, DRYDOCK_EVENT_HELD) == 0)
			read_events(&window.probe);
		window.end = 0;
		window.begin = put_mark();
		window.act->perform();
		if (window.end == 0)
			window.end = put_mark();
		rejoin(&window.finished);
	}
}

static inline void open_windows(unsigned times)
{
	window.wanted = WINDOWS_EACH * times;
	start_thread(&window.thread, window_sibling, NULL);
	use_cpu(0);
}

static inline void close_windows(void)
{
	window.act = NULL;
	meet(&window.ready);
	end_thread(window.thread);
}

/* The order of the event that is logged just before the drop, when no lock is free yet. */
static inline unsigned long long window_end(void)
{
	unsigned i;

	read_events(&window.probe);
	for (i = window.probe.count; i > 0; i--)
		if (window.probe.events[i - 1].kind == DRYDOCK_EVENT_DROP)
			return window.probe.events[i - 1].order;
	bail("no event of the drop");
}

/* Returns whether the act began inside the window; a busy host may delay it. */
static inline int try_window(const struct act *act)
{
	struct drydock_request request = { .microseconds = WINDOW_MICROSECONDS, .flags = DRYDOCK_INSPECT_HELD };

	act->prepare();
	request.address = (unsigned long)window.watched;
	request.pages = window.watched_pages;
	forget_events(&window.probe);
	window.act = act;
	meet(&window.ready);
	if (ask(&window.probe, DRYDOCK_HOLD, &request) != 0)
		bail("mm_take_all_locks answered %d without a signal", request.answer);
	rejoin(&window.finished);
	window.lost += request.out[DRYDOCK_HOLD_LOST];
	window.present += request.out[DRYDOCK_HOLD_PRESENT];
	window.free += request.out[DRYDOCK_HOLD_FREE];
	window.joined += request.out[DRYDOCK_HOLD_JOINED];
	window.drop = window_end();
	return window.begin < window.drop;
}

#define WINDOW_CHECKS 2

/* Sums over all windows so far. */
static inline void check_windows(void)
{
	if (window.present == 0)
		unmet("no window had a page table entry to lose");
	check(window.lost == 0, "no page table entry is lost inside a window");
	check(window.free == 0, "each lock of the mm is held and marked inside a window");
	printf("# %llu of %llu entries lost, %llu locks free\n", window.lost, window.present, window.free);
}

/* One check: the act waited for the end of each window in which it began, and had its effect then. */
static inline void check_act(const struct act *act)
{
	unsigned tries, inside = 0, early = 0, undone = 0;

	for (tries = 0; tries < TRIES_EACH * window.wanted && inside < window.wanted; tries++) {
		int began_inside = try_window(act), done = act->is_done();

		undone += !done;
		if (!began_inside)
			continue;
		inside++;
		early += window.end < window.drop;
	}
	if (!inside)
		unmet("in none of %u windows of %d us %s began inside", tries, WINDOW_MICROSECONDS, act->text);
	if (!inside && !undone)
		unmet_check(act->text);
	else if (!check(early == 0 && undone == 0, "%s begun inside the window is done only after the drop", act->text))
		printf("# of %u windows: in %u it returned before the drop; in %u of %u it did nothing\n", inside, early,
		       undone, tries);
}

#endif
