// SPDX-License-Identifier: GPL-2.0-only
/* The notifier: callbacks are logged and applied to a table of page frame numbers that pins none of its pages. */
#include "session.h"

#define WATCH_PAUSE_MICROSECONDS 200

static int slot_is_within(const struct table_entry *entry, unsigned long start, unsigned long end)
{
	return entry->address && entry->address >= start && entry->address < end;
}

/* A page with an entry must not be freed before the callback that drops the entry. */
static int slot_is_freed(const struct table_entry *entry)
{
	return entry->address && page_count(pfn_to_page(entry->pfn)) == 0;
}

/* Under session->lock. */
static void drop_entries(struct session *session, unsigned long start, unsigned long end)
{
	unsigned int i;

	for (i = 0; i < session->slots; i++)
		if (slot_is_within(&session->table[i], start, end))
			session->table[i].address = 0;
}

#ifdef CONFIG_MMU_NOTIFIER
static void log_freed(struct session *session, unsigned long start, unsigned long end)
{
	unsigned int i;

	for (i = 0; i < session->slots; i++)
		if (slot_is_within(&session->table[i], start, end) && slot_is_freed(&session->table[i]))
			log_event(session, DRYDOCK_EVENT_FREED, session->table[i].address,
				  session->table[i].address + PAGE_SIZE);
}

/* A callback may be called with locks held, so the delay is a busy loop. */
static void delay(const struct session *session, unsigned int kind, unsigned int before)
{
	unsigned int kinds = session->delayed_kinds;

	if (kinds & (1u << kind) && (kinds & DRYDOCK_DELAY_BEFORE) == before)
		stay_busy(session->delay);
}

static void log_callback(struct session *session, unsigned int kind, unsigned long start, unsigned long end)
{
	spin_lock(&session->lock);
	log_event(session, session->closed ? DRYDOCK_EVENT_LATE : kind, start, end);
	if (kind == DRYDOCK_EVENT_START)
		session->active++;
	if (kind == DRYDOCK_EVENT_END && session->active)
		session->active--;
	if (kind == DRYDOCK_EVENT_END || kind == DRYDOCK_EVENT_PAGE)
		session->sequence++;
	spin_unlock(&session->lock);
}

/* One callback: logged, and applied to the table. */
static void heard(struct mmu_notifier *notifier, unsigned int kind, unsigned long start, unsigned long end)
{
	struct session *session = container_of(notifier, struct session, notifier);

	log_callback(session, kind, start, end);
	delay(session, kind, DRYDOCK_DELAY_BEFORE);
	if (kind == DRYDOCK_EVENT_START || kind == DRYDOCK_EVENT_PAGE || kind == DRYDOCK_EVENT_RELEASE) {
		spin_lock(&session->lock);
		log_freed(session, start, end);
		drop_entries(session, start, end);
		spin_unlock(&session->lock);
	}
	delay(session, kind, 0);
}

static PROBE_START_RESULT on_start(struct mmu_notifier *notifier, PROBE_RANGE_ARGUMENTS)
{
	heard(notifier, DRYDOCK_EVENT_START, probe_range_start, probe_range_end);
	PROBE_START_RETURN;
}

static void on_end(struct mmu_notifier *notifier, PROBE_RANGE_ARGUMENTS)
{
	heard(notifier, DRYDOCK_EVENT_END, probe_range_start, probe_range_end);
}

static int on_young(struct mmu_notifier *notifier, PROBE_YOUNG_ARGUMENTS)
{
	heard(notifier, DRYDOCK_EVENT_YOUNG, start, probe_young_end);
	return container_of(notifier, struct session, notifier)->young;
}

#ifdef PROBE_HAS_CHANGE_PTE
static void on_change_pte(struct mmu_notifier *notifier, struct mm_struct *mm, unsigned long address, pte_t pte)
{
	heard(notifier, DRYDOCK_EVENT_CHANGED, address & PAGE_MASK, (address & PAGE_MASK) + PAGE_SIZE);
}
#endif

