// SPDX-License-Identifier: GPL-2.0-only
/*
 * /init of a Drydock guest: loads the probe, runs the plan one workload at a time with a time limit each, flushes every
 * result to the results disk before the next workload begins, and powers off. It uses nothing that a 2.6.18 kernel
 * lacks.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "pace.h"

#define OUTPUT_LIMIT 1048576L
#define PLAN_LIMIT 256
#define LINE_LIMIT 512
#define ARGUMENT_LIMIT 32
#define DISK_WAIT_MILLISECONDS 5000
#define KILL_WAIT_MILLISECONDS 3000
#define PACE_PIECES_AT_BOOT 1500	/* of a few dozen microseconds each, on each CPU */
#define PACE_PIECES_BEFORE 400
#define PACE_PIECES_AT_LIMIT 3000
#define RESULTS_PORT 0xe9
#define TRACE_PORT 0xea
#define TAR_BLOCK 512
#define CLOCK_PORT 0x70
#define CLOCK_STATUS_A 0x0a
#define CLOCK_STATUS_B 0x0b
#define CLOCK_PERIODIC 0x40		/* of status B */
#define PHASE_TURNS 1000000		/* of a loop of some five instructions of 2 ns */

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

static struct entry plan[PLAN_LIMIT];
static int plan_length;
static char chosen_seed[32];
static int disk_is_mounted;
static int is_stuck;			/* something of a workload cannot be killed */
static int ports_are_open;		/* results and trace go out by I/O ports */
static int child_signal[2];		/* a pipe: each SIGCHLD puts a byte in */

/*
 * Prints one whole console line and waits until it has left the serial port, so that a crash or power-off cannot lose
 * it.
 */
