// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of a file on the disk, written through a shared mapping, clean in the page cache before: perhaps only their
 * page table entries know that they were written. Each path that removes such an entry, or cleans it, has to pass that
 * on. Then the file is flushed and read past the page cache, which must show what was written.
 *
 * Newer kernels are told of the first write to each page of such a file. They are not told of tmpfs, whose pages are
 * lost under pressure if the kernel takes them for clean; so there the kernel's own mark is looked at.
 */
#include "area.h"
#include "disk.h"

#define PAGES 32
#define UNMAP_TRIES 3

static int file, direct;
static char *buffer;			/* aligned, for direct reads */

/* Every page has been written back, is mapped again, and has been read. */
static void make_clean(char value)
{
	unsigned i;

	memset(buffer, value, PAGES * PAGE);
	need(pwrite(file, buffer, PAGES * PAGE, 0) == (ssize_t)(PAGES * PAGE) && fsync(file) == 0, "write of the file");
	map_at(0, PAGES, MAP_SHARED, file);
	for (i = 0; i < PAGES; i++)
		if (page(i)[0] != value)
			bail("page %u of a file does not have what was just written to it", i);
}

/* Flushes, and counts the pages of [from, to) that the disk does not have as `value`. */
static unsigned count_lost(unsigned from, unsigned to, char value)
{
	unsigned i, lost = 0;

	need(fsync(file) == 0, "fsync");
	memset(buffer, 0, PAGES * PAGE);
	need(pread(direct, buffer, PAGES * PAGE, 0) == (ssize_t)(PAGES * PAGE), "direct read of the file");
	for (i = from; i < to; i++)
		lost += buffer[i * PAGE] != value;
	return lost;
}

static void report(unsigned lost, const char *text)
{
	if (!check(lost == 0, "%s", text))
		printf("# the disk has %u of %u pages as they were before\n", lost, PAGES);
}

static void check_munmap(void)
{
	make_clean(1);
	write_pages(0, PAGES, 2);
	need(munmap(page(0), PAGES * PAGE) == 0, "munmap");
	report(count_lost(0, PAGES, 2), "what was written before munmap reaches the disk");
}

static void check_msync(void)
{
	make_clean(3);
	write_pages(0, PAGES, 4);
	need(msync(page(0), PAGES * PAGE, MS_SYNC) == 0, "msync");
	report(count_lost(0, PAGES, 4), "what was written before msync reaches the disk");
	write_pages(0, PAGES, 5);
	need(msync(page(0), PAGES * PAGE, MS_SYNC) == 0, "msync");
	report(count_lost(0, PAGES, 5), "what was written again after it, too");
}

static void check_exit(void)
{
	int status;
	pid_t child;

	make_clean(6);
	child = fork();
	need(child >= 0, "fork");
	if (child == 0) {
		write_pages(0, PAGES, 7);
		_exit(0);
	}
	need(waitpid(child, &status, 0) == child && status == 0, "the end of the child");
	report(count_lost(0, PAGES, 7), "what a process wrote before it exited reaches the disk");
}

static void check_discard(void)
{
	make_clean(8);
	write_pages(0, PAGES, 9);
	need(madvise(page(0), PAGES * PAGE, MADV_DONTNEED) == 0, "madvise");
	report(count_lost(0, PAGES, 9), "what was written before madvise(MADV_DONTNEED) reaches the disk");
}

static void check_moved(void)
{
	make_clean(10);
	write_pages(0, PAGES, 11);
	need(mremap(page(0), PAGES * PAGE, PAGES * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(PAGES)) == page(PAGES), "mremap");
	need(mprotect(page(PAGES), PAGES * PAGE, PROT_READ) == 0, "mprotect");
	need(munmap(page(PAGES), PAGES * PAGE) == 0, "munmap");
	report(count_lost(0, PAGES, 11), "what was written before the mapping was moved and protected reaches the disk");
}

/* All but the last quarter of the file is kept. */
static void check_cut(void)
{
	unsigned kept = PAGES * 3 / 4;

	make_clean(12);
	write_pages(0, PAGES, 13);
	set_size(file, kept * PAGE);
	need(munmap(page(0), PAGES * PAGE) == 0, "munmap");
	set_size(file, PAGES * PAGE);
	report(count_lost(0, kept, 13) + count_lost(kept, PAGES, 0),
	       "what was written below the place where the file is cut reaches the disk, and nothing behind it");
}

