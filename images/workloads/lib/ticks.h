/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Short times, by the CPU's time stamp counter, because the clock of 2.6.18 only counts microseconds. The smallest of
 * many repetitions is used, because a timer interrupt or a busy host only adds time. If QEMU counts instructions
 * (-icount), a tick is a nanosecond. Otherwise it stays a tick, because a conversion would be wrong by one in a hundred
 * while 6.1 still looks for its clock.
 */
#ifndef TICKS_H
#define TICKS_H

#include "race.h"
#include <sys/personality.h>

/* Starts the program again at addresses that are the same each time, because page tables and caches depend on them. */
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
