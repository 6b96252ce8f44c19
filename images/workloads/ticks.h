/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Short times, by the CPU's time stamp counter: the clock of 2.6.18 knows microseconds only. Of many repetitions the
 * least is taken, for a timer's interrupt or a busy host only ever adds. Where QEMU counts instructions (-icount) a tick is a
 * nanosecond. Elsewhere it stays a tick: while 6.1 still looks for its clock, that is wrong by one in a hundred.
 */
#ifndef TICKS_H
#define TICKS_H

#include "race.h"
#include <sys/personality.h>

/* Starts the program again at addresses that are the same each time: page tables and caches follow from them. */
static inline void fix_addresses(char **argv)
{
	int now = personality(0xffffffff);

	if (now < 0 || now & ADDR_NO_RANDOMIZE || personality(now | ADDR_NO_RANDOMIZE) < 0)
		return;
	execv("/proc/self/exe", argv);
	bail("start %s again: %s", argv[0], strerror(errno));
}

/* Ticks of one of `operations`, with two decimals; a difference may be below 0. */
static inline void figure_ticks(const char *name, const char *variant, int64_t measured, unsigned operations)
{
	printf("# figure %s-%s %.2f ticks\n", name, variant, (double)measured / operations);
}

#endif
