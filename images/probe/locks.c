// SPDX-License-Identifier: GPL-2.0-only
/* mm_take_all_locks and mm_drop_all_locks, the locks they take and the marks they leave. */
#include "session.h"

#define LEFT_LOCKED_MILLISECONDS 2000	/* for a whole look, because the host may keep a CPU from running for long */
#define LOOKS_EACH 16
#define MARKER_MICROSECONDS 50

/* Does not compile if the tree declares them differently; a tree without them gives no error. */
extern int mm_take_all_locks(struct mm_struct *mm);
extern void mm_drop_all_locks(struct mm_struct *mm);

static typeof(&mm_take_all_locks) take_all_locks;
static typeof(&mm_drop_all_locks) drop_all_locks;

static DEFINE_SPINLOCK(holders_lock);
static unsigned int holders, most_holders;

void find_locks(void)
{
	take_all_locks = probe_get_locks("mm_take_all_locks");
	drop_all_locks = probe_get_locks("mm_drop_all_locks");
}

void forget_locks(void)
{
	if (take_all_locks)
		probe_put_locks("mm_take_all_locks");
	if (drop_all_locks)
		probe_put_locks("mm_drop_all_locks");
}

int locks_are_known(void)
{
	return take_all_locks && drop_all_locks;
}

/* The distinct mappings and anon_vmas of an mm. */
struct locks {
	unsigned int areas, mappings, anon_vmas;
	unsigned int links;		/* anon_vmas, counted once per VMA */
	struct address_space **mapping;
	struct anon_vma **anon_vma;
};

static void free_locks(struct locks *locks)
{
	vfree(locks->mapping);
	vfree(locks->anon_vma);
}

static int compare_pointers(const void *a, const void *b)
{
	unsigned long first = *(const unsigned long *)a, second = *(const unsigned long *)b;

	return first < second ? -1 : first > second;
}

static unsigned int make_distinct(void **pointers, unsigned int count)
{
	unsigned int i, kept = 0;

	sort(pointers, count, sizeof(*pointers), compare_pointers, NULL);
	for (i = 0; i < count; i++)
		if (!kept || pointers[kept - 1] != pointers[i])
			pointers[kept++] = pointers[i];
	return kept;
}

static void note_anon_vma(struct anon_vma *anon, void *data)
{
	struct locks *locks = data;

	if (locks->anon_vma)
		locks->anon_vma[locks->anon_vmas] = anon;
	locks->anon_vmas++;
}

static void note_area(struct vm_area_struct *area, void *data)
{
	struct locks *locks = data;

	locks->areas++;
	if (area->vm_file && area->vm_file->f_mapping) {
		if (locks->mapping)
			locks->mapping[locks->mappings] = area->vm_file->f_mapping;
		locks->mappings++;
	}
	probe_visit_anon_vmas(area, note_anon_vma, locks);
}

/*
 * Called once to count, with the arrays NULL, and once to fill them: the caller holds mmap_sem, so nothing changes
 * between.
 */
static void note_areas(struct mm_struct *mm, struct locks *locks)
{
	locks->areas = locks->mappings = locks->anon_vmas = 0;
	probe_visit_areas(mm, note_area, locks);
}

/* With mmap_sem held for writing. */
static int find_distinct(struct mm_struct *mm, struct locks *locks)
{
	note_areas(mm, locks);
	locks->mapping = vmalloc((locks->mappings + 1) * sizeof(*locks->mapping));
	locks->anon_vma = vmalloc((locks->anon_vmas + 1) * sizeof(*locks->anon_vma));
	if (!locks->mapping || !locks->anon_vma)
		return -ENOMEM;
	note_areas(mm, locks);
	locks->links = locks->anon_vmas;
	locks->mappings = make_distinct((void **)locks->mapping, locks->mappings);
	locks->anon_vmas = make_distinct((void **)locks->anon_vma, locks->anon_vmas);
	return 0;
}

