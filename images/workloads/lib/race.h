/* SPDX-License-Identifier: GPL-2.0-only */
/* Two threads on two CPUs, a clock, and files that both use. */
#ifndef RACE_H
#define RACE_H

#include "meet.h"
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define PAGE 4096ul
#define SPUN_YIELDS 100		/* before a wait becomes a sleep */

/* CLOCK_MONOTONIC in nanoseconds: the clock of the probe's events too. */
static inline uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Never negative, because a clock of 2.6.18 may step back. */
static inline uint64_t nanoseconds_since(uint64_t begin)
{
	int64_t passed = nanoseconds() - begin;

	return passed > 0 ? passed : 0;
}

/* The smallest measurement so far; 0 if there is none yet. */
static inline void keep_least(uint64_t *least, uint64_t measured)
{
	if (*least == 0 || measured < *least)
		*least = measured;
}

static inline void spin(unsigned rounds)
{
	volatile unsigned left = rounds;

	while (left)
		left--;
}

/*
 * If two tasks ask for their CPUs or choose them at once, vanilla 2.6.18 may mistake the owner of its lock, and warns
 * (kernel/cpu.c). So they do it one at a time, in whatever process they are; close() lets the next one in.
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

/* Skips the whole workload if two threads cannot run at once. */
static inline void need_two_cpus(void)
{
	if (count_cpus() < 2)
		skip_all("this guest has one CPU, and the workload races two");
}

/* A child that bailed has said why, and says nothing about the kernel. */
static inline void bail_with_child(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		bail("a child could not do its work");
}

/* Whether a child has ended that can still be waited for; `*facts` says how. */
static inline int child_ended(pid_t child, siginfo_t *facts)
{
	facts->si_pid = 0;
	if (waitid(P_PID, child, facts, WEXITED | WNOHANG | WNOWAIT) != 0)
		bail("waitid: %s", strerror(errno));
	return facts->si_pid == child;
}

/* Waits until a child sets the flag, which it shares, or ends before. It can still be waited for. */
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
