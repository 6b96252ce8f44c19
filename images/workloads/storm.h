/* SPDX-License-Identifier: GPL-2.0-only */
/* What storms have in common: how long they are, and on how many CPUs. */
#ifndef STORM_H
#define STORM_H

#include "race.h"

#define STORM_CPUS 4

/* `rounds`, times the first of the plan's arguments where there is one: a soak asks for more. */
static inline unsigned storm_rounds(int argc, char **argv, unsigned rounds)
{
	char *end = "";
	unsigned long times = argc > 3 ? strtoul(argv[3], &end, 10) : 1;

	if (*end || times < 1 || times > 10000)
		bail("how many times the rounds: 1 to 10000, not %s", argv[3]);
	return rounds * times;
}

/* CPUs besides the first, which a storm leaves to the one it storms around. */
static inline int other_cpus(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return (cpus < STORM_CPUS ? cpus : STORM_CPUS) - 1;
}

#endif
