// SPDX-License-Identifier: GPL-2.0-only
/*
 * One VMA is split into as many as it has pages and merged again. Another mapping is made page by page in an order that
 * never merges, and unmapped in a different order; meanwhile a second CPU reads, a child inherits everything, and the
 * limit is reached.
 */
#include "race.h"

#define SPLIT_AREAS 4000u		/* all of one anon_vma; old kernels walk it whenever one of them changes */
#define AREAS 10000u			/* of a file's pages */
#define AREAS_ADDRESS ((char *)0x100000000000ul) /* the kernel puts nothing there by itself */
#define WORDS (PAGE / sizeof(uint64_t))

static struct {
	volatile uint64_t *area;
	unsigned pages;
	int two_cpus;
	volatile int stop;
	volatile unsigned long reads;
	unsigned long reads_wrong;
} walked;

/* The VMAs of this process in [start, end); -1 if two overlap or are out of order. */
static long areas_within(const volatile void *start, unsigned long bytes)
{
	unsigned long first, last, before = 0, from = (unsigned long)start;
	char line[512];
	long count = 0;
	FILE *file = fopen("/proc/self/maps", "r");

	if (!file)
		bail("open /proc/self/maps: %s", strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx", &first, &last) != 2)
			bail("read /proc/self/maps: %s", line);
		if (first < before || last <= first)
			count = -1000000;
		before = last;
		count += first >= from && last <= from + bytes;
	}
	fclose(file);
	return count < 0 ? -1 : count;
}

/*
 * Sets the limit on the number of VMAs, by plain system calls, because at the limit a stream gets no buffer. Returns
 * the old limit.
 */
static unsigned long set_limit(unsigned long areas)
{
	static const char path[] = "/proc/sys/vm/max_map_count";
	char before[32] = "", text[32];
	int length = snprintf(text, sizeof(text), "%lu\n", areas), file = open(path, O_RDWR);

	if (file < 0 || read(file, before, sizeof(before) - 1) <= 0)
		bail("read %s: %s", path, strerror(errno));
	if (pwrite(file, text, length, 0) != length)
		bail("write %lu to %s: %s", areas, path, strerror(errno));
	close(file);
	return strtoul(before, NULL, 10);
}

static uint64_t pattern(unsigned page)
{
	return (uint64_t)page << 20 | 0xa5a5;
}

static unsigned long wrong_pages(void)
{
	unsigned long wrong = 0;
	unsigned page;

	for (page = 0; page < walked.pages; page++)
		wrong += walked.area[page * WORDS] != pattern(page);
	return wrong;
}

/* Every page can be read at any time. */
static void *reader(void *unused)
{
	unsigned page = 0;

	(void)unused;
	use_cpu(1);
	while (!walked.stop) {
		page = (page + 4099) % walked.pages;
		walked.reads_wrong += walked.area[page * WORDS] != pattern(page);
		walked.reads++;
	}
	return NULL;
}

static int protect(unsigned first, unsigned count, int protection)
{
	return mprotect((char *)walked.area + first * PAGE, count * PAGE, protection) == 0 ? 0 : errno;
}

/* A third at a time, so that VMAs are split next to split ones, before them and after them. */
static int split(void)
{
	unsigned start, page;

	for (start = 1; start < 6; start += 2)
		for (page = start; page < walked.pages; page += 6)
			if (protect(page, 1, PROT_READ) != 0)
				return errno;
	return 0;
}

static int merge(void)
{
	unsigned start, page;

	for (start = 5; start < 6; start -= 2)
		for (page = start; page < walked.pages; page += 6)
			if (protect(page, 1, PROT_READ | PROT_WRITE) != 0)
				return errno;
	return 0;
}

/* The child counts, reads and writes where it may; its parent checks the result in its own pages. */
static int child_inherits(void)
{
	unsigned page;
	int status;
	pid_t child = fork();

	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0) {
		if (areas_within(walked.area, walked.pages * PAGE) != walked.pages || wrong_pages() != 0)
			_exit(1);
		for (page = 0; page < walked.pages; page += 2)
			walked.area[page * WORDS] = 0;
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		bail("waitpid: %s", strerror(errno));
	return status == 0;
}

/*
 * Maps the pages of a file, the last first, so that neighbours never follow each other in the file. Returns how many
 * fit; `*error` says why no more did.
 */
static unsigned map_backwards(int file, char *area, unsigned pages, int *error)
{
	unsigned page;

	*error = 0;
	for (page = 0; page < pages; page++)
		if (mmap(area + page * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
			 (pages - 1 - page) * PAGE) == MAP_FAILED) {
			*error = errno;
			break;
		}
	return page;
}