static void say(const char *format, ...)
{
	char line[LINE_LIMIT + 128];
	va_list values;
	int length;

	va_start(values, format);
	length = vsnprintf(line, sizeof(line) - 1, format, values);
	va_end(values);
	if (length > (int)sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	if (write(STDOUT_FILENO, line, length) == length)
		tcdrain(STDOUT_FILENO);
}

/*
 * If a task stays in the kernel for ever, whatever waits for it would wait for ever too, and so would the code that
 * stops the other CPUs. Only a reset that waits for nobody works then.
 */
static void leave_at_once(void)
{
	int file = open("/proc/sysrq-trigger", O_WRONLY);

	if (file < 0 || write(file, "b", 1) != 1)
		reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

/* A kernel without ACPI halts for ever when it is asked to power off; a reset works there. */
static void leave(void)
{
	sync();
	if (access("/sys/firmware/acpi", F_OK) == 0 || access("/proc/acpi", F_OK) == 0)
		reboot(RB_POWER_OFF);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void fail(const char *format, ...)
{
	char what[LINE_LIMIT];
	va_list values;

	va_start(values, format);
	vsnprintf(what, sizeof(what), format, values);
	va_end(values);
	say("drydock: init failed: %s", what);
	if (is_stuck)
		leave_at_once();
	if (disk_is_mounted) {
		sync();
		umount2("/results", MNT_DETACH);
	}
	leave();
}

static long now_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

static void pause_milliseconds(long milliseconds)
{
	struct timespec wait = { milliseconds / 1000, milliseconds % 1000 * 1000000L };

	nanosleep(&wait, NULL);
}

static void make_node(const char *path, mode_t kind, int major_number, int minor_number)
{
	unlink(path);
	if (mknod(path, kind | 0600, makedev(major_number, minor_number)) != 0)
		fail("mknod %s: %s", path, strerror(errno));
}

static void open_console(void)
{
	int console;

	mkdir("/dev", 0755);
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	console = open("/dev/console", O_RDWR | O_NOCTTY);
	if (console < 0)
		return;
	dup2(console, STDIN_FILENO);
	dup2(console, STDOUT_FILENO);
	dup2(console, STDERR_FILENO);
	if (console > STDERR_FILENO)
		close(console);
}

static void mount_or_fail(const char *source, const char *target, const char *type, const char *options)
{
	mkdir(target, 0755);
	if (mount(source, target, type, MS_NOATIME, options) != 0)
		fail("mount %s as %s on %s: %s", source, type, target, strerror(errno));
}

/* RHEL 5's kernels report a stuck CPU after 60 seconds; this makes it 10, as in other kernels. */
static void hasten_watchdog(void)
{
	int file = open("/proc/sys/kernel/softlockup_thresh", O_WRONLY);

	if (file < 0)
		return;
	if (write(file, "10", 2) != 2)
		say("drydock: the kernel keeps its time to a soft lockup: %s", strerror(errno));
	close(file);
}

static void make_surroundings(void)
{
	mount_or_fail("proc", "/proc", "proc", NULL);
	hasten_watchdog();
	mount_or_fail("sysfs", "/sys", "sysfs", NULL);
	make_node("/dev/null", S_IFCHR, 1, 3);
	make_node("/dev/zero", S_IFCHR, 1, 5);
	mkdir("/results", 0755);
}

/* Writes the value of `key=` on the kernel command line into `value`; 0 if it is not there. */
static int command_line_value(const char *key, char *value, size_t size)
{
	char line[4096], *word, *rest = line;
	int file = open("/proc/cmdline", O_RDONLY);
	ssize_t length = file < 0 ? -1 : read(file, line, sizeof(line) - 1);

	if (file >= 0)
		close(file);
	if (length < 0)
		return 0;
	line[length] = 0;
	while ((word = strsep(&rest, " \n")) != NULL) {
		if (strncmp(word, key, strlen(key)) != 0 || word[strlen(key)] != '=')
			continue;
		snprintf(value, size, "%s", word + strlen(key) + 1);
		return 1;
	}
	return 0;
}

static int is_real_disk(const char *name)
{
	static const char *const others[] = { "ram", "loop", "fd", "sr", "md", "dm-", "zram", "nbd", "mtd" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strncmp(name, others[i], strlen(others[i])) == 0)
			return 0;
	return 1;
}

/* Looks up `wanted` in /proc/partitions, or the first real disk if `wanted` is empty. */
static int find_disk(const char *wanted, char *name, int *major_number, int *minor_number)
{
	char line[LINE_LIMIT];
	int found = 0;
	FILE *file = fopen("/proc/partitions", "r");

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%d %d %*u %63s", major_number, minor_number, name) != 3)
			continue;
		found = wanted[0] ? strcmp(name, wanted) == 0 : is_real_disk(name);
	}
	if (file)
		fclose(file);
	return found;
}

/*
 * When a disk answers depends on the host. So a guest that must be the same to the last instruction has no disk: what
 * would be written to it goes byte by byte through a port, which the host reads at once.
 */
static void open_ports(void)
{
	char port[8];

	mount_or_fail("tmpfs", "/results", "tmpfs", NULL);
	if (ioperm(RESULTS_PORT, TRACE_PORT - RESULTS_PORT + 1, 1) != 0)
		fail("ioperm of ports 0x%x and 0x%x: %s", RESULTS_PORT, TRACE_PORT, strerror(errno));
	if (ioperm(CLOCK_PORT, 2, 1) != 0)
		fail("ioperm of ports 0x%x and 0x%x: %s", CLOCK_PORT, CLOCK_PORT + 1, strerror(errno));
	ports_are_open = 1;
	/* Processes that are started later inherit the permission. */
	snprintf(port, sizeof(port), "%d", TRACE_PORT);
	setenv("DRYDOCK_TRACE_PORT", port, 1);
	say("drydock: port 0x%x", RESULTS_PORT);
}

static void put_bytes(unsigned short port, const char *data, size_t length)
{
	__asm__ volatile("rep outsb" : "+S"(data), "+c"(length) : "d"(port) : "memory");
}

/* A line among the probe's events. */
static void trace(const char *what, const char *name)
{
	char line[LINE_LIMIT];
	int length;

	if (!ports_are_open)
		return;
	length = snprintf(line, sizeof(line), "# %s %.200s\n", what, name);
	put_bytes(TRACE_PORT, line, length);
}

/* The header of a regular file in a tar archive (POSIX ustar). */
static void put_tar_header(const char *name, long size)
{
	char header[TAR_BLOCK];
	unsigned sum = 0;
	int i;

	memset(header, 0, sizeof(header));
	snprintf(header, 100, "%s", name);
	snprintf(header + 100, 8, "%07o", 0644);
	snprintf(header + 108, 8, "%07o", 0);
	snprintf(header + 116, 8, "%07o", 0);
	snprintf(header + 124, 12, "%011lo", size);
	snprintf(header + 136, 12, "%011o", 0);
	memset(header + 148, ' ', 8);		/* the checksum counts itself as spaces */
	header[156] = '0';
	memcpy(header + 257, "ustar\0" "00", 8);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	put_bytes(RESULTS_PORT, header, sizeof(header));
}

/* Sends a finished file of /results through the port, as a member of the archive. */
static void send_result(const char *name)
{
	static const char zeros[TAR_BLOCK];
	char path[LINE_LIMIT], buffer[16384];
	struct stat facts;
	ssize_t length;
	int file;

	if (!ports_are_open)
		return;
	snprintf(path, sizeof(path), "/results/%.200s", name);
	file = open(path, O_RDONLY);
	if (file < 0 || fstat(file, &facts) != 0)
		fail("read %s: %s", path, strerror(errno));
	put_tar_header(name, facts.st_size);
	while ((length = read(file, buffer, sizeof(buffer))) > 0)
		put_bytes(RESULTS_PORT, buffer, length);
	if (facts.st_size % TAR_BLOCK)
		put_bytes(RESULTS_PORT, zeros, TAR_BLOCK - facts.st_size % TAR_BLOCK);
	close(file);
}

static long stretched(long time)
{
	return time * pace;
}

/*
 * Reports every change of the pace. One moment says little: half of the earlier value stays, and if a limit turns out
 * too short because the host became busier, the pace is measured again. The CPUs of a guest without a disk take turns,
 * and no host can stretch its clock.
 */
static void measure_pace(unsigned pieces, double (*measure)(unsigned pieces))
{
	static char told[16];
	char text[16];
	double now;

	if (ports_are_open)
		return;
	now = measure(pieces);
	pace = told[0] ? (now + pace) / 2 : now;
	snprintf(text, sizeof(text), "%.1f", pace);
	if (strcmp(text, told) != 0)
		say("drydock: pace %s", text);
	strcpy(told, text);
}

/* Whether the host is much busier by now, at the end of a wait that was stretched by `known`. */
static int is_slower_now(double known)
{
	double now = ports_are_open ? 1.0 : pace_beside_others(PACE_PIECES_AT_LIMIT);

	if (now < known * 1.25)
		return 0;
	pace = now;
	return 1;
}

static void mount_results(void)
{
	char wanted[64] = "", name[64], path[80];
	int major_number, minor_number;
	long deadline;

	command_line_value("drydock.disk", wanted, sizeof(wanted));
	if (strcmp(wanted, "port") == 0) {
		open_ports();
		return;
	}
	measure_pace(PACE_PIECES_AT_BOOT, pace_everywhere);
	deadline = now_milliseconds() + stretched(DISK_WAIT_MILLISECONDS);
	while (!find_disk(wanted, name, &major_number, &minor_number)) {
		if (now_milliseconds() > deadline)
			fail("no disk %s in /proc/partitions", wanted[0] ? wanted : "at all");
		pause_milliseconds(20);
	}
	snprintf(path, sizeof(path), "/dev/%s", name);
	make_node(path, S_IFBLK, major_number, minor_number);
	mount_or_fail(path, "/results", "ext2", NULL);
	disk_is_mounted = 1;
	say("drydock: disk %s", name);
}

/* The major number of a character device by its name in /proc/devices, or -1. */
static int find_major(const char *wanted)
{
	char line[LINE_LIMIT], name[64];
	int number, found = -1;
	FILE *file = fopen("/proc/devices", "r");

	while (file && found < 0 && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "Block", 5) == 0)
			break;
		if (sscanf(line, "%d %63s", &number, name) == 2 && strcmp(name, wanted) == 0)
			found = number;
	}
	if (file)
		fclose(file);
	return found;
}

