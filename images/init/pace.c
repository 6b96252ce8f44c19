// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's pace: how much longer a piece of work takes than its quickest run. 1.0 is a guest that always has its
 * CPUs; at 3.0 the host gives them a third of the time. Time limits are multiplied by it.
 *
 * The work is a loop in pieces of a few dozen microseconds, measured by the time stamp counter, which continues while
 * the host runs something else. The quickest piece so far counts as undisturbed.
 */
#include "init.h"
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PIECE_TURNS 10000
#define PIECES_AT_BOOT 1500		/* of a few dozen microseconds each, on each CPU */
#define PIECES_BEFORE 400
#define PIECES_AT_LIMIT 3000
#define MOST_PACE 20.0			/* the most that a limit is stretched by */
#define MOST_CPUS 8			/* that are measured */

double pace = 1.0;
static uint64_t quickest;		/* ticks of a piece */

long now_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

void pause_milliseconds(long milliseconds)
{
	struct timespec wait = { milliseconds / 1000, milliseconds % 1000 * 1000000L };

	nanosleep(&wait, NULL);
}

static uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ __volatile__("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* On this process's CPU, for as long as so many pieces take at the quickest. */
static double pace_here(unsigned pieces)
{
	uint64_t begin = ticks(), last = begin, now;
	volatile unsigned turns;
	unsigned done = 0;

	do {
		for (turns = PIECE_TURNS; turns; turns--)
			;
		now = ticks();
		if (quickest == 0 || now - last < quickest)
			quickest = now - last;
		last = now;
		done++;
	} while (now - begin < pieces * quickest);
	return (double)(now - begin) / ((double)done * quickest);
}

/* Before every other process; the slowest CPU counts. */
static double pace_everywhere(unsigned pieces)
{
	const struct sched_param first = { .sched_priority = 1 }, usual = { .sched_priority = 0 };
	double slowest = 1.0, measured;
	cpu_set_t all, one;
	int cpu;

	sched_setscheduler(0, SCHED_FIFO, &first);
	if (sched_getaffinity(0, sizeof(all), &all) != 0)
		CPU_ZERO(&all);
	for (cpu = 0; cpu < MOST_CPUS; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one) != 0)
			continue;
		measured = pace_here(pieces);
		if (measured > slowest)
			slowest = measured;
	}
	sched_setaffinity(0, sizeof(all), &all);
	sched_setscheduler(0, SCHED_OTHER, &usual);
	return slowest < MOST_PACE ? slowest : MOST_PACE;
}

/*
 * The same on one CPU: a workload may have left another one dead, and a process that goes there does not come back.
 */
static double pace_beside_others(unsigned pieces)
{
	const struct sched_param first = { .sched_priority = 1 }, usual = { .sched_priority = 0 };
	double measured;

	sched_setscheduler(0, SCHED_FIFO, &first);
	measured = pace_here(pieces);
	sched_setscheduler(0, SCHED_OTHER, &usual);
	return measured < MOST_PACE ? measured : MOST_PACE;
}

long stretched(long time)
{
	return time * pace;
}

/*
 * Reports every change of the pace. One moment says little: half of the earlier value stays, and if a limit turns out
 * too short because the host became busier, the pace is measured again.
 */
static void note_pace(double now)
{
	static char told[16];
	char text[16];

	pace = told[0] ? (now + pace) / 2 : now;
	snprintf(text, sizeof(text), "%.1f", pace);
	if (strcmp(text, told) != 0)
		say("drydock: pace %s", text);
	strcpy(told, text);
}

void measure_pace_at_boot(void)
{
	note_pace(pace_everywhere(PIECES_AT_BOOT));
}

/* Before a workload. The CPUs of a guest without a disk take turns, and no host can stretch its clock. */
void measure_pace(void)
{
	if (!ports_are_open)
		note_pace(pace_beside_others(PIECES_BEFORE));
}

/* Whether the host is much busier by now, at the end of a wait that was stretched by `known`. */
int is_slower_now(double known)
{
	double now = ports_are_open ? 1.0 : pace_beside_others(PIECES_AT_LIMIT);

	if (now < known * 1.25)
		return 0;
	pace = now;
	return 1;
}
