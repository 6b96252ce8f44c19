// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm_take_all_locks: which locks it takes by the kernel's own account, and what waits while they are held. Needs a
 * kernel that exports it to the probe; the account is checked where /proc/mm_all_locks exists.
 */
#include "probe.h"
#include "race.h"
#include <sys/wait.h>

#define FILES 5
#define MAPPINGS_EACH 3			/* of each file: one address_space, locked once */
#define PRIVATE_AREAS 7
#define HOLD_MICROSECONDS 30000
#define HOLD_TRIES 20

struct account {
	unsigned long long takes, interrupted, mappings, anon_vmas, take_ns, held_ns;
};

enum act { ACT_READ, ACT_WRITE, ACT_COPY, ACT_CUT };

static struct probe probe;
static struct meeting ready, finished;
static volatile int act;		/* what the sibling does in the window; -1: end */
static struct { uint64_t begin, end; } deed;
static char *fresh, *copied;
static int cut_file;

static const char *const act_texts[] = {
	"a read fault begun inside the window returns after the drop",
	"a write fault begun inside the window returns after the drop",
	"a copy of a private page begun inside the window returns after the drop",
	"a truncation begun inside the window returns after the drop",
};

/* 0 when this kernel keeps no account. */
static int read_account(struct account *account)
{
	char name[32];
	unsigned long long number;
	FILE *file = fopen("/proc/mm_all_locks", "r");

	memset(account, 0, sizeof(*account));
	if (!file)
		return 0;
	while (fscanf(file, "%31s %llu", name, &number) == 2) {
		if (strcmp(name, "takes") == 0)
			account->takes = number;
		else if (strcmp(name, "interrupted") == 0)
			account->interrupted = number;
		else if (strcmp(name, "mappings") == 0)
			account->mappings = number;
		else if (strcmp(name, "anon_vmas") == 0)
			account->anon_vmas = number;
		else if (strcmp(name, "take_ns") == 0)
			account->take_ns = number;
		else if (strcmp(name, "held_ns") == 0)
			account->held_ns = number;
	}
	fclose(file);
	return 1;
}

static struct account account_after_hold(void)
{
	struct account account;

	if (hold(&probe, 0, 0).answer != 0)
		bail("mm_take_all_locks failed without a signal");
	read_account(&account);
	return account;
}

/* FILES distinct files mapped several times each, areas with one anon_vma each (parted before the first write, or they would share it). */
static void make_areas(void)
{
	unsigned i, j;
	char path[32], *area;
	int file;

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "/tmp/file-%u", i);
		file = make_file(path, 4 * PAGE);
		for (j = 0; j < MAPPINGS_EACH; j++)
			map(file, 4 * PAGE, MAP_SHARED);
		close(file);
	}
	area = map(-1, PRIVATE_AREAS * 4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	for (i = 0; i < PRIVATE_AREAS; i++)
		if (munmap(area + i * 4 * PAGE, PAGE) != 0)
			bail("munmap: %s", strerror(errno));
	for (i = 0; i < PRIVATE_AREAS; i++) {
		area[(i * 4 + 1) * PAGE] = 1;
		if (mprotect(area + (i * 4 + 2) * PAGE, PAGE, PROT_READ) != 0)
			bail("mprotect: %s", strerror(errno));
	}
}

/* The child's anon_vmas hang below the parent's roots, so it locks as many as the parent, not more. */
static void check_forked_family(void)
{
	struct account before = account_after_hold(), inside;
	int channel[2], status;
	pid_t child;

	if (pipe(channel) != 0)
		bail("pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0) {
		inside = account_after_hold();
		_exit(write(channel[1], &inside, sizeof(inside)) == sizeof(inside) ? 0 : 1);
	}
	if (waitpid(child, &status, 0) != child || status != 0 ||
	    read(channel[0], &inside, sizeof(inside)) != sizeof(inside))
		bail("the child did not report its account");
	check(inside.mappings == before.mappings && inside.anon_vmas == before.anon_vmas,
	      "a forked child locks its family's anon_vmas once each");
	printf("# parent %llu mappings %llu anon_vmas, child %llu and %llu\n", before.mappings, before.anon_vmas,
	       inside.mappings, inside.anon_vmas);
	close(channel[0]);
	close(channel[1]);
}

