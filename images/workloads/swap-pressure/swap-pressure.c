// SPDX-License-Identifier: GPL-2.0-only
/*
 * One process per CPU writes a pattern over its share of more memory than there is, and checks every page while the
 * others push it out to swap: again and again, rewriting some, in a child that inherited it, and once more after
 * swapoff brought all of it back.
 */
#include "swap.h"
#include <poll.h>

#define ROUNDS 1
#define SWAPPED_PAGES 500		/* more than fit into memory */
#define WORKERS_LIMIT 2
#define WORDS (PAGE / sizeof(uint64_t))

/* What the processes share; a worker writes only its own slot. */
struct slot {
	unsigned long wrong, inherited_wrong, after_swapoff_wrong;
	unsigned long checked;
	int to_worker[2], to_parent[2];
};

static struct slot *slots;
static uint64_t *area;
static unsigned char *written;		/* how often each page was written; its pattern follows from it */
static unsigned long pages;
static unsigned self;

static uint64_t first_word(unsigned long page)
{
	return (uint64_t)(self + 1) << 56 | (uint64_t)written[page] << 48 | page << 16;
}

static void write_page(unsigned long page)
{
	uint64_t word, *words = area + page * WORDS;

	written[page]++;
	for (word = 0; word < WORDS; word++)
		words[word] = first_word(page) + word;
}

/*
 * How many pages do not have what was written last. The way back starts with the pages that are still there; the other
 * way, each page would be swapped out just before its turn.
 */
static unsigned long wrong_pages(unsigned step)
{
	static int backwards = 1;
	unsigned long i, page, word, wrong = 0;

	for (i = 0; i < pages; i += step) {
		page = backwards ? pages - 1 - i : i;
		for (word = 0; word < WORDS; word++)
			if (area[page * WORDS + word] != first_word(page) + word)
				break;
		wrong += word < WORDS;
	}
	backwards = !backwards;
	return wrong;
}

static void tell(int pipe_end)
{
	if (write(pipe_end, "", 1) != 1)
		bail("write to a pipe: %s", strerror(errno));
}

/* Returns 0 if the other side is gone. */
static int hear(int pipe_end)
{
	char byte;

	return read(pipe_end, &byte, 1) == 1;
}

/*
 * A child shares the swapped pages; it checks some, and writes some, which the parent must not see. A page that two
 * processes share keeps its place in swap, so with all of them swap would be full.
 */
static unsigned long wrong_in_child(void)
{
	unsigned long wrong, page;
	int status;
	pid_t child = fork();

	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0) {
		wrong = wrong_pages(8);
		for (page = 0; page < pages; page += 64)
			write_page(page);
		_exit(wrong > 254 ? 254 : wrong);
	}
	if (waitpid(child, &status, 0) != child)
		bail("waitpid: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void work(unsigned rounds)
{
	struct slot *slot = &slots[self];
	unsigned long page;
	unsigned round;

	ktap.state += self;
	area = (uint64_t *)map(-1, pages * PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
	written = (unsigned char *)map(-1, pages, MAP_PRIVATE | MAP_ANONYMOUS);
	for (page = 0; page < pages; page++)
		write_page(page);
	for (round = 0; round < rounds; round++) {
		slot->wrong += wrong_pages(1);
		slot->checked += pages;
		for (page = chance() % 8; page < pages; page += 1 + chance() % 16)
			write_page(page);
	}
	slot->inherited_wrong = wrong_in_child();
	slot->checked += pages / 8;
	tell(slot->to_parent[1]);
	hear(slot->to_worker[0]);
	slot->after_swapoff_wrong = wrong_pages(1);
	slot->checked += pages;
	_exit(0);
}

static void start_worker(unsigned number, unsigned rounds)
{
	pid_t child;

	if (pipe(slots[number].to_worker) != 0 || pipe(slots[number].to_parent) != 0)
		bail("pipe: %s", strerror(errno));
	self = number;
	child = fork();
	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0)
		work(rounds);
	close(slots[number].to_parent[1]);
}

/* Waits until a worker has sent something; returns whether it did. */
static int wait_for_worker(unsigned number, unsigned long *most_swapped)
{
	struct pollfd event = { .fd = slots[number].to_parent[0], .events = POLLIN };

	while (poll(&event, 1, 10) == 0)
		if (swapped_pages() > *most_swapped)
			*most_swapped = swapped_pages();
	return hear(slots[number].to_parent[0]);
}

/* Pages that were read from swap since the machine started. */
static unsigned long pages_read_back(void)
{
	unsigned long pages = 0;
	char line[128];
	FILE *file = fopen("/proc/vmstat", "r");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "pswpin %lu", &pages) == 1)
			break;
	if (file)
		fclose(file);
	return pages;
}

static void report(unsigned workers, int all_spoke, int all_ended, unsigned long most_swapped, unsigned long read_back,
		   int swapoff_error)
{
	unsigned long wrong = 0, inherited = 0, after = 0, checked = 0;
	unsigned i;

	for (i = 0; i < workers; i++) {
		wrong += slots[i].wrong;
		inherited += slots[i].inherited_wrong;
		after += slots[i].after_swapoff_wrong;
		checked += slots[i].checked;
	}
	check(all_spoke, "every process lived through the shortage");
	if (most_swapped == 0 || read_back == 0)
		unmet("%lu pages were in swap at most, and %lu came back of themselves", most_swapped, read_back);
	check(wrong == 0, "every page holds what was written to it last");
	check(inherited == 0, "a child inherits swapped pages, and its writes are its own");
	check(swapoff_error == 0, "swapoff takes the disk out of use");
	check(all_ended && after == 0, "every page holds the same after swapoff");
	printf("# pages wrong: %lu, in a child %lu, after swapoff %lu; swapoff: %s\n", wrong, inherited, after,
	       strerror(swapoff_error));
	figure("pages-checked", checked, "pages");
	figure("most-swapped", most_swapped, "pages");
	figure("read-back", read_back, "pages");
}

int main(int argc, char **argv)
{
	unsigned rounds, workers = count_cpus() < 2 ? 1 : WORKERS_LIMIT, i;
	unsigned long most_swapped = 0, read_back;
	int all_spoke = 1, all_ended = 1, swapoff_error, status;
	struct sysinfo facts;
	uint64_t begin;

	ktap_start(argc, argv);
	rounds = steps(ROUNDS);
	open_swap();
	ktap_plan(5);
	take_ballast();
	read_back = pages_read_back();
	facts = memory_facts();
	pages = (facts.freeram * facts.mem_unit / PAGE + SWAPPED_PAGES) / workers;
	slots = (struct slot *)map(-1, PAGE, MAP_SHARED | MAP_ANONYMOUS);
	begin = nanoseconds();
	for (i = 0; i < workers; i++)
		start_worker(i, rounds);
	for (i = 0; i < workers; i++)
		all_spoke &= wait_for_worker(i, &most_swapped);
	read_back = pages_read_back() - read_back;
	drop_ballast();
	swapoff_error = close_swap();
	for (i = 0; i < workers; i++)
		tell(slots[i].to_worker[1]);
	while (wait(&status) > 0) {
		bail_with_child(status);
		all_ended &= status == 0;
	}
	report(workers, all_spoke, all_ended, most_swapped, read_back, swapoff_error);
	figure("time", nanoseconds_since(begin) / 1000000, "ms");
	return ktap_end();
}
