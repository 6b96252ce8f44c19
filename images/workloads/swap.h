/* SPDX-License-Identifier: GPL-2.0-only */
/* The disk in memory as swap space: what is written to it comes at no host's pleasure. */
#ifndef SWAP_H
#define SWAP_H

#include "ktap.h"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>

#define SWAP_DISK "/tmp/ram0"
#define SWAP_PAGES 8192			/* the disk's size, CONFIG_BLK_DEV_RAM_SIZE */

/* What mkswap writes: a header in the first page, its magic at the page's end. */
static inline void write_swap_header(int disk)
{
	static unsigned char page[4096];
	unsigned header[3] = { 1, SWAP_PAGES - 1, 0 };	/* version, last page, bad pages */
	int size = sizeof(page);

	memset(page, 0, sizeof(page));
	memcpy(page + 1024, header, sizeof(header));
	memcpy(page + sizeof(page) - 10, "SWAPSPACE2", 10);
	/* swapon sets it, and a change of it empties the disks in memory of 2.6.18. */
	if (ioctl(disk, BLKBSZSET, &size) != 0)
		bail("set the block size of %s: %s", SWAP_DISK, strerror(errno));
	if (pwrite(disk, page, sizeof(page), 0) != sizeof(page) || fsync(disk) != 0)
		bail("write the swap header to %s: %s", SWAP_DISK, strerror(errno));
}

/* Returns NULL, or why there is no swap here. */
static inline const char *start_swapping(void)
{
	int disk;

	if (mknod(SWAP_DISK, S_IFBLK | 0600, makedev(1, 0)) != 0 && errno != EEXIST)
		bail("mknod %s: %s", SWAP_DISK, strerror(errno));
	disk = open(SWAP_DISK, O_RDWR);
	if (disk < 0)
		return "this kernel has no disk in memory to swap to";
	write_swap_header(disk);
	close(disk);
	if (swapon(SWAP_DISK, 0) != 0 && errno != EBUSY)
		return errno == ENOSYS ? "this kernel does not swap" : "swapon of the disk in memory fails";
	return NULL;
}

static inline void stop_swapping(void)
{
	if (swapoff(SWAP_DISK) != 0)
		bail("swapoff %s: %s", SWAP_DISK, strerror(errno));
	unlink(SWAP_DISK);
}

#endif
