/* SPDX-License-Identifier: GPL-2.0-only */
/* Huge pages of a hugetlbfs file as the test range. */
#ifndef HUGE_H
#define HUGE_H

#include "area.h"
#include <sys/mount.h>
#include <sys/stat.h>

#define HUGE_PAGES 512u			/* ordinary pages in one */
#define LOOKED_AT 8u			/* pages of a huge page that enter the secondary table */

/* The kernel may have fewer; then none is kept. */
static inline int reserve_huge_pages(unsigned number)
{
	unsigned got = 0;
	FILE *file = fopen("/proc/sys/vm/nr_hugepages", "w");

	if (!file)
		return 0;
	fprintf(file, "%u\n", number);
	fclose(file);
	file = fopen("/proc/sys/vm/nr_hugepages", "r");
	if (!file || fscanf(file, "%u", &got) != 1)
		bail("read /proc/sys/vm/nr_hugepages");
	fclose(file);
	return got >= number;
}

/* Skips the whole workload if there are no huge pages; returns a file for `size` of them. */
static inline int make_huge_file(unsigned reserved, unsigned size)
{
	unsigned long room = (size + 1) * HUGE_PAGES * PAGE;
	int file;
	char *place;

	mkdir("/tmp/huge", 0700);
	if (mount("none", "/tmp/huge", "hugetlbfs", 0, NULL) != 0)
		skip_all("this kernel has no hugetlbfs");
	if (!reserve_huge_pages(reserved))
		skip_all("this guest has not enough memory in huge pages");
	file = open("/tmp/huge/file", O_RDWR | O_CREAT, 0600);
	need(file >= 0, "open of a hugetlbfs file");
	place = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	need(place != MAP_FAILED && munmap(place, room) == 0, "a place for huge pages");
	area = place + (-(unsigned long)place & (HUGE_PAGES * PAGE - 1));
	area_pages = size * HUGE_PAGES;
	return file;
}

/* Each in a VMA of its own, because splitting one is not tested here, and 6.1.192 warns about it. */
static inline void map_huge_page(unsigned number, int flags, int file)
{
	need(mmap(page(number * HUGE_PAGES), HUGE_PAGES * PAGE, PROT_READ | PROT_WRITE, flags | MAP_FIXED, file,
		  number * HUGE_PAGES * PAGE) != MAP_FAILED, "mmap of a huge page");
	page(number * HUGE_PAGES)[0] = 1;
}

static inline void leave_huge_pages(int file)
{
	unsigned i;

	for (i = 0; i < area_pages; i += HUGE_PAGES)
		munmap(page(i), HUGE_PAGES * PAGE);
	close(file);
	unlink("/tmp/huge/file");
	umount("/tmp/huge");
	reserve_huge_pages(0);
}

static inline void prepare_huge_page(unsigned number)
{
	unsigned first = number * HUGE_PAGES;
	int entered = enter(first, first + LOOKED_AT, DRYDOCK_WRITE);

	if (entered != LOOKED_AT)
		bail("the secondary table took %d of %u pages of a huge page", entered, LOOKED_AT);
	begin_step();
}

#endif
