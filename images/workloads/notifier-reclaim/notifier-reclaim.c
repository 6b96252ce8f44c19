// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU 0 removes pages from the page tables by the reverse map, one after the other, while CPU 1 registers a notifier
 * somewhere in between and then maps pages into the secondary table, which brings them back. At the end memory becomes
 * scarce, and the kernel reclaims pages of its own choice.
 *
 * A correct kernel does this, and it is checked:
 * - a page is seen to go as a whole or not at all: no end arrives whose start came before the registration;
 * - a page that goes after the registration had returned is announced while try_to_unmap runs;
 * - no entry ever has a free page, and at the end each has the page that the page tables have.
 */
#include "midst.h"
#include "swap.h"

#define ROUNDS 15
#define PRIVATE 0
#define SHARED 64			/* of a tmpfs file */
#define PIECE 64
#define PAGES (2 * PIECE)
#define UNMAPS 24			/* in a round */
#define MAP_CHUNK 8
#ifndef MADV_COLD
#define MADV_COLD 20
#endif
#define PRESSES 6			/* tries to get at them */
#define PRESSED 256			/* private pages while memory is scarce */

static struct probe reclaimer;
static struct step unmaps[UNMAPS];

static void unmap_some(void)
{
	unsigned i;

	for (i = 0; i < UNMAPS; i++) {
		unmaps[i].page = chance() % PAGES;
		spin(chance() % 2048);
		need(ask_about(&reclaimer, DRYDOCK_PIN, page(unmaps[i].page), 1, DRYDOCK_WRITE) == 0, "pin");
		mark_step(i, 0);
		unmaps[i].done = ask_about(&reclaimer, DRYDOCK_RMAP, NULL, 0, DRYDOCK_UNMAP) == 0;
		mark_step(i, 1);
		ask_plainly(&reclaimer, DRYDOCK_UNPIN);
		sum.freed += ask_plainly(&probe, DRYDOCK_FREED);
	}
}

static void run_round(void)
{
	write_pages(0, PAGES, 1);
	run_beside_driver(unmap_some, unmaps, UNMAPS, AMONG_STEPS);
}

static void report_race(unsigned rounds)
{
	check(sum.refused == 0, "every registration succeeds");
	check(sum.unopened == 0 && sum.unclosed == 0, "no end is heard without its start, no start without its end");
	check(sum.unheard == 0, "every page unmapped after the registration is notified while try_to_unmap runs");
	check(sum.freed == 0, "no entry names a free page");
	check(sum.stale == 0, "every entry left names the page that the page tables name");
	report_met(rounds, "unmappings");
	printf("# %u refused, %u ends alone, %u starts alone, %u unheard, %u freed, %u stale\n", sum.refused, sum.unopened,
	       sum.unclosed, sum.unheard, sum.freed, sum.stale);
}

static int is_mapped(unsigned number)
{
	return ask_about(&probe, DRYDOCK_REFERENCES, page(number), 1, 0) != -ENOENT;
}

static unsigned count_gone(void)
{
	unsigned i, gone = 0;

	for (i = PAGES; i < PAGES + PRESSED; i++)
		gone += !is_mapped(i);
	return gone;
}

/* Makes memory scarce until pages of the range are gone. */
static void press(void)
{
	unsigned i;

	take_ballast();
	for (i = 0; i < PRESSES && count_gone() == 0; i++) {
		press_until_swapped(2048);
		listen_to(&probe);
	}
	drop_ballast();
}

/* What the kernel removed from the page tables when memory became scarce must have left the secondary table. */
static void check_pressure(void)
{
	static const char told[] = "each page that went when memory got scarce was notified";
	static unsigned char heard[AREA_LIMIT];
	unsigned i, gone = 0, unheard = 0, kept = 0, freed, wrong = 0;

	need(ask_plainly(&probe, DRYDOCK_REGISTER) == 0, "registration");
	write_pages(PAGES, PAGES + PRESSED, 5);
	enter(PAGES, PAGES + PRESSED, DRYDOCK_WRITE);
	/* To enter them counts as use; if the kernel has an advice to forget that, it is given. */
	madvise(page(PAGES), PRESSED * PAGE, MADV_COLD);
	begin_step();
	press();
	freed = ask_plainly(&probe, DRYDOCK_FREED);
	count_heard(DRYDOCK_EVENT_START, PAGES, PAGES + PRESSED, heard);
	for (i = PAGES; i < PAGES + PRESSED; i++) {
		if (is_mapped(i))
			continue;
		gone++;
		unheard += !heard[i];
		kept += ask_about(&probe, DRYDOCK_COUNT, page(i), 1, 0);
	}
	freed += count_kind(&probe, 0, DRYDOCK_EVENT_FREED);
	for (i = PAGES; i < PAGES + PRESSED; i++)
		wrong += page(i)[0] != 5;
	if (gone == 0) {
		unmet("memory got scarce, and none of %d pages of the area went", PRESSED);
		unmet_check(told);
	} else if (!check(unheard == 0, "%s", told))
		printf("# %u of %u were not\n", unheard, gone);
	if (!check(kept == 0 && freed == 0, "each has left the secondary table, and none was freed before"))
		printf("# %u of %u are still in it, %u were freed before\n", kept, gone, freed);
	check(wrong == 0 && ask_plainly(&probe, DRYDOCK_VERIFY) == 0,
	      "all come back from swap as they were, and no entry is stale");
	figure("pages-reclaimed", gone, "pages");
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
}

int main(int argc, char **argv)
{
	unsigned rounds;

	ktap_start(argc, argv);
	need_other_cpus();
	open_probe(&probe);
	need_notifiers(&probe);
	if (!can(&probe, DRYDOCK_RMAP, DRYDOCK_UNMAP))
		skip_all("the probe finds no try_to_unmap");
	open_probe(&reclaimer);
	open_swap();
	ktap_plan(8);
	use_cpu(0);
	lengthen_registration(OTHER_AREAS);
	reserve_area(PAGES + PRESSED);
	map_at(PRIVATE, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map_at(SHARED, PIECE, MAP_SHARED, make_file("/tmp/reclaimed", PIECE * PAGE));
	map_at(PAGES, PRESSED, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	midst.pages = PAGES;
	midst.chunk = MAP_CHUNK;
	rounds = race(steps(ROUNDS), run_round);
	report_race(rounds);
	check_pressure();
	figure("rounds", rounds, "registrations");
	figure("registrations-among-unmappings", sum.met, "rounds");
	figure("pages-behind-registration", sum.behind, "pages");
	figure("entries", sum.entries, "pages");
	must_close_swap();
	return ktap_end();
}
