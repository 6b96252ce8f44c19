// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same operations in a process that never had a notifier, then alternately without a notifier and with one that
 * does nothing. A kernel without notifiers is measured too, because the first of these can be compared with a kernel
 * that has them.
 */
#include "probe.h"
#include "ticks.h"

/*
 * So few that in most repetitions the free pages of the CPU are enough, because the buddy lists differ from boot to
 * boot.
 */
#define PAGES 16
#define REPETITIONS 60
#define FORKS 4				/* in each repetition: their least is met more seldom */

enum operation { FAULT, COPY, FORK, PROTECT, UNMAP, OPERATIONS };
enum variant { NEVER, WITHOUT, WITH, VARIANTS };

static const struct {
	const char *name;
	unsigned operations;		/* in one repetition */
} operations[OPERATIONS] = {
	[FAULT] = { "fault", PAGES },
	[COPY] = { "copy", PAGES },
	[FORK] = { "fork", 1 },
	[PROTECT] = { "protect-16-pages", 2 },
	[UNMAP] = { "unmap-16-pages", 1 },
};

static struct probe probe;
static uint64_t least[OPERATIONS][VARIANTS];
static unsigned long wrong;		/* pages that lost what was written to them */

static void touch(volatile char *area, char value)
{
	unsigned page;

	for (page = 0; page < PAGES; page++)
		area[page * PAGE] = value;
}

static void check_pages(const volatile char *area, char value)
{
	unsigned page;

	for (page = 0; page < PAGES; page++)
		wrong += area[page * PAGE] != value;
}

/* A process that keeps the pages shared until the pipe to it is closed. */
static pid_t fork_sharer(int *hold)
{
	int to_child[2], to_parent[2];
	char byte;
	pid_t child;

	if (pipe(to_child) != 0 || pipe(to_parent) != 0)
		bail("pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0) {
		close(to_child[1]);
		if (write(to_parent[1], "", 1) != 1 || read(to_child[0], &byte, 1) < 0)
			_exit(1);
		_exit(0);
	}
	if (read(to_parent[0], &byte, 1) != 1)
		bail("read from a pipe: %s", strerror(errno));
	close(to_child[0]), close(to_parent[0]), close(to_parent[1]);
	*hold = to_child[1];
	return child;
}

static void reap(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || status != 0)
		bail("waitpid: %s", strerror(errno));
}

static uint64_t time_fork(void)
{
	uint64_t begin = ticks();
	pid_t child = fork();

	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0)
		_exit(0);
	reap(child);
	return ticks() - begin;
}

static uint64_t time_protect(char *area)
{
	uint64_t begin = ticks();

	if (mprotect(area, PAGES * PAGE, PROT_READ) != 0 || mprotect(area, PAGES * PAGE, PROT_READ | PROT_WRITE) != 0)
		bail("mprotect: %s", strerror(errno));
	return ticks() - begin;
}

/* Each operation once on a mapping of its own, which is made and removed here. */
static void repeat(enum variant variant)
{
	char *area = map(-1, PAGES * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	uint64_t begin = ticks();
	pid_t sharer;
	int hold, i;

	touch(area, 1);
	keep_least(&least[FAULT][variant], ticks() - begin);
	for (i = 0; i < FORKS; i++)
		keep_least(&least[FORK][variant], time_fork());
	sharer = fork_sharer(&hold);
	begin = ticks();
	touch(area, 2);
	keep_least(&least[COPY][variant], ticks() - begin);
	close(hold);
	reap(sharer);
	keep_least(&least[PROTECT][variant], time_protect(area));
	check_pages(area, 2);
	begin = ticks();
	if (munmap(area, PAGES * PAGE) != 0)
		bail("munmap: %s", strerror(errno));
	keep_least(&least[UNMAP][variant], ticks() - begin);
}

/* Returns how many registrations the kernel refused. */
static unsigned repeat_by_turns(unsigned repetitions)
{
	unsigned i, refused = 0;

	for (i = 0; i < repetitions; i++) {
		refused += ask_about(&probe, DRYDOCK_REGISTER, NULL, 0, DRYDOCK_IDLE) != 0;
		repeat(WITH);
		ask_plainly(&probe, DRYDOCK_UNREGISTER);
		repeat(WITHOUT);
	}
	return refused;
}

int main(int argc, char **argv)
{
	static const char *const variants[VARIANTS] = { "never", "without", "with" };
	static const char by_turns[] = "each operation was timed without and with a notifier";
	unsigned repetitions, refused = 0, i, variant, has_notifiers;

	fix_addresses(argv);
	ktap_start(argc, argv);
	repetitions = steps(REPETITIONS);
	open_probe(&probe);
	ktap_plan(3);
	use_cpu(0);
	has_notifiers = ask_plainly(&probe, DRYDOCK_NOTIFIERS) == 0;
	for (i = 0; i < repetitions; i++)
		repeat(NEVER);
	if (has_notifiers)
		refused = repeat_by_turns(repetitions);
	check(least[FAULT][NEVER] > 0, "each operation was timed in a process that never had a notifier");
	if (has_notifiers)
		check(refused == 0 && least[FAULT][WITH] > 0, by_turns);
	else
		skip_check(by_turns, "this kernel has no MMU notifiers");
	check(wrong == 0, "every page held what was written to it");
	for (i = 0; i < OPERATIONS; i++) {
		for (variant = 0; variant < (has_notifiers ? VARIANTS : WITHOUT); variant++)
			figure_ticks(operations[i].name, variants[variant], least[i][variant], operations[i].operations);
		/* The notifier's cost is the same from boot to boot even if nothing else is. */
		if (has_notifiers)
			figure_ticks(operations[i].name, "added", (int64_t)(least[i][WITH] - least[i][WITHOUT]),
				     operations[i].operations);
	}
	return ktap_end();
}
