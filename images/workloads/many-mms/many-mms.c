// SPDX-License-Identifier: GPL-2.0-only
/*
 * 200 processes register a notifier each. The .el5 kernels from -164 on keep the notifiers of all mms in a table
 * of 512 entries; there 600 do, and from the 513th on they are told ENOMEM.
 */
#include "probe.h"
#include "storm.h"
#include <sys/utsname.h>
#include <sys/wait.h>

#define MMS 200
#define TABLE 512
#define MORE_THAN_TABLE 600

static struct probe probe;

struct tally {
	unsigned registered, told_no_memory, told_else;
};

static int kernel_has_a_table(void)
{
	struct utsname kernel;
	unsigned release;

	return uname(&kernel) == 0 && sscanf(kernel.release, "2.6.18-%u.el5", &release) == 1 && release >= 164;
}

/* A session that is open for writing only has neither log nor table. */
static void be_one(int answers, int gate)
{
	int answer = -EBADF;
	char byte;

	probe.file = open("/dev/drydock", O_WRONLY);
	if (probe.file >= 0)
		answer = ask_plainly(&probe, DRYDOCK_REGISTER);
	if (write(answers, &answer, sizeof(answer)) != sizeof(answer))
		_exit(1);
	while (read(gate, &byte, 1) > 0)
		;
	_exit(0);
}

/* A CPU that idles keeps the mm that ran there last, with its entry, until another one runs: one without a notifier. */
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
	struct tally tally = { 0, 0, 0 };
	int answers[2], gate[2], answer, status;
	unsigned i;
	pid_t child;

	if (pipe(answers) != 0 || pipe(gate) != 0)
		bail("pipe: %s", strerror(errno));
	for (i = 0; i < number; i++) {
		child = fork();
		if (child < 0)
			bail("fork of process %u: %s", i, strerror(errno));
		if (child == 0) {
			close(gate[1]);
			be_one(answers[1], gate[0]);
		}
		if (read(answers[0], &answer, sizeof(answer)) != sizeof(answer))
			bail("process %u does not answer", i);
		tally.registered += answer == 0;
		tally.told_no_memory += answer == -ENOMEM;
		tally.told_else += answer != 0 && answer != -ENOMEM;
	}
	close(gate[1]);
	close(gate[0]);
	close(answers[0]);
	close(answers[1]);
	while (waitpid(-1, &status, 0) > 0)
		;
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
	ktap_plan(3);
	rounds = ktap_times(argc, argv);
	tally = register_many(number);
	check_tally(&tally, number,
		    number == MMS ? "200 mms register" : "512 mms register, and each one more is told ENOMEM");
	for (i = 0; i < rounds; i++)
		again = register_many(number);
	check_tally(&again, number, "when all have gone as many register again");
	open_probe(&probe);
	check(ask_plainly(&probe, DRYDOCK_REGISTER) == 0, "and after them one more mm");
	ask_plainly(&probe, DRYDOCK_UNREGISTER);
	figure("registered", tally.registered, "mms");
	return ktap_end();
}