/* VMAs that have got an anon_vma since `locks` was noted; a VMA in use loses none. */
static unsigned int count_joined(struct mm_struct *mm, const struct locks *locks)
{
	struct locks now = { 0, 0, 0, 0, NULL, NULL };

	note_areas(mm, &now);
	return now.anon_vmas - locks->links;
}

static unsigned int count_free(const struct locks *locks)
{
	unsigned int i, count = 0;

	for (i = 0; i < locks->mappings; i++)
		count += !probe_mapping_is_marked(locks->mapping[i]) || !probe_mapping_is_locked(locks->mapping[i]);
	for (i = 0; i < locks->anon_vmas; i++)
		count += !probe_anon_vma_is_marked(locks->anon_vma[i]) ||
			 !probe_anon_vma_is_locked(locks->anon_vma[i]);
	return count;
}

/* The page of each watched entry when the locks were held, 0 for none. */
static void note_entries(const struct drydock_request *request, unsigned long *pfns)
{
	unsigned long long i;

	for (i = 0; i < request->pages; i++)
		if (!mapped_pfn(current->mm, request->address + i * PAGE_SIZE, &pfns[i]))
			pfns[i] = 0;
}

static void count_lost(struct drydock_request *request, const unsigned long *pfns)
{
	unsigned long long i;
	unsigned long pfn;

	for (i = 0; i < request->pages; i++) {
		request->out[DRYDOCK_HOLD_PRESENT] += pfns[i] != 0;
		request->out[DRYDOCK_HOLD_LOST] += pfns[i] &&
			(!mapped_pfn(current->mm, request->address + i * PAGE_SIZE, &pfn) || pfn != pfns[i]);
	}
}

static void count_holder(int change)
{
	spin_lock(&holders_lock);
	holders += change;
	if (holders > most_holders)
		most_holders = holders;
	spin_unlock(&holders_lock);
}

/* Between take and drop: if these are spinlocks, nobody may sleep here. */
static void hold(struct session *session, struct drydock_request *request, struct locks *locks, unsigned long *pfns)
{
	unsigned long long taken = probe_now();

	count_holder(1);
	log_locked(session, DRYDOCK_EVENT_HELD, 0, 0);
	note_entries(request, pfns);
	if (request->flags & DRYDOCK_TWICE)
		request->answer = take_all_locks(current->mm);
	if (request->flags & DRYDOCK_INSPECT_HELD)
		request->out[DRYDOCK_HOLD_FREE] = count_free(locks);
	stay_busy(request->microseconds);
	if (request->flags & DRYDOCK_INSPECT_HELD)
		request->out[DRYDOCK_HOLD_JOINED] = count_joined(current->mm, locks);
	count_lost(request, pfns);
	log_locked(session, DRYDOCK_EVENT_DROP, 0, 0);
	count_holder(-1);
	request->out[DRYDOCK_HOLD_HELD] = probe_now() - taken;
}

/* If a kernel lets this pass, only the caller has its mm; so it need not wait, and must not wait with locks held. */
static int lock_late(const struct drydock_request *request)
{
	return request->flags & DRYDOCK_UNLOCKED && probe_mm_write_trylock(current->mm);
}

static void take_hold_drop(struct session *session, struct drydock_request *request, struct locks *locks,
			   unsigned long *pfns)
{
	unsigned long long begin;
	int late;

	signal_caller(request);
	trace(session, "take", request->address, request->address);
	request->out[DRYDOCK_HOLD_BEGIN] = begin = probe_now();
	request->answer = take_all_locks(current->mm);
	request->out[DRYDOCK_HOLD_TAKE] = probe_now() - begin;
	if (request->answer)
		return;
	hold(session, request, locks, pfns);
	late = lock_late(request);
	begin = probe_now();
	drop_all_locks(current->mm);
	request->out[DRYDOCK_HOLD_DROP] = probe_now() - begin;
	trace(session, "dropped", 0, 0);
	if (late)
		probe_mm_write_unlock(current->mm);
}

