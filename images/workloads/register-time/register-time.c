// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registration takes all locks of the mm, so its time grows with the number of VMAs; unregistration waits for the
 * callbacks that may be running. take-time measures the locks alone, and with more VMAs.
 */
#include "probe.h"
#include "ticks.h"

#define REPETITIONS 12
#define SIZES 3

static struct probe probe;
static const unsigned areas[SIZES] = { 0, 100, 1000 };

/*
 * Every second page of a mapping is a hole, and each of the others is written: as many VMAs, each with its own
 * anon_vma.
 */
static void add_areas(unsigned count)
{
	char *area = map(-1, (2 * count + 1) * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	unsigned i;

	for (i = 0; i < count; i++) {
		if (munmap(area + 2 * i * PAGE, PAGE) != 0)
			bail("munmap: %s", strerror(errno));
		area[(2 * i + 1) * PAGE] = 1;
	}
}

int main(int argc, char **argv)
{
	uint64_t registered[SIZES] = { 0 }, unregistered[SIZES] = { 0 }, begin;
	unsigned repetitions, refused[SIZES] = { 0 }, size, i;
	char name[32];

	fix_addresses(argv);
	ktap_start(argc, argv);
	repetitions = steps(REPETITIONS);
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(SIZES);
	use_cpu(0);
	for (size = 0; size < SIZES; size++) {
		if (areas[size] > 0)
			add_areas(areas[size] - areas[size - 1]);
		for (i = 0; i < repetitions; i++) {
			begin = ticks();
			refused[size] += ask_about(&probe, DRYDOCK_REGISTER, NULL, 0, DRYDOCK_IDLE) != 0;
			keep_least(&registered[size], ticks() - begin);
			/* A grace period ends with a timer tick, so it should begin with one too. */
			sleep_microseconds(1);
			begin = nanoseconds();
			ask_plainly(&probe, DRYDOCK_UNREGISTER);
			keep_least(&unregistered[size], nanoseconds_since(begin));
		}
	}
	for (size = 0; size < SIZES; size++)
		check(refused[size] == 0, "each registration succeeds with %u areas added", areas[size]);
	for (size = 0; size < SIZES; size++) {
		snprintf(name, sizeof(name), "%u-areas", areas[size]);
		figure_ticks(name, "register", registered[size], 1);
		snprintf(name, sizeof(name), "%u-areas-unregister", areas[size]);
		figure(name, (unregistered[size] + 500000) / 1000000, "ms");
	}
	return ktap_end();
}
