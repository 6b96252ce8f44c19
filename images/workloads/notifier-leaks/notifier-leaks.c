// SPDX-License-Identifier: GPL-2.0-only
/*
 * Storms of short-lived processes, each of which registers a notifier in one way. When all have ended, each slab cache
 * has the objects that it had after the storm before: a single object that each process leaves behind is as many as
 * there were processes. The first storm of each way fills the CPUs' own lists of free objects and is not counted.
 */
#include "area.h"
#include "slabs.h"

#define PROCESSES 96			/* of a storm */
#define AT_ONCE 24			/* so that they wait for a grace period together */
#define NOISE (PROCESSES / 2)
#define FEW 4
#define LOOKS 20			/* at the caches, before what is left counts: frees may be delayed */
#define LOOK_MICROSECONDS 50000

enum way { UNREGISTERS, EXITS, IS_INTERRUPTED, HAS_TWO };

static struct caches before, after;

/* In a process of its own, with sessions of its own. */
static int live(enum way way)
{
	struct drydock_request request = { .flags = way == IS_INTERRUPTED ? DRYDOCK_SIGNALLED : 0 };
	int files[2], i;

	for (i = 0; i < 2; i++) {
		files[i] = open("/dev/drydock", O_WRONLY);
		if (files[i] < 0)
			return 2;
	}
	if (ioctl(files[0], DRYDOCK_REGISTER, &request) != 0)
		return 2;
	if (way == IS_INTERRUPTED)
		return request.answer == -EINTR ? 0 : 1;
	if (request.answer != 0)
		return 1;
	if (way == HAS_TWO && (ioctl(files[1], DRYDOCK_REGISTER, &request) != 0 || request.answer != 0))
		return 1;
	if (way == UNREGISTERS || way == HAS_TWO)
		ioctl(files[0], DRYDOCK_UNREGISTER, &request);
	return 0;
}

/* Returns how many processes did not get the answer that they expect. */
static unsigned storm(enum way way)
{
	unsigned started, wrong = 0, i;
	int status;
	pid_t child;

	for (started = 0; started < PROCESSES; started += AT_ONCE) {
		for (i = 0; i < AT_ONCE; i++) {
			child = fork();
			need(child >= 0, "fork");
			if (child == 0)
				_exit(live(way));
		}
		for (i = 0; i < AT_ONCE; i++) {
			need(wait(&status) > 0, "wait");
			bail_with_child(status);
			wrong += status != 0;
		}
	}
	return wrong;
}

/*
 * What RCU frees is waited for, however long the host keeps a CPU from the guest; what a thread of the kernel frees
 * gets some time.
 */
static const char *grown_cache(long *growth)
{
	const char *name;
	unsigned look;

	for (look = 0;; look++) {
		ask_plainly(&probe, DRYDOCK_BARRIER);
		count_objects(&after);
		name = most_grown(&before, &after, growth);
		if (*growth < NOISE || (look >= LOOKS && !time_is_left()))
			return name;
		sleep_microseconds(LOOK_MICROSECONDS);
	}
}

/* After a storm whose objects may still be on their way to be freed: until no cache loses more than a few. */
static void count_settled_objects(void)
{
	unsigned look;
	long fallen;

	count_objects(&before);
	for (look = 0; look < LOOKS; look++) {
		sleep_microseconds(LOOK_MICROSECONDS);
		ask_plainly(&probe, DRYDOCK_BARRIER);
		count_objects(&after);
		most_grown(&after, &before, &fallen);
		before = after;
		if (fallen <= FEW)
			return;
	}
}

static void check_way(enum way way, const char *text)
{
	unsigned wrong = storm(way);
	const char *name;
	long growth;

	count_settled_objects();
	wrong += storm(way);
	name = grown_cache(&growth);
	if (!check(wrong == 0 && growth < NOISE, "%s", text))
		printf("# of %u processes %u got another answer; %s has %ld objects more\n", 2 * PROCESSES, wrong,
		       name ? name : "no cache", growth);
}

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	count_objects(&before);
	ktap_plan(4);
	check_way(UNREGISTERS, "processes that register and unregister leave nothing behind");
	check_way(EXITS, "processes that exit with a notifier leave nothing behind");
	check_way(IS_INTERRUPTED, "registrations that a signal ends leave nothing behind");
	check_way(HAS_TWO, "processes with two notifiers, of which one is left at exit, leave nothing behind");
	figure("processes", 2ul * 4 * PROCESSES, "processes");
	return ktap_end();
}
