/* SPDX-License-Identifier: GPL-2.0-only */
/* What each page of a window of addresses must have, and whether an access to it must fault. */
#ifndef MODEL_H
#define MODEL_H

#include "race.h"
#include <setjmp.h>
#include <signal.h>

#define WINDOW_PAGES 96
#define FILE_PAGES 64
#define LAST_WORD (PAGE / sizeof(uint64_t) - 1)

enum kind { UNMAPPED, ANONYMOUS, PRIVATE_FILE, SHARED_FILE };

struct page {
	enum kind kind;
	int protection;
	unsigned offset;		/* of the file, in pages */
	int copied;			/* a page of PRIVATE_FILE is the mapping's own */
	uint64_t value;			/* of a page of ANONYMOUS, or of one that is copied */
};

/* One thread's window, its file, and the model of both. */
struct window {
	char *area;
	int file;
	unsigned file_pages;
	uint64_t in_file[FILE_PAGES];
	struct page pages[WINDOW_PAGES];
	uint64_t random, last_value;
	pid_t child;
	unsigned long operations, refused, moved, children;
	unsigned long accesses, segmentation_faults, bus_errors;
	unsigned long wrong_access, wrong_address, wrong_content, wrong_answer, wrong_in_child;
};

/* The result of an access; faults have the numbers of their signals. */
enum met { WENT_THROUGH = 0, BUS_ERROR = SIGBUS, SEGMENTATION_FAULT = SIGSEGV };

static __thread sigjmp_buf fault_exit;
static __thread volatile int fault_expected;
static __thread void *volatile fault_address;

static inline void on_fault(int number, siginfo_t *facts, void *context)
{
	static const char message[] = "Bail out! a fault outside of the windows\n";

	(void)context;
	if (!fault_expected) {
		if (write(STDOUT_FILENO, message, sizeof(message) - 1) < 0)
			_exit(2);
		_exit(2);
	}
	fault_address = facts->si_addr;
	siglongjmp(fault_exit, number);
}

static inline void catch_faults(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_fault;
	action.sa_flags = SA_SIGINFO | SA_NODEFER;
	if (sigaction(SIGSEGV, &action, NULL) != 0 || sigaction(SIGBUS, &action, NULL) != 0)
		bail("sigaction: %s", strerror(errno));
}

/* A number below `limit`, from the window's own sequence, because two threads use it at once. */
static inline unsigned choose(struct window *window, unsigned limit)
{
	uint64_t mixed = window->random += 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return (mixed ^ (mixed >> 31)) % limit;
}

static inline volatile uint64_t *words_of(const struct window *window, unsigned page)
{
	return (volatile uint64_t *)(window->area + page * PAGE);
}

/* A page has its value in the first word and its complement in the last; a value of 0 is a page of zeros. */
static inline uint64_t last_word_of(uint64_t value)
{
	return value ? ~value : 0;
}

static inline uint64_t value_of(const struct window *window, const struct page *page)
{
	if (page->kind == ANONYMOUS || page->copied)
		return page->value;
	return window->in_file[page->offset];
}

static inline enum met must_meet(const struct window *window, const struct page *page, int writes)
{
	if (page->kind == UNMAPPED || !(page->protection & (writes ? PROT_WRITE : PROT_READ)))
		return SEGMENTATION_FAULT;
	if (page->kind != ANONYMOUS && page->offset >= window->file_pages)
		return BUS_ERROR;
	return WENT_THROUGH;
}

/* Prints the first few differences of all windows from their models. */
__attribute__((format(printf, 2, 3))) static inline void tell(const struct window *window, const char *format, ...)
{
	static unsigned told;
	char text[200];
	va_list values;

	if (__sync_fetch_and_add(&told, 1) >= 8)
		return;
	va_start(values, format);
	vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	printf("# operation %lu: %s\n", window->operations, text);
}

/* Reads a page's first word, or writes both if `value` is given. */
static inline enum met access_page(struct window *window, unsigned page, const uint64_t *value, uint64_t *first,
				   uint64_t *last)
{
	volatile uint64_t *words = words_of(window, page);
	int met = sigsetjmp(fault_exit, 0);

	if (met == 0) {
		fault_expected = 1;
		if (value) {
			words[0] = *value;
			words[LAST_WORD] = last_word_of(*value);
		} else {
			*first = words[0];
			*last = words[LAST_WORD];
		}
	}
	fault_expected = 0;
	return met;
}

static inline void count_access(struct window *window, unsigned page, enum met met, enum met expected)
{
	window->accesses++;
	window->segmentation_faults += met == SEGMENTATION_FAULT;
	window->bus_errors += met == BUS_ERROR;
	if (met != WENT_THROUGH && (char *)fault_address != window->area + page * PAGE) {
		window->wrong_address++;
		tell(window, "page %u faulted at %p, not at %p", page, fault_address, window->area + page * PAGE);
	}
	if (met != expected) {
		window->wrong_access++;
		tell(window, "page %u met signal %d, not %d", page, met, expected);
	}
}

static inline void check_page(struct window *window, unsigned page)
{
	const struct page *model = &window->pages[page];
	enum met expected = must_meet(window, model, 0), met;
	uint64_t first = 0, last = 0;

	met = access_page(window, page, NULL, &first, &last);
	count_access(window, page, met, expected);
	if (met != WENT_THROUGH || expected != WENT_THROUGH)
		return;
	if (first != value_of(window, model) || last != last_word_of(first)) {
		window->wrong_content++;
		tell(window, "page %u holds %llx and %llx, not %llx", page, (unsigned long long)first,
		     (unsigned long long)last, (unsigned long long)value_of(window, model));
	}
}

static inline void write_page(struct window *window, unsigned page)
{
	struct page *model = &window->pages[page];
	enum met expected = must_meet(window, model, 1), met;
	uint64_t value = ++window->last_value;

	met = access_page(window, page, &value, NULL, NULL);
	count_access(window, page, met, expected);
	if (met != WENT_THROUGH || expected != WENT_THROUGH)
		return;
	if (model->kind == SHARED_FILE) {
		window->in_file[model->offset] = value;
		return;
	}
	model->copied = model->kind == PRIVATE_FILE;
	model->value = value;
}

static inline void check_window(struct window *window)
{
	unsigned page;

	for (page = 0; page < WINDOW_PAGES; page++)
		check_page(window, page);
}

/* Compares the kernel's answer to a call with the model's. */
static inline void check_answer(struct window *window, const char *call, int error, int expected)
{
	window->refused += error != 0;
	if (error == expected)
		return;
	window->wrong_answer++;
	tell(window, "%s: %s, not: %s", call, error ? strerror(error) : "done", expected ? strerror(expected) : "done");
}

#endif
