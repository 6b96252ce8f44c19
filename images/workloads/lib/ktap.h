/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KTAP output of a workload. Every workload is one translation unit and includes this first.
 *
 * Exit status: 0 every check held or all was skipped, 1 a check failed, 2 the workload could not do its work, 3 no
 * check failed, but a condition that the workload needs did not occur.
 */
#ifndef KTAP_H
#define KTAP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
	int planned, done, failed, unmet;
	uint64_t seed, state;
	time_t begin;			/* by CLOCK_MONOTONIC */
	long seconds;			/* the least that images/init gives the workload */
	const char *times;		/* the first of the plan's arguments, for soaks */
} ktap;

/* The workload itself cannot go on; this says nothing about the kernel. */
__attribute__((format(printf, 1, 2), noreturn)) static inline void bail(const char *format, ...)
{
	va_list values;

	printf("Bail out! ");
	va_start(values, format);
	vprintf(format, values);
	va_end(values);
	printf("\n");
	fflush(stdout);
	_exit(2);
}

/* Instead of a plan: nothing in this workload can be tested here. */
__attribute__((noreturn)) static inline void skip_all(const char *reason)
{
	printf("1..0 # SKIP %s\n", reason);
	fflush(stdout);
	_exit(0);
}

/* The thousandths in the environment; all of them if the environment has none. */
static inline unsigned long thousandths(const char *name)
{
	const char *text = getenv(name);
	char *end = "";
	unsigned long number = text ? strtoul(text, &end, 10) : 1000;

	if (*end || number < 1 || number > 1000)
		bail("%s: 1 to 1000, not %s", name, text);
	return number;
}

static inline unsigned long part(unsigned long whole, const char *name)
{
	unsigned long number = (whole * thousandths(name) + 999) / 1000;

	return number ? number : 1;
}

static inline time_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/*
 * Whether a workload may go on waiting for a condition: half of its time is not over. Code that waits for something
 * that a busy host can delay asks this, and calls unmet() if the answer is no.
 */
static inline int time_is_left(void)
{
	return (seconds_now() - ktap.begin) * 2 < ktap.seconds;
}

/* Reads `--seed N`; the plan's own arguments stay in place after it. */
static inline void ktap_start(int argc, char **argv)
{
	const char *limit = getenv("DRYDOCK_SECONDS");
	char *end = "x";

	ktap.begin = seconds_now();
	ktap.seconds = limit ? strtol(limit, NULL, 10) : 60;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n");
	if (argc >= 3 && strcmp(argv[1], "--seed") == 0)
		ktap.seed = strtoull(argv[2], &end, 0);
	if (*end)
		bail("usage: %s --seed NUMBER [arguments]", argv[0]);
	ktap.state = ktap.seed;
	ktap.times = argc > 3 ? argv[3] : "1";
}

/* How many of this number of steps to take: more in a soak, fewer while a failure is being minimised. At least one. */
static inline unsigned long steps(unsigned long stated)
{
	char *end;
	unsigned long times = strtoul(ktap.times, &end, 10);

	if (*end || times < 1 || times > 10000)
		bail("how many times the steps: 1 to 10000, not %s", ktap.times);
	return part(stated * times, "DRYDOCK_STEPS");
}

/* The same for VMAs, pages or files; a soak does not have more of them. */
static inline unsigned long extent(unsigned long stated)
{
	return part(stated, "DRYDOCK_AREAS");
}

static inline void ktap_plan(int checks)
{
	ktap.planned = checks;
	printf("1..%d\n# seed %llu\n", checks, (unsigned long long)ktap.seed);
}

/* One planned check. Returns whether it held. */
__attribute__((format(printf, 2, 3))) static inline int check(int holds, const char *format, ...)
{
	va_list values;

	printf("%s %d ", holds ? "ok" : "not ok", ++ktap.done);
	va_start(values, format);
	vprintf(format, values);
	va_end(values);
	printf("\n");
	ktap.failed += !holds;
	return holds;
}

static inline void skip_check(const char *text, const char *reason)
{
	printf("ok %d %s # SKIP %s\n", ++ktap.done, text, reason);
}

/*
 * A condition that did not occur: the workload did its work, but did not see what it had to see, and this says nothing
 * about the kernel. The reason has the figures. What a busy host can cause is never a check.
 */
__attribute__((format(printf, 1, 2))) static inline void unmet(const char *format, ...)
{
	va_list values;

	printf("# unmet: ");
	va_start(values, format);
	vprintf(format, values);
	va_end(values);
	printf("\n");
	ktap.unmet++;
}

/* A planned check that cannot be made, because its condition did not occur. */
static inline void unmet_check(const char *text)
{
	skip_check(text, "not met");
}

static inline void figure(const char *name, unsigned long long number, const char *unit)
{
	printf("# figure %s %llu %s\n", name, number, unit);
}

static inline int ktap_end(void)
{
	if (ktap.done != ktap.planned)
		bail("planned %d checks and made %d", ktap.planned, ktap.done);
	return ktap.failed ? 1 : ktap.unmet ? 3 : 0;
}

/* The next pseudo-random number from the seed (splitmix64). */
static inline uint64_t chance(void)
{
	uint64_t mixed = ktap.state += 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return mixed ^ (mixed >> 31);
}

#endif
