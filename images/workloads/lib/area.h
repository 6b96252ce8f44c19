/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A test range of the address space, and what a notifier must hear of each step inside it. What happens elsewhere in
 * the mm (stack, libc) only has to be balanced.
 */
#ifndef AREA_H
#define AREA_H

#include "probe.h"
#include "race.h"

#define AREA_LIMIT 4096

static struct probe probe;
static char *area;
static unsigned area_pages;
static struct balance unpaired;		/* of all steps but the last */
static unsigned long callbacks, late_callbacks;

/* What the step may announce besides the pages that it changes. */
enum breadth { ANYTHING_ELSE, NOTHING_ELSE };

static inline char *page(unsigned number)
{
	return area + number * PAGE;
}

static inline void need(int holds, const char *what)
{
	if (!holds)
		bail("%s: %s", what, strerror(errno));
}

/* Address space that nothing else gets. */
static inline void reserve_area(unsigned pages)
{
	area = mmap(NULL, pages * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	need(area != MAP_FAILED, "mmap of the area");
	area_pages = pages;
}

static inline void map_at(unsigned from, unsigned pages, int flags, int file)
{
	need(mmap(page(from), pages * PAGE, PROT_READ | PROT_WRITE, flags | MAP_FIXED, file, 0) != MAP_FAILED,
	     "mmap in the area");
}

static inline void write_pages(unsigned from, unsigned to, char value)
{
	for (; from < to; from++)
		page(from)[0] = value;
}

static inline void read_pages(unsigned from, unsigned to)
{
	for (; from < to; from++)
		(void)*(volatile char *)page(from);
}

/*
 * The first check. From then on each callback also looks whether it comes on the right side of the change that it
 * announces. Nobody else may change the area during a step.
 */
static inline void check_registration(void)
{
	check(ask_about(&probe, DRYDOCK_REGISTER, NULL, 0, DRYDOCK_LOOK) == 0, "registration on the live mm succeeds");
}

/* Enters the pages into the secondary table, as far as possible; returns how many of them it has. */
static inline int enter(unsigned from, unsigned to, unsigned flags)
{
	ask_about(&probe, DRYDOCK_MAP, page(from), to - from, flags);
	return ask_about(&probe, DRYDOCK_COUNT, page(from), to - from, 0);
}

/* Events so far do not belong to the coming step; only whether they came in pairs is kept. */
static inline void begin_step(void)
{
	struct balance balance;

	listen_to(&probe);
	balance = balance_of(&probe, 0);
	unpaired.unopened += balance.unopened;
	unpaired.unclosed += balance.unclosed;
	callbacks += probe.count;
	late_callbacks += count_kind(&probe, 0, DRYDOCK_EVENT_LATE);
	forget_events(&probe);
}

/* Counts in `heard` how often events of `kind`, or of a single page, named each page; returns those outside. */
static inline unsigned count_heard(unsigned kind, unsigned from, unsigned to, unsigned char *heard)
{
	unsigned long start = (unsigned long)area, address;
	unsigned i, number, outside = 0;

	memset(heard, 0, AREA_LIMIT);
	for (i = 0; i < probe.count; i++) {
		if (probe.events[i].kind != kind && probe.events[i].kind != DRYDOCK_EVENT_PAGE)
			continue;
		for (number = 0; number < area_pages; number++) {
			address = start + number * PAGE;
			if (address < probe.events[i].start || address >= probe.events[i].end)
				continue;
			heard[number]++;
			outside += number < from || number >= to;
		}
	}
	return outside;
}

/* Callbacks on the wrong side of the change of a page that the step did change; others may be announced as well. */
static inline unsigned count_untimely(unsigned from, unsigned to)
{
	unsigned i, count = 0;

	for (i = 0; i < probe.count; i++)
		count += probe.events[i].kind == DRYDOCK_EVENT_UNTIMELY && probe.events[i].start >= (unsigned long)page(from) &&
			 probe.events[i].start < (unsigned long)page(to);
	return count;
}

/*
 * The step announced each of the pages [from, to) at least `times` times, in whole pairs or as single pages; with
 * NOTHING_ELSE nothing else of the range; the secondary table has none of them left, none was freed before, and each callback came at its time.
 */
static inline int check_step(unsigned from, unsigned to, enum breadth breadth, unsigned times, const char *text)
{
	static unsigned char started[AREA_LIMIT], ended[AREA_LIMIT];
	unsigned outside, number, missing = 0, left, freed, untimely;

	listen_to(&probe);
	outside = count_heard(DRYDOCK_EVENT_START, from, to, started);
	outside += count_heard(DRYDOCK_EVENT_END, from, to, ended);
	for (number = from; number < to; number++)
		missing += started[number] < times || ended[number] < times;
	left = ask_about(&probe, DRYDOCK_COUNT, page(from), to - from, 0);
	freed = count_kind(&probe, 0, DRYDOCK_EVENT_FREED);
	untimely = count_untimely(from, to);
	if (check(missing == 0 && left == 0 && freed == 0 && untimely == 0 && (breadth == ANYTHING_ELSE || outside == 0),
		  "%s", text))
		return 1;
	printf("# expected page %u to %u, each %u times; %u pages not heard so, %u heard outside, %u entries left, "
	       "%u freed before, %u callbacks before or after their time\n", from, to, times, missing, outside, left, freed,
	       untimely);
	tell_events(&probe, 0, (unsigned long)area, 20);
	return 0;
}

/* Checks the whole workload; ends its last step. */
static inline void check_balance(void)
{
	begin_step();
	if (!check(unpaired.unopened == 0 && unpaired.unclosed == 0, "every start has its end and every end its start"))
		printf("# %u ends without a start, %u starts without an end\n", unpaired.unopened, unpaired.unclosed);
	figure("callbacks", callbacks, "events");
}

/* A child that lives until `*gate` is closed and shares what it inherited. */
static inline pid_t fork_relative(int *gate)
{
	int ends[2];
	char byte;
	pid_t child;

	need(pipe(ends) == 0, "pipe");
	child = fork();
	need(child >= 0, "fork");
	if (child == 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(ends[0]);
	*gate = ends[1];
	return child;
}

static inline void end_relative(pid_t child, int gate)
{
	int status;

	close(gate);
	need(waitpid(child, &status, 0) == child && status == 0, "the end of the child");
}

#endif
