// SPDX-License-Identifier: GPL-2.0-only
/* The results disk, or the ports in its place. */
#include "init.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define DISK_WAIT_MILLISECONDS 5000
#define UNMOUNT_WAIT_MILLISECONDS 3000

static int is_real_disk(const char *name)
{
	static const char *const others[] = { "ram", "loop", "fd", "sr", "md", "dm-", "zram", "nbd", "mtd" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strncmp(name, others[i], strlen(others[i])) == 0)
			return 0;
	return 1;
}

/* Looks up `wanted` in /proc/partitions, or the first real disk if `wanted` is empty. */
static int find_disk(const char *wanted, char *name, int *major_number, int *minor_number)
{
	char line[LINE_LIMIT];
	int found = 0;
	FILE *file = fopen("/proc/partitions", "r");

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%d %d %*u %63s", major_number, minor_number, name) != 3)
			continue;
		found = wanted[0] ? strcmp(name, wanted) == 0 : is_real_disk(name);
	}
	if (file)
		fclose(file);
	return found;
}

void mount_results(void)
{
	char wanted[64] = "", name[64], path[80];
	int major_number, minor_number;
	long deadline;

	command_line_value("drydock.disk", wanted, sizeof(wanted));
	if (strcmp(wanted, "port") == 0) {
		open_ports();
		return;
	}
	measure_pace_at_boot();
	deadline = now_milliseconds() + stretched(DISK_WAIT_MILLISECONDS);
	while (!find_disk(wanted, name, &major_number, &minor_number)) {
		if (now_milliseconds() > deadline)
			fail("no disk %s in /proc/partitions", wanted[0] ? wanted : "at all");
		pause_milliseconds(20);
	}
	snprintf(path, sizeof(path), "/dev/%s", name);
	make_node(path, S_IFBLK, major_number, minor_number);
	mount_or_fail(path, "/results", "ext2", NULL);
	mkdir("/results/scratch", 0777);
	disk_is_mounted = 1;
	say("drydock: disk %s", name);
}

/*
 * Every process is dead by now, and every result is flushed. What still uses the disk after a while is in the kernel;
 * the results are complete all the same.
 */
void unmount_results(void)
{
	long deadline = now_milliseconds() + stretched(UNMOUNT_WAIT_MILLISECONDS);

	rmdir("/results/scratch");
	while (umount("/results") != 0) {
		if (errno != EBUSY)
			fail("unmount /results: %s", strerror(errno));
		if (now_milliseconds() > deadline) {
			say("drydock: held /results");
			sync();
			umount2("/results", MNT_DETACH);
			break;
		}
		pause_milliseconds(20);
	}
	disk_is_mounted = 0;
}
