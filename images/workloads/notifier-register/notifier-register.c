// SPDX-License-Identifier: GPL-2.0-only
/*
 * A notifier on the live mm hears each operation with the operation's own range, in pairs, and nothing after it was
 * unregistered. Each step is done inside one test area of 256 pages; what happens elsewhere in the mm (stack,
 * libc) only has to be balanced.
 */
#include "probe.h"
#include "race.h"
#include <sys/wait.h>

#define AREA_PAGES 256
#define SHARED 0			/* page offsets in the area: 64 pages of a tmpfs file */
#define ANONYMOUS 80			/* 64 private pages */
#define HOLE 160			/* 64 pages of nothing */
#define PIECE 64

static struct probe probe, other;
static char *area;
static int file;
static unsigned step_first;

static char *page(unsigned number)
{
	return area + number * PAGE;
}

static void need(int holds, const char *what)
{
	if (!holds)
		bail("%s: %s", what, strerror(errno));
}

static void make_area(void)
{
	unsigned i;

	area = map(-1, AREA_PAGES * PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
	need(mprotect(area, AREA_PAGES * PAGE, PROT_NONE) == 0, "mprotect of the area");
	file = make_file("/tmp/registered", PIECE * PAGE);
	need(mmap(page(SHARED), PIECE * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED,
	     "mmap of the file");
	need(mprotect(page(ANONYMOUS), PIECE * PAGE, PROT_READ | PROT_WRITE) == 0, "mprotect of the private part");
	need(munmap(page(HOLE), PIECE * PAGE) == 0, "munmap of the hole");
	for (i = 0; i < PIECE; i++) {
		page(SHARED + i)[0] = 1;
		page(ANONYMOUS + i)[0] = 1;
	}
}

/* Marks in `heard` the area's pages that events of `kind` or single-page events name; returns pages outside [from, to). */
static unsigned mark_pages(const struct probe *of, unsigned kind, unsigned from, unsigned to, unsigned char *heard)
{
	unsigned i, number, outside = 0;
	unsigned long start = (unsigned long)area, address;

	memset(heard, 0, AREA_PAGES);
	for (i = step_first; i < of->count; i++) {
		if (of->events[i].kind != kind && of->events[i].kind != DRYDOCK_EVENT_PAGE)
			continue;
		for (number = 0; number < AREA_PAGES; number++) {
			address = start + number * PAGE;
			if (address < of->events[i].start || address >= of->events[i].end)
				continue;
			heard[number] = 1;
			outside += number < from || number >= to;
		}
	}
	return outside;
}

/* The step's starts and its ends each cover the pages [from, to), and nothing else of the area when `exactly`. */
static void check_step(unsigned from, unsigned to, int exactly, const char *text)
{
	unsigned char started[AREA_PAGES], ended[AREA_PAGES];
	unsigned outside, number, missing = 0;

	step_first = listen_to(&probe);
	outside = mark_pages(&probe, DRYDOCK_EVENT_START, from, to, started);
	outside += mark_pages(&probe, DRYDOCK_EVENT_END, from, to, ended);
	for (number = from; number < to; number++)
		missing += !started[number] || !ended[number];
	if (!check(missing == 0 && (!exactly || outside == 0), "%s", text)) {
		printf("# expected page %u to %u; %u pages not heard, %u heard outside\n", from, to, missing, outside);
		tell_events(&probe, step_first, (unsigned long)area, 20);
	}
}

static void check_simple_steps(void)
{
	listen_to(&probe);
	need(mprotect(page(SHARED + 8), 8 * PAGE, PROT_READ) == 0, "mprotect");
	check_step(SHARED + 8, SHARED + 16, 1, "mprotect notifies its range");
	need(madvise(page(ANONYMOUS + 8), 8 * PAGE, MADV_DONTNEED) == 0, "madvise");
	check_step(ANONYMOUS + 8, ANONYMOUS + 16, 1, "madvise(MADV_DONTNEED) notifies its range");
	need(munmap(page(ANONYMOUS + 20), 8 * PAGE) == 0, "munmap");
	check_step(ANONYMOUS + 20, ANONYMOUS + 28, 1, "munmap notifies its range");
	need(mremap(page(ANONYMOUS + 32), 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(HOLE)) == page(HOLE),
	     "mremap");
	check_step(ANONYMOUS + 32, ANONYMOUS + 40, 1, "mremap notifies the range it moves away");
}

/* The secondary table loses what ftruncate cuts and keeps the rest. */
static void check_truncate(void)
{
	int entered = ask_about(&probe, DRYDOCK_MAP, page(SHARED + 16), 48, 0), left;

	set_size(file, 32 * PAGE);
	check_step(SHARED + 32, SHARED + 64, 1, "ftruncate notifies exactly the pages it cuts");
	left = ask_about(&probe, DRYDOCK_COUNT, page(SHARED), PIECE, 0);
	check(entered == 48 && left == 16, "the secondary table loses the pages cut and keeps the others");
	if (entered != 48 || left != 16)
		printf("# entered %d of 48, left %d of 16\n", entered, left);
}

static pid_t fork_and_wait(int *release)
{
	int gate[2];
	char byte;
	pid_t child;

	need(pipe(gate) == 0, "pipe");
	child = fork();
	need(child >= 0, "fork");
	if (child == 0) {
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(gate[0]);
	*release = gate[1];
	return child;
}

static void check_fork(void)
{
	unsigned target = ANONYMOUS + 50;
	int release, entered, status;
	pid_t child = fork_and_wait(&release);

	check_step(ANONYMOUS + 40, ANONYMOUS + 64, 0, "fork notifies a private area before it is write-protected");
	entered = ask_about(&probe, DRYDOCK_MAP, page(target - 2), 4, 0);
	listen_to(&probe);
	page(target)[0] = 2;
	check_step(target, target + 1, 1, "the copy of a shared private page notifies that page");
	check(entered == 4 && ask_plainly(&probe, DRYDOCK_VERIFY) == 0,
	      "no entry of the secondary table names the page from before the copy");
	close(release);
	need(waitpid(child, &status, 0) == child && status == 0, "child");
}

static void check_second_notifier(void)
{
	int answer = ask_plainly(&other, DRYDOCK_REGISTER);
	unsigned first;

	need(madvise(page(ANONYMOUS), PAGE, MADV_DONTNEED) == 0, "madvise");
	first = listen_to(&other);
	check(answer == 0 && count_kind(&other, first, DRYDOCK_EVENT_START) > 0, "a second notifier on the mm hears too");
	ask_plainly(&other, DRYDOCK_UNREGISTER);
	listen_to(&other);
	listen_to(&probe);
	page(ANONYMOUS + 1)[0] = 1;
	need(madvise(page(ANONYMOUS + 1), PAGE, MADV_DONTNEED) == 0, "madvise");
	check_step(ANONYMOUS + 1, ANONYMOUS + 2, 1, "the first one still hears after the second has gone");
}

static void check_silence(void)
{
	unsigned first, noise;

	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	first = listen_to(&probe);
	check(count_kind(&probe, first, DRYDOCK_EVENT_RELEASE) == 1 &&
	      probe.events[probe.count - 1].kind == DRYDOCK_EVENT_UNREGISTERED,
	      "unregistration calls release once and returns after it");
	need(mprotect(page(SHARED), 8 * PAGE, PROT_READ) == 0, "mprotect");
	need(madvise(page(ANONYMOUS), 8 * PAGE, MADV_DONTNEED) == 0, "madvise");
	set_size(file, 16 * PAGE);
	need(munmap(page(SHARED), PIECE * PAGE) == 0, "munmap");
	first = listen_to(&probe);
	noise = probe.count - first;
	if (!check(noise == 0, "no callback after unregistration"))
		tell_events(&probe, first, (unsigned long)area, 20);
}

/* A pending signal ends registration with EINTR; nothing stays locked, so the next one goes through. */
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

/* A child registers and exits: release comes from the end of its mm, once, and is the last thing heard. */
static void check_exit(void)
{
	unsigned first;
	int status = 0;
	pid_t child;

	listen_to(&other);
	child = fork();
	need(child >= 0, "fork");
	if (child == 0)
		_exit(ask_plainly(&other, DRYDOCK_REGISTER) == 0 ? 0 : 1);
	need(waitpid(child, &status, 0) == child, "waitpid");
	first = listen_to(&other);
	if (!check(status == 0 && count_kind(&other, first, DRYDOCK_EVENT_RELEASE) == 1 &&
		   other.events[other.count - 1].kind == DRYDOCK_EVENT_RELEASE,
		   "the exit of a child that registered calls release once, after all else"))
		tell_events(&other, first, (unsigned long)area, 20);
	ask_plainly(&other, DRYDOCK_UNREGISTER);
	first = listen_to(&other);
	check(count_kind(&other, first, DRYDOCK_EVENT_RELEASE) == 0, "unregistration after the exit does not call it again");
}

int main(int argc, char **argv)
{
	struct balance balance;
	unsigned late;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	open_probe(&other);
	ktap_plan(19);
	make_area();
	check(ask_plainly(&probe, DRYDOCK_REGISTER) == 0, "registration on the live mm succeeds");
	check_simple_steps();
	check_truncate();
	check_fork();
	check_second_notifier();
	check_silence();
	balance = balance_of(&probe, 0);
	if (!check(balance.unopened == 0 && balance.unclosed == 0, "every start has its end and every end its start"))
		printf("# %u ends without a start, %u starts without an end\n", balance.unopened, balance.unclosed);
	check_interrupted();
	check_exit();
	late = count_kind(&probe, 0, DRYDOCK_EVENT_LATE) + count_kind(&other, 0, DRYDOCK_EVENT_LATE);
	figure("callbacks", probe.count + other.count, "events");
	figure("late-callbacks", late, "events");
	return ktap_end();
}
