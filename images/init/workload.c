// SPDX-License-Identifier: GPL-2.0-only
/* One workload: started, read, waited for, and killed with all that it left. */
#include "init.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_LIMIT 1048576L
#define KILL_WAIT_MILLISECONDS 3000

static int child_signal[2];		/* a pipe: each SIGCHLD puts a byte in */

static void on_child(int signal_number)
{
	int error = errno;

	(void)signal_number;
	/* If the pipe is full, its reader is woken anyway. */
	if (write(child_signal[1], "", 1) < 0)
		errno = error;
}

/*
 * SIGCHLD goes through a pipe, so that none is missed between a look at the children and the wait: x86-64 has ppoll()
 * only since 2.6.19.
 */
void catch_children(void)
{
	struct sigaction action = { .sa_handler = on_child, .sa_flags = SA_RESTART | SA_NOCLDSTOP };
	int i;

	if (pipe(child_signal) != 0)
		fail("pipe: %s", strerror(errno));
	for (i = 0; i < 2; i++) {
		fcntl(child_signal[i], F_SETFD, FD_CLOEXEC);
		fcntl(child_signal[i], F_SETFL, O_NONBLOCK);
	}
	sigaction(SIGCHLD, &action, NULL);
}

/*
 * In the child: the files of the results disk are not to be seen, because a workload that errs might write there. What
 * may be written to the disk is a directory beside them. Without a disk, or before namespaces, it stays as it is.
 */
static void hide_results(void)
{
	if (!disk_is_mounted || unshare(CLONE_NEWNS) != 0)
		return;
	if (mount("/results/scratch", "/disk", NULL, MS_BIND, NULL) == 0)
		umount2("/results", MNT_DETACH);
}

