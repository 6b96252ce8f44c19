// SPDX-License-Identifier: GPL-2.0-only
/*
 * A private mapping of a file, written to, is inherited by fork: parent and children share its anon_vma and its file,
 * but no mmap_sem. The children split and merge VMAs, which takes the file's lock and then the anon_vma's, while the
 * parent takes all its locks again and again. If the parent takes them in the other order, the CPUs stop, each with the
 * lock that the other wants.
 */
#include "storm.h"

#define PAGES 64
#define TAKES 3000
#define REGISTRATIONS 30
#define PAUSE 20000			/* turns of spin() between two takes, at most */

static struct probe probe;
static unsigned long pages;
static char *area;
static volatile unsigned *splits;	/* of each child; shared */

/* Does not return. */
static void split(int number)
{
	unsigned i;

	use_cpu(1 + number);
	for (;;)
		for (i = 0; i < pages; i++) {
			if (mprotect(area + i * PAGE, PAGE, PROT_READ) != 0 ||
			    mprotect(area + i * PAGE, PAGE, PROT_READ | PROT_WRITE) != 0)
				_exit(1);
			splits[number]++;
		}
}

static pid_t start_child(int number)
{
	pid_t child = fork();

	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0)
		split(number);
	wait_for_child(child, &splits[number]);
	return child;
}

static void end_child(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
		bail("a child that splits areas ended by itself");
}

static void take_and_drop(unsigned takes)
{
	unsigned i, failed = 0, before = splits[0];

	for (i = 0; i < takes || (splits[0] == before && time_is_left()); i++) {
		/* Lets the relatives run, so that each take meets them at another place. */
		spin(chance() % PAUSE);
		failed += hold_beside(&probe, 0, splits[0]).answer != 0;
	}
	check(failed == 0, "taking and dropping all locks succeeds while relatives split areas of the same file");
	if (splits[0] == before)
		unmet("no relative split an area during %u takes", i);
	figure("takes", i, "takes");
}

static void register_and_unregister(unsigned registrations)
{
	static const char text[] = "registration succeeds while relatives split areas of the same file";

	if (can(&probe, DRYDOCK_REGISTER, 0))
		check(register_often(&probe, registrations) == 0, "%s", text);
	else
		skip_check(text, "this kernel has no MMU notifiers");
}

int main(int argc, char **argv)
{
	pid_t children[STORM_CPUS];
	int file, i;

	ktap_start(argc, argv);
	need_other_cpus();
	open_probe(&probe);
	need_locks(&probe);
	ktap_plan(2);
	use_cpu(0);
	splits = (unsigned *)map(-1, PAGE, MAP_SHARED | MAP_ANONYMOUS);
	pages = extent(PAGES);
	file = make_file("/tmp/split", pages * PAGE);
	area = map(file, pages * PAGE, MAP_PRIVATE);
	memset(area, 1, pages * PAGE);
	for (i = 0; i < other_cpus; i++)
		children[i] = start_child(i);
	take_and_drop(steps(TAKES));
	register_and_unregister(steps(REGISTRATIONS));
	for (i = 0; i < other_cpus; i++)
		end_child(children[i]);
	figure("splits", splits[0], "mprotects");
	return ktap_end();
}