#ifdef PROBE_HAS_INVALIDATE_PAGE
static void on_page(struct mmu_notifier *notifier, struct mm_struct *mm, unsigned long address)
{
	heard(notifier, DRYDOCK_EVENT_PAGE, address & PAGE_MASK, (address & PAGE_MASK) + PAGE_SIZE);
}
#endif

static void on_release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	heard(notifier, DRYDOCK_EVENT_RELEASE, 0, ~0UL);
}

/* Shows what a registered notifier costs by itself. */
static PROBE_START_RESULT idle_start(struct mmu_notifier *notifier, PROBE_RANGE_ARGUMENTS)
{
	PROBE_START_RETURN;
}

static void idle_end(struct mmu_notifier *notifier, PROBE_RANGE_ARGUMENTS)
{
}

static int idle_young(struct mmu_notifier *notifier, PROBE_YOUNG_ARGUMENTS)
{
	return 0;
}

#ifdef PROBE_HAS_INVALIDATE_PAGE
static void idle_page(struct mmu_notifier *notifier, struct mm_struct *mm, unsigned long address)
{
}
#endif

static void idle_release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
}

static const struct mmu_notifier_ops idle_ops = {
	.release = idle_release,
	.invalidate_range_start = idle_start,
	.invalidate_range_end = idle_end,
	.clear_flush_young = idle_young,
#ifdef PROBE_HAS_INVALIDATE_PAGE
	.invalidate_page = idle_page,
#endif
};

static const struct mmu_notifier_ops notifier_ops = {
	.release = on_release,
	.invalidate_range_start = on_start,
	.invalidate_range_end = on_end,
	.clear_flush_young = on_young,
#ifdef PROBE_HAS_CHANGE_PTE
	.change_pte = on_change_pte,
#endif
#ifdef PROBE_HAS_INVALIDATE_PAGE
	.invalidate_page = on_page,
#endif
};

int notifiers_are_known(void)
{
	return 1;
}

static int attach(struct session *session, struct mm_struct *mm, int idle)
{
	session->notifier.ops = idle ? &idle_ops : &notifier_ops;
	return mmu_notifier_register(&session->notifier, mm);
}

static void detach_notifier(struct session *session)
{
	mmu_notifier_unregister(&session->notifier, session->mm);
}
#else
int notifiers_are_known(void)
{
	return 0;
}

/* Never called, because registration is refused before. */
static int attach(struct session *session, struct mm_struct *mm, int idle)
{
	return -ENOSYS;
}

static void detach_notifier(struct session *session)
{
}
#endif

long do_register(struct session *session, struct drydock_request *request)
{
	if (!notifiers_are_known())
		return -EOPNOTSUPP;
	if (session->registered)
		return -EBUSY;
	spin_lock(&session->lock);
	session->closed = 0;
	session->active = 0;
	drop_entries(session, 0, ~0UL);
	spin_unlock(&session->lock);
	signal_caller(request);
	trace(session, "register", 0, 0);
	request->answer = attach(session, current->mm, request->flags & DRYDOCK_IDLE);
	if (request->answer)
		return 0;
	session->mm = current->mm;
	session->registered = 1;
	log_locked(session, DRYDOCK_EVENT_REGISTERED, 0, 0);
	return 0;
}

void detach(struct session *session)
{
	trace(session, "unregister", 0, 0);
	detach_notifier(session);
	spin_lock(&session->lock);
	session->closed = 1;
	log_event(session, DRYDOCK_EVENT_UNREGISTERED, 0, 0);
	spin_unlock(&session->lock);
	session->registered = 0;
	session->mm = NULL;
}

long do_unregister(struct session *session, struct drydock_request *request)
{
	if (!session->registered)
		return -ENOLINK;
	detach(session);
	return 0;
}

/*
 * Enters one page by a driver's protocol: remember the sequence, find the page, and enter it only if nothing was
 * invalidated since and nothing is being invalidated. Returns 1 if entered, 0 if refused.
 */
