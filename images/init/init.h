/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of /init share. Each file uses only those that are named before it. */
#ifndef INIT_H
#define INIT_H

#define _GNU_SOURCE
#include <stddef.h>
#include <sys/types.h>

#define LINE_LIMIT 512
#define ARGUMENT_LIMIT 32
#define TRACE_PORT 0xea
#define CLOCK_PORT 0x70

/* A line of the plan. */
struct entry {
	char line[LINE_LIMIT];		/* cut into words; the other pointers point into it */
	const char *name;
	char *seed;
	long timeout;			/* seconds */
	char *arguments[ARGUMENT_LIMIT];
	int argument_count;
};

enum ending { ENDED_EXIT, ENDED_SIGNAL, ENDED_TIMEOUT, ENDED_CANNOT_START };

struct outcome {
	enum ending ending;
	int code;			/* exit status, signal or errno */
	long milliseconds;
	double pace;			/* by which the time limit was stretched */
	long limit;			/* in seconds */
};

struct running {
	pid_t pid;
	int output;			/* init's end of the workload's pipe, not blocking; -1 at its end */
	int file;
	long written;
	int cut;
};

/* say.c */
void open_console(void);
void say(const char *format, ...);

/* leave.c */
extern int is_stuck;			/* something of a workload cannot be killed */
extern int disk_is_mounted;
void leave_at_once(void);
void leave(void);
void fail(const char *format, ...);

/* system.c */
void make_node(const char *path, mode_t kind, int major_number, int minor_number);
void mount_or_fail(const char *source, const char *target, const char *type, const char *options);
void make_surroundings(void);
int command_line_value(const char *key, char *value, size_t size);

/* ports.c */
extern int ports_are_open;		/* results and trace go out by I/O ports */
void open_ports(void);
void trace(const char *what, const char *name);
void send_result(const char *name);

/* pace.c */
extern double pace;
long now_milliseconds(void);
void pause_milliseconds(long milliseconds);
long stretched(long time);
void measure_pace_at_boot(void);
void measure_pace(void);
int is_slower_now(double known);

/* disk.c */
void mount_results(void);
void unmount_results(void);

/* results.c */
int create_result(const char *path);
void write_result(int file, const char *data, size_t length, const char *name);
void finish_result(int file, const char *path);
void write_status(const char *name, const char *text);

/* plan.c */
extern struct entry plan[];
extern int plan_length;
void read_plan(void);

/* probe.c */
void load_probe(void);

/* turns.c */
void choose_turns(unsigned long long seed);
void shift_phase(unsigned long long seed);

/* leavings.c */
#define LEAVINGS_LIMIT 4096		/* bytes of text */
void count_at_boot(void);
void count_leavings(char *text, size_t size);
void count_all_leavings(char *text, size_t size);

/* workload.c */
void catch_children(void);
void observe(const struct entry *entry, struct running *running, const char *name, struct outcome *outcome);
void finish_output(struct running *running, const char *name);
void show_blocked_tasks(int number, const char *name);

#endif
