// SPDX-License-Identifier: GPL-2.0-only
/* The secondary table: page frame numbers, without a reference to any of the pages. */
#include "session.h"

#define WATCH_PAUSE_MICROSECONDS 200

int slot_is_within(const struct table_entry *entry, unsigned long start, unsigned long end)
{
	return entry->address && entry->address >= start && entry->address < end;
}

/* A page with an entry must not be freed before the callback that drops the entry. */
static int slot_is_freed(const struct table_entry *entry)
{
	return entry->address && page_count(pfn_to_page(entry->pfn)) == 0;
}

/* Under session->lock. */
void drop_entries(struct session *session, unsigned long start, unsigned long end)
{
	unsigned int i;

	for (i = 0; i < session->slots; i++)
		if (slot_is_within(&session->table[i], start, end))
			session->table[i].address = 0;
}

/* Under session->lock. */
void log_freed(struct session *session, unsigned long start, unsigned long end)
{
	unsigned int i;

	for (i = 0; i < session->slots; i++)
		if (slot_is_within(&session->table[i], start, end) && slot_is_freed(&session->table[i]))
			log_event(session, DRYDOCK_EVENT_FREED, session->table[i].address,
				  session->table[i].address + PAGE_SIZE);
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
