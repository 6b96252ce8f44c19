// SPDX-License-Identifier: GPL-2.0-only
/*
 * lockdep stops for good at its first report, however early in the boot, and then finds nothing wrong with any lock. So
 * if a kernel has lockdep, it must still be on.
 */
#include "ktap.h"

int main(int argc, char **argv)
{
	FILE *file = fopen("/proc/lockdep_stats", "r");
	char line[256];
	int on = -1;

	ktap_start(argc, argv);
	if (!file && errno == ENOENT)
		skip_all("this kernel has no lockdep");
	if (!file)
		bail("open /proc/lockdep_stats: %s", strerror(errno));
	ktap_plan(1);
	while (on < 0 && fgets(line, sizeof(line), file))
		if (sscanf(line, " debug_locks: %d", &on) != 1)
			on = -1;
	fclose(file);
	if (on < 0)
		bail("/proc/lockdep_stats does not say whether lockdep is on");
	check(on == 1, "lockdep watches the locks of this kernel still");
	return ktap_end();
}
