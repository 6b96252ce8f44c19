// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a callback says the truth at the moment it is called. The page table entry is read for each page that the
 * secondary table has, or had at the START: an entry that the driver made stands for a page that was mapped, and no
 * change of it may go unannounced.
 *
 *	START, RELEASE	before the change: the page is still mapped
 *	END		after the change: the page is not mapped, or with other rights than at the START
 *	PAGE		after the change: the page is not mapped, or cannot be written
 *	YOUNG		after the accessed bit was cleared
 */
#include "session.h"

/* Under session->lock. */
static void log_untimely(struct session *session, unsigned long address)
{
	log_event(session, DRYDOCK_EVENT_UNTIMELY, address, address + PAGE_SIZE);
}

static void look_before(struct session *session, struct table_entry *entry, unsigned int kind)
{
	struct mapped now;

	if (!find_mapped(session->mm, entry->address, &now) || now.pfn != entry->pfn) {
		log_untimely(session, entry->address);
		return;
	}
	if (kind != DRYDOCK_EVENT_START)
		return;
	entry->announced = entry->address;
	entry->writable = now.writable;
}

static void look_after_range(struct session *session, struct table_entry *entry)
{
	struct mapped now;

	if (find_mapped(session->mm, entry->announced, &now) && now.pfn == entry->pfn && now.writable == entry->writable)
		log_untimely(session, entry->announced);
	entry->announced = 0;
}

static void look_after_page(struct session *session, struct table_entry *entry)
{
	struct mapped now;

	if (find_mapped(session->mm, entry->address, &now) && now.pfn == entry->pfn && now.writable)
		log_untimely(session, entry->address);
}

static void look_at_entry(struct session *session, struct table_entry *entry, unsigned int kind, unsigned long start,
			  unsigned long end)
{
	if (kind == DRYDOCK_EVENT_END && entry->announced && entry->announced >= start && entry->announced < end)
		look_after_range(session, entry);
	if (!slot_is_within(entry, start, end))
		return;
	if (kind == DRYDOCK_EVENT_START || kind == DRYDOCK_EVENT_RELEASE)
		look_before(session, entry, kind);
	if (kind == DRYDOCK_EVENT_PAGE)
		look_after_page(session, entry);
}

/* Each callback but YOUNG comes with a lock that keeps the page tables, or from the end of the mm. */
void look(struct session *session, unsigned int kind, unsigned long start, unsigned long end)
{
	struct mapped now;
	unsigned int i;

	if (!session->mm)
		return;
	spin_lock(&session->lock);
	if (kind == DRYDOCK_EVENT_YOUNG && find_mapped(session->mm, start, &now) && now.young)
		log_untimely(session, start);
	for (i = 0; i < session->slots; i++)
		look_at_entry(session, &session->table[i], kind, start, end);
	spin_unlock(&session->lock);
}