static int insert_module(int file, const char *parameters)
{
	struct stat facts;
	char *image;
	ssize_t length;
	int result;

	if (fstat(file, &facts) != 0)
		return errno;
	image = malloc(facts.st_size);
	if (!image)
		return ENOMEM;
	length = read(file, image, facts.st_size);
	if (length != facts.st_size)
		result = length < 0 ? errno : EIO;
	else
		result = syscall(SYS_init_module, image, (unsigned long)length, parameters) == 0 ? 0 : errno;
	free(image);
	return result;
}

static void load_probe(void)
{
	int file = open("/probe.ko", O_RDONLY), error, number;
	char parameters[32] = "";

	if (ports_are_open)
		snprintf(parameters, sizeof(parameters), "trace_port=%d", TRACE_PORT);
	error = file < 0 ? errno : insert_module(file, parameters);
	if (file >= 0)
		close(file);
	if (file < 0 && error == ENOENT) {
		say("drydock: probe absent");
		return;
	}
	number = error ? -1 : find_major("drydock");
	if (number < 0) {
		say("drydock: probe failed: %s", strerror(error ? error : ENODEV));
		return;
	}
	make_node("/dev/drydock", S_IFCHR, number, 0);
	say("drydock: probe loaded");
}

static int is_plain_name(const char *name)
{
	const char *letter;

	for (letter = name; *letter; letter++)
		if (!isalnum((unsigned char)*letter) && !strchr("-_.", *letter))
			return 0;
	return name[0] && name[0] != '.';
}

