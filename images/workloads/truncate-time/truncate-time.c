// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mapped file of 1, 16 or 64 pages, all of them touched, is truncated to 0: the time until a notifier is told that it
 * begins, that it ended, and until ftruncate returns; and the last one without a notifier.
 */
#include "probe.h"
#include "ticks.h"

#define REPETITIONS 24
#define SIZES 3

static struct probe probe;

static struct {
	uint64_t alone, first_start, last_end, returned;
} least[SIZES];

static const unsigned sizes[SIZES] = { 1, 16, 64 };

/* Truncates the file and extends it again; returns when the truncation began and ended. */
static void cut(int file, volatile char *area, unsigned pages, uint64_t *begin, uint64_t *end)
{
	unsigned page;

	for (page = 0; page < pages; page++)
		area[page * PAGE] = 1;
	*begin = ticks();
	set_size(file, 0);
	*end = ticks();
	set_size(file, pages * PAGE);
}

/* Of the truncation with this begin and end; 0 if the notifier was not told of it in between. */
static int keep_callbacks(unsigned size, unsigned first, uint64_t begin, uint64_t end)
{
	uint64_t start = 0, last = 0;
	unsigned i;

	for (i = first; i < probe.count; i++) {
		if (probe.events[i].ticks < begin || probe.events[i].ticks > end)
			continue;
		if (probe.events[i].kind == DRYDOCK_EVENT_START && start == 0)
			start = probe.events[i].ticks;
		if (probe.events[i].kind == DRYDOCK_EVENT_END)
			last = probe.events[i].ticks;
	}
	if (start == 0 || last < start)
		return 0;
	keep_least(&least[size].first_start, start - begin);
	keep_least(&least[size].last_end, last - begin);
	keep_least(&least[size].returned, end - begin);
	return 1;
}

/* Returns how many truncations the notifier was not told of. */
static unsigned time_size(unsigned size, unsigned repetitions)
{
	int file = make_file("/tmp/timed", sizes[size] * PAGE);
	char *area = map(file, sizes[size] * PAGE, MAP_SHARED);
	unsigned i, untold = 0, first;
	uint64_t begin, end;

	for (i = 0; i < repetitions; i++) {
		cut(file, area, sizes[size], &begin, &end);
		keep_least(&least[size].alone, end - begin);
		if (ask_plainly(&probe, DRYDOCK_REGISTER) != 0)
			bail("the kernel refuses the notifier");
		cut(file, area, sizes[size], &begin, &end);
		ask_plainly(&probe, DRYDOCK_UNREGISTER);
		forget_events(&probe);
		first = listen_to(&probe);
		untold += !keep_callbacks(size, first, begin, end);
	}
	munmap(area, sizes[size] * PAGE);
	close(file);
	return untold;
}

int main(int argc, char **argv)
{
	unsigned repetitions, untold[SIZES], i;
	char name[32];

	fix_addresses(argv);
	ktap_start(argc, argv);
	repetitions = steps(REPETITIONS);
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(SIZES);
	use_cpu(0);
	for (i = 0; i < SIZES; i++)
		untold[i] = time_size(i, repetitions);
	for (i = 0; i < SIZES; i++)
		check(untold[i] == 0, "the notifier is told within each cut of %u pages", sizes[i]);
	for (i = 0; i < SIZES; i++) {
		snprintf(name, sizeof(name), "cut-%u-pages", sizes[i]);
		figure_ticks(name, "alone", least[i].alone, 1);
		figure_ticks(name, "to-start", least[i].first_start, 1);
		figure_ticks(name, "to-end", least[i].last_end, 1);
		figure_ticks(name, "to-return", least[i].returned, 1);
	}
	return ktap_end();
}
