// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that share files and, because they are one family, anon_vmas, take all their locks and register notifiers
 * at the same time. Only one of them is ever between take and drop, and each of them gets there.
 */
#include "probe.h"
#include "race.h"

#define PROCESSES 5
#define ROUNDS 40			/* of each process, times what the plan says */
#define FILES 8
#define PRIVATE_PAGES 16
#define HOLD_MICROSECONDS 300
#define BATCHES 20			/* at most, until turns met; a busy host runs one CPU after the other */
#define MET_ENOUGH 8

struct turn {
	unsigned long long begin, held, dropped;	/* of a registration, only its begin */
	int answer, registers;
};

struct shared {
	unsigned ready;
	struct turn turns[];		/* `rounds` of each process */
};

static struct probe probe;
static struct shared *shared;
static unsigned rounds;
static int has_notifiers;

static void make_areas(void)
{
	unsigned i;
	char path[32], *area;

	for (i = 0; i < extent(FILES); i++) {
		snprintf(path, sizeof(path), "/tmp/shared-%u", i);
		area = map(make_file(path, PAGE), PAGE, i % 2 ? MAP_SHARED : MAP_PRIVATE);
		area[0] = 1;
	}
	area = map(-1, extent(PRIVATE_PAGES) * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	for (i = 0; i < extent(PRIVATE_PAGES); i++)
		area[i * PAGE] = 1;
}

static unsigned long shared_bytes(void)
{
	return sizeof(struct shared) + PROCESSES * rounds * sizeof(struct turn);
}

static struct turn *turn_of(unsigned process, unsigned round)
{
	return &shared->turns[process * rounds + round];
}

static void take_turn(struct turn *turn)
{
	struct drydock_request held = hold(&probe, HOLD_MICROSECONDS, 0);

	turn->begin = held.out[DRYDOCK_HOLD_BEGIN];
	turn->held = turn->begin + held.out[DRYDOCK_HOLD_TAKE];
	turn->dropped = turn->held + held.out[DRYDOCK_HOLD_HELD];
	turn->answer = held.answer;
}

static void register_turn(struct turn *turn)
{
	turn->registers = 1;
	turn->begin = nanoseconds();
	turn->answer = ask_plainly(&probe, DRYDOCK_REGISTER);
	if (turn->answer == 0)
		ask_plainly(&probe, DRYDOCK_UNREGISTER);
}

static int run_process(unsigned number)
{
	unsigned round;

	/* A child of 2.6.18 stays for long on the CPU on which it was made. */
	use_cpu(number % count_cpus());
	open_probe(&probe);
	ktap.state += number;
	gather(&shared->ready, PROCESSES);
	for (round = 0; round < rounds; round++) {
		spin(chance() % 4000);
		if (has_notifiers && round % 4 == 3)
			register_turn(turn_of(number, round));
		else
			take_turn(turn_of(number, round));
	}
	return 0;
}

static unsigned count_failed_children(const pid_t *children)
{
	unsigned i, failed = 0;
	int status;

	for (i = 0; i < PROCESSES; i++) {
		if (waitpid(children[i], &status, 0) != children[i])
			bail("waitpid: %s", strerror(errno));
		bail_with_child(status);
		failed += status != 0;
	}
	return failed;
}

static struct {
	unsigned refused, contended, registrations_contended;
} sum;

/*
 * Whether `turn` began inside the window of another process; how often is a figure, because the clocks of two CPUs may
 * disagree.
 */
static void judge_pair(const struct turn *turn, const struct turn *other)
{
	int began_inside = turn->begin >= other->held && turn->begin < other->dropped;

	if (other->registers || other->answer != 0 || turn->answer != 0)
		return;
	if (turn->registers)
		sum.registrations_contended += began_inside;
	else
		sum.contended += began_inside;
}

static void judge_turns(void)
{
	unsigned i, j, k, l;

	for (i = 0; i < PROCESSES; i++)
		for (j = 0; j < rounds; j++) {
			sum.refused += turn_of(i, j)->answer != 0;
			for (k = 0; k < PROCESSES; k++)
				for (l = 0; l < rounds && k != i; l++)
					judge_pair(turn_of(i, j), turn_of(k, l));
		}
}

/* All processes once; returns how many failed. */
static unsigned run_batch(void)
{
	pid_t children[PROCESSES];
	unsigned i;

	memset(shared, 0, shared_bytes());
	for (i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] < 0)
			bail("fork: %s", strerror(errno));
		if (children[i] == 0)
			_exit(run_process(i));
	}
	return count_failed_children(children);
}

static int is_met(void)
{
	return sum.contended >= MET_ENOUGH && (!has_notifiers || sum.registrations_contended > 0);
}

static void check_turns(unsigned failed, unsigned most, unsigned turns)
{
	if (sum.contended == 0)
		unmet("no take of %u turns began while another process held its locks", turns);
	check(failed == 0 && sum.refused == 0, "every take and every registration of every process returns and succeeds");
	check(most == 1, "never is more than one process between take and drop");
	printf("# %u processes failed, %u turns refused, at most %u holders\n", failed, sum.refused, most);
	figure("contended-takes", sum.contended, "takes");
	figure("contended-registrations", sum.registrations_contended, "registrations");
}

int main(int argc, char **argv)
{
	unsigned batch, failed = 0;

	ktap_start(argc, argv);
	need_two_cpus();
	open_probe(&probe);
	need_locks(&probe);
	has_notifiers = can(&probe, DRYDOCK_REGISTER, 0);
	ktap_plan(2);
	rounds = steps(ROUNDS);
	shared = (struct shared *)map(-1, shared_bytes(), MAP_SHARED | MAP_ANONYMOUS);
	make_areas();
	ask_plainly(&probe, DRYDOCK_HOLDERS);
	for (batch = 0; batch < BATCHES && failed == 0 && !is_met() && (batch == 0 || time_is_left()); batch++) {
		failed = run_batch();
		judge_turns();
	}
	check_turns(failed, ask_plainly(&probe, DRYDOCK_HOLDERS), batch * PROCESSES * rounds);
	return ktap_end();
}
