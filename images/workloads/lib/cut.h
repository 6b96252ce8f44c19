/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mapped file is truncated and extended again on CPU 0 while a thread on CPU 1 touches all of it.
 *
 * Each page has PAGE bytes: words that only the truncating thread writes and checks, and a last word that only the
 * touching thread writes. The first KEPT_PAGES are never truncated.
 */
#ifndef CUT_H
#define CUT_H

#include "race.h"
#include <setjmp.h>
#include <signal.h>
#include <sys/io.h>

#define FILE_PAGES 32
#define FILE_BYTES (FILE_PAGES * PAGE)
#define KEPT_PAGES 2
#define WORDS (PAGE / sizeof(uint64_t))
#define TOUCHED_WORD (WORDS - 1)
#define MET_ENOUGH 10
#define CHECKED_STRIDE 7		/* words between two that are checked */

static struct {
	int file;
	char *area;
	volatile int stop;		/* to the toucher */
	volatile int cutting;		/* a truncation is running */
	volatile unsigned long tries, bus_errors;
	unsigned long touches, touches_while_cutting, faults;
	unsigned long bus_errors_kept, bus_errors_elsewhere;
	unsigned watched, unheeded;	/* truncations after which CPU 1 touched all pages, and those without SIGBUS */
	unsigned long kept_wrong, past_wrong;	/* words below a cut, and past it */
	unsigned long went_through;	/* accesses past the end without SIGBUS */
} cut;

/*
 * Truncations and SIGBUSes in the order in which they came, for the trace of a deterministic guest, so that these
 * workloads need no probe for a trace. The format is the probe's (images/probe/trace.c); the clock is the time stamp
 * counter, which has 1 GHz in such a guest.
 */
#define EVENT_LIMIT 30000

static struct {
	unsigned next;
	struct {
		uint64_t time;
		unsigned page;
		int cpu;
		const char *what;
	} log[EVENT_LIMIT];
} events;

static inline void note(int cpu, const char *what, unsigned page)
{
	unsigned place = __sync_fetch_and_add(&events.next, 1);

	if (place >= EVENT_LIMIT)
		return;
	events.log[place].time = ticks();
	events.log[place].page = page;
	events.log[place].cpu = cpu;
	events.log[place].what = what;
}

/* Writes to the port that images/init has opened for this process too, if there is one. */
static inline void write_events(void)
{
	const char *port = getenv("DRYDOCK_TRACE_PORT");
	unsigned i, count = events.next < EVENT_LIMIT ? events.next : EVENT_LIMIT;
	char line[96], *byte;

	for (i = 0; port && i < count; i++) {
		snprintf(line, sizeof(line), "%llu %d 0 %s %x 0\n", (unsigned long long)events.log[i].time,
			 events.log[i].cpu, events.log[i].what, events.log[i].page);
		for (byte = line; *byte; byte++)
			outb(*byte, atoi(port));
	}
}

static __thread sigjmp_buf bus_exit;
static __thread volatile int bus_expected;
static __thread volatile char *bus_address;

static inline void on_bus_error(int number, siginfo_t *facts, void *context)
{
	static const char message[] = "Bail out! SIGBUS where none is expected\n";

	(void)number;
	(void)context;
	if (!bus_expected) {
		if (write(STDOUT_FILENO, message, sizeof(message) - 1) < 0)
			_exit(2);
		_exit(2);
	}
	bus_address = facts->si_addr;
	siglongjmp(bus_exit, 1);
}

static inline void catch_bus_errors(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_bus_error;
	action.sa_flags = SA_SIGINFO | SA_NODEFER;
	if (sigaction(SIGBUS, &action, NULL) != 0)
		bail("sigaction: %s", strerror(errno));
}

/* Reads (`value` NULL) or writes one word; 1 done, 0 SIGBUS. */
static inline int touch(volatile uint64_t *word, const uint64_t *value)
{
	int done = 0;

	if (sigsetjmp(bus_exit, 0) == 0) {
		bus_expected = 1;
		if (value)
			*word = *value;
		else
			(void)*word;
		done = 1;
	}
	bus_expected = 0;
	return done;
}

static inline volatile uint64_t *word_at(unsigned page, unsigned word)
{
	return (volatile uint64_t *)(cut.area + page * PAGE) + word;
}

