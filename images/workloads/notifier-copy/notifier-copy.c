// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes that replace a page by a copy. Whoever reads the old page through a secondary MMU must lose it before any
 * other process that shares it finds that it is the only user, and writes to it.
 */
#include "area.h"

#define ANONYMOUS 0
#define PRIVATE 32			/* pages of a file, privately */
#define ZERO 64				/* private pages, only read: the zero page, if the kernel uses it */
#define CONTESTED 8			/* of the anonymous pages: parent and child write to it at once */
#define PIECE 16
#define SLOW_MICROSECONDS 60000
#define TRIES 20
#define WRITING KEPT_MARKS		/* the child is about to write, and has written */
#define WRITTEN (KEPT_MARKS + 1)

struct contest {
	unsigned ready;			/* the child has registered */
	unsigned begun;			/* the parent is about to write */
	int copied;			/* the child's notifier heard that its page was copied */
};

static volatile struct contest *contest; /* shared with the child */
static uint64_t slow_ticks;

static void make_area(void)
{
	int file = make_file("/tmp/copied", PIECE * PAGE);

	reserve_area(96);
	map_at(ANONYMOUS, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map_at(PRIVATE, PIECE, MAP_PRIVATE, file);
	map_at(ZERO, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	write_pages(ANONYMOUS, ANONYMOUS + PIECE, 1);
	read_pages(PRIVATE, PRIVATE + PIECE);
	read_pages(ZERO, ZERO + PIECE);
}

static void check_copies(unsigned from, const char *heard, const char *current)
{
	int entered = enter(from, from + PIECE, 0), stale;

	if (entered != PIECE)
		bail("the secondary table took %d of %d pages", entered, PIECE);
	begin_step();
	write_pages(from + 4, from + 8, 3);
	check_step(from + 4, from + 8, NOTHING_ELSE, 1, heard);
	entered = enter(from + 4, from + 8, 0);
	stale = ask_plainly(&probe, DRYDOCK_VERIFY);
	if (!check(entered == 4 && stale == 0, "%s", current))
		printf("# entered %d of 4, %d stale\n", entered, stale);
}

/* Puts a mark among the events of the parent's notifier, from either process. */
static void mark(unsigned long long number)
{
	ask_about(&probe, DRYDOCK_MARK, (void *)(unsigned long)number, 0, 0);
}

/* The child has a notifier of its own: it hears a write to a shared page as a copy. */
static void contend(void)
{
	static struct probe own;
	unsigned i;

	use_cpu(1);
	open_probe(&own);
	if (ask_plainly(&own, DRYDOCK_REGISTER) != 0)
		_exit(1);
	listen_to(&own);
	forget_events(&own);
	contest->ready = 1;
	wake_all(&contest->ready);
	wait_while(&contest->begun, 0);
	sleep_microseconds(SLOW_MICROSECONDS / 4);
	mark(WRITING);
	page(CONTESTED)[0] = 5;
	mark(WRITTEN);
	listen_to(&own);
	for (i = 0; i < own.count; i++)
		contest->copied |= own.events[i].start == (unsigned long)page(CONTESTED) &&
				   (own.events[i].kind == DRYDOCK_EVENT_PAGE || own.events[i].kind == DRYDOCK_EVENT_START);
	_exit(0);
}

/* Returns how many ticks that is. */
static uint64_t be_slow(unsigned microseconds)
{
	struct drydock_request request = {
		.microseconds = microseconds,
		.flags = 1u << DRYDOCK_EVENT_PAGE | 1u << DRYDOCK_EVENT_START | DRYDOCK_DELAY_BEFORE,
	};

	ask(&probe, DRYDOCK_DELAY, &request);
	return request.out[0];
}

/* Whether the child wrote while the callback of the parent's copy was busy and its entry was still in the table. */
static int was_contested(void)
{
	unsigned writing = find_event(&probe, DRYDOCK_EVENT_MARK, WRITING), i;
	unsigned written = find_event(&probe, DRYDOCK_EVENT_MARK, WRITTEN);

	if (written == probe.count)
		bail("the child did not write");
	for (i = 0; i < writing; i++)
		if (probe.events[i].start == (unsigned long)page(CONTESTED))
			return probe.events[written].ticks + TICKS_APART < probe.events[i].ticks + slow_ticks;
	return 0;
}

static int contest_once(void)
{
	int status;
	pid_t child;

	memset((void *)contest, 0, sizeof(*contest));
	page(CONTESTED)[0] = 4;
	child = fork();
	need(child >= 0, "fork");
	if (child == 0)
		contend();
	wait_for_child(child, &contest->ready);
	enter(CONTESTED, CONTESTED + 1, 0);
	begin_step();
	slow_ticks = be_slow(SLOW_MICROSECONDS);
	contest->begun = 1;
	wake_all(&contest->begun);
	page(CONTESTED)[0] = 6;
	be_slow(0);
	need(waitpid(child, &status, 0) == child && status == 0, "the end of the child");
	listen_to(&probe);
	return was_contested();
}

static void check_contest(void)
{
	static const char text[] = "another process that writes before the secondary table has lost the page gets a copy";
	unsigned try;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		skip_check(text, "this guest has one CPU, and nobody to write meanwhile");
		return;
	}
	use_cpu(0);
	contest = (struct contest *)map(-1, PAGE, MAP_SHARED | MAP_ANONYMOUS);
	for (try = 0; try < TRIES && !contest_once(); try++)
		;
	if (try < TRIES) {
		check(contest->copied, "%s", text);
		return;
	}
	unmet("in %d tries the child never wrote while the parent's callback was busy, for %d us", TRIES, SLOW_MICROSECONDS);
	unmet_check(text);
}

int main(int argc, char **argv)
{
	pid_t child;
	int gate;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(9);
	make_area();
	check_registration();
	child = fork_relative(&gate);
	check_copies(ANONYMOUS, "the copy of a page shared by fork notifies that page",
		     "after it every entry names the page that the page tables name");
	end_relative(child, gate);
	check_copies(PRIVATE, "the private copy of a file's page notifies that page",
		     "after it every entry names the page that the page tables name");
	check_copies(ZERO, "the first write to a page that was read notifies that page",
		     "after it every entry names the page that the page tables name");
	check_contest();
	check_balance();
	return ktap_end();
}
