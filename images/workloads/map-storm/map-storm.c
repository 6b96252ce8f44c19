// SPDX-License-Identifier: GPL-2.0-only
/*
 * One thread per CPU, all in one mm, each with a window of addresses and a file of its own: mmap, munmap, mprotect,
 * mremap, madvise, truncation, writes and forks at random; after each of them pages are compared with a model.
 */
#include "model.h"
#include <sys/wait.h>

#define OPERATIONS 1200
#define THREADS_LIMIT 2
#define WINDOW_ADDRESS 0x100000000000ul
#define WINDOW_DISTANCE 0x100000000ul
#define CHECKED_AFTER_EACH 3		/* pages; the whole window every so often */
#define WHOLE_WINDOW_EVERY 64

static struct window windows[THREADS_LIMIT];
static unsigned long operations;

struct range {
	unsigned first, count;
};

static struct range choose_range(struct window *window)
{
	struct range range;

	range.first = choose(window, WINDOW_PAGES);
	range.count = 1 + choose(window, choose(window, 4) ? 6 : WINDOW_PAGES);
	if (range.count > WINDOW_PAGES - range.first)
		range.count = WINDOW_PAGES - range.first;
	return range;
}

static char *address_of(const struct window *window, unsigned page)
{
	return window->area + page * PAGE;
}

static int choose_protection(struct window *window)
{
	static const int choices[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE,
				       PROT_READ | PROT_WRITE };

	return choices[choose(window, sizeof(choices) / sizeof(choices[0]))];
}

static int all_mapped(const struct window *window, struct range range)
{
	unsigned i;

	for (i = 0; i < range.count; i++)
		if (window->pages[range.first + i].kind == UNMAPPED)
			return 0;
	return 1;
}

static void forget(struct window *window, struct range range)
{
	memset(&window->pages[range.first], 0, range.count * sizeof(struct page));
}

static void map_pages(struct window *window)
{
	static const int flags[] = { 0, MAP_PRIVATE | MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED };
	struct range range = choose_range(window);
	enum kind kind = ANONYMOUS + choose(window, 3);
	unsigned offset = choose(window, FILE_PAGES - (range.count < FILE_PAGES ? range.count : FILE_PAGES - 1)), i;
	int protection = choose_protection(window);
	char *answer;

	if (range.count > FILE_PAGES - offset)
		range.count = FILE_PAGES - offset;
	answer = mmap(address_of(window, range.first), range.count * PAGE, protection, flags[kind] | MAP_FIXED,
		      kind == ANONYMOUS ? -1 : window->file, kind == ANONYMOUS ? 0 : offset * PAGE);
	check_answer(window, "mmap", answer == MAP_FAILED ? errno : 0, 0);
	if (answer == MAP_FAILED)
		return;
	forget(window, range);
	for (i = 0; i < range.count; i++) {
		window->pages[range.first + i].kind = kind;
		window->pages[range.first + i].protection = protection;
		window->pages[range.first + i].offset = offset + i;
	}
}

static void unmap_pages(struct window *window)
{
	struct range range = choose_range(window);
	int error = munmap(address_of(window, range.first), range.count * PAGE) == 0 ? 0 : errno;

	check_answer(window, "munmap", error, 0);
	if (!error)
		forget(window, range);
}

/* The change is made up to the first hole; the hole is then refused. */
static void protect_pages(struct window *window)
{
	struct range range = choose_range(window);
	int protection = choose_protection(window), error;
	unsigned i;

	error = mprotect(address_of(window, range.first), range.count * PAGE, protection) == 0 ? 0 : errno;
	check_answer(window, "mprotect", error, all_mapped(window, range) ? 0 : ENOMEM);
	for (i = 0; i < range.count && window->pages[range.first + i].kind != UNMAPPED; i++)
		window->pages[range.first + i].protection = protection;
}

/* Holes are skipped and refused at the end. A private page is read from its file again. */
static void discard_pages(struct window *window)
{
	struct range range = choose_range(window);
	int error = madvise(address_of(window, range.first), range.count * PAGE, MADV_DONTNEED) == 0 ? 0 : errno;
	unsigned i;

	check_answer(window, "madvise", error, all_mapped(window, range) ? 0 : ENOMEM);
	for (i = 0; i < range.count; i++) {
		window->pages[range.first + i].copied = 0;
		window->pages[range.first + i].value = 0;
	}
}

/*
 * Moves pages to another place in the window. If the source is several VMAs, which the model does not know, the kernel
 * refuses with EFAULT, after it has unmapped the destination.
 */
