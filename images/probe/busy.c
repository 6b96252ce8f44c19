// SPDX-License-Identifier: GPL-2.0-only
/* What a command adds to its call of the kernel: busy CPUs, interrupts of the others, a signal to the caller. */
#include "session.h"

#define INTERRUPT_TURNS 4096	/* of a loop, at most, between two interrupts */

unsigned long long ticks_of(unsigned long long microseconds)
{
	return microseconds * probe_tick_khz / 1000;
}

/*
 * Busy, not asleep, because on kernels whose locks are spinlocks nobody may sleep here. Uses the time stamp counter,
 * because the clock of 2.6.18 jumps by milliseconds, forwards or backwards, if its timer interrupts come late or two at
 * once.
 */
void stay_busy(unsigned long long microseconds)
{
	unsigned long long begin = get_cycles();
	long long ticks = ticks_of(microseconds);

	while ((long long)(get_cycles() - begin) < ticks)
		cpu_relax();
}

static void be_busy(void *microseconds)
{
	stay_busy((unsigned long)microseconds);
}

/*
 * Returns when the other CPUs have been interrupted, wherever they were, and are busy. Before that, they run for a
 * while, different each time: an interrupt that is pending when one returns comes before the next instruction.
 */
void interrupt_others(const struct drydock_request *request)
{
	unsigned int turns;

	if (!(request->flags & DRYDOCK_INTERRUPT))
		return;
	for (turns = get_cycles() / 16 % INTERRUPT_TURNS; turns; turns--)
		barrier();
	probe_call_on_others(be_busy, (void *)(unsigned long)request->microseconds);
}

void signal_caller(const struct drydock_request *request)
{
	if (request->flags & DRYDOCK_SIGNALLED)
		send_sig(SIGUSR1, current, 0);
}
