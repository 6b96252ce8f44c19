/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's pace: how much longer a piece of work takes than its quickest run. 1.0 is a guest that always has its
 * CPUs; at 3.0 the host gives them a third of the time. Time limits are multiplied by it.
 *
 * The work is a loop in pieces of a few dozen microseconds, measured by the time stamp counter, which continues while
 * the host runs something else. The quickest piece so far counts as undisturbed.
 */
#ifndef PACE_H
#define PACE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>
#include <stdint.h>

#define PACE_PIECE_TURNS 10000
#define PACE_MOST 20.0			/* the most that a limit is stretched by */
#define PACE_CPUS 8			/* measured, at most */

static double pace = 1.0;
static uint64_t pace_quickest;		/* ticks of a piece */

static inline uint64_t pace_ticks(void)
{
	uint32_t low, high;

	__asm__ __volatile__("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* On this process's CPU, for as long as so many pieces take at the quickest. */
static double pace_here(unsigned pieces)
{
	uint64_t begin = pace_ticks(), last = begin, now;
	volatile unsigned turns;
	unsigned done = 0;

	do {
		for (turns = PACE_PIECE_TURNS; turns; turns--)
			;
		now = pace_ticks();
		if (pace_quickest == 0 || now - last < pace_quickest)
			pace_quickest = now - last;
		last = now;
		done++;
	} while (now - begin < pieces * pace_quickest);
	return (double)(now - begin) / ((double)done * pace_quickest);
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
	for (cpu = 0; cpu < PACE_CPUS; cpu++) {
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
	return slowest < PACE_MOST ? slowest : PACE_MOST;
}

/* The same on one CPU, because another may be dead, and a process that goes there would not come back. */
static double pace_beside_others(unsigned pieces)
{
	const struct sched_param first = { .sched_priority = 1 }, usual = { .sched_priority = 0 };
	double measured;

	sched_setscheduler(0, SCHED_FIFO, &first);
	measured = pace_here(pieces);
	sched_setscheduler(0, SCHED_OTHER, &usual);
	return measured < PACE_MOST ? measured : PACE_MOST;
}

#endif
