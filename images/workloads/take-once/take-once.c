// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm_take_all_locks takes each lock once, however many VMAs share it: a lock taken twice would stop this CPU for good.
 * Inside the window the probe looks at every lock; if the kernel has its own numbers, in /proc/mm_all_locks, they must
 * be the same.
 */
#include "account.h"
#include "probe.h"
#include "race.h"

#define FILES 5
#define AREAS_EACH 3			/* of each file: one address_space, locked once */
#define AREAS_OF_ONE 300		/* of one more file */
#define PRIVATE_AREAS 7

static struct probe probe;

/* What one process saw of a take: the probe's look at the locks, and the kernel's own numbers. */
struct view {
	unsigned long long areas, mappings, anon_vmas, free, left;
	struct account account;
	int has_account;
};

static struct view look(struct probe *of)
{
	struct drydock_request held, left = { .flags = 0 };
	struct view view;

	held = hold(of, 0, DRYDOCK_INSPECT_HELD);
	if (held.answer != 0)
		bail("mm_take_all_locks answered %d without a signal", held.answer);
	view.has_account = read_account(&view.account);
	view.areas = held.out[DRYDOCK_HOLD_AREAS];
	view.mappings = held.out[DRYDOCK_HOLD_MAPPINGS];
	view.anon_vmas = held.out[DRYDOCK_HOLD_ANON_VMAS];
	view.free = held.out[DRYDOCK_HOLD_FREE];
	view.left = ask(of, DRYDOCK_INSPECT, &left);
	return view;
}

static void tell(const char *who, const struct view *view)
{
	printf("# %s: %llu areas, %llu mappings, %llu anon_vmas, %llu not held, %llu left", who, view->areas,
	       view->mappings, view->anon_vmas, view->free, view->left);
	if (view->has_account)
		printf("; account: %llu mappings, %llu anon_vmas", view->account.mappings, view->account.anon_vmas);
	printf("\n");
}

/*
 * FILES distinct files mapped several times each, one file mapped in many single pages, and VMAs with one anon_vma
 * each: separated before the first write, because otherwise they would share it, and split by mprotect afterwards.
 */
static void make_areas(void)
{
	unsigned i, j;
	char path[32], *area;
	int file;

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "/tmp/file-%u", i);
		file = make_file(path, 4 * PAGE);
		for (j = 0; j < AREAS_EACH; j++)
			map(file, 4 * PAGE, MAP_SHARED);
		close(file);
	}
	file = make_file("/tmp/file-of-many", 4 * PAGE);
	for (j = 0; j < AREAS_OF_ONE; j++)
		if (mmap(NULL, PAGE, j % 2 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED, file, j % 4 * PAGE) ==
		    MAP_FAILED)
			bail("mmap: %s", strerror(errno));
	close(file);
	area = map(-1, PRIVATE_AREAS * 4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	for (i = 0; i < PRIVATE_AREAS; i++)
		if (munmap(area + i * 4 * PAGE, PAGE) != 0)
			bail("munmap: %s", strerror(errno));
	for (i = 0; i < PRIVATE_AREAS; i++) {
		area[(i * 4 + 1) * PAGE] = 1;
		if (mprotect(area + (i * 4 + 2) * PAGE, PAGE, PROT_READ) != 0)
			bail("mprotect: %s", strerror(errno));
	}
}

/* The view of a child, and of a parent whose child lives: the anon_vmas of relatives are its own or below its own. */
static struct view look_in_child(struct view *parent)
{
	int channel[2], gate[2], status;
	struct probe *own = calloc(1, sizeof(*own));
	struct view view;
	pid_t child;
	char byte;

	if (!own || pipe(channel) != 0 || pipe(gate) != 0)
		bail("pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		bail("fork: %s", strerror(errno));
	if (child == 0) {
		close(gate[1]);
		open_probe(own);
		view = look(own);
		if (write(channel[1], &view, sizeof(view)) != sizeof(view))
			_exit(1);
		_exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(gate[0]);
	if (read(channel[0], &view, sizeof(view)) != sizeof(view))
		bail("the child told nothing");
	*parent = look(&probe);
	close(gate[1]);
	if (waitpid(child, &status, 0) != child || status != 0)
		bail("the child ended with status %d", status);
	close(channel[0]);
	close(channel[1]);
	return view;
}

static void check_looks(const struct view *before, const struct view *after, const struct view *child,
			const struct view *family)
{
	check(after->areas >= before->areas + FILES * AREAS_EACH + AREAS_OF_ONE + PRIVATE_AREAS &&
	      after->mappings == before->mappings + FILES + 1 && after->anon_vmas >= before->anon_vmas + PRIVATE_AREAS,
	      "the areas made share the locks they are meant to share");
	check(before->free == 0 && after->free == 0,
	      "inside the window each mapping and each anon_vma is marked and locked");
	check(child->free == 0 && family->free == 0, "the same in a forked child, and in its parent meanwhile");
	check(before->left == 0 && after->left == 0 && child->left == 0 && family->left == 0,
	      "after the drop none is marked or locked");
}

static void check_accounts(const struct view *before, const struct view *after, const struct view *child,
			   const struct view *family)
{
	static const char *const texts[] = {
		"each of the mapped files is locked once, however often it is mapped",
		"each private area written to adds one anon_vma, however often it is split",
		"a forked child locks its family's anon_vmas once each",
		"the kernel's account of each take names as many locks as there are",
	};
	const struct view *const all[] = { before, after, child, family };
	unsigned i, wrong = 0;

	if (!before->has_account) {
		for (i = 0; i < 4; i++)
			skip_check(texts[i], "this kernel keeps no account in /proc/mm_all_locks");
		return;
	}
	check(after->account.mappings - before->account.mappings == FILES + 1, "%s", texts[0]);
	check(after->account.anon_vmas - before->account.anon_vmas == PRIVATE_AREAS, "%s", texts[1]);
	check(child->account.mappings == family->account.mappings &&
	      child->account.anon_vmas == family->account.anon_vmas, "%s", texts[2]);
	for (i = 0; i < 4; i++)
		wrong += all[i]->account.mappings != all[i]->mappings || all[i]->account.anon_vmas != all[i]->anon_vmas;
	check(wrong == 0, "%s", texts[3]);
	figure("take-time", after->account.take_ns, "ns");
}

int main(int argc, char **argv)
{
	struct view before, after, child, family;

	ktap_start(argc, argv);
	open_probe(&probe);
	need_locks(&probe);
	ktap_plan(8);
	look(&probe);
	before = look(&probe);
	make_areas();
	after = look(&probe);
	child = look_in_child(&family);
	check_looks(&before, &after, &child, &family);
	check_accounts(&before, &after, &child, &family);
	tell("before", &before);
	tell("after", &after);
	tell("child", &child);
	tell("parent", &family);
	return ktap_end();
}
