// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU 0 truncates a mapped file piece by piece while CPU 1 registers a notifier somewhere in between and then maps
 * pages into the probe's secondary table, which pins none of them.
 *
 * A correct kernel does this, and it is checked in each round:
 * - a truncation is seen as a whole or not at all: no end arrives whose start came before the registration (C15);
 * - once ftruncate has returned, the table has no page after the new end: either the truncation was notified, or it had
 *   made the pages unreachable before the table could learn of them;
 * - a truncation that began after the registration had returned is notified, before ftruncate returns;
 * - no entry ever has a free page, and at the end each has the page that the page tables have.
 *
 * The file is mapped below everything else that is locked, so that its lock is the first to be free again: a waiter for
 * it goes on while the registration is still busy with all the others. So in each round the file is then extended
 * again, and truncated as a whole while the driver registers; and once more while it registers in the middle of that
 * truncation, where it must wait for the file's lock unless it takes none.
 *
 * A truncation of many pages pauses when another process wants its CPU, and goes on later with the rest: the end of
 * what was done must have been announced by then.
 */
#include "kernel.h"
#include "midst.h"
#include <sys/resource.h>

#define ROUNDS 40
#define FILE_PAGES 768
#define CUTS 12
#define CUT_PAGES 20
#define MAP_CHUNK 16
#define LOW_ADDRESS 0x20000000ul
#define LOCKED_BEHIND 2000		/* VMAs above the file, whose locks are dropped after its lock */
#define LARGE_PAGES 3000
#define LARGE_CUTS 5
#define PAUSES_WANTED 3

static int file;
static struct step cuts[CUTS];
static unsigned stale_after_cut;

static unsigned long cut_page(unsigned number)
{
	return FILE_PAGES - (number + 1) * CUT_PAGES;
}

static void cut_piecewise(void)
{
	unsigned i;

	for (i = 0; i < CUTS; i++) {
		spin(chance() % 2048);
		cuts[i].page = cut_page(i);
		cuts[i].done = 1;
		mark_step(i, 0);
		set_size(file, cut_page(i) * PAGE);
		mark_step(i, 1);
		stale_after_cut += ask_about(&probe, DRYDOCK_COUNT, page(cut_page(i)), FILE_PAGES - cut_page(i), 0);
		sum.freed += ask_plainly(&probe, DRYDOCK_FREED);
	}
}

static void cut_all(void)
{
	cuts[0].page = 0;
	cuts[0].done = 1;
	mark_step(0, 0);
	set_size(file, 0);
	mark_step(0, 1);
}

/* Most of these wait for the locks of the registration, and then take longer than it takes to drop the others. */
static void wait_and_cut_all(void)
{
	uint64_t until = ticks() + chance() % (midst.duration + 1);

	while (ticks() < until)
		;
	cut_all();
}

static void run_cuts(void (*cut)(void), unsigned count, unsigned most_delay)
{
	set_size(file, FILE_PAGES * PAGE);
	write_pages(0, FILE_PAGES, 1);
	run_beside_driver(cut, cuts, count, most_delay);
}

static void run_round(void)
{
	run_cuts(cut_piecewise, CUTS, AMONG_STEPS);
	run_cuts(wait_and_cut_all, 1, 1);
	run_cuts(cut_all, 1, AMONG_STEPS);
}

static void report(unsigned rounds)
{
	check(sum.refused == 0, "every registration succeeds");
	check(sum.unopened == 0, "no end is heard whose start came before the registration");
	check(sum.unclosed == 0, "every start heard has its end");
	check(stale_after_cut == 0, "no page behind a cut is in the secondary table once ftruncate has returned");
	check(sum.freed == 0, "no entry names a free page");
	check(sum.unheard == 0, "every cut begun after the registration is notified before ftruncate returns");
	check(sum.stale == 0, "every entry left names the page that the page tables name");
	report_met(rounds, "cuts");
	printf("# %u refused, %u ends alone, %u starts alone, %u stale after a cut, %u freed, %u unheard, %u stale at the "
	       "end\n", sum.refused, sum.unopened, sum.unclosed, stale_after_cut, sum.freed, sum.unheard, sum.stale);
	figure("rounds", rounds, "registrations");
	figure("registrations-among-cuts", sum.met, "rounds");
	figure("cuts-behind-registration", sum.behind, "cuts");
	figure("entries", sum.entries, "pages");
}

/* Wants CPU 0 again and again, and gets it. */
static pid_t start_nagger(void)
{
	pid_t child = fork();

	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child > 0)
		return child;
	setpriority(PRIO_PROCESS, 0, -20);
	for (;;)
		sleep_microseconds(500);
}

/* Returns into how many parts the truncation was split. */
static unsigned cut_many_pages(int large, char *mapped)
{
	struct balance balance;
	unsigned i, parts = 0;

	set_size(large, LARGE_PAGES * PAGE);
	for (i = 0; i < LARGE_PAGES; i++)
		mapped[i * PAGE] = 1;
	listen_to(&probe);
	forget_events(&probe);
	set_size(large, 0);
	listen_to(&probe);
	balance = balance_of(&probe, 0);
	sum.unopened += balance.unopened;
	sum.unclosed += balance.unclosed;
	for (i = 0; i < probe.count; i++)
		parts += probe.events[i].kind == DRYDOCK_EVENT_START &&
			 probe.events[i].start >= (unsigned long)mapped &&
			 probe.events[i].start < (unsigned long)mapped + LARGE_PAGES * PAGE;
	forget_events(&probe);
	return parts;
}

/* Later kernels let others run without a pause that a notifier can hear. */
static int cuts_pause(void)
{
	return kernel_major() < 3;
}

static void check_large_cuts(unsigned cuts)
{
	static const char text[] = "a large cut that pauses has told the end of each part";
	int large = make_file("/tmp/large", LARGE_PAGES * PAGE);
	char *mapped = map(large, LARGE_PAGES * PAGE, MAP_SHARED);
	unsigned i, pauses = 0;
	pid_t nagger = start_nagger();

	sum.unopened = sum.unclosed = 0;
	if (ask_plainly(&probe, DRYDOCK_REGISTER) != 0)
		bail("registration for the large cuts fails");
	for (i = 0; i < cuts || (pauses < PAUSES_WANTED && (i < cuts * 10 || (!pauses && cuts_pause() && time_is_left())));
	     i++)
		pauses += cut_many_pages(large, mapped) > 1;
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	kill(nagger, SIGKILL);
	waitpid(nagger, NULL, 0);
	if (pauses == 0 && cuts_pause())
		unmet("none of %u cuts of %d pages paused", i, LARGE_PAGES);
	if (pauses == 0)
		skip_check(text, "no cut paused in this kernel");
	else if (!check(sum.unopened == 0 && sum.unclosed == 0, "%s", text))
		printf("# %u ends alone, %u starts alone\n", sum.unopened, sum.unclosed);
	figure("large-cuts-that-paused", pauses, "cuts");
}

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	need_other_cpus();
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(8);
	use_cpu(0);
	lengthen_registration(LOCKED_BEHIND);
	file = make_file("/tmp/truncated", FILE_PAGES * PAGE);
	area = mmap((void *)LOW_ADDRESS, FILE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0);
	if (area == MAP_FAILED)
		bail("mmap of the file: %s", strerror(errno));
	area_pages = midst.pages = FILE_PAGES;
	midst.chunk = MAP_CHUNK;
	report(race(steps(ROUNDS), run_round));
	check_large_cuts(steps(LARGE_CUTS));
	return ktap_end();
}
