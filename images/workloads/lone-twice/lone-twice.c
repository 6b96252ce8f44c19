// SPDX-License-Identifier: GPL-2.0-only
/* A second mm_take_all_locks by the task that holds all locks waits for itself: the task must hang. */
#include "probe.h"

static struct probe probe;

/* lockdep would report the second take, but the claim is that it hangs. */
static void stop_lockdep(void)
{
	FILE *file = fopen("/proc/sys/kernel/prove_locking", "w");

	if (!file)
		return;
	if (fprintf(file, "0\n") < 0 || fclose(file) != 0)
		bail("stop lockdep: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	open_probe(&probe);
	need_locks(&probe);
	ktap_plan(2);
	check(hold(&probe, 0, 0).answer == 0, "mm_take_all_locks as it should be called returns");
	stop_lockdep();
	hold(&probe, 0, DRYDOCK_TWICE);
	check(0, "a second mm_take_all_locks by the same task does not return");
	return ktap_end();
}
