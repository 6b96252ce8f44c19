/* SPDX-License-Identifier: GPL-2.0-only */
/* On how many CPUs a storm rages. */
#ifndef STORM_H
#define STORM_H

#include "race.h"

#define STORM_CPUS 4

/* CPUs besides the first, which a storm leaves to the one it storms around. */
static inline int other_cpus(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return (cpus < STORM_CPUS ? cpus : STORM_CPUS) - 1;
}

#endif
