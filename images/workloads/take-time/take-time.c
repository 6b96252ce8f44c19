// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time of mm_take_all_locks and mm_drop_all_locks against the number of VMAs: VMAs of one file, of a file each, of
 * one anon_vma, of an anon_vma each. The first argument is the largest number of VMAs.
 */
#include "probe.h"
#include "race.h"

#define MOST_AREAS 10000		/* unless the argument says otherwise */
#define LEAST_JUDGED 100
#define WALK_LIMIT 20			/* a hundred times as many VMAs may take this many times as long each */
#define SPENT_LIMIT 100000000ull	/* nanoseconds for one number of VMAs */
#define REPETITIONS 12
#define LOCKDEP_LIMIT 1000		/* it counts 2,047 locks of a kind */
#define FILE_LIMIT 20000		/* the guest's tmpfs and memory have room for so many inodes */
#define SPLIT_LIMIT 20000		/* 2.6.18 with DEBUG_VM walks the whole list for each VMA that is removed */

struct kind {
	const char *name;
	void (*add)(unsigned from, unsigned to);	/* VMAs number [from, to) */
	int distinct;					/* a lock for each VMA */
	unsigned limit;					/* 0 for none */
};

struct duration {
	uint64_t take, drop;
};

static struct probe probe;
static char *region;
static int shared_file;
static unsigned most = MOST_AREAS;

static unsigned long region_bytes(void)
{
	return 2ul * most * PAGE;
}

/* Every second page of the region is a VMA, so that no two of them are merged. */
static char *place(unsigned number)
{
	return region + 2 * number * PAGE;
}

static void *must_map(void *address, unsigned long size, int flags, int file)
{
	void *area = mmap(address, size, PROT_READ | PROT_WRITE, flags, file, 0);

	if (area == MAP_FAILED)
		bail("mmap: %s", strerror(errno));
	return area;
}

static void add_file_shared(unsigned from, unsigned to)
{
	for (; from < to; from++)
		must_map(place(from), PAGE, MAP_SHARED | MAP_FIXED, shared_file);
}

/* The name is removed at once, because the VMA keeps the file. */
static void add_file(unsigned from, unsigned to)
{
	int file;

	for (; from < to; from++) {
		file = make_file("/tmp/timed", PAGE);
		must_map(place(from), PAGE, MAP_SHARED | MAP_FIXED, file);
		close(file);
		unlink("/tmp/timed");
	}
}

/* One VMA is written to, then split by mprotect of every second page: all pieces have its anon_vma. */
static void add_anon_shared(unsigned from, unsigned to)
{
	unsigned i;

	if (from == 0) {
		must_map(place(0), region_bytes(), MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1);
		*place(0) = 1;
	}
	for (i = from / 2; i < to / 2; i++)
		if (mprotect(place(i) + PAGE, PAGE, PROT_READ) != 0)
			bail("mprotect of page %u: %s", 2 * i + 1, strerror(errno));
}

