// SPDX-License-Identifier: GPL-2.0-only
/*
 * 200 processes register a notifier each. The .el5 kernels from -164 on keep the notifiers of all mms in a table of 512
 * entries; there 600 processes do, and from the 513th on they get ENOMEM. Some of those that registered then discard a
 * page, each a different one, and report what they heard: their own, and none that another mm discarded.
 */
#include "kernel.h"
#include "probe.h"
#include "storm.h"

#define MMS 200
#define TABLE 512
#define MORE_THAN_TABLE 600
#define LISTENERS 40			/* the first of them; the others have no log */

static struct probe probe;
static char *area;			/* a page for each listener */

struct tally {
	unsigned registered, told_no_memory, told_else;
	unsigned listened, own, foreign;	/* listeners, and what they heard of their own page and of others' */
};

struct channels {
	int answers[2];			/* to the parent */
	int turns[2];			/* a byte for the next listener */
	int gate[2];			/* its end is that of all children */
};

struct heard {
	unsigned own, foreign;
};

static int kernel_has_a_table(void)
{
	unsigned release;

	return sscanf(kernel_release(), "2.6.18-%u.el5", &release) == 1 && release >= 164;
}

/* How often the start or the end of a page's invalidation was heard. */
static unsigned count_page(unsigned number)
{
	unsigned long long start = (unsigned long)area + number * PAGE;
	unsigned i, count = 0;

	for (i = 0; i < probe.count; i++)
		count += probe.events[i].start <= start && probe.events[i].end > start &&
			 (probe.events[i].kind == DRYDOCK_EVENT_START || probe.events[i].kind == DRYDOCK_EVENT_END);
	return count;
}

/* Waits for its turn, discards its page, and reports what was heard since it registered. */
static void listen_in_turn(unsigned number, const struct channels *channels)
{
	struct heard heard = { 0, 0 };
	unsigned i;
	char byte;

	if (read(channels->turns[0], &byte, 1) != 1)
		_exit(1);
	area[number * PAGE] = 1;
	if (madvise(area + number * PAGE, PAGE, MADV_DONTNEED) != 0)
		_exit(1);
	listen_to(&probe);
	for (i = 0; i < LISTENERS; i++)
		*(i == number ? &heard.own : &heard.foreign) += count_page(i);
	if (write(channels->answers[1], &heard, sizeof(heard)) != sizeof(heard))
		_exit(1);
}

/* A session that is open for writing only has neither log nor table. */
static void be_one(unsigned number, const struct channels *channels)
{
	int listens = number < LISTENERS, answer = -EBADF;
	char byte;

	probe.file = open("/dev/drydock", listens ? O_RDWR : O_WRONLY);
	if (probe.file >= 0)
		answer = ask_plainly(&probe, DRYDOCK_REGISTER);
	if (write(channels->answers[1], &answer, sizeof(answer)) != sizeof(answer))
		_exit(1);
	if (listens && answer == 0)
		listen_in_turn(number, channels);
	while (read(channels->gate[0], &byte, 1) > 0)
		;
	_exit(0);
}

static void start_one(unsigned number, const struct channels *channels, struct tally *tally)
{
	int answer;
	pid_t child = fork();

	if (child < 0)
		bail("fork of process %u: %s", number, strerror(errno));
	if (child == 0) {
		close(channels->gate[1]);
		be_one(number, channels);
	}
	if (read(channels->answers[0], &answer, sizeof(answer)) != sizeof(answer))
		bail("process %u does not answer", number);
	tally->registered += answer == 0;
	tally->told_no_memory += answer == -ENOMEM;
	tally->told_else += answer != 0 && answer != -ENOMEM;
	tally->listened += number < LISTENERS && answer == 0;
}

static void give_turns(const struct channels *channels, struct tally *tally)
{
	struct heard heard;
	unsigned i;

	for (i = 0; i < tally->listened; i++) {
		if (write(channels->turns[1], "", 1) != 1 ||
		    read(channels->answers[0], &heard, sizeof(heard)) != sizeof(heard))
			bail("a listener does not answer");
		tally->own += heard.own;
		tally->foreign += heard.foreign;
	}
}

/*
 * An idle CPU keeps the mm that ran there last, with its notifier's entry, until another process runs there. So a child
 * without a notifier runs on each CPU.
 */
static void visit_cpus(void)
{
	int cpu, cpus = count_cpus(), status;
	pid_t child;

	for (cpu = 0; cpu < cpus; cpu++) {
		child = fork();
		if (child < 0)
			bail("fork for cpu %d: %s", cpu, strerror(errno));
		if (child == 0) {
			use_cpu(cpu);
			_exit(0);
		}
		waitpid(child, &status, 0);
	}
}

static struct tally register_many(unsigned number)
{
	struct tally tally = { .registered = 0 };
	struct channels channels;
	unsigned i;
	int status;

	if (pipe(channels.answers) != 0 || pipe(channels.turns) != 0 || pipe(channels.gate) != 0)
		bail("pipe: %s", strerror(errno));
	for (i = 0; i < number; i++)
		start_one(i, &channels, &tally);
	give_turns(&channels, &tally);
	close(channels.gate[1]);
	while (waitpid(-1, &status, 0) > 0)
		;
	close(channels.gate[0]);
	for (i = 0; i < 2; i++) {
		close(channels.answers[i]);
		close(channels.turns[i]);
	}
	visit_cpus();
	return tally;
}

static void check_tally(const struct tally *tally, unsigned number, const char *text)
{
	unsigned expected = number == MMS ? MMS : TABLE;

	if (!check(tally->registered == expected && tally->told_no_memory == number - expected, "%s", text))
		printf("# %u registered, %u told ENOMEM, %u something else; expected %u to register\n", tally->registered,
		       tally->told_no_memory, tally->told_else, expected);
}

int main(int argc, char **argv)
{
	unsigned number = kernel_has_a_table() ? MORE_THAN_TABLE : MMS, rounds, i;
	struct tally tally, again;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_notifiers(&probe);
	close_probe(&probe);
	ktap_plan(4);
	area = map(-1, LISTENERS * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	rounds = steps(1);
	tally = register_many(number);
	check_tally(&tally, number,
		    number == MMS ? "200 mms register" : "512 mms register, and each one more is told ENOMEM");
	if (!check(tally.own == 2 * tally.listened && tally.foreign == 0,
		   "each mm hears of the page that it discards, and of none that another does"))
		printf("# %u listeners heard %u starts and ends of their own, expected %u, and %u of others\n",
		       tally.listened, tally.own, 2 * tally.listened, tally.foreign);
	for (i = 0; i < rounds; i++)
		again = register_many(number);
	check_tally(&again, number, "when all have gone as many register again");
	open_probe(&probe);
	check(ask_plainly(&probe, DRYDOCK_REGISTER) == 0, "and after them one more mm");
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	figure("registered", tally.registered, "mms");
	return ktap_end();
}
