// SPDX-License-Identifier: GPL-2.0-only
/* From registration to the last callback: by unregistration, by exit, by exec; two notifiers of one mm; a signal. */
#include "area.h"

#define PIECE 32
#define SLOW_MICROSECONDS 30000u
#define SLOW_TRIES 20

static struct probe other;

static void make_area(void)
{
	reserve_area(2 * PIECE);
	map_at(0, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	write_pages(0, PIECE, 1);
}

static void drop_page(unsigned number)
{
	page(number)[0] = 1;
	need(madvise(page(number), PAGE, MADV_DONTNEED) == 0, "madvise");
}

static void check_second_notifier(void)
{
	int answer = ask_plainly(&other, DRYDOCK_REGISTER);
	unsigned first;

	drop_page(0);
	first = listen_to(&other);
	check(answer == 0 && count_kind(&other, first, DRYDOCK_EVENT_START) > 0, "a second notifier on the mm hears too");
	ask_plainly(&other, DRYDOCK_UNREGISTER);
	listen_to(&other);
	begin_step();
	drop_page(1);
	check_step(1, 2, NOTHING_ELSE, 1, "the first one still hears after the second has gone");
	first = listen_to(&other);
	if (!check(other.count == first, "the second one hears nothing any more"))
		tell_events(&other, first, (unsigned long)area, 20);
}

/* The events of the slow callback, and of the return of what waits for it; NULL if there was none. */
static struct {
	const struct drydock_event *started, *returned;
	uint64_t ticks;				/* of the callback, at least */
} slow;

static void *discard(void *unused)
{
	(void)unused;
	use_cpu(1);
	drop_page(12);
	return NULL;
}

/* A callback on CPU 1 stays busy while CPU 0 unregisters. */
static void try_slow_callback(void)
{
	struct drydock_request request = { .microseconds = SLOW_MICROSECONDS, .flags = 1u << DRYDOCK_EVENT_START };
	pthread_t thread;
	unsigned i;

	need(ask_plainly(&other, DRYDOCK_REGISTER) == 0, "registration");
	page(12)[0] = 1;
	listen_to(&other);
	forget_events(&other);
	ask(&other, DRYDOCK_DELAY, &request);
	slow.ticks = request.out[0];
	start_thread(&thread, discard, NULL);
	sleep_microseconds(SLOW_MICROSECONDS / 3);
	ask_plainly(&other, DRYDOCK_UNREGISTER);
	end_thread(thread);
	request.microseconds = 0;
	ask(&other, DRYDOCK_DELAY, &request);
	slow.started = slow.returned = NULL;
	listen_to(&other);
	for (i = 0; i < other.count; i++) {
		if (other.events[i].kind == DRYDOCK_EVENT_START && other.events[i].start == (unsigned long)page(12))
			slow.started = &other.events[i];
		if (other.events[i].kind == DRYDOCK_EVENT_UNREGISTERED)
			slow.returned = &other.events[i];
	}
}

static void check_waiting(void)
{
	static const char text[] = "unregistration returns after a callback that was running";
	int64_t took;
	unsigned try;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		skip_check(text, "this guest has one CPU, and nobody to unregister meanwhile");
		return;
	}
	for (try = 0; try < SLOW_TRIES; try++) {
		try_slow_callback();
		if (slow.started && slow.started < slow.returned)
			break;
	}
	if (try == SLOW_TRIES) {
		unmet("in %d tries no callback was running when the notifier unregistered", SLOW_TRIES);
		unmet_check(text);
		return;
	}
	took = slow.returned->ticks - slow.started->ticks;
	if (!check(took + TICKS_APART >= (int64_t)slow.ticks, "%s", text))
		printf("# it returned %ld ticks after the callback began, which takes %lu\n", took, slow.ticks);
}

