// SPDX-License-Identifier: GPL-2.0-only
/*
 * remap_file_pages() changes the order of the pages of a mapped file, again and again, while another CPU reads the
 * mapping. 2.6.18 keeps one VMA, and only its page tables know the order; newer kernels make a VMA for each page.
 */
#include "disk.h"
#include <setjmp.h>
#include <signal.h>

#define PAGES 48
#define ROUNDS 6
#define WORDS (PAGE / sizeof(uint64_t))
#define MARK 0xfe00000000000000ul	/* in each word of the file, with its page and version */

static struct {
	uint64_t *area;			/* in the order of `order` */
	int file, two_cpus;
	unsigned order[PAGES];		/* page of the file in each page of the mapping */
	uint64_t versions[PAGES];	/* of each page of the file; 0 is a page of zeros */
	volatile int stop;
	volatile unsigned long reads;
	unsigned long reads_wrong;
	unsigned read_rounds;		/* in which CPU 1 read while the order changed */
} mapping;

static struct {
	unsigned long order, file, written, disk, child, cut, refused;
} wrong;

static sigjmp_buf bus_exit;

static void on_bus_error(int number)
{
	siglongjmp(bus_exit, number);
}

static uint64_t value_of(unsigned page)
{
	return mapping.versions[page] ? MARK | (uint64_t)page << 32 | mapping.versions[page] : 0;
}

static void fill_page(uint64_t *words, unsigned page)
{
	words[0] = value_of(page);
	words[WORDS - 1] = value_of(page);
}

static int holds(const volatile uint64_t *words, unsigned page)
{
	return words[0] == value_of(page) && words[WORDS - 1] == value_of(page);
}

static void write_file(void)
{
	uint64_t words[WORDS] = { 0 };
	unsigned page;

	for (page = 0; page < PAGES; page++) {
		mapping.versions[page] = 1;
		fill_page(words, page);
		if (pwrite(mapping.file, words, PAGE, page * PAGE) != (ssize_t)PAGE)
			bail("write page %u of a file: %s", page, strerror(errno));
	}
}

/* Swaps two pages at a time, with one call for each; or moves a run of pages that follow each other in the file. */
static void permute(void)
{
	unsigned i, other, kept, offset, count;

	for (i = PAGES - 1; i > 0; i--) {
		other = chance() % (i + 1);
		kept = mapping.order[i];
		mapping.order[i] = mapping.order[other];
		mapping.order[other] = kept;
	}
	for (i = 0; i < PAGES; i++)
		if (remap_file_pages(mapping.area + i * WORDS, PAGE, 0, mapping.order[i], 0) != 0)
			bail("remap_file_pages of page %u to %u: %s", i, mapping.order[i], strerror(errno));
	count = 2 + chance() % 6;
	i = chance() % (PAGES - count);
	offset = chance() % (PAGES - count);
	if (remap_file_pages(mapping.area + i * WORDS, count * PAGE, 0, offset, 0) != 0)
		bail("remap_file_pages of %u pages: %s", count, strerror(errno));
	for (other = 0; other < count; other++)
		mapping.order[i + other] = offset + other;
}

static unsigned long wrong_in_area(void)
{
	unsigned long count = 0;
	unsigned i;

	for (i = 0; i < PAGES; i++)
		count += !holds(mapping.area + i * WORDS, mapping.order[i]);
	return count;
}

static unsigned long wrong_in_file(void)
{
	uint64_t words[WORDS];
	unsigned long count = 0;
	unsigned page;

	for (page = 0; page < PAGES; page++) {
		if (pread(mapping.file, words, PAGE, page * PAGE) != (ssize_t)PAGE)
			bail("read page %u of a file: %s", page, strerror(errno));
		count += !holds(words, page);
	}
	return count;
}

/* Some pages of the file get a new version, written through the mapping. */
static void write_area(void)
{
	unsigned i;

	for (i = chance() % 3; i < PAGES; i += 1 + chance() % 4) {
		mapping.versions[mapping.order[i]]++;
		fill_page(mapping.area + i * WORDS, mapping.order[i]);
	}
}

/* A page of zeros or of the file, of any number and version: never anything else. */
static void *reader(void *unused)
{
	uint64_t word;

	(void)unused;
	use_cpu(1);
	while (!mapping.stop) {
		word = *(volatile uint64_t *)(mapping.area + mapping.reads * 7 % PAGES * WORDS);
		mapping.reads_wrong += word && (word & MARK) != MARK;
		mapping.reads++;
	}
	return NULL;
}

/* Waits until the other CPU reads, so that it reads on while the order changes. */
static void see_reader(void)
{
	if (mapping.two_cpus)
		see_progress(&mapping.reads);
}

/* The order is inherited, and everybody sees what the child writes, because the mapping is shared. */
static void look_as_child(void)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0) {
		if (wrong_in_area())
			_exit(1);
		mapping.versions[mapping.order[0]]++;
		fill_page(mapping.area, mapping.order[0]);
		_exit(wrong_in_area() ? 1 : 0);
	}
	if (waitpid(child, &status, 0) != child)
		bail("waitpid: %s", strerror(errno));
	mapping.versions[mapping.order[0]]++;
	wrong.child += status != 0 || !holds(mapping.area, mapping.order[0]);
}

