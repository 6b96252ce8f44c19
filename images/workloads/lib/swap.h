/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Swap on the guest's disk in memory, and memory scarce enough that the kernel uses it.
 *
 *	open_swap();				skips the whole workload if the kernel has no /dev/ram0 or no swap
 *	take_ballast();				takes all memory but SPARE_BYTES, in huge pages that nobody maps
 *	press_until_swapped(more_pages);	another process takes memory until so many more pages are swapped, then ends
 *	swapped_pages();			how many are in swap now
 *	drop_ballast();
 *	close_swap();				swapoff, which brings every page back: 0 or the errno
 *	must_close_swap();			the same; ends the workload if that fails, because the next would fail
 *
 * The kernel swaps out first what was touched least recently. So touch what should be swapped out, then press: the
 * pressing process touches its own pages later. A page that comes back is a major fault of the process, of up to
 * 2^page-cluster pages in swap order; close_swap() brings all back. One workload runs at a time, and open_swap() removes
 * what a killed one left.
 */
#ifndef SWAP_H
#define SWAP_H

#include "race.h"
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/stat.h>

#define SWAP_DISK "/dev/ram0"
/*
 * What take_ballast() leaves free. 2.6.18 looks at a part of its pages before it waits 0.1 s for disks: if there are
 * few, it waits after every 32 that it frees.
 */
#define SPARE_BYTES (96ul << 20)
#define SWAP_RESERVE_PAGES 512		/* of swap stay free, so that nothing has to be killed */
/*
 * A process that takes memory stops when kswapd is awake, before it has to reclaim itself: 2.6.18 kills a process that
 * finds no 32 pages in one walk over memory that was all touched recently, however much swap is free. The margin grows
 * with vm.min_free_kbytes.
 */
#define SCARCE_MIN_FREE 8192ul		/* vm.min_free_kbytes while there is ballast */
#define SCARCE_BYTES (SCARCE_MIN_FREE * 1024 / 4 * 5)
#define SCARCE_PATIENCE 2000		/* milliseconds for kswapd to free some memory */
#define HUGE_BYTES (2ul << 20)

static unsigned long min_free_before;	/* 0 if there is no ballast */

/* Writes a number to a file of /proc/sys; returns 0 if the file does not exist. */
static inline int set_control(const char *path, unsigned long number)
{
	FILE *file = fopen(path, "w");
	int done = file && fprintf(file, "%lu\n", number) > 0;

	if (file && fclose(file) != 0)
		done = 0;
	return done;
}

static inline struct sysinfo memory_facts(void)
{
	struct sysinfo facts;

	if (sysinfo(&facts) != 0)
		bail("sysinfo: %s", strerror(errno));
	return facts;
}

static inline unsigned long swapped_pages(void)
{
	struct sysinfo facts = memory_facts();

	return (facts.totalswap - facts.freeswap) * facts.mem_unit / PAGE;
}

static inline void drop_ballast(void)
{
	set_control("/proc/sys/vm/nr_hugepages", 0);
	if (min_free_before)
		set_control("/proc/sys/vm/min_free_kbytes", min_free_before);
	min_free_before = 0;
}

static inline int open_swap_disk(void)
{
	int disk;

	if (mknod(SWAP_DISK, S_IFBLK | 0600, makedev(1, 0)) != 0 && errno != EEXIST)
		bail("mknod %s: %s", SWAP_DISK, strerror(errno));
	disk = open(SWAP_DISK, O_RDWR);
	if (disk < 0 && (errno == ENXIO || errno == ENODEV || errno == ENOENT))
		skip_all("this kernel has no disk in memory");
	if (disk < 0)
		bail("open %s: %s", SWAP_DISK, strerror(errno));
	return disk;
}

/*
 * The used part of the disk is written first, so that its pages exist before memory is scarce. The block size is set
 * before that: swapon sets it to the page size, and the disk of 2.6.18 loses its content when the size changes.
 */
static inline void fill_swap_disk(int disk, unsigned long pages)
{
	static const char zeros[16 * PAGE];
	unsigned long done, bytes = pages * PAGE;
	int block = PAGE;

	if (ioctl(disk, BLKBSZSET, &block) != 0)
		bail("set the block size of %s to %d: %s", SWAP_DISK, block, strerror(errno));
	for (done = 0; done < bytes; done += sizeof(zeros))
		if (pwrite(disk, zeros, bytes - done < sizeof(zeros) ? bytes - done : sizeof(zeros), done) <= 0)
			bail("write zeros to %s at %lu: %s", SWAP_DISK, done, strerror(errno));
}

/* What mkswap writes: version 1 and the last page after 1024 bytes for a boot loader, the magic word at the end. */
static inline void write_swap_header(int disk, unsigned long pages)
{
	static char header[PAGE];
	uint32_t facts[3] = { 1, pages - 1, 0 };

	memcpy(header + 1024, facts, sizeof(facts));
	memcpy(header + PAGE - 10, "SWAPSPACE2", 10);
	if (pwrite(disk, header, PAGE, 0) != (ssize_t)PAGE || fsync(disk) != 0)
		bail("write a swap header to %s: %s", SWAP_DISK, strerror(errno));
}

