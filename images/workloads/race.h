/* SPDX-License-Identifier: GPL-2.0-only */
/* Two threads on two CPUs, a clock they share, and files to be fought over. */
#ifndef RACE_H
#define RACE_H

#include "ktap.h"
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define PAGE 4096ul
#define SPUN_TURNS 20000		/* of a loop, before a wait becomes a sleep */
#define SPUN_YIELDS 100
#define TICKS_APART 50000		/* more than the time stamp counters of two CPUs disagree by */

/*
 * The time stamp counter, as in the probe's events. What happened on two CPUs is compared by it or by the order of
 * events: the clock of 2.6.18 leaps by milliseconds where its timer's interrupts come late or two at once.
 */
static inline uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ __volatile__("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* CLOCK_MONOTONIC in nanoseconds: the clock of the probe's events too. */
static inline uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Never less than nothing: a clock of 2.6.18 may step back. */
static inline uint64_t nanoseconds_since(uint64_t begin)
{
	int64_t passed = nanoseconds() - begin;

	return passed > 0 ? passed : 0;
}

/* The least of what was measured so far; 0 is nothing yet. */
static inline void keep_least(uint64_t *least, uint64_t measured)
{
	if (*least == 0 || measured < *least)
		*least = measured;
}

static inline void sleep_microseconds(long microseconds)
{
	struct timespec wait = { microseconds / 1000000, microseconds % 1000000 * 1000 };

	nanosleep(&wait, NULL);
}

static inline void spin(unsigned rounds)
{
	volatile unsigned left = rounds;

	while (left)
		left--;
}

/*
 * Where two tasks ask for their CPUs or choose them at once, vanilla 2.6.18 may mistake the owner of its lock and warns
 * (kernel/cpu.c). So they do it one at a time, whichever process they are in; close() lets the next one in.
 */
static inline int lock_cpus(void)
{
	int file = open("/tmp/cpus", O_RDWR | O_CREAT, 0600);

	if (file < 0 || flock(file, LOCK_EX) != 0)
		bail("lock /tmp/cpus: %s", strerror(errno));
	return file;
}

/* How many CPUs the calling thread may use: one, after use_cpu(). */
static inline int count_cpus(void)
{
	int lock = lock_cpus(), count = sysconf(_SC_NPROCESSORS_ONLN);

	close(lock);
	return count;
}

/* Binds the calling thread. */
static inline void use_cpu(int cpu)
{
	int lock = lock_cpus();
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		bail("sched_setaffinity to cpu %d: %s", cpu, strerror(errno));
	close(lock);
}

/* Skips the whole workload where two threads cannot run at once. */
static inline void need_two_cpus(void)
{
	if (count_cpus() < 2)
		skip_all("this guest has one CPU, and the workload races two");
}

/*
 * Where QEMU executes all CPUs by turns, on one of the host's, nobody is kept from his turn; what is known of its seeds is
 * known of threads that spin for each other.
 */
static inline int by_turns(void)
{
	return getenv("DRYDOCK_TRACE_PORT") != NULL;
}

/* linux/futex.h, which musl is without. Not private: 2.6.18 knows no other, and processes share words too. */
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

/* A turn of such a loop. Without the CPU's own pause: for that QEMU leaves the guest, and takes the lock of its devices. */
static inline void stay_awake(void)
{
	__asm__ __volatile__("" : : : "memory");
}

/*
 * Until the word is no longer `value`; whoever changes it calls wake_all(). A CPU that spins for one that the host does
 * not run takes the host's time from it, so the wait soon becomes a sleep.
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
 * Until a count that another CPU keeps is more than it was, or half of the workload's time is over: that CPU runs. Not
 * where they run by turns: who waited for the other's would always begin with his own.
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
};

/* All but the last of so many sleep until they are there. */
static inline void gather(unsigned *arrived, unsigned parties)
{
	unsigned ticket = __sync_fetch_and_add(arrived, 1), target = ticket / parties * parties + parties, now;

	if (ticket + 1 == target)
		wake_all(arrived);
	while ((int)((now = __atomic_load_n(arrived, __ATOMIC_ACQUIRE)) - target) < 0)
		wait_while(arrived, now);
}

static inline void meet(struct meeting *meeting)
{
	unsigned ticket, target, turns = 0;

	if (!by_turns())
		gather(&meeting->called, 2);
	ticket = __sync_fetch_and_add(&meeting->arrived, 1);
	target = (ticket | 1) + 1;
	while ((int)(__atomic_load_n(&meeting->arrived, __ATOMIC_ACQUIRE) - target) < 0)
		if (++turns % 1024 == 0)
			sched_yield();
}

/* A child that bailed has said why, and nothing is said about the kernel. */
static inline void bail_with_child(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		bail("a child could not do its work");
}

/* Whether a child has ended, which can still be waited for; `*facts` says how. */
static inline int child_ended(pid_t child, siginfo_t *facts)
{
	facts->si_pid = 0;
	if (waitid(P_PID, child, facts, WEXITED | WNOHANG | WNOWAIT) != 0)
		bail("waitid: %s", strerror(errno));
	return facts->si_pid == child;
}

/* Until a child sets the flag, which it shares; one that ends before never will. It can still be waited for. */
static inline void wait_for_child(pid_t child, const volatile unsigned *flag)
{
	siginfo_t facts;
	unsigned turns;

	for (turns = 0; !*flag; turns++) {
		if (by_turns() || turns < SPUN_YIELDS)
			sched_yield();
		else
			sleep_while(flag, 0);
		if (child_ended(child, &facts) && !*flag)
			bail("a child ended before its time, by %s %d", facts.si_code == CLD_EXITED ? "status" : "signal",
			     facts.si_status);
	}
}

static inline int make_file(const char *path, unsigned long size)
{
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (file < 0)
		bail("open %s: %s", path, strerror(errno));
	if (ftruncate(file, size) != 0)
		bail("ftruncate %s to %lu: %s", path, size, strerror(errno));
	return file;
}

static inline void set_size(int file, unsigned long size)
{
	if (ftruncate(file, size) != 0)
		bail("ftruncate to %lu: %s", size, strerror(errno));
}

static inline char *map(int file, unsigned long size, int flags)
{
	char *area = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, file, 0);

	if (area == MAP_FAILED)
		bail("mmap of %lu bytes: %s", size, strerror(errno));
	return area;
}

static inline void start_thread(pthread_t *thread, void *(*body)(void *), void *argument)
{
	int error = pthread_create(thread, NULL, body, argument);

	if (error)
		bail("pthread_create: %s", strerror(error));
}

static inline void end_thread(pthread_t thread)
{
	int error = pthread_join(thread, NULL);

	if (error)
		bail("pthread_join: %s", strerror(error));
}

#endif
