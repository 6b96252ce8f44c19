// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a workload leaves behind in the kernel: how many objects the kernel holds before it and after it, when all its
 * processes are dead and reaped.
 *
 * A count is never too low: /proc/slabinfo also counts the free objects that a CPU keeps for itself, and those that wait
 * for RCU. A cache that did not grow therefore leaked nothing, and that is enough for most workloads. For a cache that
 * grew, init takes the CPUs' free objects back and waits, until the growth is gone or stays the same.
 */
#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_CACHES 48
#define LITTLE 16			/* not worth taking back */
#define MUCH 32				/* the judge may call more a leak; of kmalloc()'s caches MUCH_ALLOCATED */
#define MUCH_ALLOCATED 128
#define PAUSE_MILLISECONDS 4		/* a timer tick, or one of several */
#define MOST_WAIT_MILLISECONDS 6000	/* kfree_rcu() of 6.1 frees after up to five seconds */

struct count {
	char name[32];
	long first, before, now;
	long size;			/* of one, in bytes; 0 if it is not a cache */
	int limit, batch, shared;	/* of the CPUs' free objects, in SLAB; 0 in SLUB */
	int shrink;			/* the open file of that name, in SLUB; 0 if it is not open */
};

static struct count caches[MOST_CACHES];
static int cache_count;
static int is_vague;			/* free objects could not be taken back: nothing is judged */

/* What else is counted; it varies too much to be judged. */
enum { FILES, INODES, TASKS, MOUNTS, STACKS, FREE, OTHERS };
static struct count others[OTHERS] = {
	[FILES] = { .name = "files" },
	[INODES] = { .name = "inodes" },
	[TASKS] = { .name = "tasks" },
	[MOUNTS] = { .name = "mounts" },
	[STACKS] = { .name = "stack-kilobytes" },
	[FREE] = { .name = "free-kilobytes" },
};

/*
 * The caches whose objects belong to processes, and those of kmalloc(). Others grow as files are used: those of inodes,
 * directory entries and pages.
 */
static int is_watched(const char *name)
{
	static const char *const names[] = {
		"mm_struct", "vm_area_struct", "maple_node", "anon_vma", "anon_vma_chain", "task_struct", "signal_cache",
		"sighand_cache", "files_cache", "fs_cache", "filp", "pid", "cred_jar",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return 1;
	if (strncmp(name, "size-", 5) == 0)
		return strchr(name, '(') == NULL;
	/* The smallest two have hundreds of objects to a slab, and SLUB counts the slab that a CPU works on as used. */
	return strncmp(name, "kmalloc-", 8) == 0 && name[8] >= '0' && name[8] <= '9' &&
	       strcmp(name, "kmalloc-8") != 0 && strcmp(name, "kmalloc-16") != 0;
}

static int is_allocated(const char *name)
{
	return strncmp(name, "size-", 5) == 0 || strncmp(name, "kmalloc-", 8) == 0;
}

static struct count *find_cache(const char *name)
{
	int i;

	for (i = 0; i < cache_count; i++)
		if (strcmp(caches[i].name, name) == 0)
			return &caches[i];
	if (cache_count == MOST_CACHES)
		return NULL;
	strcpy(caches[cache_count].name, name);
	return &caches[cache_count++];
}

/* `name active all size ... : tunables limit batch shared : ...`; the lines of the heading have no numbers. */
static void read_caches(void)
{
	char line[LINE_LIMIT], name[32];
	struct count *cache;
	const char *tunables;
	long active, size;
	FILE *file = fopen("/proc/slabinfo", "r");

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%31s %ld %*d %ld", name, &active, &size) != 3 || !is_watched(name))
			continue;
		cache = find_cache(name);
		if (!cache)
			continue;
		cache->now = active;
		cache->size = size;
		tunables = strstr(line, ": tunables ");
		if (tunables)
			sscanf(tunables, ": tunables %d %d %d", &cache->limit, &cache->batch, &cache->shared);
	}
	if (file)
		fclose(file);
}

/*
 * Takes back the free objects that CPUs keep: SLAB does so when its tunables are set, here to what they are, SLUB when
 * the cache is shrunk. SLUB's files stay open, because 6.1 frees something seconds after each is closed.
 */
static void take_back(struct count *cache)
{
	char text[96];
	int file, failed;

	if (cache->limit > 0) {
		snprintf(text, sizeof(text), "%.31s %d %d %d", cache->name, cache->limit, cache->batch, cache->shared);
		file = open("/proc/slabinfo", O_WRONLY);
		failed = file < 0 || write(file, text, strlen(text)) < 0;
		close(file);
	} else {
		snprintf(text, sizeof(text), "/sys/kernel/slab/%.31s/shrink", cache->name);
		if (cache->shrink <= 0)
			cache->shrink = open(text, O_WRONLY);
		fcntl(cache->shrink, F_SETFD, FD_CLOEXEC);
		failed = pwrite(cache->shrink, "1", 1, 0) < 0;
	}
	is_vague |= failed;
}

