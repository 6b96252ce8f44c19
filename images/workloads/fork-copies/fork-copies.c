// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copy-on-write after fork. Every page of the parent is writable, and in the translation buffers of both CPUs, when it
 * forks; then one side writes first while the other waits, and afterwards both compare. Nothing is left to chance: the
 * side that writes second begins when the first has finished.
 *
 * A thread of the parent on CPU 1 spins in user space through the fork, so that its translations are those of before,
 * unless the kernel told that CPU to forget them.
 */
#include "race.h"

#define PAGES 64
#define ROUNDS 6
#define WORDS (PAGE / sizeof(uint64_t))

enum writer { PARENT, CHILD, THREAD, WRITERS };

/* Shared by all. */
struct board {
	unsigned turn;			/* 0: nobody; 1: the first writer; 2: the second; 3: both have written */
	unsigned long parent_wrong, child_wrong;
};

static volatile struct board *board;
static volatile uint64_t *area;
static volatile unsigned step;		/* of the thread: 1 it has written all, 2 it may write again, 3 it has */

static void write_all(uint64_t tag)
{
	unsigned i;

	for (i = 0; i < PAGES; i++)
		area[i * WORDS + i] = tag + i;
}

static unsigned long count_wrong(uint64_t tag)
{
	unsigned long wrong = 0;
	unsigned i;

	for (i = 0; i < PAGES; i++)
		wrong += area[i * WORDS + i] != tag + i;
	return wrong;
}

static void wait_for_turn(unsigned turn)
{
	unsigned now;

	while ((now = board->turn) < turn)
		wait_while((volatile unsigned *)&board->turn, now);
}

static void give_turn(unsigned turn)
{
	board->turn = turn;
	wake_all((volatile unsigned *)&board->turn);
}

/* In the child: it inherited `tag`, and writes first or second. */
__attribute__((noreturn)) static void be_child(enum writer first, uint64_t tag, int cpu)
{
	use_cpu(cpu);
	if (first == CHILD) {
		write_all(tag + 2000);
		give_turn(2);
	} else {
		wait_for_turn(2);
		board->child_wrong += count_wrong(tag);
		write_all(tag + 2000);
	}
	give_turn(3);
	wait_for_turn(4);
	board->child_wrong += count_wrong(tag + 2000);
	_exit(0);
}

static void end_child(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		bail("waitpid: %s", strerror(errno));
	bail_with_child(status);
	if (status != 0)
		bail("a child ended with status %#x", status);
}

/* What the parent, or its thread, has after the fork and at the end. */
static void be_parent(enum writer first, uint64_t tag, pid_t child)
{
	if (first == THREAD) {
		step = 2;
		while (step != 3)
			sched_yield();
		give_turn(2);
	} else if (first == PARENT) {
		write_all(tag + 1000);
		give_turn(2);
	} else {
		wait_for_turn(3);
		board->parent_wrong += count_wrong(tag);
		write_all(tag + 1000);
	}
	wait_for_turn(3);
	board->parent_wrong += count_wrong(tag + 1000);
	give_turn(4);
	end_child(child);
	board->parent_wrong += count_wrong(tag + 1000);
}

/* It does not enter the kernel between its first writes and those after the fork, but for interrupts. */
static void *write_through_fork(void *tag)
{
	use_cpu(1);
	write_all(*(uint64_t *)tag);
	step = 1;
	while (step != 2)
		stay_awake();
	write_all(*(uint64_t *)tag + 1000);
	step = 3;
	return NULL;
}

static void run_round(enum writer first, int child_cpu)
{
	uint64_t tag = chance() >> 1;
	pthread_t thread;
	pid_t child;

	board->turn = 0;
	step = 0;
	write_all(tag);
	if (first == THREAD) {
		start_thread(&thread, write_through_fork, &tag);
		while (step != 1)
			sched_yield();
	}
	child = fork();
	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0)
		be_child(first, tag, child_cpu);
	be_parent(first, tag, child);
	if (first == THREAD)
		end_thread(thread);
}

static void run_rounds(enum writer first, unsigned rounds, int cpus, const char *parent, const char *child)
{
	unsigned i;

	board->parent_wrong = board->child_wrong = 0;
	for (i = 0; i < rounds; i++)
		run_round(first, i % cpus);
	if (!check(board->child_wrong == 0, "%s", child))
		printf("# %lu pages wrong in %u rounds\n", board->child_wrong, rounds);
	if (!check(board->parent_wrong == 0, "%s", parent))
		printf("# %lu pages wrong in %u rounds\n", board->parent_wrong, rounds);
}

int main(int argc, char **argv)
{
	static const char child_text[] = "what a thread on another CPU writes after the fork the child does not see";
	static const char parent_text[] = "and that thread's writes stay";
	unsigned rounds;
	int cpus;

	ktap_start(argc, argv);
	cpus = count_cpus() < 2 ? 1 : 2;
	rounds = steps(ROUNDS);
	ktap_plan(6);
	use_cpu(0);
	board = (volatile struct board *)map(-1, PAGE, MAP_SHARED | MAP_ANONYMOUS);
	area = (volatile uint64_t *)map(-1, PAGES * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	run_rounds(PARENT, rounds, cpus, "and the parent keeps it", "what the parent writes first the child does not see");
	run_rounds(CHILD, rounds, cpus, "what the child writes first the parent does not see", "and the child keeps it");
	if (cpus == 2) {
		run_rounds(THREAD, rounds, cpus, parent_text, child_text);
	} else {
		skip_check(child_text, "this guest has one CPU");
		skip_check(parent_text, "this guest has one CPU");
	}
	figure("rounds", 3ul * rounds, "forks");
	return ktap_end();
}
