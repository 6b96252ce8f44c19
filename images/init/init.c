// SPDX-License-Identifier: GPL-2.0-only
/*
 * /init of a Drydock guest: loads the probe, runs the plan one workload at a time with a time limit each, flushes every
 * result to the results disk before the next workload begins, and powers off. It uses nothing that a 2.6.18 kernel
 * lacks.
 */
#include "init.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

static void report(int number, const char *name, const struct outcome *outcome)
{
	switch (outcome->ending) {
	case ENDED_EXIT:
		say("drydock: end %d/%d %s exit %d", number, plan_length, name, outcome->code);
		break;
	case ENDED_SIGNAL:
		say("drydock: end %d/%d %s signal %d", number, plan_length, name, outcome->code);
		break;
	case ENDED_TIMEOUT:
		say("drydock: end %d/%d %s timeout", number, plan_length, name);
		break;
	case ENDED_CANNOT_START:
		say("drydock: end %d/%d %s cannot-start %s", number, plan_length, name, strerror(outcome->code));
		break;
	}
}

/* Each workload begins with an empty /tmp, and what it left there is gone before the kernel's objects are counted. */
static void renew_scratch(void)
{
	umount2("/tmp", MNT_DETACH);
	mount_or_fail("tmpfs", "/tmp", "tmpfs", "mode=1777");
}

static void run_entry(int number, const struct entry *entry)
{
	static const char *const words[] = { "exit", "signal", "timeout", "cannot-start" };
	struct running running = { .output = -1 };
	struct outcome outcome;
	char name[LINE_LIMIT], path[LINE_LIMIT + 16], text[256 + LEAVINGS_LIMIT];

	snprintf(name, sizeof(name), "%02d-%.200s.ktap", number, entry->name);
	snprintf(path, sizeof(path), "/results/%s", name);
	running.file = create_result(path);
	measure_pace();
	shift_phase(strtoull(entry->seed, NULL, 0));
	trace("begin", entry->name);
	say("drydock: begin %d/%d %s", number, plan_length, entry->name);
	observe(entry, &running, name, &outcome);
	if (is_stuck)
		show_blocked_tasks(number, entry->name);
	finish_output(&running, name);
	snprintf(name, sizeof(name), "%02d-%.200s.status", number, entry->name);
	snprintf(text, sizeof(text), "ended=%s\ncode=%d\nmilliseconds=%ld\npace=%.1f\nlimit=%ld\n%s", words[outcome.ending],
		 outcome.code, outcome.milliseconds, outcome.pace, outcome.limit, is_stuck ? "left=unkillable\n" : "");
	if (!is_stuck) {
		renew_scratch();
		count_leavings(text, sizeof(text));
	}
	write_status(name, text);
	report(number, entry->name, &outcome);
	trace("end", entry->name);
	if (!is_stuck)
		return;
	say("drydock: stopped %d/%d", number, plan_length);
	leave_at_once();
}

static void finish(void)
{
	char text[64 + LEAVINGS_LIMIT];

	snprintf(text, sizeof(text), "plan=complete\nworkloads=%d\n", plan_length);
	count_all_leavings(text, sizeof(text));
	write_status("init.status", text);
	umount2("/tmp", MNT_DETACH);
	unmount_results();
	say("drydock: done");
	leave();
}

int main(void)
{
	int i;

	open_console();
	say("drydock: init");
	make_surroundings();
	catch_children();
	read_plan();
	mount_results();
	load_probe();
	if (plan_length > 0)
		choose_turns(strtoull(plan[0].seed, NULL, 0));
	renew_scratch();
	count_at_boot();
	for (i = 0; i < plan_length; i++)
		run_entry(i + 1, &plan[i]);
	finish();
	return 0;
}