/* Splits one line of the plan into an entry; 0 if the line is empty, -1 if it is wrong. */
static int parse_entry(struct entry *entry)
{
	char *word, *rest = entry->line, *end;
	int count = 0;

	entry->line[strcspn(entry->line, "#\r\n")] = 0;
	while ((word = strsep(&rest, " \t")) != NULL) {
		if (!word[0])
			continue;
		if (count == ARGUMENT_LIMIT)
			return -1;
		entry->arguments[count++] = word;
	}
	if (count == 0)
		return 0;
	if (count < 3 || !is_plain_name(entry->arguments[0]))
		return -1;
	entry->name = entry->arguments[0];
	entry->timeout = strtol(entry->arguments[1], &end, 10);
	if (*end || entry->timeout < 1 || entry->timeout > 1000000)
		return -1;
	entry->seed = entry->arguments[2];
	entry->argument_count = count - 3;
	memmove(entry->arguments, entry->arguments + 3, entry->argument_count * sizeof(char *));
	return 1;
}

/* `drydock.seed` replaces the seed of each workload, so that one archive serves for many seeds. */
static void choose_seed(void)
{
	int i;

	if (!command_line_value("drydock.seed", chosen_seed, sizeof(chosen_seed)))
		return;
	for (i = 0; i < plan_length; i++)
		plan[i].seed = chosen_seed;
}

/* `drydock.only=NAME` leaves out the other workloads. */
static void choose_workload(void)
{
	char name[LINE_LIMIT];
	int i;

	if (!command_line_value("drydock.only", name, sizeof(name)))
		return;
	for (i = 0; i < plan_length && strcmp(plan[i].name, name) != 0; i++)
		;
	if (i == plan_length)
		fail("drydock.only=%s is not in /plan", name);
	plan[0] = plan[i];
	plan_length = 1;
}

/* While a failure is being minimised: the thousandths of a workload's steps, or VMAs, that ktap.h uses. */
static void pass_on(const char *key, const char *name)
{
	char value[32];

	if (command_line_value(key, value, sizeof(value)))
		setenv(name, value, 1);
}

static unsigned char read_clock(unsigned char number)
{
	outb(number, CLOCK_PORT);
	return inb(CLOCK_PORT + 1);
}

static void write_clock(unsigned char number, unsigned char value)
{
	outb(number, CLOCK_PORT);
	outb(value, CLOCK_PORT + 1);
}

/*
 * The CPUs of a deterministic guest take turns, and a turn ends at each deadline of a timer. What two CPUs do within a
 * turn never meets. The periodic interrupt of the MC146818 clock makes deadlines up to 8,192 times a second; a kernel
 * driver may acknowledge it, and nobody waits for it. So the seed chooses the most turns per second: 8,192, 4,096,
 * 2,048 or 1,024 of these interrupts, or the kernel's own ticks alone.
 *
 * This is done before the first workload, because with the interrupt on, the clock's driver too would write to the
 * index port.
 */
static void choose_turns(unsigned long long seed)
{
	static const unsigned char rates[] = { 0, 3, 4, 5, 6 };
	unsigned char rate = rates[seed % (sizeof(rates) / sizeof(rates[0]))];

	if (!ports_are_open || rate == 0)
		return;
	write_clock(CLOCK_STATUS_A, (read_clock(CLOCK_STATUS_A) & 0xf0) | rate);
	write_clock(CLOCK_STATUS_B, read_clock(CLOCK_STATUS_B) | CLOCK_PERIODIC);
}

/*
 * If nothing else is left to chance, the seed also chooses how a workload's steps are placed within the turns: up to 10
 * ms later.
 */
static void shift_phase(unsigned long long seed)
{
	unsigned long long state = seed * 6364136223846793005ull + 1442695040888963407ull;
	volatile unsigned long turns = (state >> 33) % PHASE_TURNS;

	if (ports_are_open)
		while (turns)
			turns--;
}

