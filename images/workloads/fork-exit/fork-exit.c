// SPDX-License-Identifier: GPL-2.0-only
/*
 * On each CPU a process forks families one after the other: children that check what they inherited, change their own
 * copy and exit with a status, die by a signal, have children themselves, or leave orphans behind.
 */
#include "race.h"
#include <signal.h>

#define FAMILIES 150
#define ALIVE 4				/* children of one process at once */
#define PAGES 24
#define WORDS (PAGE / sizeof(uint64_t))
#define PARENTS_LIMIT 2

enum way { EXITS, IS_KILLED, HAS_CHILD, LEAVES_ORPHAN, WAYS };

/* Shared by all processes. */
struct tally {
	unsigned long inherited_wrong, own_wrong, parent_wrong, status_wrong, started, lived, orphans, orphans_lived;
};

static struct tally *tally;
static uint64_t *area;

static void count(unsigned long *number)
{
	__sync_fetch_and_add(number, 1);
}

static void fill(uint64_t tag)
{
	unsigned page;

	for (page = 0; page < PAGES; page++) {
		area[page * WORDS] = tag + page;
		area[page * WORDS + WORDS - 1] = ~(tag + page);
	}
}

static int holds(uint64_t tag)
{
	unsigned page;

	for (page = 0; page < PAGES; page++)
		if (area[page * WORDS] != tag + page || area[page * WORDS + WORDS - 1] != ~(tag + page))
			return 0;
	return 1;
}

static pid_t fork_or_bail(void)
{
	pid_t child = fork();

	if (child < 0)
		bail("fork: %s", strerror(errno));
	return child;
}

/* In a child: checks what was inherited, then changes what nobody else may see. */
static void live(uint64_t tag, uint64_t own_tag)
{
	if (!holds(tag))
		count(&tally->inherited_wrong);
	fill(own_tag);
	if (!holds(own_tag))
		count(&tally->own_wrong);
}

/* A child that did its work never exits with 2, because a child that bailed does. */
static int expected_status(enum way way, uint64_t tag)
{
	return way == IS_KILLED ? SIGKILL : (int)((tag >> 8 & 0x7f) | 0x80) << 8;
}

static void reap(pid_t child, int expected)
{
	int status;

	if (waitpid(child, &status, 0) != child) {
		count(&tally->status_wrong);
		return;
	}
	bail_with_child(status);
	if (status != expected)
		count(&tally->status_wrong);
}

__attribute__((noreturn)) static void be_child(enum way way, uint64_t tag)
{
	pid_t grandchild;

	live(tag, tag + 1000);
	if (way == IS_KILLED) {
		count(&tally->lived);
		kill(getpid(), SIGKILL);
		pause();
	}
	if (way == HAS_CHILD || way == LEAVES_ORPHAN) {
		grandchild = fork_or_bail();
		if (grandchild == 0) {
			live(tag + 1000, tag + 2000);
			if (way == LEAVES_ORPHAN)
				count(&tally->orphans_lived);
			_exit(77);
		}
		if (way == HAS_CHILD)
			reap(grandchild, 77 << 8);
		if (way == LEAVES_ORPHAN)
			count(&tally->orphans);
		if (!holds(tag + 1000))
			count(&tally->own_wrong);
	}
	count(&tally->lived);
	_exit(expected_status(way, tag) >> 8);
}

struct child {
	pid_t pid;
	int status;
};

static void reap_child(struct child *child)
{
	if (child->pid != 0)
		reap(child->pid, child->status);
	child->pid = 0;
}

/* The parent goes on writing while its children look at what they inherited. */
static void raise_families(unsigned cpu, unsigned families)
{
	struct child children[ALIVE] = { { 0, 0 } };
	unsigned family;
	enum way way;
	uint64_t tag;

	use_cpu(cpu);
	for (family = 0; family < families; family++) {
		tag = chance() >> 1;
		way = chance() % WAYS;
		fill(tag);
		reap_child(&children[family % ALIVE]);
		children[family % ALIVE].status = expected_status(way, tag);
		children[family % ALIVE].pid = fork_or_bail();
		if (children[family % ALIVE].pid == 0)
			be_child(way, tag);
		count(&tally->started);
		if (!holds(tag))
			count(&tally->parent_wrong);
	}
	for (family = 0; family < ALIVE; family++)
		reap_child(&children[family]);
}

/* Orphans count themselves; only the workload's time limit says how late they may be. */
static void wait_for_orphans(void)
{
	const volatile unsigned long *lived = &tally->orphans_lived;

	while (*lived < tally->orphans)
		sleep_microseconds(10000);
}

int main(int argc, char **argv)
{
	unsigned parents = count_cpus() < 2 ? 1 : PARENTS_LIMIT, families, i;
	pid_t children[PARENTS_LIMIT];
	int status = 0, ended = 1;
	uint64_t begin;

	ktap_start(argc, argv);
	families = steps(FAMILIES);
	ktap_plan(6);
	tally = (struct tally *)map(-1, PAGE, MAP_SHARED | MAP_ANONYMOUS);
	area = (uint64_t *)map(-1, PAGES * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	begin = nanoseconds();
	for (i = 0; i < parents; i++) {
		ktap.state += i;
		children[i] = fork_or_bail();
		if (children[i] == 0) {
			raise_families(i, families);
			_exit(0);
		}
	}
	for (i = 0; i < parents; i++) {
		ended &= waitpid(children[i], &status, 0) == children[i] && status == 0;
		bail_with_child(status);
	}
	wait_for_orphans();
	begin = nanoseconds_since(begin);
	check(tally->inherited_wrong == 0, "a child inherits what its parent held when it forked");
	check(tally->own_wrong == 0, "what a process writes is its own");
	check(tally->parent_wrong == 0, "a parent keeps what it held, whatever its children write");
	check(tally->status_wrong == 0 && ended, "each process is reaped once, with the status it ended with");
	check(tally->lived == tally->started && tally->started == parents * families, "every process that was forked ran");
	check(tally->orphans_lived == tally->orphans, "so did those whose parent had ended");
	if (tally->orphans == 0)
		unmet("none of %lu children left an orphan", tally->started);
	printf("# wrong: %lu inherited, %lu own, %lu of a parent, %lu statuses; %lu of %lu children and %lu of %lu orphans ran\n",
	       tally->inherited_wrong, tally->own_wrong, tally->parent_wrong, tally->status_wrong, tally->lived,
	       tally->started, tally->orphans_lived, tally->orphans);
	figure("children", tally->started, "processes");
	figure("orphans", tally->orphans, "processes");
	figure("time", begin / 1000000, "ms");
	return ktap_end();
}
