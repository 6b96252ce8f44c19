// SPDX-License-Identifier: GPL-2.0-only
/* How init ends the guest, in good order or not. */
#include "init.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

int is_stuck;
int disk_is_mounted;

/*
 * If a task stays in the kernel for ever, whatever waits for it would wait for ever too, and so would the code that
 * stops the other CPUs. Only a reset that waits for nobody works then.
 */
void leave_at_once(void)
{
	int file = open("/proc/sysrq-trigger", O_WRONLY);

	if (file < 0 || write(file, "b", 1) != 1)
		reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

/* A kernel without ACPI halts for ever when it is asked to power off; a reset works there. */
void leave(void)
{
	sync();
	if (access("/sys/firmware/acpi", F_OK) == 0 || access("/proc/acpi", F_OK) == 0)
		reboot(RB_POWER_OFF);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

void fail(const char *format, ...)
{
	char what[LINE_LIMIT];
	va_list values;

	va_start(values, format);
	vsnprintf(what, sizeof(what), format, values);
	va_end(values);
	say("drydock: init failed: %s", what);
	if (is_stuck)
		leave_at_once();
	if (disk_is_mounted) {
		sync();
		umount2("/results", MNT_DETACH);
	}
	leave();
}