static inline void open_swap(void)
{
	int disk = open_swap_disk();
	unsigned long long bytes;

	swapoff(SWAP_DISK);
	drop_ballast();
	if (ioctl(disk, BLKGETSIZE64, &bytes) != 0)
		bail("ask for the size of %s: %s", SWAP_DISK, strerror(errno));
	fill_swap_disk(disk, bytes / PAGE);
	write_swap_header(disk, bytes / PAGE);
	/* Its pages may be in the block device's cache a second time. */
	posix_fadvise(disk, 0, 0, POSIX_FADV_DONTNEED);
	if (swapon(SWAP_DISK, 0) != 0) {
		if (errno == ENOSYS)
			skip_all("this kernel has no swap");
		bail("swapon %s: %s", SWAP_DISK, strerror(errno));
	}
	close(disk);
	/* Mapped pages are reclaimed as readily as others. */
	set_control("/proc/sys/vm/swappiness", 100);
}

static inline int close_swap(void)
{
	int result = swapoff(SWAP_DISK) == 0 ? 0 : errno;

	set_control("/proc/sys/vm/swappiness", 60);
	return result;
}

static inline void must_close_swap(void)
{
	int error = close_swap();

	if (error)
		bail("swapoff %s: %s", SWAP_DISK, strerror(error));
}

/* Free huge pages, but one, in all of memory above the first 16 MiB. */
static inline unsigned long free_huge_pages(void)
{
	unsigned long free_blocks[2], pages = 0;
	char line[256], zone[32];
	FILE *file = fopen("/proc/buddyinfo", "r");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Node %*d, zone %31s %*u %*u %*u %*u %*u %*u %*u %*u %*u %lu %lu", zone, &free_blocks[0],
			   &free_blocks[1]) == 3 && strcmp(zone, "DMA") != 0)
			pages += free_blocks[0] + 2 * free_blocks[1];
	if (file)
		fclose(file);
	return pages > 0 ? pages - 1 : 0;
}

static inline void raise_min_free(void)
{
	FILE *file = fopen("/proc/sys/vm/min_free_kbytes", "r");

	if (!file || fscanf(file, "%lu", &min_free_before) != 1)
		bail("read /proc/sys/vm/min_free_kbytes");
	fclose(file);
	set_control("/proc/sys/vm/min_free_kbytes", SCARCE_MIN_FREE);
}

/*
 * No more than are free already, because vanilla 2.6.18 kills processes to make a huge page. If memory is fragmented,
 * the pressing process takes the rest.
 */
static inline void take_ballast(void)
{
	unsigned long available, wanted = 0;
	struct sysinfo facts;

	set_control("/proc/sys/vm/drop_caches", 1);
	facts = memory_facts();
	available = facts.freeram * facts.mem_unit;
	if (available > SPARE_BYTES)
		wanted = (available - SPARE_BYTES) / HUGE_BYTES;
	if (wanted > free_huge_pages())
		wanted = free_huge_pages();
	set_control("/proc/sys/vm/nr_hugepages", wanted);
	raise_min_free();
}

static inline void wait_for_kswapd(unsigned long wanted)
{
	struct sysinfo facts = memory_facts();
	unsigned turns;

	for (turns = 0; turns < SCARCE_PATIENCE && facts.freeram * facts.mem_unit < SCARCE_BYTES; turns++) {
		if (swapped_pages() >= wanted)
			return;
		sleep_microseconds(1000);
		facts = memory_facts();
	}
}

/* In the child. Stops when swap is nearly full, before anything has to be killed. */
static inline int take_memory(unsigned long wanted)
{
	struct sysinfo facts = memory_facts();
	unsigned long bytes = (facts.totalram + facts.totalswap) * facts.mem_unit, done;
	char *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (area == MAP_FAILED)
		return 0;
	for (done = 0; done < bytes; done += PAGE) {
		area[done] = 1;
		if (done / PAGE % 32 != 0)
			continue;
		wait_for_kswapd(wanted);
		facts = memory_facts();
		if (swapped_pages() >= wanted)
			return 1;
		if (facts.freeswap * facts.mem_unit / PAGE < SWAP_RESERVE_PAGES)
			return 0;
	}
	return 0;
}

/* Returns whether so many were reached; afterwards swap has fewer, without those of the pressing process. */
static inline int press_until_swapped(unsigned long more_pages)
{
	unsigned long wanted = swapped_pages() + more_pages;
	int status;
	pid_t child = fork();

	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0)
		_exit(take_memory(wanted) ? 0 : 1);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			bail("waitpid: %s", strerror(errno));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#endif