static void check_reverse_map(const char *unmapped, const char *cleaned)
{
	unsigned i, try, gone = 0;

	if (!can(&probe, DRYDOCK_RMAP, DRYDOCK_UNMAP)) {
		skip_check(unmapped, "the probe finds no try_to_unmap");
	} else {
		make_clean(14);
		write_pages(0, PAGES, 15);
		for (i = 0; i < PAGES; i++) {
			need(ask_about(&probe, DRYDOCK_PIN, page(i), 1, 0) == 0, "pin");
			for (try = 0; try < UNMAP_TRIES; try++)
				ask_about(&probe, DRYDOCK_RMAP, NULL, 0, DRYDOCK_UNMAP);
			ask_plainly(&probe, DRYDOCK_UNPIN);
			gone += ask_about(&probe, DRYDOCK_REFERENCES, page(i), 1, 0) == -ENOENT;
		}
		if (gone == 0)
			unmet("try_to_unmap took none of %d pages", PAGES);
		report(count_lost(0, PAGES, 15), unmapped);
	}
	if (!can(&probe, DRYDOCK_RMAP, DRYDOCK_CLEAN)) {
		skip_check(cleaned, "this kernel has no page_mkclean, or the probe does not find it");
		return;
	}
	make_clean(16);
	write_pages(0, PAGES, 17);
	need(fsync(file) == 0, "fsync");
	write_pages(0, PAGES, 18);
	report(count_lost(0, PAGES, 18), cleaned);
}

/* A page of tmpfs that was read before it was written: only its page table entry knows. */
static void make_dirty_entry(unsigned number)
{
	read_pages(number, number + 1);
	need(ask_about(&probe, DRYDOCK_PIN, page(number), 1, 0) == 0, "pin");
	if (ask_plainly(&probe, DRYDOCK_DIRTY) != 0)
		bail("a page of tmpfs that nobody has written is dirty");
	write_pages(number, number + 1, 19);
}

static void report_mark(const char *text)
{
	check(ask_plainly(&probe, DRYDOCK_DIRTY) == 1, "%s", text);
	ask_plainly(&probe, DRYDOCK_UNPIN);
}

static void check_marks(const char *unmapped, const char *reclaimed)
{
	unsigned try;

	map_at(0, 2, MAP_SHARED, make_file("/tmp/dirty", 2 * PAGE));
	make_dirty_entry(0);
	need(munmap(page(0), PAGE) == 0, "munmap");
	report_mark(unmapped);
	if (!can(&probe, DRYDOCK_RMAP, DRYDOCK_UNMAP)) {
		skip_check(reclaimed, "the probe finds no try_to_unmap");
		return;
	}
	make_dirty_entry(1);
	for (try = 0; try < UNMAP_TRIES; try++)
		ask_about(&probe, DRYDOCK_RMAP, NULL, 0, DRYDOCK_UNMAP);
	if (ask_about(&probe, DRYDOCK_REFERENCES, page(1), 1, 0) != -ENOENT) {
		unmet("try_to_unmap did not take a page of tmpfs");
		unmet_check(reclaimed);
		return;
	}
	report_mark(reclaimed);
}

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	open_probe(&probe);
	file = make_disk_file(PAGES * PAGE);
	if (file < 0)
		skip_all("this guest has no disk for files");
	direct = open_direct(file);
	if (direct < 0)
		skip_all("files of this disk cannot be read past the page cache");
	ktap_plan(11);
	need(posix_memalign((void **)&buffer, PAGE, PAGES * PAGE) == 0, "memory for a buffer");
	reserve_area(2 * PAGES);
	check_munmap();
	check_msync();
	check_exit();
	check_discard();
	check_moved();
	check_cut();
	check_reverse_map("what was written before the reverse map unmapped the page reaches the disk",
			  "what was written after a page was written back reaches the disk with the next flush");
	check_marks("a page of tmpfs that was written is dirty after munmap",
		    "and after the reverse map has unmapped it");
	return ktap_end();
}
