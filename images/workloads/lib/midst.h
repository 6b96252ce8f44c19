/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPU 0 takes pages away, one step after the other, while a driver on CPU 1 registers somewhere in between and then
 * maps pages into the secondary table. Marks among the events show what came when, whatever the clocks of the CPUs say.
 */
#ifndef MIDST_H
#define MIDST_H

#include "area.h"
#include "storm.h"

#define OTHER_AREAS 120			/* of a registration, after those that are checked */
#define AMONG_STEPS 60000		/* turns of spin() */

static struct {
	struct meeting ready, finished;
	pthread_t thread;
	unsigned pages, chunk;		/* of the range, and those that are entered at once */
	unsigned delay;			/* of the registration, in turns of spin() */
	volatile int steps_over, rounds_left;
	int answer;			/* of the registration */
	uint64_t duration;		/* of the latest one, in ticks */
} midst;

/* Sums over all rounds. */
static struct {
	unsigned refused, unopened, unclosed, freed, unheard, stale;
	unsigned met;			/* rounds whose registration came among the steps */
	unsigned behind;		/* steps that began after it */
	unsigned long entries;
} sum;

/* The driver's side of a round: keeps the table as full as possible until the steps are over, from the end on. */
static inline void drive(void)
{
	uint64_t begin;
	int chunk;

	spin(midst.delay);
	begin = ticks();
	midst.answer = ask_plainly(&probe, DRYDOCK_REGISTER);
	midst.duration = ticks() - begin;
	if (midst.answer != 0)
		return;
	do {
		for (chunk = midst.pages / midst.chunk - 1; chunk >= 0; chunk--)
			sum.entries += ask_about(&probe, DRYDOCK_MAP, page(chunk * midst.chunk), midst.chunk,
						 DRYDOCK_WRITE);
	} while (!midst.steps_over);
}

static inline void *driver(void *unused)
{
	(void)unused;
	use_cpu(1);
	for (;;) {
		meet(&midst.ready);
		if (!midst.rounds_left)
			return NULL;
		drive();
		rejoin(&midst.finished);
	}
}

/* Step `number` is about to begin; with `over` it has ended. */
static inline void mark_step(unsigned number, int over)
{
	ask_about(&probe, DRYDOCK_MARK, (void *)(KEPT_MARKS + 2 * number + over), 0, 0);
}

static inline int began_before(unsigned number, unsigned event)
{
	return find_event(&probe, DRYDOCK_EVENT_MARK, KEPT_MARKS + 2 * number) < event;
}

/* Whether the page was announced while step `number` ran. */
static inline int was_heard(unsigned number, unsigned page_number)
{
	unsigned long address = (unsigned long)page(page_number);
	unsigned last = find_event(&probe, DRYDOCK_EVENT_MARK, KEPT_MARKS + 2 * number + 1), i;

	for (i = find_event(&probe, DRYDOCK_EVENT_MARK, KEPT_MARKS + 2 * number); i < last; i++)
		if ((probe.events[i].kind == DRYDOCK_EVENT_START || probe.events[i].kind == DRYDOCK_EVENT_PAGE) &&
		    probe.events[i].start <= address && probe.events[i].end > address)
			return 1;
	return 0;
}

/* Whether step `number` took the page away. */
struct step {
	unsigned page;
	int done;
};

static inline void judge_round(const struct step *steps, unsigned count)
{
	unsigned i, registered, before = 0, behind = 0;
	struct balance balance;

	listen_to(&probe);
	balance = balance_of(&probe, 0);
	sum.unopened += balance.unopened;
	sum.unclosed += balance.unclosed;
	sum.freed += count_kind(&probe, 0, DRYDOCK_EVENT_FREED);
	registered = find_event(&probe, DRYDOCK_EVENT_REGISTERED, 0);
	for (i = 0; i < count; i++) {
		if (began_before(i, registered)) {
			before++;
		} else if (steps[i].done) {
			behind++;
			sum.unheard += !was_heard(i, steps[i].page);
		}
	}
	sum.met += before > 0 && behind > 0;
	sum.behind += behind;
	forget_events(&probe);
}

/* Runs the steps of a round beside the driver, which registers within `most_delay` turns, and judges what was heard. */
static inline void run_beside_driver(void (*run_steps)(void), const struct step *steps, unsigned count,
				     unsigned most_delay)
{
	midst.steps_over = 0;
	midst.delay = chance() % most_delay;
	meet(&midst.ready);
	run_steps();
	midst.steps_over = 1;
	rejoin(&midst.finished);
	if (midst.answer != 0) {
		sum.refused++;
		return;
	}
	sum.stale += ask_plainly(&probe, DRYDOCK_VERIFY);
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	judge_round(steps, count);
}

/*
 * The rounds asked for; then, because a busy host delays CPU 1, up to eight times as many until half of the rounds
 * asked for met the race, and more if none met it. Returns the number of rounds.
 */
static inline unsigned race(unsigned asked, void (*run_round)(void))
{
	unsigned done, met = 0;

	midst.rounds_left = 1;
	start_thread(&midst.thread, driver, NULL);
	for (done = 0; done < asked || (met * 2 < asked && (done < asked * 8 || !met) && time_is_left()); done++) {
		run_round();
		met = sum.entries ? sum.met : 0;
	}
	midst.rounds_left = 0;
	meet(&midst.ready);
	end_thread(midst.thread);
	return done;
}

static inline void report_met(unsigned rounds, const char *steps)
{
	if (sum.met == 0)
		unmet("in none of %u rounds the registration fell among the %s", rounds, steps);
	if (sum.entries == 0)
		unmet("in %u rounds no entry was made beside the %s", rounds, steps);
}

#endif
