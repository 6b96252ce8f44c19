// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nonlinear VMAs: a page table entry can have any page of the file, so the code that replaces and unmaps it is
 * separate. Kernels that have remap_file_pages() without nonlinear VMAs make ordinary mappings instead.
 */
#include "area.h"
#include "kernel.h"

#define PIECE 64

static int file;

/* Linux 4.0 removed them. */
static int nonlinear_areas_exist(void)
{
	return kernel_major() < 4;
}

/* The file has each page's own number, and a hole after them. */
static void make_area(void)
{
	unsigned i;

	reserve_area(PIECE);
	file = make_file("/tmp/nonlinear", 2 * PIECE * PAGE);
	map_at(0, PIECE, MAP_SHARED, file);
	for (i = 0; i < PIECE; i++)
		page(i)[0] = i;
}

static void prepare(void)
{
	enter(0, PIECE, 0);
	begin_step();
}

static void remap(unsigned number, unsigned pages, unsigned file_page, int flags)
{
	need(remap_file_pages(page(number), pages * PAGE, 0, file_page, flags) == 0, "remap_file_pages");
}

static void check_no_stale_entry(const char *text)
{
	int stale = ask_plainly(&probe, DRYDOCK_VERIFY);

	if (!check(stale == 0, "%s", text))
		printf("# %d stale\n", stale);
}

static void check_replacement(void)
{
	unsigned i, wrong = 0;

	prepare();
	remap(8, 8, 24, 0);
	check_step(8, 16, NOTHING_ELSE, 1, "remap_file_pages notifies the pages it replaces");
	check_no_stale_entry("after it every entry names the page that the page tables name");
	for (i = 0; i < 8; i++)
		wrong += page(8 + i)[0] != (char)(24 + i);
	check(wrong == 0, "the area shows the pages it was given");
	prepare();
	remap(20, 4, PIECE + 8, MAP_NONBLOCK);
	check_step(20, 24, NOTHING_ELSE, 1,
		   "remap_file_pages(MAP_NONBLOCK) to pages not in memory notifies the pages it takes away");
}

/* Unmaps every page of the VMA that is old enough, not just the page asked for. */
static void check_reverse_map(void)
{
	static const char told[] = "try_to_unmap of a nonlinear area notifies each page it takes away";
	static const char asked[] = "it asks for the age of those it keeps";
	static unsigned char heard[AREA_LIMIT];
	unsigned i, gone = 0, unheard = 0, kept = 0;
	const char *reason = !nonlinear_areas_exist() ? "this kernel has no nonlinear areas" :
			     !can(&probe, DRYDOCK_RMAP, DRYDOCK_UNMAP) ? "the probe finds no try_to_unmap" : NULL;

	if (reason) {
		skip_check(told, reason);
		skip_check(asked, reason);
		return;
	}
	prepare();
	need(ask_about(&probe, DRYDOCK_PIN, page(40), 1, 0) == 0, "pin");
	for (i = 0; i < 4; i++)
		ask_about(&probe, DRYDOCK_RMAP, NULL, 0, DRYDOCK_UNMAP);
	ask_plainly(&probe, DRYDOCK_UNPIN);
	listen_to(&probe);
	count_heard(DRYDOCK_EVENT_START, 0, PIECE, heard);
	for (i = 0; i < PIECE; i++) {
		if (ask_about(&probe, DRYDOCK_REFERENCES, page(i), 1, 0) != -ENOENT)
			continue;
		if (i >= 20 && i < 24)
			continue;
		gone++;
		unheard += !heard[i];
		kept += ask_about(&probe, DRYDOCK_COUNT, page(i), 1, 0);
	}
	if (!check(gone > 0 && unheard == 0 && kept == 0, "%s", told))
		printf("# %u pages gone, %u of them not heard, %u still in the secondary table\n", gone, unheard, kept);
	check(count_kind(&probe, 0, DRYDOCK_EVENT_YOUNG) > 0, "%s", asked);
}

/* The whole VMA may be announced; what matters are the truncated pages, which are anywhere in it. */
static void check_truncate(void)
{
	remap(48, 8, 0, 0);
	prepare();
	set_size(file, 4 * PAGE);
	check_step(52, 56, ANYTHING_ELSE, 1, "ftruncate notifies the pages it cuts out of a nonlinear area");
	check(ask_about(&probe, DRYDOCK_COUNT, page(56), PIECE - 56, 0) == 0,
	      "the secondary table has none of the pages cut");
}

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	ktap_plan(10);
	make_area();
	check_registration();
	check_replacement();
	check_reverse_map();
	check_truncate();
	check_balance();
	return ktap_end();
}
