// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim wants the pages of a process that holds all its locks again and again, because other processes fill the
 * remaining memory. Between the windows pages are reclaimed; inside a window the process loses no page table entry.
 */
#include "probe.h"
#include "race.h"
#include "swap.h"

#define PAGES 1024
#define SAMPLE 32
#define PRESSED_PAGES 2000		/* swapped out before the pressing processes end: most of all pages */
#define WINDOW_MICROSECONDS 3000
#define EPISODE_WINDOWS 12
/* For each kind, multiplied by the factor of the plan. */
#define WINDOWS_ENOUGH 12
#define GONE_ENOUGH 100
#define MOST_EPISODES 8

static struct probe probe;
static char *area;

/* Binds kswapd to the CPU that holds no locks. kswapd takes the pages, because the pressing processes wait for it. */
static void bind_kswapd(void)
{
	char path[64], name[32];
	cpu_set_t set;
	FILE *file;
	int pid;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	for (pid = 2; pid < 1000; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fscanf(file, "%*d (%31[^)]", name) == 1 && strcmp(name, "kswapd0") == 0) {
			fclose(file);
			if (sched_setaffinity(pid, sizeof(set), &set) != 0)
				bail("sched_setaffinity of kswapd0: %s", strerror(errno));
			return;
		}
		fclose(file);
	}
	bail("there is no kswapd0");
}

/* Starts a process that, with its children, takes memory until it is killed. It begins without the range's pages. */
static pid_t start_pressure(void)
{
	pid_t child = fork();

	if (child < 0)
		bail("fork: %s", strerror(errno));
	setpgid(child, child);
	if (child > 0)
		return child;
	use_cpu(1);
	munmap(area, PAGES * PAGE);
	for (;;)
		press_until_swapped(PRESSED_PAGES);
}

static void stop_pressure(pid_t child)
{
	kill(-child, SIGKILL);
	waitpid(child, NULL, 0);
}

static uint64_t *word_of(unsigned page)
{
	return (uint64_t *)(area + page * PAGE);
}

static void make_area(int is_file)
{
	int file = is_file ? make_file("/tmp/reclaimed", PAGES * PAGE) : -1;
	unsigned i;

	area = map(file, PAGES * PAGE, is_file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS);
	for (i = 0; i < PAGES; i++)
		*word_of(i) = i + 1;
	if (is_file)
		close(file);
}

/* Counts every `step`th page. */
static unsigned count_present(unsigned step)
{
	unsigned i, present = 0;

	for (i = 0; i < PAGES; i += step)
		present += ask_about(&probe, DRYDOCK_REFERENCES, area + i * PAGE, 0, 0) != -ENOENT;
	return present;
}

/* Brings all pages back; returns how many have a wrong content. */
static unsigned touch_all(void)
{
	unsigned i, wrong = 0;

	for (i = 0; i < PAGES; i++)
		wrong += *(volatile uint64_t *)word_of(i) != i + 1;
	return wrong;
}

struct sums {
	unsigned windows;
	unsigned long long present, lost, gone, wrong;
};

static void hold_once(struct sums *sum)
{
	struct drydock_request held = { .microseconds = WINDOW_MICROSECONDS, .pages = PAGES };

	held.address = (unsigned long)area;
	if (ask(&probe, DRYDOCK_HOLD, &held) != 0)
		bail("mm_take_all_locks answered %d without a signal", held.answer);
	sum->windows++;
	sum->present += held.out[DRYDOCK_HOLD_PRESENT];
	sum->lost += held.out[DRYDOCK_HOLD_LOST];
}

/* Waits until one page of a sample has gone; 0 if the time is over before. */
static int wait_for_first(void)
{
	while (count_present(SAMPLE) == PAGES / SAMPLE)
		if (!time_is_left())
			return 0;
	return 1;
}

/* Waits until a page gets its place in swap: reclaim takes 32 at a time, so it is then at these pages. 0 as above. */
static int wait_for_reclaim(void)
{
	unsigned long before = swapped_pages(), now;

	for (; (now = swapped_pages()) <= before; before = now)
		if (!time_is_left())
			return 0;
	return 1;
}

/*
 * When reclaim has come to these pages, holds all locks again and again until most pages have gone; the number of the
 * remaining pages shows when it is reclaim's turn. The pages come back when the other processes have ended, because on
 * 2.6.18 a process that needs pages while others press may make the kernel run out of memory.
 */
static void run_episode(struct sums *sum)
{
	pid_t pressure = start_pressure();
	unsigned present = PAGES, window;

	if (!wait_for_first()) {
		stop_pressure(pressure);
		return;
	}
	for (window = 0; window < EPISODE_WINDOWS && present > PAGES / 8 && wait_for_reclaim(); window++) {
		hold_once(sum);
		present = count_present(1);
	}
	stop_pressure(pressure);
	sum->gone += PAGES - present;
	sum->wrong += touch_all();
}

/* Pages of one kind at a time, because reclaim that waits for the lock of one page does not get to the next. */
static void check_kind(int is_file, const char *name, unsigned times)
{
	struct sums sum = { .windows = 0 };
	unsigned episode;

	make_area(is_file);
	for (episode = 0; episode < MOST_EPISODES * times && time_is_left() &&
	     (sum.windows < WINDOWS_ENOUGH * times || sum.gone < GONE_ENOUGH * times); episode++)
		run_episode(&sum);
	if (sum.present == 0 || sum.gone == 0)
		unmet("of %s page %llu entries were there in %u windows, and reclaim took %llu in %u tries", name, sum.present,
		      sum.windows, sum.gone, episode);
	check(sum.lost == 0, "no page table entry of %s page is lost to reclaim inside a window", name);
	check(sum.wrong == 0, "%s page that comes back holds what it held", name);
	printf("# %u windows with %llu entries, %llu lost inside, %llu between; %llu pages wrong\n", sum.windows,
	       sum.present, sum.lost, sum.gone, sum.wrong);
	figure(is_file ? "reclaimed-file" : "reclaimed-anonymous", sum.gone, "pages");
	if (munmap(area, PAGES * PAGE) != 0)
		bail("munmap: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	unsigned times;

	ktap_start(argc, argv);
	need_two_cpus();
	times = steps(1);
	open_probe(&probe);
	need_locks(&probe);
	open_swap();
	ktap_plan(4);
	use_cpu(0);
	bind_kswapd();
	take_ballast();
	check_kind(0, "an anonymous", times);
	check_kind(1, "a file", times);
	drop_ballast();
	must_close_swap();
	return ktap_end();
}