static void read_plan(void)
{
	struct entry *entry;
	int number = 0, result;
	FILE *file = fopen("/plan", "r");

	if (!file)
		fail("open /plan: %s", strerror(errno));
	for (;;) {
		if (plan_length == PLAN_LIMIT)
			fail("/plan holds more than %d workloads", PLAN_LIMIT - 1);
		entry = &plan[plan_length];
		if (!fgets(entry->line, sizeof(entry->line), file))
			break;
		number++;
		if (strlen(entry->line) == sizeof(entry->line) - 1)
			fail("/plan line %d is longer than %d bytes", number, LINE_LIMIT - 2);
		result = parse_entry(entry);
		if (result < 0)
			fail("/plan line %d is not `name timeout seed [arguments]`", number);
		plan_length += result;
	}
	fclose(file);
	choose_seed();
	choose_workload();
	pass_on("drydock.steps", "DRYDOCK_STEPS");
	pass_on("drydock.areas", "DRYDOCK_AREAS");
}

/*
 * Every write to the results disk: a short or failed one ends the run, because a result that was cut must not look
 * whole.
 */
static void write_result(int file, const char *data, size_t length, const char *name)
{
	ssize_t written;

	while (length > 0) {
		written = write(file, data, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			fail("write %s: %s", name, strerror(written < 0 ? errno : EIO));
		data += written;
		length -= written;
	}
}

static int create_result(const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (file < 0)
		fail("create %s: %s", path, strerror(errno));
	fcntl(file, F_SETFD, FD_CLOEXEC);
	return file;
}

/* sync() may wait for what an unkillable task holds; then only the files written here are flushed. */
static void flush_results(void)
{
	int folder = open("/results", O_RDONLY);

	if (!is_stuck)
		sync();
	else if (folder < 0 || fsync(folder) != 0)
		fail("flush /results: %s", strerror(errno));
	close(folder);
}

static void finish_result(int file, const char *path)
{
	if (fsync(file) != 0 || close(file) != 0)
		fail("flush %s: %s", path, strerror(errno));
	flush_results();
}

/* A status file is complete or does not exist: it is written under another name, flushed, then renamed. */
static void write_status(const char *name, const char *text)
{
	char path[LINE_LIMIT + 16];
	int file = create_result("/results/unfinished");

	write_result(file, text, strlen(text), name);
	finish_result(file, name);
	snprintf(path, sizeof(path), "/results/%s", name);
	if (rename("/results/unfinished", path) != 0)
		fail("rename %s: %s", name, strerror(errno));
	flush_results();
	send_result(name);
}

/* In the child. Returns only if it could not start; the pipe then says why. */
static void become_workload(const struct entry *entry, int output, int trouble)
{
	char path[LINE_LIMIT + 16];
	char *words[ARGUMENT_LIMIT + 4];
	int i, count = 0, error, input = open("/dev/null", O_RDONLY);
	sigset_t none;

	setsid();
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
static void show_blocked_tasks(int number, const char *name)
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

static void observe(const struct entry *entry, struct running *running, const char *name, struct outcome *outcome)
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

static void finish_output(struct running *running, const char *name)
{
	static const char note[] = "\n# drydock: output cut at 1048576 bytes\n";

	if (running->cut)
		write_result(running->file, note, sizeof(note) - 1, name);
	finish_result(running->file, name);
	send_result(name);
}

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

/* Each workload begins with an empty /tmp, whatever the previous one left there. */
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
	char name[LINE_LIMIT], path[LINE_LIMIT + 16], text[256];

	renew_scratch();
	snprintf(name, sizeof(name), "%02d-%.200s.ktap", number, entry->name);
	snprintf(path, sizeof(path), "/results/%s", name);
	running.file = create_result(path);
	/*
	 * Not on each CPU: the previous workload may have left one dead, and a process that goes there does not come
	 * back.
	 */
	measure_pace(PACE_PIECES_BEFORE, pace_beside_others);
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
	char text[64];

	snprintf(text, sizeof(text), "plan=complete\nworkloads=%d\n", plan_length);
	write_status("init.status", text);
	umount2("/tmp", MNT_DETACH);
	if (umount("/results") != 0)
		fail("unmount /results: %s", strerror(errno));
	disk_is_mounted = 0;
	say("drydock: done");
	leave();
}

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
static void catch_children(void)
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
	for (i = 0; i < plan_length; i++)
		run_entry(i + 1, &plan[i]);
	finish();
	return 0;
}