/* The first write makes the anon_vma, which outlives the page. */
static void add_anon(unsigned from, unsigned to)
{
	for (; from < to; from++) {
		must_map(place(from), PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
		*place(from) = 1;
		if (madvise(place(from), PAGE, MADV_DONTNEED) != 0)
			bail("madvise: %s", strerror(errno));
	}
}

static const struct kind kinds[] = {
	{ "file-shared", add_file_shared, 0, 0 },
	{ "anon-shared", add_anon_shared, 0, SPLIT_LIMIT },
	{ "file", add_file, 1, FILE_LIMIT },
	{ "anon", add_anon, 1, 0 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The smallest of several, because other work of the host only adds time. */
static struct duration measure(void)
{
	struct duration least = { 0, 0 };
	uint64_t begin = nanoseconds();
	struct drydock_request held;
	unsigned i;

	for (i = 0; i < REPETITIONS && (i < 3 || nanoseconds_since(begin) < SPENT_LIMIT); i++) {
		held = hold(&probe, 0, 0);
		if (held.answer != 0)
			bail("mm_take_all_locks answered %d without a signal", held.answer);
		keep_least(&least.take, held.out[DRYDOCK_HOLD_TAKE]);
		keep_least(&least.drop, held.out[DRYDOCK_HOLD_DROP]);
	}
	return least;
}

/* Is the time out of proportion to that of a hundredth of the VMAs? The clock may count microseconds. */
static int is_out_of_proportion(unsigned long long time, unsigned long long hundredth)
{
	return time >= WALK_LIMIT * 100 * (hundredth < 1000 ? 1000 : hundredth);
}

/* A busy host is less busy at another time, so what is out of proportion is measured again. */
static void measure_again(struct duration *least, const struct duration *hundredth)
{
	struct duration again;
	unsigned i;

	for (i = 0; i < REPETITIONS && time_is_left(); i++) {
		if (!is_out_of_proportion(least->take, hundredth->take) &&
		    !is_out_of_proportion(least->drop, hundredth->drop))
			return;
		again = measure();
		keep_least(&least->take, again.take);
		keep_least(&least->drop, again.drop);
	}
}

static void tell(const char *what, const char *name, unsigned areas, unsigned long long time)
{
	char text[64];

	snprintf(text, sizeof(text), "%s-%s-%u", what, name, areas);
	figure(text, time, "ns");
}

static unsigned limit_of(const struct kind *kind)
{
	unsigned limit = most;

	if (kind->distinct && access("/proc/lockdep", F_OK) == 0 && limit > LOCKDEP_LIMIT)
		limit = LOCKDEP_LIMIT;
	if (kind->limit && limit > kind->limit)
		limit = kind->limit;
	return limit;
}

static int is_steep(const struct kind *kind, unsigned areas, unsigned long long time, unsigned long long hundredth)
{
	if (!is_out_of_proportion(time, hundredth))
		return 0;
	printf("# %s: %llu ns for %u areas, %llu ns for %u\n", kind->name, time, areas, hundredth, areas / 100);
	return 1;
}

/* Returns how many of the two times grow out of proportion. */
static unsigned measure_kind(const struct kind *kind)
{
	unsigned areas, done = 0, steep = 0, limit = limit_of(kind);
	struct duration times[8] = { { 0, 0 } };
	unsigned step = 0;

	if (munmap(region, region_bytes()) != 0)
		bail("munmap: %s", strerror(errno));
	for (areas = 1; done < limit; areas = areas * 10 < limit ? areas * 10 : limit, step++) {
		kind->add(done, areas);
		done = areas;
		times[step] = measure();
		if (areas == 100 * LEAST_JUDGED)
			measure_again(&times[step], &times[step - 2]);
		tell("take", kind->name, areas, times[step].take);
		tell("drop", kind->name, areas, times[step].drop);
		if (areas == 100 * LEAST_JUDGED) {
			steep += is_steep(kind, areas, times[step].take, times[step - 2].take);
			steep += is_steep(kind, areas, times[step].drop, times[step - 2].drop);
		}
	}
	return steep;
}

static void raise_area_limit(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "w");

	if (!file || fprintf(file, "%u\n", most + 1000) < 0 || fclose(file) != 0)
		bail("raise vm.max_map_count to %u: %s", most + 1000, strerror(errno));
}

int main(int argc, char **argv)
{
	char text[96];
	unsigned i;

	ktap_start(argc, argv);
	if (argc > 3)
		most = strtoul(argv[3], NULL, 10);
	if (most < 1 || most > 1000000)
		bail("the number of areas is to be from 1 to 1,000,000");
	open_probe(&probe);
	need_locks(&probe);
	ktap_plan(KINDS);
	if (most + 1000 > 65536)
		raise_area_limit();
	shared_file = make_file("/tmp/shared", PAGE);
	region = map(-1, region_bytes(), MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
	for (i = 0; i < KINDS; i++) {
		snprintf(text, sizeof(text), "%s: the time grows with the number of areas, not its square", kinds[i].name);
		if (limit_of(&kinds[i]) < 100 * LEAST_JUDGED) {
			measure_kind(&kinds[i]);
			skip_check(text, most < 100 * LEAST_JUDGED ?
				   "too few areas to judge by: the argument says so" :
				   "too few areas to judge by: lockdep counts 2,047 locks of a kind");
		} else {
			check(measure_kind(&kinds[i]) == 0, "%s", text);
		}
	}
	return ktap_end();
}