/* Whether a cache grew by what the judge may call a leak. */
static int has_grown(void)
{
	int i;

	for (i = 0; i < cache_count; i++)
		if (caches[i].now - caches[i].before > (is_allocated(caches[i].name) ? MUCH_ALLOCATED : MUCH))
			return 1;
	return 0;
}

/* Of the caches that grew by more than `much`. */
static void take_back_from(long much)
{
	int i;

	for (i = 0; i < cache_count; i++)
		if (caches[i].now - caches[i].before > much)
			take_back(&caches[i]);
	read_caches();
}

/*
 * Until no cache has grown by much, or what is there stays. The time limit is stretched by the pace of this time, because
 * RCU waits for every CPU.
 */
static void settle(void)
{
	long begin = now_milliseconds();
	double known = pace;

	while (has_grown()) {
		take_back_from(LITTLE);
		if (!has_grown())
			return;
		if (now_milliseconds() - begin > MOST_WAIT_MILLISECONDS * known) {
			if (!is_slower_now(known))
				return;
			known = pace;
		}
		pause_milliseconds(PAUSE_MILLISECONDS);
	}
}

/* The number after `key`, or the first one of the file if there is no key; -1 if there is none. */
static long read_number(const char *path, const char *key)
{
	char text[4096], *place = text;
	int file = open(path, O_RDONLY);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof(text) - 1);

	if (file >= 0)
		close(file);
	if (length < 0)
		return -1;
	text[length] = 0;
	if (key)
		place = strstr(text, key);
	return place ? strtol(place + (key ? strlen(key) : 0), NULL, 10) : -1;
}

static long count_mounts(void)
{
	char line[LINE_LIMIT];
	long count = 0;
	FILE *file = fopen("/proc/mounts", "r");

	while (file && fgets(line, sizeof(line), file))
		count++;
	if (file)
		fclose(file);
	return count;
}

static void read_others(void)
{
	others[FILES].now = read_number("/proc/sys/fs/file-nr", NULL);
	others[INODES].now = read_number("/proc/sys/fs/inode-nr", NULL);
	others[TASKS].now = read_number("/proc/loadavg", "/");
	others[MOUNTS].now = count_mounts();
	others[STACKS].now = read_number("/proc/meminfo", "KernelStack:");
	others[FREE].now = read_number("/proc/meminfo", "MemFree:");
}

static void turn_over(struct count *counts, int number)
{
	int i;

	for (i = 0; i < number; i++)
		counts[i].before = counts[i].now;
}

/* Before the first workload. */
void count_at_boot(void)
{
	int i;

	read_caches();
	take_back_from(LONG_MIN);
	read_others();
	for (i = 0; i < cache_count; i++)
		caches[i].first = caches[i].now;
	for (i = 0; i < OTHERS; i++)
		others[i].first = others[i].now;
	turn_over(caches, cache_count);
	turn_over(others, OTHERS);
}

static void append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list values;

	va_start(values, format);
	vsnprintf(text + length, size - length, format, values);
	va_end(values);
}

static void append_counts(char *text, size_t size, int since_boot)
{
	const struct count *count;
	long before;

	for (count = caches; count < caches + cache_count; count++) {
		before = since_boot ? count->first : count->before;
		if (count->now != before)
			append(text, size, "cache.%s=%ld %ld %ld\n", count->name, before, count->now, count->size);
	}
	for (count = others; count < others + OTHERS; count++)
		if (count->now >= 0)
			append(text, size, "count.%s=%ld %ld\n", count->name, since_boot ? count->first : count->before,
			       count->now);
}

/* After a workload: appends lines for its status file. The next workload's counts begin with these. */
void count_leavings(char *text, size_t size)
{
	long begin = now_milliseconds();

	read_caches();
	settle();
	read_others();
	append_counts(text, size, 0);
	append(text, size, "%s=%ld\n", is_vague ? "vague" : "counted", now_milliseconds() - begin);
	turn_over(caches, cache_count);
	turn_over(others, OTHERS);
}

/* After the last workload: the same for all of them together, for init's own status file. */
void count_all_leavings(char *text, size_t size)
{
	long begin = now_milliseconds();
	int i;

	for (i = 0; i < cache_count; i++)
		caches[i].before = caches[i].first;
	read_caches();
	take_back_from(LONG_MIN);
	settle();
	read_others();
	append_counts(text, size, 1);
	append(text, size, "%s=%ld\n", is_vague ? "vague" : "counted", now_milliseconds() - begin);
}