static long hold_with(struct session *session, struct drydock_request *request, struct locks *locks,
		      unsigned long *pfns)
{
	struct mm_struct *mm = current->mm;

	if (request->flags & DRYDOCK_INSPECT_HELD) {
		if (find_distinct(mm, locks) != 0)
			return -ENOMEM;
		request->out[DRYDOCK_HOLD_AREAS] = locks->areas;
		request->out[DRYDOCK_HOLD_MAPPINGS] = locks->mappings;
		request->out[DRYDOCK_HOLD_ANON_VMAS] = locks->anon_vmas;
	}
	take_hold_drop(session, request, locks, pfns);
	return 0;
}

/* Room for `pages` numbers: the session's own, if it is large enough and free. */
static unsigned long *get_room(struct session *session, unsigned long long *pages)
{
	unsigned long *room = NULL;

	spin_lock(&session->lock);
	if (session->pfn_room >= *pages) {
		room = session->pfns;
		*pages = session->pfn_room;
		session->pfns = NULL;
		session->pfn_room = 0;
	}
	spin_unlock(&session->lock);
	return room ? room : vmalloc(*pages * sizeof(*room));
}

static void put_room(struct session *session, unsigned long *room, unsigned long long pages)
{
	unsigned long *old;

	spin_lock(&session->lock);
	old = session->pfns;
	session->pfns = room;
	session->pfn_room = pages;
	spin_unlock(&session->lock);
	vfree(old);
}

long do_hold(struct session *session, struct drydock_request *request)
{
	int locked = !(request->flags & DRYDOCK_UNLOCKED);
	struct locks locks = { 0, 0, 0, 0, NULL, NULL };
	unsigned long long room = request->pages;
	unsigned long *pfns = NULL;
	long result;

	if (!locks_are_known())
		return -EOPNOTSUPP;
	if (request->microseconds > DRYDOCK_HOLD_MICROSECONDS || request->pages > DRYDOCK_HOLD_PAGES ||
	    (!locked && request->flags & DRYDOCK_INSPECT_HELD))
		return -EINVAL;
	if (room && !(pfns = get_room(session, &room)))
		return -ENOMEM;
	if (locked)
		probe_mm_write_lock(current->mm);
	result = hold_with(session, request, &locks, pfns);
	if (locked)
		probe_mm_write_unlock(current->mm);
	free_locks(&locks);
	if (pfns)
		put_room(session, pfns, room);
	return result;
}

long do_drop(struct session *session, struct drydock_request *request)
{
	if (!locks_are_known())
		return -EOPNOTSUPP;
	probe_mm_write_lock(current->mm);
	drop_all_locks(current->mm);
	probe_mm_write_unlock(current->mm);
	return 0;
}

/* Still locked after a while, because a lock that is held only for a moment is free by then. */
#define stays_locked(is_locked, lock, waited) ({				\
	while (is_locked(lock) && (waited)++ < LEFT_LOCKED_MILLISECONDS)	\
		msleep(1);							\
	!!is_locked(lock);							\
})

static void count_left(const struct locks *locks, unsigned long long *out)
{
	unsigned int i, waited = 0;

	for (i = 0; i < locks->mappings; i++) {
		out[DRYDOCK_LOCKS_LOCKED_MAPPINGS] += stays_locked(probe_mapping_is_locked, locks->mapping[i], waited);
		out[DRYDOCK_LOCKS_MARKED_MAPPINGS] += !!probe_mapping_is_marked(locks->mapping[i]);
	}
	for (i = 0; i < locks->anon_vmas; i++) {
		out[DRYDOCK_LOCKS_LOCKED_ANON_VMAS] += stays_locked(probe_anon_vma_is_locked, locks->anon_vma[i],
								     waited);
		out[DRYDOCK_LOCKS_MARKED_ANON_VMAS] += !!probe_anon_vma_is_marked(locks->anon_vma[i]);
	}
}

