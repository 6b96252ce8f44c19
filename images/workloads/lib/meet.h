/* SPDX-License-Identifier: GPL-2.0-only */
/* How threads and processes on two CPUs wait for each other, and start together, whatever else the host runs. */
#ifndef MEET_H
#define MEET_H

#include "ktap.h"
#include <limits.h>
#include <sched.h>
#include <sys/syscall.h>

#define SPUN_TURNS 20000		/* of a loop, before a wait becomes a sleep */
#define ANSWERS 4
#define AT_ONCE_TICKS 100000		/* some 40 us for as many answers */
#define PATIENCE_TICKS 200000000	/* some 80 ms */
#define HURRIED_TICKS 10000000		/* some 4 ms */
#define MOST_MISSED 8
#define TICKS_APART 50000		/* more than the difference of two CPUs' time stamp counters */

/*
 * The time stamp counter, as in the probe's events. What happened on two CPUs is compared by it or by the order of
 * events, because the clock of 2.6.18 jumps by milliseconds if its timer interrupts come late or two at once.
 */
static inline uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ __volatile__("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static inline void sleep_microseconds(long microseconds)
{
	struct timespec wait = { microseconds / 1000000, microseconds % 1000000 * 1000 };

	nanosleep(&wait, NULL);
}

/*
 * If QEMU executes all CPUs by turns, on one host CPU, no guest CPU is kept from its turn; and what is known of its
 * seeds is known of threads that spin for each other.
 */
static inline int by_turns(void)
{
	return getenv("DRYDOCK_TRACE_PORT") != NULL;
}

/*
 * From linux/futex.h, which musl does not have. Not private, because 2.6.18 knows no other, and processes share words
 * too.
 */
#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

static inline void sleep_while(const volatile unsigned *word, unsigned value)
{
	static const struct timespec most = { 0, 2000000 };

	syscall(SYS_futex, word, FUTEX_WAIT, value, &most);
}

static inline void wake_all(const volatile unsigned *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX);
}

/*
 * One round of such a loop. Without the CPU's pause instruction, because for that QEMU leaves the guest, and takes the
 * lock of its devices.
 */
static inline void stay_awake(void)
{
	__asm__ __volatile__("" : : : "memory");
}

/*
 * Waits until the word is no longer `value`; whoever changes it calls wake_all(). If a CPU spins for one that the host
 * does not run, it takes the host's time from it, so the wait soon becomes a sleep.
 */
static inline void wait_while(const volatile unsigned *word, unsigned value)
{
	unsigned turns;

	for (turns = 0; *word == value; turns++)
		if (by_turns())
			sched_yield();
		else if (turns < SPUN_TURNS)
			stay_awake();
		else
			sleep_while(word, value);
}

/*
 * Waits until a count of another CPU has grown, which shows that the CPU runs, or half of the workload's time is over.
 * Not if CPUs run by turns, because a CPU that waits for the other's turn would always start at the beginning of its
 * own.
 */
static inline void see_progress(const volatile unsigned long *count)
{
	unsigned long before = *count;
	unsigned turns;

	for (turns = 0; *count == before && !by_turns(); turns++)
		if (turns < SPUN_TURNS)
			stay_awake();
		else if (time_is_left())
			sleep_microseconds(500);
		else
			return;
}

/* A meeting of two threads that leave it within a few instructions of each other. */
struct meeting {
	unsigned called, arrived;
	unsigned missed;		/* in a row */
	volatile unsigned question, answer, left;
};

/* All but the last of so many sleep until all are there. */
static inline void gather(unsigned *arrived, unsigned parties)
{
	unsigned ticket = __sync_fetch_and_add(arrived, 1), target = ticket / parties * parties + parties, now;

	if (ticket + 1 == target)
		wake_all(arrived);
	while ((int)((now = __atomic_load_n(arrived, __ATOMIC_ACQUIRE)) - target) < 0)
		wait_while(arrived, now);
}

/*
 * A thread that is there may be kept from running again by the time the other comes. So one asks until some answers of
 * the other have come at once, which happens only if both run; then both leave. Not for ever: some machines run one CPU
 * at a time, and if that was seen, the wait is short.
 */
static inline void ask_for_answers(struct meeting *meeting)
{
	uint64_t begin = ticks(), asked, patience = meeting->missed < MOST_MISSED ? PATIENCE_TICKS : HURRIED_TICKS;
	unsigned i;

	do {
		asked = ticks();
		for (i = 0; i < ANSWERS; i++) {
			meeting->question++;
			while (meeting->answer != meeting->question && ticks() - begin < patience)
				;
		}
	} while (ticks() - asked > AT_ONCE_TICKS && ticks() - begin < patience);
	meeting->missed = ticks() - begin < patience ? 0 : meeting->missed + 1;
	meeting->left++;
}

static inline void meet(struct meeting *meeting)
{
	unsigned ticket, target, left = meeting->left, turns = 0;

	if (!by_turns())
		gather(&meeting->called, 2);
	ticket = __sync_fetch_and_add(&meeting->arrived, 1);
	target = (ticket | 1) + 1;
	while ((int)(__atomic_load_n(&meeting->arrived, __ATOMIC_ACQUIRE) - target) < 0)
		if (++turns % 1024 == 0)
			sched_yield();
	if (by_turns())
		return;
	if (ticket & 1)
		ask_for_answers(meeting);
	while (meeting->left == left)
		meeting->answer = meeting->question;
}

/* A meeting after what they did at once: nobody has to go on at the same time. */
static inline void rejoin(struct meeting *meeting)
{
	if (by_turns())
		meet(meeting);
	else
		gather(&meeting->called, 2);
}

#endif
