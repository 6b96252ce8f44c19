// SPDX-License-Identifier: GPL-2.0-only
/* mm_drop_all_locks without a take is a bug: the kernel must report it and end the task. */
#include "probe.h"

static struct probe probe;

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	open_probe(&probe);
	need_locks(&probe);
	ktap_plan(2);
	check(hold(&probe, 0, 0).answer == 0, "mm_take_all_locks as it should be called returns");
	ask_plainly(&probe, DRYDOCK_DROP);
	check(0, "mm_drop_all_locks without a take does not return");
	return ktap_end();
}
