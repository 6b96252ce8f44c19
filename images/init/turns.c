// SPDX-License-Identifier: GPL-2.0-only
/* What the seed chooses in a guest that leaves nothing else to chance: how its CPUs take turns. */
#include "init.h"
#include <sys/io.h>

#define CLOCK_STATUS_A 0x0a
#define CLOCK_STATUS_B 0x0b
#define CLOCK_PERIODIC 0x40		/* of status B */
#define PHASE_TURNS 1000000		/* of a loop of some five instructions of 2 ns */

static unsigned char read_clock(unsigned char number)
{
	outb(number, CLOCK_PORT);
	return inb(CLOCK_PORT + 1);
}

static void write_clock(unsigned char number, unsigned char value)
{
	outb(number, CLOCK_PORT);
	outb(value, CLOCK_PORT + 1);
}

/*
 * The CPUs of a deterministic guest take turns, and a turn ends at each deadline of a timer. What two CPUs do within a
 * turn never meets. The periodic interrupt of the MC146818 clock makes deadlines up to 8,192 times a second; a kernel
 * driver may acknowledge it, and nobody waits for it. So the seed chooses the most turns per second: 8,192, 4,096,
 * 2,048 or 1,024 of these interrupts, or the kernel's own ticks alone.
 *
 * This is done before the first workload, because with the interrupt on, the clock's driver too would write to the
 * index port.
 */
void choose_turns(unsigned long long seed)
{
	static const unsigned char rates[] = { 0, 3, 4, 5, 6 };
	unsigned char rate = rates[seed % (sizeof(rates) / sizeof(rates[0]))];

	if (!ports_are_open || rate == 0)
		return;
	write_clock(CLOCK_STATUS_A, (read_clock(CLOCK_STATUS_A) & 0xf0) | rate);
	write_clock(CLOCK_STATUS_B, read_clock(CLOCK_STATUS_B) | CLOCK_PERIODIC);
}

/*
 * If nothing else is left to chance, the seed also chooses how a workload's steps are placed within the turns: up to 10
 * ms later.
 */
void shift_phase(unsigned long long seed)
{
	unsigned long long state = seed * 6364136223846793005ull + 1442695040888963407ull;
	volatile unsigned long turns = (state >> 33) % PHASE_TURNS;

	if (ports_are_open)
		while (turns)
			turns--;
}
