// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel has for every guest: file systems, devices, and the command line that it was started with. */
#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

void make_node(const char *path, mode_t kind, int major_number, int minor_number)
{
	unlink(path);
	if (mknod(path, kind | 0600, makedev(major_number, minor_number)) != 0)
		fail("mknod %s: %s", path, strerror(errno));
}

void mount_or_fail(const char *source, const char *target, const char *type, const char *options)
{
	mkdir(target, 0755);
	if (mount(source, target, type, MS_NOATIME, options) != 0)
		fail("mount %s as %s on %s: %s", source, type, target, strerror(errno));
}

/* RHEL 5's kernels report a stuck CPU after 60 seconds; this makes it 10, as in other kernels. */
static void hasten_watchdog(void)
{
	int file = open("/proc/sys/kernel/softlockup_thresh", O_WRONLY);

	if (file < 0)
		return;
	if (write(file, "10", 2) != 2)
		say("drydock: the kernel keeps its time to a soft lockup: %s", strerror(errno));
	close(file);
}

void make_surroundings(void)
{
	mount_or_fail("proc", "/proc", "proc", NULL);
	hasten_watchdog();
	mount_or_fail("sysfs", "/sys", "sysfs", NULL);
	make_node("/dev/null", S_IFCHR, 1, 3);
	make_node("/dev/zero", S_IFCHR, 1, 5);
	mkdir("/results", 0755);
	mkdir("/disk", 0755);
}

/* Writes the value of `key=` on the kernel command line into `value`; 0 if it is not there. */
int command_line_value(const char *key, char *value, size_t size)
{
	char line[4096], *word, *rest = line;
	int file = open("/proc/cmdline", O_RDONLY);
	ssize_t length = file < 0 ? -1 : read(file, line, sizeof(line) - 1);

	if (file >= 0)
		close(file);
	if (length < 0)
		return 0;
	line[length] = 0;
	while ((word = strsep(&rest, " \n")) != NULL) {
		if (strncmp(word, key, strlen(key)) != 0 || word[strlen(key)] != '=')
			continue;
		snprintf(value, size, "%s", word + strlen(key) + 1);
		return 1;
	}
	return 0;
}
