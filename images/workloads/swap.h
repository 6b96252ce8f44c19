/* SPDX-License-Identifier: GPL-2.0-only */
/* Swap on the disk in memory: no device that answers at the host's pleasure. */
#ifndef SWAP_H
#define SWAP_H

#include "ktap.h"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>

#define SWAP_DEVICE "/dev/drydock-swap"
#define SWAP_PAGE 4096

/* The numbers of ram0 in /proc/partitions, or of the ramdisk driver in /proc/devices; 0 where there is neither. */
static inline dev_t find_ramdisk(void)
{
	char line[256], name[64];
	int major_number, minor_number, in_blocks = 0;
	dev_t found = 0;
	FILE *file = fopen("/proc/partitions", "r");

	while (file && !found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%d %d %*u %63s", &major_number, &minor_number, name) == 3 && strcmp(name, "ram0") == 0)
			found = makedev(major_number, minor_number);
	if (file)
		fclose(file);
	file = fopen("/proc/devices", "r");
	while (file && !found && fgets(line, sizeof(line), file)) {
		in_blocks |= strncmp(line, "Block", 5) == 0;
		if (in_blocks && sscanf(line, "%d %63s", &major_number, name) == 2 && strcmp(name, "ramdisk") == 0)
			found = makedev(major_number, 0);
	}
	if (file)
		fclose(file);
	return found;
}

/* What mkswap writes: version 1, the number of the last page, no bad pages, and the magic at the page's end. */
static inline void make_swap(int device)
{
	unsigned char page[SWAP_PAGE];
	unsigned long long bytes = 0;
	uint32_t facts[3] = { 1, 0, 0 };

	if (ioctl(device, BLKGETSIZE64, &bytes) != 0)
		bail("size of " SWAP_DEVICE ": %s", strerror(errno));
	facts[1] = bytes / SWAP_PAGE - 1;
	memset(page, 0, sizeof(page));
	memcpy(page + 1024, facts, sizeof(facts));
	memcpy(page + SWAP_PAGE - 10, "SWAPSPACE2", 10);
	if (pwrite(device, page, sizeof(page), 0) != sizeof(page) || fsync(device) != 0)
		bail("make swap on " SWAP_DEVICE ": %s", strerror(errno));
}

/* 1 when there is swap now, 0 where this kernel has no disk in memory. */
static inline int start_swap(void)
{
	dev_t number = find_ramdisk();
	int device;

	if (!number)
		return 0;
	if (mknod(SWAP_DEVICE, S_IFBLK | 0600, number) != 0 && errno != EEXIST)
		bail("mknod " SWAP_DEVICE ": %s", strerror(errno));
	/* A workload that was killed may have left it on. */
	swapoff(SWAP_DEVICE);
	device = open(SWAP_DEVICE, O_RDWR);
	if (device < 0)
		bail("open " SWAP_DEVICE ": %s", strerror(errno));
	make_swap(device);
	close(device);
	if (swapon(SWAP_DEVICE, 0) != 0)
		bail("swapon " SWAP_DEVICE ": %s", strerror(errno));
	return 1;
}

static inline void stop_swap(void)
{
	if (swapoff(SWAP_DEVICE) != 0)
		bail("swapoff " SWAP_DEVICE ": %s", strerror(errno));
}

#endif
