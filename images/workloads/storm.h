/* SPDX-License-Identifier: GPL-2.0-only */
/* On how many CPUs a storm rages. */
#ifndef STORM_H
#define STORM_H

#include "race.h"

#define STORM_CPUS 4

static int other_cpus;			/* besides the first, which the storm is around */

/* Before anything binds itself to a CPU: what musl counts are those a process may use. */
static inline void count_cpus(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	other_cpus = (cpus < STORM_CPUS ? cpus : STORM_CPUS) - 1;
}

/* Skips the whole workload where a storm has no CPU to come from. */
static inline void need_other_cpus(void)
{
	count_cpus();
	if (other_cpus < 1)
		skip_all("this guest has one CPU, and the workload races two");
}

#endif
