// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim is after the pages of a process that holds all its locks again and again. Between the windows pages go, so
 * reclaim is at work; inside a window no page table entry of the process is lost.
 *
 * Memory is made short by raising the reserve that the kernel wants free, which costs no time to fill; another process
 * wakes reclaim by allocating a little.
 */
#include "probe.h"
#include "race.h"
#include "swap.h"

#define PAGES 1024			/* half of them anonymous, half of a file */
#define WINDOWS 60
#define WINDOW_MICROSECONDS 20000
#define GONE_ENOUGH (3 * PAGES)		/* pages that went between windows, all in all */
#define MILLISECONDS_LIMIT 2000
#define RESERVE "/proc/sys/vm/min_free_kbytes"

static struct probe probe;
static char *area;

static unsigned long read_number(const char *path, const char *name)
{
	char line[128];
	unsigned long number = 0;
	size_t length = strlen(name);
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, name, length) == 0 && sscanf(line + length, "%lu", &number) == 1)
			break;
	if (!file || number == 0)
		bail("read %s from %s", name[0] ? name : "a number", path);
	fclose(file);
	return number;
}

static void set_reserve(unsigned long kilobytes)
{
	if (!set_control(RESERVE, kilobytes))
		bail("set " RESERVE " to %lu: %s", kilobytes, strerror(errno));
}

/* Wakes reclaim until killed. It is made before the area, so that it shares none of its pages. */
static pid_t start_pressure(void)
{
	pid_t child = fork();
	char *few;
	unsigned i;

	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child > 0)
		return child;
	use_cpu(1);
	for (;;) {
		few = map(-1, 64 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
		for (i = 0; i < 64; i++)
			few[i * PAGE] = 1;
		munmap(few, 64 * PAGE);
		sleep_microseconds(1000);
	}
}

static uint64_t *word_of(unsigned page)
{
	return (uint64_t *)(area + page * PAGE);
}

static void make_area(void)
{
	unsigned i;
	int file = make_file("/tmp/reclaimed", PAGES / 2 * PAGE);

	area = map(-1, PAGES * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	if (mmap(area + PAGES / 2 * PAGE, PAGES / 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) ==
	    MAP_FAILED)
		bail("mmap: %s", strerror(errno));
	for (i = 0; i < PAGES; i++)
		*word_of(i) = i + 1;
}

static unsigned count_present(void)
{
	unsigned i, present = 0;

	for (i = 0; i < PAGES; i++)
		present += ask_about(&probe, DRYDOCK_REFERENCES, area + i * PAGE, 0, 0) != -ENOENT;
	return present;
}

/* Brings all pages back; returns how many hold not what they held. */
static unsigned touch_all(void)
{
	unsigned i, wrong = 0;

	for (i = 0; i < PAGES; i++)
		wrong += *(volatile uint64_t *)word_of(i) != i + 1;
	return wrong;
}

static struct {
	unsigned windows;
	unsigned long long present, lost, gone, wrong;
} sum;

/* A window, then reclaim's turn, until enough pages went between the windows. */
static void run_windows(unsigned times)
{
	struct drydock_request held;
	uint64_t begin = nanoseconds();
	unsigned before = PAGES, present;

	while (sum.windows < WINDOWS * times && (sum.gone < GONE_ENOUGH * times || sum.windows < 5) &&
	       nanoseconds() - begin < times * MILLISECONDS_LIMIT * 1000000ull) {
		memset(&held, 0, sizeof(held));
		held.address = (unsigned long)area;
		held.pages = PAGES;
		held.microseconds = WINDOW_MICROSECONDS;
		if (ask(&probe, DRYDOCK_HOLD, &held) != 0)
			bail("mm_take_all_locks answered %d without a signal", held.answer);
		sum.windows++;
		sum.present += held.out[DRYDOCK_HOLD_PRESENT];
		sum.lost += held.out[DRYDOCK_HOLD_LOST];
		sleep_microseconds(5000);
		present = count_present();
		sum.gone += before > present ? before - present : 0;
		before = present;
		if (present < PAGES / 2) {
			sum.wrong += touch_all();
			before = count_present();
		}
	}
}

int main(int argc, char **argv)
{
	unsigned long reserve;
	pid_t pressure;

	ktap_start(argc, argv);
	need_two_cpus();
	open_probe(&probe);
	need_locks(&probe);
	open_swap();
	ktap_plan(3);
	use_cpu(0);
	pressure = start_pressure();
	make_area();
	reserve = read_number(RESERVE, "");
	set_reserve(read_number("/proc/meminfo", "MemFree:") * 5 / 6);
	run_windows(ktap_times(argc, argv));
	set_reserve(reserve);
	kill(pressure, SIGKILL);
	waitpid(pressure, NULL, 0);
	sum.wrong += touch_all();
	check(sum.lost == 0 && sum.present > 0, "no page table entry is lost to reclaim inside a window");
	check(sum.gone > 0, "reclaim goes on after the drop");
	check(sum.wrong == 0, "every page that came back holds what it held");
	printf("# %u windows with %llu entries, %llu lost inside, %llu between; %llu pages wrong\n", sum.windows,
	       sum.present, sum.lost, sum.gone, sum.wrong);
	figure("reclaimed-between-windows", sum.gone, "pages");
	if (close_swap() != 0)
		bail("swapoff does not bring all pages back");
	return ktap_end();
}