/* In the child. Returns only if it could not start; the pipe then says why. */
static void become_workload(const struct entry *entry, int output, int trouble)
{
	char path[LINE_LIMIT + 16];
	char *words[ARGUMENT_LIMIT + 4];
	int i, count = 0, error, input = open("/dev/null", O_RDONLY);
	sigset_t none;

	setsid();
	hide_results();
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	for (i = STDERR_FILENO + 1; i < 64; i++)
		if (i != trouble)
			close(i);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	snprintf(path, sizeof(path), "/workloads/%s", entry->name);
	words[count++] = path;
	words[count++] = "--seed";
	words[count++] = entry->seed;
	for (i = 0; i < entry->argument_count; i++)
		words[count++] = entry->arguments[i];
	words[count] = NULL;
	if (chdir("/tmp") == 0)
		execv(path, words);
	error = errno;
	if (write(trouble, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

/* Starts the workload; returns 0 or the errno that kept it from starting. */
static int start(const struct entry *entry, struct running *running)
{
	int output[2], trouble[2], error = 0;

	if (pipe(output) != 0)
		return errno;
	if (pipe(trouble) != 0) {
		error = errno;
		close(output[0]);
		close(output[1]);
		return error;
	}
	fcntl(trouble[1], F_SETFD, FD_CLOEXEC);
	running->pid = fork();
	if (running->pid == 0)
		become_workload(entry, output[1], trouble[1]);
	if (running->pid < 0)
		error = errno;
	close(output[1]);
	close(trouble[1]);
	if (running->pid > 0 && read(trouble[0], &error, sizeof(error)) < 0)
		error = errno;
	close(trouble[0]);
	fcntl(output[0], F_SETFL, O_NONBLOCK);
	running->output = output[0];
	return error;
}

/* Takes at most `chunks` pieces from the pipe, so that a workload that never stops writing cannot keep init here. */
static void drain(struct running *running, const char *name, int chunks)
{
	char buffer[16384];
	ssize_t length;

	while (running->output >= 0 && chunks-- > 0) {
		length = read(running->output, buffer, sizeof(buffer));
		if (length < 0)
			return;
		if (length == 0) {
			close(running->output);
			running->output = -1;
			return;
		}
		if (length > OUTPUT_LIMIT - running->written) {
			length = OUTPUT_LIMIT - running->written;
			running->cut = 1;
		}
		write_result(running->file, buffer, length, name);
		running->written += length;
	}
}

/* Waits for the workload itself, reading its output and reaping orphans; 0 if the time ran out. */
static int wait_for_end(struct running *running, const char *name, long deadline, int *status)
{
	struct pollfd events[2] = { { .events = POLLIN }, { .events = POLLIN } };
	char bytes[64];
	long left;
	pid_t pid;

	for (;;) {
		while (read(child_signal[0], bytes, sizeof(bytes)) > 0)
			;
		while ((pid = waitpid(-1, status, WNOHANG)) > 0)
			if (pid == running->pid) {
				running->pid = 0;
				return 1;
			}
		left = deadline - now_milliseconds();
		if (left <= 0)
			return 0;
		events[0].fd = child_signal[0];
		events[1].fd = running->output;
		poll(events, running->output >= 0 ? 2 : 1, (int)left);
		drain(running, name, 16);
	}
}

/* Waits until the workload has ended, or its time is up by the guest's pace at that time; 0 for the latter. */
static int wait_within_limit(const struct entry *entry, struct running *running, const char *name,
			     struct outcome *outcome, int *status)
{
	long begin = now_milliseconds();

	for (;;) {
		if (wait_for_end(running, name, begin + outcome->limit * 1000, status))
			return 1;
		if (!is_slower_now(outcome->pace))
			return 0;
		outcome->pace = pace;
		outcome->limit = stretched(entry->timeout);
	}
}

/*
 * Is there a process of a workload? Each has a session of its own or its workload's; kernel threads have session 0 or
 * 1. On newer kernels it would be enough that no child is left to wait for, but on 2.6.18 kernel threads are children
 * of init.
 */
static int workload_process_is_left(void)
{
	char path[64], line[LINE_LIMIT], *rest;
	struct dirent *process;
	int session, left = 0;
	FILE *file;
	DIR *folder = opendir("/proc");

	while (folder && !left && (process = readdir(folder)) != NULL) {
		if (!isdigit((unsigned char)process->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/stat", process->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		/* A name in parentheses, which may contain anything, then state, parent, group and session. */
		rest = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
		left = rest && sscanf(rest, ") %*c %*d %*d %d", &session) == 1 && session > 1;
		fclose(file);
	}
	if (folder)
		closedir(folder);
	return left;
}

/*
 * Kills every process but init, in whatever group or session it is, and reaps; 1 if one does not die. The time limit is
 * stretched by the pace of this time, not by the pace before the workload began.
 */
static int kill_everything(struct running *running, int *status)
{
	long begin = now_milliseconds();
	double known = 1.0;
	int child_status;
	pid_t pid;

	for (;;) {
		kill(-1, SIGKILL);
		while ((pid = waitpid(-1, &child_status, WNOHANG)) > 0)
			if (pid == running->pid) {
				*status = child_status;
				running->pid = 0;
			}
		if (!workload_process_is_left())
			return 0;
		if (now_milliseconds() - begin > KILL_WAIT_MILLISECONDS * known) {
			if (!is_slower_now(known))
				return 1;
			known = pace;
		}
		pause_milliseconds(1);
	}
}

void observe(const struct entry *entry, struct running *running, const char *name, struct outcome *outcome)
{
	long begin;
	char seconds[32];
	int status = 0, ended;

	outcome->pace = pace;
	outcome->limit = stretched(entry->timeout);
	snprintf(seconds, sizeof(seconds), "%ld", outcome->limit);
	setenv("DRYDOCK_SECONDS", seconds, 1);
	begin = now_milliseconds();
	outcome->code = start(entry, running);
	outcome->ending = ENDED_CANNOT_START;
	if (outcome->code == 0) {
		ended = wait_within_limit(entry, running, name, outcome, &status);
		outcome->ending = !ended ? ENDED_TIMEOUT : WIFSIGNALED(status) ? ENDED_SIGNAL : ENDED_EXIT;
		outcome->code = !ended ? SIGKILL : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
	}
	outcome->milliseconds = now_milliseconds() - begin;
	is_stuck = kill_everything(running, &status);
	drain(running, name, 1024);
	if (running->output >= 0)
		close(running->output);
}

void finish_output(struct running *running, const char *name)
{
	static const char note[] = "\n# drydock: output cut at 1048576 bytes\n";

	if (running->cut)
		write_result(running->file, note, sizeof(note) - 1, name);
	finish_result(running->file, name);
	send_result(name);
}

/* The request that shows blocked tasks; all tasks before 2.6.21, because "w" does something else there. */
static const char *task_request(void)
{
	struct utsname kernel;
	int major_number, minor_number, patch_number;

	if (uname(&kernel) != 0 ||
	    sscanf(kernel.release, "%d.%d.%d", &major_number, &minor_number, &patch_number) != 3)
		return "w";
	return major_number == 2 && minor_number == 6 && patch_number < 21 ? "t" : "w";
}

/* A process that survives SIGKILL is stuck in the kernel; its stack on the console shows where. */
void show_blocked_tasks(int number, const char *name)
{
	int file;

	say("drydock: stuck %d/%d %s", number, plan_length, name);
	file = open("/proc/sysrq-trigger", O_WRONLY);
	if (file < 0)
		return;
	if (write(file, task_request(), 1) != 1)
		say("drydock: the kernel does not show blocked tasks: %s", strerror(errno));
	close(file);
}