static void check_account(void)
{
	static const char *const texts[] = {
		"each of the mapped files is locked once, however often it is mapped",
		"each private area written to adds one anon_vma, however often it is split",
		"a forked child locks its family's anon_vmas once each",
	};
	struct account before, after;
	unsigned i;

	if (!read_account(&before)) {
		for (i = 0; i < 3; i++)
			skip_check(texts[i], "this kernel keeps no account in /proc/mm_all_locks");
		return;
	}
	before = account_after_hold();
	make_areas();
	after = account_after_hold();
	check(after.mappings - before.mappings == FILES, "%s", texts[0]);
	check(after.anon_vmas - before.anon_vmas == PRIVATE_AREAS, "%s", texts[1]);
	printf("# before %llu mappings %llu anon_vmas, after %llu and %llu\n", before.mappings, before.anon_vmas,
	       after.mappings, after.anon_vmas);
	figure("take-time", after.take_ns, "ns");
	check_forked_family();
}

static void do_act(void)
{
	volatile char *target = act == ACT_COPY ? copied : fresh;

	if (act == ACT_CUT)
		set_size(cut_file, 2 * PAGE);
	else if (act == ACT_READ)
		(void)*target;
	else
		*target = 1;
}

/* Waits well into the window, then acts; the time stamps tell whether that was so. */
static void *sibling(void *unused)
{
	(void)unused;
	use_cpu(1);
	for (;;) {
		meet(&ready);
		if (act < 0)
			return NULL;
		sleep_microseconds(HOLD_MICROSECONDS / 3);
		deed.begin = nanoseconds();
		do_act();
		deed.end = nanoseconds();
		meet(&finished);
	}
}

/* What the act needs: pages never touched, a page of the file read but not written, a file of full size. */
static void prepare_act(void)
{
	munmap(fresh, PAGE);
	munmap(copied, PAGE);
	set_size(cut_file, 4 * PAGE);
	fresh = map(-1, PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	copied = map(cut_file, PAGE, MAP_PRIVATE);
	(void)*(volatile char *)copied;
}

static uint64_t time_of(unsigned kind)
{
	unsigned i;

	for (i = 0; i < probe.count; i++)
		if (probe.events[i].kind == kind)
			return probe.events[i].nanoseconds;
	bail("no %s event", kind_name(kind));
}

/* Tries until the act began inside the window, which a busy host may delay; then it must have waited for the drop. */
static void check_window(enum act what)
{
	uint64_t held, dropped;
	int tries, inside = 0;

	for (tries = 0; tries < HOLD_TRIES && !inside; tries++) {
		prepare_act();
		act = what;
		meet(&ready);
		if (hold(&probe, HOLD_MICROSECONDS, 0).answer != 0)
			bail("mm_take_all_locks failed without a signal");
		meet(&finished);
		listen_to(&probe);
		held = time_of(DRYDOCK_EVENT_HELD);
		dropped = time_of(DRYDOCK_EVENT_DROPPED);
		inside = deed.begin > held && deed.begin < dropped;
		forget_events(&probe);
	}
	if (!inside)
		bail("in %d windows of %d us the sibling never began inside one", tries, HOLD_MICROSECONDS);
	if (!check(deed.end >= dropped, "%s", act_texts[what]))
		printf("# begun %llu us after the take, over %llu us before the drop\n",
		       (unsigned long long)(deed.begin - held) / 1000, (unsigned long long)(dropped - deed.end) / 1000);
}

static void check_windows(void)
{
	pthread_t thread;

	cut_file = make_file("/tmp/cut", 4 * PAGE);
	map(cut_file, 4 * PAGE, MAP_SHARED);
	fresh = map(-1, PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	copied = map(-1, PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	start_thread(&thread, sibling, NULL);
	check_window(ACT_READ);
	check_window(ACT_WRITE);
	check_window(ACT_COPY);
	check_window(ACT_CUT);
	act = -1;
	meet(&ready);
	end_thread(thread);
}

static void check_signal(void)
{
	static const char counted[] = "the account counts the interrupted call";
	struct account before, after;
	int has_account = read_account(&before);
	int answer = hold(&probe, 0, DRYDOCK_SIGNALLED).answer;

	read_account(&after);
	check(answer == -EINTR, "a pending signal answers EINTR");
	check(hold(&probe, 0, 0).answer == 0, "the next call gets all locks");
	if (has_account)
		check(after.interrupted == before.interrupted + 1 && after.takes == before.takes, "%s", counted);
	else
		skip_check(counted, "this kernel keeps no account in /proc/mm_all_locks");
	forget_events(&probe);
}

int main(int argc, char **argv)
{
	ktap_start(argc, argv);
	need_two_cpus();
	open_probe(&probe);
	need_locks(&probe);
	ktap_plan(10);
	use_cpu(0);
	check_account();
	check_windows();
	check_signal();
	return ktap_end();
}