static void move_pages(struct window *window)
{
	struct range from = choose_range(window), to;
	struct page moved[WINDOW_PAGES];
	char *answer;
	int error;

	to.first = choose(window, WINDOW_PAGES - from.count + 1);
	to.count = from.count;
	if (!all_mapped(window, from) || (to.first < from.first + from.count && from.first < to.first + to.count))
		return;
	answer = mremap(address_of(window, from.first), from.count * PAGE, to.count * PAGE,
			MREMAP_MAYMOVE | MREMAP_FIXED, address_of(window, to.first));
	error = answer == MAP_FAILED ? errno : 0;
	check_answer(window, "mremap to another place", error, from.count > 1 && error == EFAULT ? EFAULT : 0);
	memcpy(moved, &window->pages[from.first], from.count * sizeof(struct page));
	if (!error || error == EFAULT)
		forget(window, to);
	if (error)
		return;
	forget(window, from);
	memcpy(&window->pages[to.first], moved, to.count * sizeof(struct page));
	window->moved += to.count;
}

/*
 * If the next pages are free, the VMA of one page grows over them, each with the file's next page; else it may not
 * grow.
 */
static void grow_page(struct window *window)
{
	unsigned page = choose(window, WINDOW_PAGES - 1), count = 1 + choose(window, 4), i;
	const struct page *model = &window->pages[page];
	int room = 1, error;

	if (count > WINDOW_PAGES - 1 - page)
		count = WINDOW_PAGES - 1 - page;
	if (model->kind == UNMAPPED || model->offset + count >= FILE_PAGES)
		return;
	for (i = 1; i <= count; i++)
		room &= window->pages[page + i].kind == UNMAPPED;
	error = mremap(address_of(window, page), PAGE, (1 + count) * PAGE, 0) == MAP_FAILED ? errno : 0;
	check_answer(window, "mremap in place", error, room ? 0 : ENOMEM);
	for (i = 1; !error && i <= count; i++) {
		window->pages[page + i] = *model;
		window->pages[page + i].offset = model->offset + i;
		window->pages[page + i].copied = 0;
		window->pages[page + i].value = 0;
	}
}

/* A truncation also removes the private copies past the end; what comes back is zeros. */
static void resize_file(struct window *window)
{
	unsigned size = choose(window, FILE_PAGES + 1), page;
	int error = ftruncate(window->file, size * PAGE) == 0 ? 0 : errno;

	check_answer(window, "ftruncate", error, 0);
	for (page = 0; page < WINDOW_PAGES; page++)
		if (window->pages[page].kind == PRIVATE_FILE && window->pages[page].offset >= size)
			window->pages[page].copied = 0;
	for (page = size; page < FILE_PAGES; page++)
		window->in_file[page] = 0;
	window->file_pages = size;
}

static void write_file(struct window *window)
{
	uint64_t words[PAGE / sizeof(uint64_t)] = { 0 };
	unsigned offset = choose(window, FILE_PAGES);

	if (offset >= window->file_pages)
		return;
	words[0] = ++window->last_value;
	words[LAST_WORD] = last_word_of(words[0]);
	if (pwrite(window->file, words, PAGE, offset * PAGE) != (ssize_t)PAGE)
		bail("write page %u of a file: %s", offset, strerror(errno));
	window->in_file[offset] = words[0];
}

static void write_pages(struct window *window)
{
	struct range range = choose_range(window);
	unsigned i;

	for (i = 0; i < range.count; i++)
		write_page(window, range.first + i);
}

/* What the child inherited stays as it is, whatever the parent does meanwhile; the file's pages do not. */
static void look_as_child(struct window *window)
{
	unsigned page;

	window->wrong_access = window->wrong_content = window->wrong_address = 0;
	for (page = 0; page < WINDOW_PAGES; page++)
		if (window->pages[page].kind == UNMAPPED || window->pages[page].kind == ANONYMOUS) {
			check_page(window, page);
			write_page(window, page);
			check_page(window, page);
		}
	_exit(window->wrong_access || window->wrong_content || window->wrong_address ? 1 : 0);
}

static void end_child(struct window *window)
{
	int status;

	if (window->child == 0)
		return;
	if (waitpid(window->child, &status, 0) != window->child)
		bail("waitpid: %s", strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		window->wrong_in_child++;
		tell(window, "the child ended with status %#x", status);
	}
	window->child = 0;
}

