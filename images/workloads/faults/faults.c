// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of every kind: the contents that they must bring, and their number. It is the number of pages if each page
 * needs a fault, and less if the kernel also maps the neighbours of a page that is read.
 */
#include "race.h"
#include <sys/resource.h>

#define PAGES 512
#define ROUNDS 4
#define WORDS (PAGE / sizeof(uint64_t))
#define STRAY_FAULTS 24			/* of the program's own pages */

static struct {
	unsigned long zeros_wrong, anonymous_wrong, shared_wrong, private_wrong, file_wrong, copy_wrong, race_wrong;
	unsigned long too_few, too_many;
	unsigned long faults, pages;
	unsigned races, races_met;	/* in which both threads were at it at once */
} seen;

static unsigned long minor_faults(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		bail("getrusage: %s", strerror(errno));
	return usage.ru_minflt;
}

/* Faults since `before` for `pages` accesses: one each, or at least one if neighbours may be mapped too. */
static void count_faults(const char *what, unsigned long before, unsigned long pages, int neighbours)
{
	unsigned long faults = minor_faults() - before;

	seen.faults += faults;
	seen.pages += pages;
	if (faults >= (neighbours ? 1 : pages) && faults <= pages + STRAY_FAULTS)
		return;
	seen.too_few += faults < pages;
	seen.too_many += faults > pages;
	printf("# %s: %lu faults on %lu pages\n", what, faults, pages);
}

static uint64_t pattern(uint64_t tag, unsigned page)
{
	return tag << 32 | page << 8 | 1;
}

static void fill(uint64_t *area, uint64_t tag)
{
	unsigned page;

	for (page = 0; page < PAGES; page++) {
		area[page * WORDS] = pattern(tag, page);
		area[page * WORDS + WORDS - 1] = ~pattern(tag, page);
	}
}

/* Pages that do not have the pattern, or zeros if `tag` is 0. */
static unsigned long wrong_pages(const volatile uint64_t *area, uint64_t tag)
{
	unsigned long wrong = 0;
	uint64_t first, last;
	unsigned page;

	for (page = 0; page < PAGES; page++) {
		first = area[page * WORDS];
		last = area[page * WORDS + WORDS - 1];
		wrong += tag ? first != pattern(tag, page) || last != ~first : first || last;
	}
	return wrong;
}

static void *new_area(int file, int flags)
{
	return map(file, PAGES * PAGE, flags);
}

static void end_area(void *area)
{
	if (munmap(area, PAGES * PAGE) != 0)
		bail("munmap: %s", strerror(errno));
}

/* Read, so that each is the zero page, then written. */
static void fault_anonymous(uint64_t tag)
{
	uint64_t *area = new_area(-1, MAP_PRIVATE | MAP_ANONYMOUS);
	unsigned long before = minor_faults();

	seen.zeros_wrong += wrong_pages(area, 0);
	count_faults("reading anonymous pages", before, PAGES, 0);
	before = minor_faults();
	fill(area, tag);
	count_faults("writing the page of zeros", before, PAGES, 0);
	seen.anonymous_wrong += wrong_pages(area, tag);
	end_area(area);
	area = new_area(-1, MAP_PRIVATE | MAP_ANONYMOUS);
	before = minor_faults();
	fill(area, tag);
	count_faults("writing anonymous pages", before, PAGES, 0);
	seen.anonymous_wrong += wrong_pages(area, tag);
	end_area(area);
}

/* The file is written through one mapping, read through another, and copied through a third. */
static void fault_file(uint64_t tag)
{
	int file = make_file("/tmp/faults", PAGES * PAGE);
	uint64_t *writer = new_area(file, MAP_SHARED), *reader = new_area(file, MAP_SHARED);
	uint64_t *copier = new_area(file, MAP_PRIVATE);
	unsigned long before = minor_faults();

	fill(writer, tag);
	count_faults("writing a file's pages", before, PAGES, 0);
	before = minor_faults();
	seen.shared_wrong += wrong_pages(reader, tag);
	count_faults("reading a file's pages", before, PAGES, 1);
	seen.private_wrong += wrong_pages(copier, tag);
	before = minor_faults();
	fill(copier, tag + 1);
	count_faults("copying a file's pages", before, PAGES, 0);
	seen.private_wrong += wrong_pages(copier, tag + 1);
	seen.file_wrong += wrong_pages(reader, tag) + wrong_pages(writer, tag);
	end_area(copier);
	copier = new_area(file, MAP_PRIVATE);
	before = minor_faults();
	fill(copier, tag + 2);
	count_faults("writing a private mapping", before, PAGES, 0);
	seen.private_wrong += wrong_pages(copier, tag + 2);
	seen.file_wrong += wrong_pages(reader, tag);
	end_area(writer), end_area(reader), end_area(copier);
	close(file);
}