static int enter_page(struct session *session, unsigned long address, int write)
{
	struct table_entry *slot = &session->table[(address >> PAGE_SHIFT) % DRYDOCK_TABLE_PAGES];
	struct page *page;
	unsigned long sequence;
	int entered = 0;

	spin_lock(&session->lock);
	sequence = session->sequence;
	spin_unlock(&session->lock);
	probe_mm_read_lock(current->mm);
	if (probe_get_page(address, write, &page) != 1)
		page = NULL;
	probe_mm_read_unlock(current->mm);
	if (!page)
		return 0;
	spin_lock(&session->lock);
	if (!session->active && session->sequence == sequence) {
		slot->address = address;
		slot->pfn = page_to_pfn(page);
		slot->write = write;
		entered = 1;
	}
	spin_unlock(&session->lock);
	put_page(page);
	return entered;
}

long do_map(struct session *session, struct drydock_request *request)
{
	unsigned long long i;

	if (!session->registered || session->mm != current->mm)
		return -ENOLINK;
	if (!request->address || (request->address & ~PAGE_MASK))
		return -EINVAL;
	if (request->pages > session->slots)
		return -ENOSPC;
	request->answer = 0;
	for (i = 0; i < request->pages; i++)
		request->answer += enter_page(session, request->address + i * PAGE_SIZE,
					      request->flags & DRYDOCK_WRITE);
	return 0;
}

/* 1 if slot i has a page that the page tables no longer have, 0 if it is right or was dropped meanwhile. */
static int entry_is_stale(struct session *session, unsigned int i, unsigned long long *checked)
{
	struct table_entry entry;
	struct page *page;
	int stale = 0;

	/* Most are free, and a watcher may want the lock. */
	if (!session->table[i].address)
		return 0;
	spin_lock(&session->lock);
	entry = session->table[i];
	spin_unlock(&session->lock);
	if (!entry.address)
		return 0;
	probe_mm_read_lock(current->mm);
	if (probe_get_page(entry.address, entry.write, &page) != 1)
		page = NULL;
	probe_mm_read_unlock(current->mm);
	spin_lock(&session->lock);
	if (session->table[i].address == entry.address) {
		stale = !page || page_to_pfn(page) != entry.pfn;
		++*checked;
	}
	spin_unlock(&session->lock);
	if (page)
		put_page(page);
	return stale;
}

long do_verify(struct session *session, struct drydock_request *request)
{
	unsigned int i;

	if (!session->registered || session->mm != current->mm)
		return -ENOLINK;
	request->answer = 0;
	request->pages = 0;
	for (i = 0; i < session->slots; i++)
		request->answer += entry_is_stale(session, i, &request->pages);
	return 0;
}

long do_count(struct session *session, struct drydock_request *request)
{
	unsigned long end = request->address + request->pages * PAGE_SIZE;
	unsigned int i;

	spin_lock(&session->lock);
	for (i = 0; i < session->slots; i++)
		request->answer += slot_is_within(&session->table[i], request->address, end);
	spin_unlock(&session->lock);
	return 0;
}

long do_freed(struct session *session, struct drydock_request *request)
{
	unsigned int i;

	spin_lock(&session->lock);
	for (i = 0; i < session->slots; i++)
		request->answer += slot_is_freed(&session->table[i]);
	spin_unlock(&session->lock);
	return 0;
}

long do_watch(struct session *session, struct drydock_request *request)
{
	unsigned long long until = probe_now() + request->microseconds * 1000;

	if (request->microseconds > DRYDOCK_WATCH_MICROSECONDS)
		return -EINVAL;
	while (probe_now() < until && !signal_pending(current)) {
		do_freed(session, request);
		request->out[0]++;
		/* The lock is not fair, so this pause lets a waiter have it. */
		stay_busy(WATCH_PAUSE_MICROSECONDS);
		cond_resched();
	}
	return 0;
}

long do_delay(struct session *session, struct drydock_request *request)
{
	if (request->microseconds > DRYDOCK_DELAY_MICROSECONDS)
		return -EINVAL;
	spin_lock(&session->lock);
	session->delayed_kinds = request->microseconds ? request->flags : 0;
	session->delay = request->microseconds;
	request->out[0] = ticks_of(request->microseconds);
	spin_unlock(&session->lock);
	return 0;
}

long do_age(struct session *session, struct drydock_request *request)
{
	session->young = request->flags == DRYDOCK_YOUNG;
	return 0;
}