static void fork_child(struct window *window)
{
	end_child(window);
	fflush(stdout);
	window->child = fork();
	if (window->child < 0)
		bail("fork: %s", strerror(errno));
	if (window->child == 0)
		look_as_child(window);
	window->children++;
}

/* Forks cost the most, so they are the least frequent. */
static void operate(struct window *window)
{
	static void (*const choices[])(struct window *) = {
		map_pages, map_pages, map_pages, unmap_pages, protect_pages, protect_pages, discard_pages, move_pages,
		move_pages, grow_page, resize_file, write_file, write_pages, write_pages, write_pages,
	};

	if (choose(window, 100) == 0)
		fork_child(window);
	else
		choices[choose(window, sizeof(choices) / sizeof(choices[0]))](window);
	window->operations++;
}

static void *storm(void *argument)
{
	struct window *window = argument;
	unsigned i;

	use_cpu(window - windows);
	while (window->operations < operations) {
		operate(window);
		for (i = 0; i < CHECKED_AFTER_EACH; i++)
			check_page(window, choose(window, WINDOW_PAGES));
		if (window->operations % WHOLE_WINDOW_EVERY == 0)
			check_window(window);
	}
	check_window(window);
	end_child(window);
	return NULL;
}

/* Windows are at addresses without stacks and libraries, so that only this workload maps there. */
static void open_window(struct window *window, unsigned number)
{
	char path[32];

	window->area = (char *)(WINDOW_ADDRESS + number * WINDOW_DISTANCE);
	snprintf(path, sizeof(path), "/tmp/window-%u", number);
	window->file_pages = FILE_PAGES;
	window->file = make_file(path, FILE_PAGES * PAGE);
	window->random = chance();
}

static void report(unsigned threads, uint64_t nanoseconds_taken)
{
	struct window all;
	unsigned i;

	memset(&all, 0, sizeof(all));
	for (i = 0; i < threads; i++) {
		all.operations += windows[i].operations, all.refused += windows[i].refused;
		all.moved += windows[i].moved, all.children += windows[i].children;
		all.accesses += windows[i].accesses, all.bus_errors += windows[i].bus_errors;
		all.segmentation_faults += windows[i].segmentation_faults;
		all.wrong_access += windows[i].wrong_access, all.wrong_content += windows[i].wrong_content;
		all.wrong_answer += windows[i].wrong_answer, all.wrong_address += windows[i].wrong_address;
		all.wrong_in_child += windows[i].wrong_in_child;
	}
	if (!all.segmentation_faults || !all.bus_errors || !all.moved || !all.refused || !all.children)
		unmet("the storm of %lu operations met %lu times SIGSEGV and %lu times SIGBUS, %lu moves, %lu refusals and %lu "
		      "children", all.operations, all.segmentation_faults, all.bus_errors, all.moved, all.refused, all.children);
	check(all.wrong_access == 0, "each access goes through or faults as it must");
	check(all.wrong_address == 0, "each fault names the address that was touched");
	check(all.wrong_content == 0, "each page holds what it must");
	check(all.wrong_answer == 0, "each call is answered as it must be");
	check(all.wrong_in_child == 0, "a child keeps what it inherited, whatever its parent does");
	printf("# wrong: %lu accesses, %lu addresses, %lu contents, %lu answers, %lu children\n", all.wrong_access,
	       all.wrong_address, all.wrong_content, all.wrong_answer, all.wrong_in_child);
	figure("operations", all.operations, "operations");
	figure("accesses", all.accesses, "accesses");
	figure("segmentation-faults", all.segmentation_faults, "signals");
	figure("bus-errors", all.bus_errors, "signals");
	figure("pages-moved", all.moved, "pages");
	figure("children", all.children, "processes");
	figure("time", nanoseconds_taken / 1000000, "ms");
}

int main(int argc, char **argv)
{
	unsigned threads = count_cpus() < 2 ? 1 : THREADS_LIMIT, i;
	pthread_t running[THREADS_LIMIT];
	uint64_t begin;

	ktap_start(argc, argv);
	operations = steps(OPERATIONS);
	ktap_plan(5);
	catch_faults();
	for (i = 0; i < threads; i++)
		open_window(&windows[i], i);
	begin = nanoseconds();
	for (i = 0; i < threads; i++)
		start_thread(&running[i], storm, &windows[i]);
	for (i = 0; i < threads; i++)
		end_thread(running[i]);
	report(threads, nanoseconds_since(begin));
	return ktap_end();
}
