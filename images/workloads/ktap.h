/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KTAP output of a workload. Every workload is one translation unit and includes this first.
 * Exit status: 0 every check held or all was skipped, 1 a check failed, 2 the workload could not do its work.
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
#include <unistd.h>

static struct {
	int planned, done, failed;
	uint64_t seed, state;
} ktap;

/* The workload itself cannot go on; nothing is said about the kernel. */
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

/* Instead of a plan: nothing in this workload can be tried here. */
__attribute__((noreturn)) static inline void skip_all(const char *reason)
{
	printf("1..0 # SKIP %s\n", reason);
	fflush(stdout);
	_exit(0);
}

/* Reads `--seed N`; the plan's own arguments stay where they are, behind it. */
static inline void ktap_start(int argc, char **argv)
{
	char *end = "x";

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n");
	if (argc >= 3 && strcmp(argv[1], "--seed") == 0)
		ktap.seed = strtoull(argv[2], &end, 0);
	if (*end)
		bail("usage: %s --seed NUMBER [arguments]", argv[0]);
	ktap.state = ktap.seed;
}

/* How many times the stated rounds: the first of the plan's arguments, for soaks, else 1. */
static inline unsigned ktap_times(int argc, char **argv)
{
	char *end = "";
	unsigned long times = argc > 3 ? strtoul(argv[3], &end, 10) : 1;

	if (*end || times < 1 || times > 10000)
		bail("how many times the rounds: 1 to 10000, not %s", argv[3]);
	return times;
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

static inline void figure(const char *name, unsigned long long number, const char *unit)
{
	printf("# figure %s %llu %s\n", name, number, unit);
}

static inline int ktap_end(void)
{
	if (ktap.done != ktap.planned)
		bail("planned %d checks and made %d", ktap.planned, ktap.done);
	return ktap.failed ? 1 : 0;
}

/* The next pseudo-random number that follows from the seed (splitmix64). */
static inline uint64_t chance(void)
{
	uint64_t mixed = ktap.state += 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return mixed ^ (mixed >> 31);
}

#endif