long do_inspect(struct session *session, struct drydock_request *request)
{
	struct locks locks = { 0, 0, 0, 0, NULL, NULL };
	unsigned long long *out = request->out;
	long result;

	probe_mm_write_lock(current->mm);
	result = find_distinct(current->mm, &locks);
	if (!result) {
		out[DRYDOCK_LOCKS_AREAS] = locks.areas;
		out[DRYDOCK_LOCKS_MAPPINGS] = locks.mappings;
		out[DRYDOCK_LOCKS_ANON_VMAS] = locks.anon_vmas;
		count_left(&locks, out);
	}
	probe_mm_write_unlock(current->mm);
	free_locks(&locks);
	request->answer = out[DRYDOCK_LOCKS_MARKED_MAPPINGS] + out[DRYDOCK_LOCKS_LOCKED_MAPPINGS] +
			  out[DRYDOCK_LOCKS_MARKED_ANON_VMAS] + out[DRYDOCK_LOCKS_LOCKED_ANON_VMAS];
	return result;
}

long do_holders(struct session *session, struct drydock_request *request)
{
	spin_lock(&holders_lock);
	request->answer = most_holders;
	most_holders = holders;
	spin_unlock(&holders_lock);
	return 0;
}

static int bit_is(const struct address_space *mapping, unsigned int bit, int written)
{
	return (test_bit(bit, &mapping->flags) != 0) == written;
}

/*
 * 1 if a look saw the bit different from what was just written; a write of others that undoes ours may come later. No
 * pause between looks: under TCG a pause takes so long that the next write, which alone can be undone, comes too
 * seldom.
 */
static int bit_is_lost(const struct address_space *mapping, unsigned int bit, int written)
{
	unsigned int look;

	for (look = 0; look < LOOKS_EACH; look++)
		if (!bit_is(mapping, bit, written))
			return 1;
	return 0;
}

static void write_bit(struct address_space *mapping, unsigned int bit, int value)
{
	if (value)
		set_bit(bit, &mapping->flags);
	else
		clear_bit(bit, &mapping->flags);
}

/* Waits until somebody marks the mapping, for a limited time: a busy host may keep away the CPU that was let in. */
static void await_marker(const struct address_space *mapping)
{
	unsigned long long until = probe_now() + MARKER_MICROSECONDS * 1000ull;

	while (!probe_mapping_is_marked(mapping) && probe_now() < until)
		cpu_relax();
}

/* Whoever wants the lock comes to wait for it, gets it, and has time to undo what was written meanwhile. */
static int is_lost_under_lock(struct address_space *mapping, unsigned int bit, int value,
			      unsigned long long microseconds)
{
	probe_lock_mapping(mapping);
	stay_busy(microseconds);
	write_bit(mapping, bit, value);
	probe_unlock_mapping(mapping);
	await_marker(mapping);
	return !bit_is(mapping, bit, value);
}

static int try_bit(struct address_space *mapping, unsigned int bit, const struct drydock_request *request)
{
	int value, lost = 0;

	for (value = 1; value >= 0; value--) {
		if (request->flags & DRYDOCK_UNDER_LOCK) {
			lost += is_lost_under_lock(mapping, bit, value, request->microseconds);
		} else {
			write_bit(mapping, bit, value);
			lost += bit_is_lost(mapping, bit, value);
		}
	}
	return lost;
}

long do_flags(struct session *session, struct drydock_request *request)
{
	struct address_space *mapping;
	unsigned long long round;
	struct file *file;

	if (request->microseconds > DRYDOCK_BUSY_MICROSECONDS)
		return -EINVAL;
	file = fget(request->pages);
	if (!file)
		return -EBADF;
	mapping = file->f_mapping;
	for (round = 0; round < request->address && !signal_pending(current); round++) {
		request->answer += try_bit(mapping, AS_EIO, request);
		request->answer += try_bit(mapping, AS_ENOSPC, request);
		request->out[1] += !!probe_mapping_is_marked(mapping);
		cond_resched();
	}
	request->out[0] = round;
	fput(file);
	return 0;
}
