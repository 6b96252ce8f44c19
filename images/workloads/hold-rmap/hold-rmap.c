// SPDX-License-Identifier: GPL-2.0-only
/*
 * While all locks of the mm are held, another CPU uses the reverse map of one of its pages, as reclaim and writeback
 * do: it checks if the page was touched, cleans it, and removes it from every page table.
 */
#include "window.h"
#include "swap.h"

#define GAVE_UP (-1)			/* folio_referenced's answer if it cannot get a lock at once */

static struct probe other;		/* its session keeps the page, because the window's own is busy */
static struct drydock_request answer;
static char *anonymous, *shared;

/*
 * x86 may leave a CPU's translation when it clears the accessed bit, and a write by way of that does not set the bit
 * again. So the translation is dropped first.
 */
static void touch(char *page)
{
	if (mprotect(page, PAGE, PROT_READ) != 0 || mprotect(page, PAGE, PROT_READ | PROT_WRITE) != 0)
		bail("mprotect: %s", strerror(errno));
	*(volatile char *)page = 7;
}

static void pin(char *page)
{
	touch(page);
	if (ask_about(&other, DRYDOCK_PIN, page, 0, DRYDOCK_WRITE) != 0)
		bail("the page cannot be pinned");
	window.watched = page;
	window.watched_pages = 1;
}

static void pin_anonymous(void)
{
	pin(anonymous);
}

static void pin_shared(void)
{
	pin(shared);
}

static void go(unsigned flags)
{
	memset(&answer, 0, sizeof(answer));
	answer.flags = flags;
	ask(&other, DRYDOCK_RMAP, &answer);
	if (flags == DRYDOCK_UNMAP && answer.answer == -ENOSPC)
		bail("no room in swap");
}

static void unmap(void)
{
	go(DRYDOCK_UNMAP);
}

/* Later kernels do not wait for a lock there, but return without an answer; that reads no page table either. */
static void look_young(void)
{
	go(DRYDOCK_YOUNG);
	if (answer.answer == GAVE_UP)
		window.end = ~0ull;
}

static void clean(void)
{
	go(DRYDOCK_CLEAN);
}

static int is_unmapped(void)
{
	int references = ask_about(&window.probe, DRYDOCK_REFERENCES, window.watched, 0, 0);

	/* A page that comes back must be the page that went. */
	return answer.answer == 0 && references == -ENOENT && *(volatile char *)window.watched == 7;
}

static int was_young(void)
{
	return answer.answer > 0 || answer.answer == GAVE_UP;
}

static int was_cleaned(void)
{
	return answer.answer == 1;
}

static const struct {
	unsigned flags;
	struct act act;
} acts[] = {
	{ DRYDOCK_UNMAP, { "an unmapping of a file page", pin_shared, unmap, is_unmapped } },
	{ DRYDOCK_UNMAP, { "an unmapping of an anonymous page", pin_anonymous, unmap, is_unmapped } },
	{ DRYDOCK_YOUNG, { "a look whether a file page was touched", pin_shared, look_young, was_young } },
	{ DRYDOCK_YOUNG, { "a look whether an anonymous page was touched", pin_anonymous, look_young, was_young } },
	{ DRYDOCK_CLEAN, { "a cleaning of a file page", pin_shared, clean, was_cleaned } },
};

#define ACTS (sizeof(acts) / sizeof(acts[0]))

int main(int argc, char **argv)
{
	unsigned i;

	ktap_start(argc, argv);
	need_two_cpus();
	open_probe(&window.probe);
	open_probe(&other);
	need_locks(&window.probe);
	open_swap();
	ktap_plan(ACTS + WINDOW_CHECKS);
	anonymous = map(-1, PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	shared = map(make_file("/tmp/mapped", PAGE), PAGE, MAP_SHARED);
	open_windows(steps(1));
	for (i = 0; i < ACTS; i++) {
		if (can(&other, DRYDOCK_RMAP, acts[i].flags))
			check_act(&acts[i].act);
		else
			skip_check(acts[i].act.text, "this kernel has no such function");
	}
	close_windows();
	check_windows();
	ask_plainly(&other, DRYDOCK_UNPIN);
	must_close_swap();
	return ktap_end();
}