/* Both sides of a fork write, the child first; its faults are counted separately. */
static void fault_copies(uint64_t tag)
{
	uint64_t *area = new_area(-1, MAP_PRIVATE | MAP_ANONYMOUS);
	unsigned long before;
	int status;
	pid_t child;

	fill(area, tag);
	child = fork();
	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0) {
		memset(&seen, 0, sizeof(seen));
		seen.copy_wrong += wrong_pages(area, tag);
		before = minor_faults();
		fill(area, tag + 1);
		count_faults("copying inherited pages", before, PAGES, 0);
		seen.copy_wrong += wrong_pages(area, tag + 1);
		fflush(stdout);
		_exit((seen.copy_wrong ? 1 : 0) | (seen.too_few ? 4 : 0) | (seen.too_many ? 8 : 0));
	}
	if (waitpid(child, &status, 0) != child)
		bail("waitpid: %s", strerror(errno));
	bail_with_child(status);
	seen.copy_wrong += !WIFEXITED(status) || WEXITSTATUS(status) & 1;
	seen.too_few += WIFEXITED(status) && WEXITSTATUS(status) & 4;
	seen.too_many += WIFEXITED(status) && WEXITSTATUS(status) & 8;
	seen.copy_wrong += wrong_pages(area, tag);
	before = minor_faults();
	fill(area, tag + 2);
	count_faults("writing pages that were shared", before, PAGES, 0);
	seen.copy_wrong += wrong_pages(area, tag + 2);
	end_area(area);
}

struct racer {
	uint64_t *area, tag;
	unsigned cpu, word;
	struct meeting *meeting;
	const volatile unsigned *other;	/* how far the other is */
	volatile unsigned done;
	int met;
};

/* Both threads fault on the same pages in the same order; each writes its own words. */
static void *race_over(void *argument)
{
	struct racer *racer = argument;
	unsigned page;

	use_cpu(racer->cpu);
	meet(racer->meeting);
	for (page = 0; page < PAGES; page++) {
		racer->area[page * WORDS + racer->word] = racer->word ? ~pattern(racer->tag, page)
								      : pattern(racer->tag, page);
		racer->done = page + 1;
		racer->met |= *racer->other > 0 && *racer->other < PAGES;
	}
	return NULL;
}

/* `area` is mapped and not yet written; afterwards every page must have both threads' words. */
static void race(uint64_t *area, uint64_t tag)
{
	struct meeting meeting = { 0 };
	struct racer racers[2] = {
		{ .area = area, .tag = tag, .cpu = 0, .word = 0, .meeting = &meeting, .other = &racers[1].done },
		{ .area = area, .tag = tag, .cpu = 1, .word = WORDS - 1, .meeting = &meeting, .other = &racers[0].done },
	};
	pthread_t threads[2];
	int i;

	for (i = 0; i < 2; i++)
		start_thread(&threads[i], race_over, &racers[i]);
	for (i = 0; i < 2; i++)
		end_thread(threads[i]);
	seen.races++;
	seen.races_met += racers[0].met || racers[1].met;
	seen.race_wrong += wrong_pages(area, tag);
	seen.pages += PAGES;
	end_area(area);
}

static void race_faults(uint64_t tag)
{
	int file = make_file("/tmp/raced", PAGES * PAGE);
	uint64_t *area;

	race(new_area(-1, MAP_PRIVATE | MAP_ANONYMOUS), tag);
	race(new_area(file, MAP_SHARED), tag);
	area = new_area(file, MAP_PRIVATE);
	seen.race_wrong += wrong_pages(area, tag);
	race(area, tag + 1);
	close(file);
}

int main(int argc, char **argv)
{
	int two_cpus = count_cpus() >= 2;
	unsigned round, rounds;
	uint64_t begin;

	ktap_start(argc, argv);
	rounds = steps(ROUNDS);
	ktap_plan(8);
	begin = nanoseconds();
	for (round = 0; round < rounds || (two_cpus && !seen.races_met && round < rounds * 8 && time_is_left()); round++) {
		fault_anonymous(chance() >> 40);
		fault_file(chance() >> 40);
		fault_copies(chance() >> 40);
		if (two_cpus)
			race_faults(chance() >> 40);
	}
	begin = nanoseconds_since(begin);
	check(seen.zeros_wrong == 0, "an anonymous page is zeros at first");
	check(seen.anonymous_wrong == 0, "an anonymous page keeps what is written to it");
	check(seen.shared_wrong == 0, "a shared mapping shows what another wrote");
	check(seen.private_wrong == 0, "a private mapping shows the file's pages, then its own copies");
	check(seen.file_wrong == 0, "what a private mapping wrote does not reach the file");
	check(seen.copy_wrong == 0, "after a fork each side keeps its own pages");
	check(seen.too_few == 0 && seen.too_many == 0, "each page takes the fault it needs and no more");
	if (two_cpus)
		check(seen.race_wrong == 0, "pages that two CPUs fault on at once keep what both wrote");
	else
		skip_check("pages that two CPUs fault on at once keep what both wrote", "this guest has one CPU");
	if (two_cpus && seen.races_met == 0)
		unmet("in none of %u races two CPUs faulted at once", seen.races);
	printf("# pages wrong: %lu zeros, %lu anonymous, %lu shared, %lu private, %lu file, %lu copies, %lu raced\n",
	       seen.zeros_wrong, seen.anonymous_wrong, seen.shared_wrong, seen.private_wrong, seen.file_wrong,
	       seen.copy_wrong, seen.race_wrong);
	figure("faults", seen.faults, "faults");
	figure("pages", seen.pages, "pages");
	figure("time", begin / 1000000, "ms");
	return ktap_end();
}
