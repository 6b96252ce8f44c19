/* SPDX-License-Identifier: GPL-2.0-only */
/* What the probe's files share. device.c is above all of them and shares nothing. */
#ifndef SESSION_H
#define SESSION_H

#include "kernels.h"
#include "drydock_probe.h"

struct table_entry {
	unsigned long address;	/* 0 is a free slot */
	unsigned long pfn;
	int write;
	unsigned long announced;	/* address that a START has dropped, until its END; kept if the session looks */
	int writable;			/* what the page table entry allowed at that START */
};

struct session {
	unsigned int number;		/* counts the sessions from 1 */
	struct mutex commands;		/* for commands that may sleep, and what only they change */
	spinlock_t lock;		/* protects what callbacks use: all below, up to `pfn_room` */
	struct drydock_event *log;	/* NULL in a session that is open for writing only, as is `table` */
	unsigned int head, used;	/* ring: oldest event, number of events */
	unsigned long long order;
	struct table_entry *table;	/* by page number */
	unsigned int slots;		/* DRYDOCK_TABLE_PAGES, or none */
	unsigned int active;		/* invalidations between start and end */
	unsigned long sequence;		/* invalidations that have ended */
	int closed;			/* unregistration has returned */
	int looks;			/* registered with DRYDOCK_LOOK */
	unsigned int delayed_kinds;	/* as DELAY's flags */
	unsigned long long delay;	/* microseconds */
	int young;			/* what clear_flush_young answers */
	struct page *pinned[DRYDOCK_PINNED_PAGES];	/* with the probe's references, from the first on */
	unsigned long *pfns;		/* of HOLD, kept so that the next HOLD allocates no memory */
	unsigned long long pfn_room;
	int registered;			/* under `commands` */
	struct mm_struct *mm;		/* never dereferenced without the notifier's own reference */
#ifdef CONFIG_MMU_NOTIFIER
	struct mmu_notifier notifier;
#endif
};

/* log.c */
void log_event(struct session *session, unsigned int kind, unsigned long start, unsigned long end);
void log_locked(struct session *session, unsigned int kind, unsigned long start, unsigned long end);
int take_event(struct session *session, struct drydock_event *event);
long do_mark(struct session *session, struct drydock_request *request);

/* busy.c */
unsigned long long ticks_of(unsigned long long microseconds);
void stay_busy(unsigned long long microseconds);
void interrupt_others(const struct drydock_request *request);
void signal_caller(const struct drydock_request *request);

/* trace.c */
void trace(const struct session *session, const char *what, unsigned long start, unsigned long end);
void trace_kind(const struct session *session, unsigned int kind, unsigned long start, unsigned long end);

/* symbols.c */
int find_symbols(void);

/* notifier.c */
int notifiers_are_known(void);
long do_register(struct session *session, struct drydock_request *request);
long do_unregister(struct session *session, struct drydock_request *request);
void detach(struct session *session);
long do_delay(struct session *session, struct drydock_request *request);
long do_age(struct session *session, struct drydock_request *request);

/* table.c */
int slot_is_within(const struct table_entry *entry, unsigned long start, unsigned long end);
void drop_entries(struct session *session, unsigned long start, unsigned long end);
void log_freed(struct session *session, unsigned long start, unsigned long end);
long do_map(struct session *session, struct drydock_request *request);
long do_verify(struct session *session, struct drydock_request *request);
long do_count(struct session *session, struct drydock_request *request);
long do_freed(struct session *session, struct drydock_request *request);
long do_watch(struct session *session, struct drydock_request *request);

/* look.c */
void look(struct session *session, unsigned int kind, unsigned long start, unsigned long end);

/* locks.c */
void find_locks(void);
void forget_locks(void);
int locks_are_known(void);
long do_hold(struct session *session, struct drydock_request *request);
long do_drop(struct session *session, struct drydock_request *request);
long do_inspect(struct session *session, struct drydock_request *request);
long do_holders(struct session *session, struct drydock_request *request);
long do_flags(struct session *session, struct drydock_request *request);

/* pagetables.c */
struct mapped {
	unsigned long pfn;
	int writable, young;
};

int find_mapped(struct mm_struct *mm, unsigned long address, struct mapped *mapped);
int mapped_pfn(struct mm_struct *mm, unsigned long address, unsigned long *pfn);
long do_references(struct session *session, struct drydock_request *request);

/* rmap.c */
void find_rmap(void);
int rmap_is_known(unsigned int flags);
int anon_vmas_are_known(void);
void unpin(struct session *session);
long do_pin(struct session *session, struct drydock_request *request);
long do_unpin(struct session *session, struct drydock_request *request);
long do_rmap(struct session *session, struct drydock_request *request);
long do_dirty(struct session *session, struct drydock_request *request);
long do_walk(struct session *session, struct drydock_request *request);

#endif