/* Minor faults of the calling thread so far, from field 10 of its stat file. */
static inline unsigned long own_faults(void)
{
	char path[64];
	unsigned long faults = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", gettid());
	file = fopen(path, "r");
	if (!file || fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %lu", &faults) != 1)
		bail("read minor faults from %s", path);
	fclose(file);
	return faults;
}

static inline void *toucher(void *unused)
{
	uint64_t value = 1;
	unsigned page;
	int during, done;

	(void)unused;
	use_cpu(1);
	while (!cut.stop) {
		page = (unsigned)(value * 37 % FILE_PAGES);
		during = cut.cutting;
		done = touch(word_at(page, TOUCHED_WORD), value % 2 ? &value : NULL);
		cut.touches += done;
		cut.touches_while_cutting += during && cut.cutting;
		if (!done) {
			cut.bus_errors++;
			note(1, "sigbus", page);
			cut.bus_errors_kept += page < KEPT_PAGES;
			cut.bus_errors_elsewhere += (char *)bus_address < cut.area + page * PAGE ||
						    (char *)bus_address >= cut.area + (page + 1) * PAGE;
		}
		value++;
		cut.tries++;
	}
	cut.faults = own_faults();
	return NULL;
}

static inline uint64_t pattern(unsigned page, unsigned word)
{
	return 0xa500000000000000u | (uint64_t)page << 16 | word;
}

/* Fills the checked words of the pages from `first` on with the pattern. */
static inline void fill_pages(unsigned first)
{
	unsigned page, word;

	for (page = first; page < FILE_PAGES; page++)
		for (word = 0; word < TOUCHED_WORD; word++)
			*word_at(page, word) = pattern(page, word);
}

/* Counts the checked words in bytes [from, to) that differ from the pattern, or from 0 if they are not filled. */
static inline unsigned long wrong_words(unsigned long from, unsigned long to, int filled)
{
	unsigned long position, wrong = 0;
	unsigned page, word;

	for (position = (from + 7) / 8; position < to / 8; position += CHECKED_STRIDE) {
		page = position / WORDS;
		word = position % WORDS;
		if (word != TOUCHED_WORD)
			wrong += *word_at(page, word) != (filled ? pattern(page, word) : 0);
	}
	return wrong;
}

/* A new size in bytes, a multiple of a word, anywhere after the kept pages. */
static inline unsigned long choose_cut(void)
{
	unsigned long choice = KEPT_PAGES * PAGE + chance() % (FILE_BYTES - (KEPT_PAGES + 1) * PAGE);

	return chance() % 4 ? choice & ~7ul : choice & ~(PAGE - 1);
}

/* Reads a few pages that are completely past the end; returns how many of them did not get SIGBUS. */
static inline unsigned missing_bus_errors(unsigned long size)
{
	unsigned first = (size + PAGE - 1) / PAGE, tries, missing = 0;

	if (first >= FILE_PAGES)
		return 0;
	for (tries = 0; tries < 3; tries++)
		missing += touch(word_at(first + chance() % (FILE_PAGES - first), chance() % TOUCHED_WORD), NULL);
	missing += touch(word_at(first, 0), NULL);
	missing += touch(word_at(FILE_PAGES - 1, 0), NULL);
	return missing;
}

/*
 * After the truncation and before the file grows again, CPU 1 visits all pages, and the last one is always gone: it
 * gets SIGBUS, unless it still has an entry for a freed page. Not if CPUs run by turns, because a CPU that waits for
 * the other's turn would always start at the beginning of its own.
 */
static inline void watch_bus_error(void)
{
	unsigned long tries = cut.tries, errors = cut.bus_errors;

	while (cut.bus_errors == errors && cut.tries - tries < 2 * FILE_PAGES && time_is_left() && !by_turns())
		see_progress(&cut.tries);
	if (cut.tries - tries < 2 * FILE_PAGES && cut.bus_errors == errors)
		return;
	cut.watched++;
	cut.unheeded += cut.bus_errors == errors;
}

static inline void cut_to(unsigned long size)
{
	see_progress(&cut.tries);
	note(0, "cut", size / PAGE);
	cut.cutting = 1;
	set_size(cut.file, size);
	cut.cutting = 0;
	note(0, "cut-done", size / PAGE);
	if (cut.watched < MET_ENOUGH)
		watch_bus_error();
}

/* The rounds asked for, then more until the race occurred or the time is over, because a busy host delays CPU 1. */
static inline int more_rounds(unsigned done, unsigned asked)
{
	if (done < asked)
		return 1;
	return (cut.touches_while_cutting < MET_ENOUGH || cut.bus_errors < MET_ENOUGH) && time_is_left();
}

/*
 * Maps a file by `flags`, and cuts it and lets it grow again while CPU 1 touches it; returns how often. `kept_bytes`
 * says how much of the mapping must be as before when the file is cut to a size; the rest must be zeros.
 */
static inline unsigned race_cuts(unsigned asked, int flags, unsigned long (*kept_bytes)(unsigned long size))
{
	unsigned long size, kept;
	unsigned round;
	pthread_t thread;

	catch_bus_errors();
	use_cpu(0);
	cut.file = make_file("/tmp/cut", FILE_BYTES);
	cut.area = map(cut.file, FILE_BYTES, flags);
	fill_pages(0);
	start_thread(&thread, toucher, NULL);
	for (round = 0; more_rounds(round, asked); round++) {
		size = choose_cut();
		kept = kept_bytes(size);
		spin(chance() % 4096);
		cut_to(size);
		cut.kept_wrong += wrong_words(0, kept, 1);
		cut.went_through += missing_bus_errors(size);
		set_size(cut.file, FILE_BYTES);
		cut.kept_wrong += wrong_words(0, kept, 1);
		cut.past_wrong += wrong_words(kept, FILE_BYTES, 0);
		fill_pages(kept / PAGE);
	}
	cut.stop = 1;
	end_thread(thread);
	return round;
}

#define CUT_RACE_CHECKS 3

static inline void check_race(unsigned rounds)
{
	if (cut.touches_while_cutting == 0)
		unmet("CPU 1 touched the mapping during none of %u cuts, and %lu times in all", rounds, cut.touches);
	if (cut.bus_errors == 0)
		unmet("CPU 1 met no SIGBUS past the end of %u cuts in %lu accesses", rounds, cut.touches);
	check(cut.unheeded == 0, "CPU 1 meets SIGBUS as long as the file is cut");
	check(cut.bus_errors_kept == 0, "CPU 1 met no SIGBUS below every cut");
	check(cut.bus_errors_elsewhere == 0, "each SIGBUS of CPU 1 names the page it touched");
	figure("rounds", rounds, "cuts");
	figure("touches", cut.touches, "accesses");
	figure("touches-while-cutting", cut.touches_while_cutting, "accesses");
	figure("bus-errors", cut.bus_errors, "signals");
	figure("faults", cut.faults, "faults");
}

#endif