/* The pages after the truncation are found wherever they are mapped, and only they. */
static void cut_and_grow(void)
{
	unsigned size = 1 + chance() % (PAGES - 1), i;

	set_size(mapping.file, size * PAGE);
	for (i = 0; i < PAGES; i++) {
		if (sigsetjmp(bus_exit, 1) == 0) {
			wrong.cut += !holds(mapping.area + i * WORDS, mapping.order[i]);
			wrong.cut += mapping.order[i] >= size;
		} else {
			wrong.cut += mapping.order[i] < size;
		}
	}
	set_size(mapping.file, PAGES * PAGE);
	for (i = size; i < PAGES; i++)
		mapping.versions[i] = 0;
	wrong.cut += wrong_in_area() + wrong_in_file();
	for (i = 0; i < PAGES; i++)
		mapping.versions[mapping.order[i]]++, fill_page(mapping.area + i * WORDS, mapping.order[i]);
}

/*
 * Written through the mapping, flushed, unmapped, dropped: only the disk has it. Then the mapping is made again as it
 * was at first.
 */
static void compare_with_disk(int is_disk)
{
	unsigned i;

	write_area();
	if (msync(mapping.area, PAGES * PAGE, MS_SYNC) != 0)
		bail("msync: %s", strerror(errno));
	wrong.file += wrong_in_file();
	write_area();
	munmap(mapping.area, PAGES * PAGE);
	if (is_disk)
		forget_pages(mapping.file);
	wrong.disk += wrong_in_file();
	mapping.area = (uint64_t *)map(mapping.file, PAGES * PAGE, MAP_SHARED);
	for (i = 0; i < PAGES; i++)
		mapping.order[i] = i;
	wrong.disk += wrong_in_area();
}

static void try_file(int file, int is_disk, unsigned rounds)
{
	unsigned long before;
	pthread_t thread;
	unsigned i, round;

	mapping.file = file;
	write_file();
	mapping.area = (uint64_t *)map(file, PAGES * PAGE, MAP_SHARED);
	for (i = 0; i < PAGES; i++)
		mapping.order[i] = i;
	for (round = 0; round < rounds; round++) {
		mapping.stop = 0;
		if (mapping.two_cpus)
			start_thread(&thread, reader, NULL);
		see_reader();
		before = mapping.reads;
		for (i = 0; i < 3; i++) {
			permute();
			see_reader();
			wrong.order += wrong_in_area();
			write_area();
			wrong.written += wrong_in_area() + wrong_in_file();
		}
		mapping.read_rounds += mapping.reads > before;
		mapping.stop = 1;
		if (mapping.two_cpus)
			end_thread(thread);
		look_as_child();
		cut_and_grow();
		compare_with_disk(is_disk);
	}
	munmap(mapping.area, PAGES * PAGE);
	close(file);
}

/* A private mapping has no order of its own, and what is outside the mapping is not part of it. */
static void try_refusals(void)
{
	int file = make_file("/tmp/refused", 4 * PAGE);
	char *private = map(file, 4 * PAGE, MAP_PRIVATE), *shared = map(file, 4 * PAGE, MAP_SHARED);

	wrong.refused += remap_file_pages(private, PAGE, 0, 1, 0) == 0;
	wrong.refused += remap_file_pages(shared, PAGE, PROT_READ, 1, 0) == 0;
	munmap(shared + 2 * PAGE, 2 * PAGE);
	wrong.refused += remap_file_pages(shared, 4 * PAGE, 0, 0, 0) == 0;
	munmap(private, 4 * PAGE), munmap(shared, 2 * PAGE);
	close(file);
}

int main(int argc, char **argv)
{
	static const char on_disk[] = "the disk holds what was written, once no page does";
	unsigned rounds;
	uint64_t begin;
	int file;

	ktap_start(argc, argv);
	rounds = steps(ROUNDS);
	if (remap_file_pages(NULL, 0, 0, 0, 0) != 0 && errno == ENOSYS)
		skip_all("this kernel has no remap_file_pages");
	ktap_plan(8);
	signal(SIGBUS, on_bus_error);
	mapping.two_cpus = count_cpus() >= 2;
	use_cpu(0);
	begin = nanoseconds();
	try_file(make_file("/tmp/nonlinear", PAGES * PAGE), 0, rounds);
	file = make_disk_file(PAGES * PAGE);
	if (file >= 0)
		try_file(file, 1, rounds);
	try_refusals();
	begin = nanoseconds_since(begin);
	check(wrong.order == 0, "each page shows the file's page it was given");
	check(wrong.written == 0, "what is written to a page reaches the file's page it was given");
	check(wrong.file == 0, "so does it after msync");
	if (file >= 0)
		check(wrong.disk == 0, on_disk);
	else
		skip_check(on_disk, "there is no results disk");
	check(wrong.child == 0, "a child inherits the order and shares the pages");
	check(wrong.cut == 0, "a cut takes the pages past the end wherever they are mapped, and no others");
	check(wrong.refused == 0, "what is no shared area is refused");
	check(mapping.reads_wrong == 0, "another CPU sees pages of the file only");
	if (mapping.two_cpus && mapping.read_rounds == 0)
		unmet("CPU 1 read in none of %u rounds while the order changed", rounds * (file >= 0 ? 2 : 1));
	printf("# pages wrong: %lu order, %lu written, %lu synced, %lu disk, %lu child, %lu cut; %lu read elsewhere\n",
	       wrong.order, wrong.written, wrong.file, wrong.disk, wrong.child, wrong.cut, mapping.reads_wrong);
	figure("calls", (unsigned long long)rounds * 3 * (PAGES + 1) * (file >= 0 ? 2 : 1), "calls");
	figure("reads", mapping.reads, "accesses");
	figure("time", begin / 1000000, "ms");
	return ktap_end();
}
