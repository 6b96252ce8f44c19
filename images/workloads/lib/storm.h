/* SPDX-License-Identifier: GPL-2.0-only */
/* How many CPUs disturb, and the registrations that they disturb. */
#ifndef STORM_H
#define STORM_H

#include "probe.h"
#include "race.h"

#define STORM_CPUS 4

static int other_cpus;			/* besides the first, which the storm is around */

/* Before anything binds itself to a CPU, because musl counts the CPUs that a process may use. */
static inline void count_other_cpus(void)
{
	int cpus = count_cpus();

	other_cpus = (cpus < STORM_CPUS ? cpus : STORM_CPUS) - 1;
}

/* Skips the whole workload if there is no other CPU. */
static inline void need_other_cpus(void)
{
	count_other_cpus();
	if (other_cpus < 1)
		skip_all("this guest has one CPU, and the workload races two");
}

/* Returns how many registrations failed; none is tried if the kernel has no notifiers. */
static inline unsigned register_often(struct probe *probe, unsigned registrations)
{
	unsigned failed = 0, i;

	for (i = 0; i < registrations && can(probe, DRYDOCK_REGISTER, 0); i++) {
		if (ask_plainly(probe, DRYDOCK_REGISTER) != 0)
			failed++;
		else
			ask_plainly(probe, DRYDOCK_UNREGISTER);
	}
	return failed;
}

/*
 * VMAs with an anon_vma each. If this is called before the storm's own range is mapped, they are above that, and a
 * registration takes and drops their locks after those of the storm's range: a waiter for one of the latter gets it in
 * the middle.
 */
static inline void lengthen_registration(unsigned areas)
{
	char *place = map(-1, 2 * areas * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	unsigned i;

	for (i = 0; i < areas; i++)
		if (munmap(place + (2 * i + 1) * PAGE, PAGE) != 0)
			bail("munmap: %s", strerror(errno));
	for (i = 0; i < areas; i++)
		place[2 * i * PAGE] = 1;
}

#endif