static void check_silence(void)
{
	unsigned first;
	int file = make_file("/tmp/silent", PIECE * PAGE);

	map_at(PIECE, PIECE, MAP_SHARED, file);
	write_pages(PIECE, 2 * PIECE, 1);
	enter(0, 2 * PIECE, 0);
	begin_step();
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	first = listen_to(&probe);
	check(count_kind(&probe, first, DRYDOCK_EVENT_RELEASE) == 1 &&
	      probe.events[probe.count - 1].kind == DRYDOCK_EVENT_UNREGISTERED,
	      "unregistration calls release once and returns after it");
	need(mprotect(page(0), 8 * PAGE, PROT_READ) == 0, "mprotect");
	drop_page(10);
	set_size(file, 16 * PAGE);
	need(munmap(page(PIECE), PIECE * PAGE) == 0, "munmap");
	first = listen_to(&probe);
	if (!check(probe.count == first, "no callback after unregistration"))
		tell_events(&probe, first, (unsigned long)area, 20);
}

/* A pending signal ends registration with EINTR; nothing stays locked, so the next one succeeds. */
static void check_interrupted(void)
{
	int answer = ask_about(&other, DRYDOCK_REGISTER, NULL, 0, DRYDOCK_SIGNALLED);

	check(answer == -EINTR, "registration with a signal pending answers EINTR");
	if (answer == 0)
		ask_plainly(&other, DRYDOCK_UNREGISTER);
	answer = ask_plainly(&other, DRYDOCK_REGISTER);
	check(answer == 0, "the next registration succeeds");
	if (answer == 0)
		ask_plainly(&other, DRYDOCK_UNREGISTER);
}

/* In the child, with entries in the table that its end has to drop before it frees their pages. */
static void end_registered(const char *program)
{
	char *const words[] = { (char *)program, NULL };

	if (ask_about(&other, DRYDOCK_REGISTER, NULL, 0, DRYDOCK_LOOK) != 0)
		_exit(1);
	write_pages(8, PIECE, 2);
	if (ask_about(&other, DRYDOCK_MAP, page(8), PIECE - 8, DRYDOCK_WRITE) != PIECE - 8)
		_exit(2);
	if (program)
		execv(program, words);
	_exit(program ? 3 : 0);
}

/* release comes from the end of the mm, once, before its pages are unmapped or freed, and is the last event. */
static void check_end_of_mm(const char *program, const char *released, const char *once)
{
	unsigned first;
	int status = 0;
	pid_t child;

	listen_to(&other);
	child = fork();
	need(child >= 0, "fork");
	if (child == 0)
		end_registered(program);
	need(waitpid(child, &status, 0) == child, "waitpid");
	first = listen_to(&other);
	if (!check(status == 0 && count_kind(&other, first, DRYDOCK_EVENT_RELEASE) == 1 &&
		   count_kind(&other, first, DRYDOCK_EVENT_FREED) == 0 &&
		   count_kind(&other, first, DRYDOCK_EVENT_UNTIMELY) == 0 &&
		   ask_about(&other, DRYDOCK_COUNT, page(8), PIECE - 8, 0) == 0 &&
		   other.events[other.count - 1].kind == DRYDOCK_EVENT_RELEASE, "%s", released)) {
		printf("# the child's status is %#x\n", status);
		tell_events(&other, first, (unsigned long)area, 40);
	}
	ask_plainly(&other, DRYDOCK_UNREGISTER);
	first = listen_to(&other);
	check(count_kind(&other, first, DRYDOCK_EVENT_RELEASE) == 0, "%s", once);
}

int main(int argc, char **argv)
{
	/* Called by exec as the program that replaces one with a registered mm. */
	if (argc == 1)
		return 0;
	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	open_probe(&other);
	ktap_plan(15);
	make_area();
	check_registration();
	check_second_notifier();
	check_waiting();
	check_silence();
	check_balance();
	check_interrupted();
	check_end_of_mm(NULL, "the exit of a child that registered calls release once, last, before a page is freed",
			"unregistration after the exit does not call it again");
	check_end_of_mm("/proc/self/exe", "the exec of a child that registered calls release once, last, before a page is freed",
			"unregistration after the exec does not call it again");
	check(late_callbacks + count_kind(&other, 0, DRYDOCK_EVENT_LATE) == 0,
	      "no callback came after its unregistration had returned");
	return ktap_end();
}
