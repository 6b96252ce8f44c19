// SPDX-License-Identifier: GPL-2.0-only
/* The reverse map: what reclaim does to one page at a time, called here for a page that the workload chooses. */
#include "area.h"
#include "kernel.h"
#include "swap.h"

#define ANONYMOUS 0
#define SHARED 32
#define PIECE 16

static void make_area(void)
{
	reserve_area(64);
	map_at(ANONYMOUS, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map_at(SHARED, PIECE, MAP_SHARED, make_file("/tmp/rmap", PIECE * PAGE));
	write_pages(ANONYMOUS, ANONYMOUS + PIECE, 1);
	write_pages(SHARED, SHARED + PIECE, 1);
}

static int call(unsigned number, unsigned function)
{
	int answer;

	begin_step();
	need(ask_about(&probe, DRYDOCK_PIN, page(number), 1, 0) == 0, "pin");
	answer = ask_about(&probe, DRYDOCK_RMAP, NULL, 0, function);
	ask_plainly(&probe, DRYDOCK_UNPIN);
	return answer;
}

/* Pages that are removed from the middle of the secondary table. */
static void check_unmap(unsigned from, const char *heard, const char *kept, const char *reason)
{
	static const char asked[] = "it asks the secondary MMU for the page's age before";
	unsigned number = from + 4;
	int answer, stale;

	if (reason) {
		skip_check(heard, reason);
		skip_check(asked, reason);
		skip_check(kept, reason);
		return;
	}
	enter(from, from + PIECE, DRYDOCK_WRITE);
	answer = call(number, DRYDOCK_UNMAP);
	check_step(number, number + 1, NOTHING_ELSE, 1, heard);
	if (kernel_major() < 3)
		check(count_kind(&probe, 0, DRYDOCK_EVENT_YOUNG) > 0, "%s", asked);
	else
		skip_check(asked, "from Linux 5 on try_to_unmap does not look at the age");
	stale = ask_plainly(&probe, DRYDOCK_VERIFY);
	if (!check(answer == 0 && stale == 0 && page(number)[0] == 1, "%s", kept))
		printf("# try_to_unmap answered %d, %d stale, the page holds %d\n", answer, stale, page(number)[0]);
}

/* For that page alone, after its accessed bit was cleared; whether the page's own accessed bit was set does not matter. */
static void check_asked(unsigned number, const char *text)
{
	unsigned long address = (unsigned long)page(number);
	unsigned i, asked = 0, elsewhere = 0;

	listen_to(&probe);
	for (i = 0; i < probe.count; i++) {
		if (probe.events[i].kind != DRYDOCK_EVENT_YOUNG)
			continue;
		asked += probe.events[i].start <= address && probe.events[i].end > address;
		elsewhere += probe.events[i].start != address || probe.events[i].end != address + PAGE;
	}
	if (!check(asked > 0 && elsewhere == 0 && count_untimely(number, number + 1) == 0, "%s", text))
		tell_events(&probe, 0, (unsigned long)area, 20);
}

static void check_age(unsigned number, const char *young, const char *old)
{
	page(number)[0] = 1;
	call(number, DRYDOCK_YOUNG);
	check_asked(number, young);
	call(number, DRYDOCK_YOUNG);
	check_asked(number, old);
}

/* The notifier that registered last is asked first; one that used the page is enough, whichever it is. */
static void check_answers(unsigned number)
{
	static struct probe other;
	int none, first, last;

	open_probe(&other);
	need(ask_plainly(&other, DRYDOCK_REGISTER) == 0, "a second registration");
	call(number, DRYDOCK_YOUNG);
	none = call(number, DRYDOCK_YOUNG);
	ask_about(&probe, DRYDOCK_AGE, NULL, 0, DRYDOCK_YOUNG);
	first = call(number, DRYDOCK_YOUNG);
	ask_about(&probe, DRYDOCK_AGE, NULL, 0, 0);
	ask_about(&other, DRYDOCK_AGE, NULL, 0, DRYDOCK_YOUNG);
	last = call(number, DRYDOCK_YOUNG);
	close_probe(&other);
	/* On some kernels, to pin the page counts as use too. */
	if (!check(first > none && last > none,
		   "a page that the secondary MMU of either of two notifiers used is younger"))
		printf("# page_referenced answered %d with none, %d with the first, %d with the second\n", none, first, last);
}

static void check_ages(void)
{
	static const char *const texts[] = {
		"page_referenced of a young anonymous page asks the secondary MMU", "and of an old one",
		"page_referenced of a young page of a file asks the secondary MMU", "and of an old one of a file",
		"a page that the secondary MMU of either of two notifiers used is younger",
	};
	unsigned i;

	if (can(&probe, DRYDOCK_RMAP, DRYDOCK_YOUNG)) {
		check_age(ANONYMOUS + 8, texts[0], texts[1]);
		check_age(SHARED + 6, texts[2], texts[3]);
		check_answers(SHARED + 6);
		return;
	}
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		skip_check(texts[i], "the probe finds no page_referenced");
}

static void check_clean(void)
{
	static const char text[] = "page_mkclean notifies the page it write-protects";

	if (!can(&probe, DRYDOCK_RMAP, DRYDOCK_CLEAN)) {
		skip_check(text, "this kernel has no page_mkclean, or the probe does not find it");
		return;
	}
	write_pages(SHARED + 8, SHARED + 9, 1);
	enter(SHARED + 8, SHARED + 9, DRYDOCK_WRITE);
	call(SHARED + 8, DRYDOCK_CLEAN);
	check_step(SHARED + 8, SHARED + 9, NOTHING_ELSE, 1, text);
}

int main(int argc, char **argv)
{
	const char *no_unmap;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	open_swap();
	ktap_plan(14);
	no_unmap = can(&probe, DRYDOCK_RMAP, DRYDOCK_UNMAP) ? NULL : "the probe finds no try_to_unmap";
	make_area();
	check_registration();
	check_unmap(ANONYMOUS, "try_to_unmap of an anonymous page notifies that page",
		    "the page comes back from swap, and no entry is stale", no_unmap);
	check_unmap(SHARED, "try_to_unmap of a file's page notifies that page",
		    "the page comes back from the file, and no entry is stale", no_unmap);
	check_ages();
	check_clean();
	check_balance();
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	must_close_swap();
	return ktap_end();
}