/* Unmaps every second page, then the rest, in an order from the seed: `step` has no common divisor with `pages`. */
static long unmap_in_disorder(char *area, unsigned pages)
{
	unsigned page, step = 7919;
	long left;

	for (page = 0; page < pages; page += 2)
		munmap(area + page * PAGE, PAGE);
	left = areas_within(area, pages * PAGE);
	for (page = 0; page < pages; page++)
		munmap(area + (unsigned long)page * step % pages * PAGE, PAGE);
	return left;
}

static void check_split_and_merge(void)
{
	unsigned long before_split;
	long before, parts, after;
	int split_error, merge_error, inherited;
	unsigned page;
	pthread_t thread;
	uint64_t begin, split_time, merge_time, fork_time;

	walked.pages = SPLIT_AREAS;
	/* Neighbours of the same kind would merge with it. */
	walked.area = (uint64_t *)(map(-1, (SPLIT_AREAS + 2) * PAGE, MAP_PRIVATE | MAP_ANONYMOUS) + PAGE);
	if (mprotect((char *)walked.area - PAGE, PAGE, PROT_NONE) != 0 || protect(SPLIT_AREAS, 1, PROT_NONE) != 0)
		bail("mprotect: %s", strerror(errno));
	for (page = 0; page < walked.pages; page++)
		walked.area[page * WORDS] = pattern(page);
	before = areas_within(walked.area, walked.pages * PAGE);
	if (walked.two_cpus)
		start_thread(&thread, reader, NULL);
	if (walked.two_cpus)
		see_progress(&walked.reads);
	before_split = walked.reads;
	begin = nanoseconds();
	split_error = split();
	split_time = nanoseconds_since(begin);
	parts = areas_within(walked.area, walked.pages * PAGE);
	begin = nanoseconds();
	inherited = child_inherits();
	fork_time = nanoseconds_since(begin);
	begin = nanoseconds();
	merge_error = merge();
	merge_time = nanoseconds_since(begin);
	if (walked.two_cpus && walked.reads == before_split)
		unmet("CPU 1 read nothing while %ld areas were split and merged", parts);
	walked.stop = 1;
	if (walked.two_cpus)
		end_thread(thread);
	after = areas_within(walked.area, walked.pages * PAGE);
	check(!split_error && before == 1 && parts == SPLIT_AREAS, "one area splits into one of each page");
	check(inherited, "a child inherits all of them with their pages");
	check(!merge_error && after == 1, "they merge into one again");
	check(wrong_pages() == 0, "every page holds what it held before");
	check(walked.reads_wrong == 0, "another CPU reads the same all the while");
	printf("# areas: %ld, split %ld, merged %ld; split: %s, merge: %s\n", before, parts, after,
	       strerror(split_error), strerror(merge_error));
	figure("split", split_time / (SPLIT_AREAS / 2), "ns");
	figure("merge", merge_time / (SPLIT_AREAS / 2), "ns");
	figure("fork", fork_time / 1000, "us");
	figure("reads", walked.reads, "accesses");
	munmap((char *)walked.area - PAGE, (SPLIT_AREAS + 2) * PAGE);
}

static void check_limit(void)
{
	int file = make_file("/tmp/areas", (AREAS + 1) * PAGE);
	char *area = AREAS_ADDRESS;
	unsigned long limit = AREAS / 2, before = set_limit(limit);
	int error, later_error;
	unsigned made = map_backwards(file, area, AREAS + 1, &error), again;
	long all, left;

	/* Before anything can end this program, because the limit is global. */
	set_limit(before);
	if (error != 0 && error != ENOMEM)
		bail("mmap of page %u: %s", made, strerror(error));
	all = areas_within(NULL, ~0ul);
	again = map_backwards(file, area, AREAS + 1, &later_error);
	left = unmap_in_disorder(area, AREAS + 1);
	/* Old kernels make one more; the vsyscall page is listed but not counted; the stream takes one or two. */
	check(made < AREAS && all >= (long)limit && all <= (long)limit + 4,
	      "no more areas are made than vm.max_map_count says");
	printf("# %u mappings, %ld areas in all, at a limit of %lu; %u above, %ld left of them\n", made, all, limit,
	       again, left);
	check(again == AREAS + 1 && left == AREAS / 2,
	      "below the limit all are made, and half are left when half are unmapped");
	check(areas_within(area, (AREAS + 1) * PAGE) == 0, "nothing is left when all are unmapped");
	close(file);
}

int main(int argc, char **argv)
{
	unsigned rounds, round;

	ktap_start(argc, argv);
	rounds = steps(1);
	ktap_plan(8 * rounds);
	walked.two_cpus = count_cpus() >= 2;
	use_cpu(0);
	for (round = 0; round < rounds; round++) {
		walked.stop = 0;
		check_split_and_merge();
		check_limit();
	}
	return ktap_end();
}
