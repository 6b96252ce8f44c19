/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface between the probe and the workloads. Plain C types of fixed size on x86-64, so that the same file
 * serves a 2.6.18 kernel, a 6.1 kernel and musl.
 *
 * One open of /dev/drydock is one session with one notifier, one event log, one secondary table and one pinned page; an
 * open for writing only has neither log nor table, so that there can be hundreds. Threads of one program that send
 * commands at the same time open a session each: commands of one session wait for each other, except those that say
 * they do not.
 *
 * An ioctl that returns -1 is the probe's own refusal or failure; EOPNOTSUPP if this kernel lacks what the command
 * needs. An ioctl that returns 0 has asked the kernel, and `answer` has the kernel's answer: 0 or a negative errno. All
 * times are CLOCK_MONOTONIC in nanoseconds.
 */
#ifndef DRYDOCK_PROBE_H
#define DRYDOCK_PROBE_H

#define DRYDOCK_OUTS 12

struct drydock_request {
	unsigned long long address;	/* first byte, page aligned; MARK: any number; FLAGS, WALK: rounds; CAN: a command */
	unsigned long long pages;	/* how many; FLAGS: a file descriptor; VERIFY: out, entries checked */
	unsigned long long microseconds; /* HOLD, WATCH, DELAY: how long */
	unsigned int flags;
	int answer;			/* out: 0, a negative errno, or a count if the command says so */
	unsigned long long out[DRYDOCK_OUTS];
};

#define DRYDOCK_SIGNALLED 1u	/* REGISTER, HOLD: SIGUSR1 is pending for the caller when the kernel is asked */
#define DRYDOCK_WRITE 2u	/* MAP, PIN: as a device that writes */
#define DRYDOCK_UNLOCKED 4u	/* HOLD: take without mmap_sem; if that passes, drop with it */
#define DRYDOCK_TWICE 8u	/* HOLD: take a second time inside the window; `answer` is that of the second */
#define DRYDOCK_INSPECT_HELD 16u /* HOLD: look at every lock inside the window */
#define DRYDOCK_UNMAP 32u	/* RMAP: try_to_unmap, an anonymous page by way of the swap cache; there must be swap */
#define DRYDOCK_YOUNG 64u	/* RMAP: page_referenced; AGE: used recently */
#define DRYDOCK_CLEAN 128u	/* RMAP: page_mkclean */
#define DRYDOCK_IDLE 256u	/* REGISTER: the callbacks return at once, unlogged */
#define DRYDOCK_INTERRUPT 512u	/* WALK: interrupt the other CPUs before each round */
#define DRYDOCK_UNDER_LOCK 1024u /* FLAGS: write under the mapping's lock */
#define DRYDOCK_MORE 2048u	/* PIN: beside the pages pinned before */
#define DRYDOCK_LOOK 4096u	/* REGISTER: each callback looks at the page table entries, and logs UNTIMELY */
#define DRYDOCK_DELAY_BEFORE (1u << 31)	/* DELAY: before the callback drops entries, else after */

/* Register the session's notifier on the caller's mm. */
#define DRYDOCK_REGISTER _IOWR('d', 1, struct drydock_request)
/* Unregister it; every later callback is logged as LATE. */
#define DRYDOCK_UNREGISTER _IOWR('d', 2, struct drydock_request)
/* Put a MARK into the event log. out[0]: its order. Does not wait for another command of the session. */
#define DRYDOCK_MARK _IOWR('d', 3, struct drydock_request)
/*
 * Enter pages into the secondary table: page frame numbers, without keeping the pages pinned, by the protocol of a
 * driver (an entry is refused if an invalidation ran meanwhile). answer: entries made. Two pages whose numbers are
 * equal modulo DRYDOCK_TABLE_PAGES share a slot; the later one gets it.
 */
#define DRYDOCK_MAP _IOWR('d', 4, struct drydock_request)
/* Compare each entry of the table with the page that the caller's page tables have now. answer: stale entries. */
#define DRYDOCK_VERIFY _IOWR('d', 5, struct drydock_request)
/*
 * mm_take_all_locks, stay busy for so many microseconds, mm_drop_all_locks. The page table entries of `pages` pages
 * from `address` on (0 for none; the trace shows the address) are read when the locks are held and again before they
 * are dropped. out: enum drydock_hold. Does not wait for another command of the session.
 */
#define DRYDOCK_HOLD _IOWR('d', 6, struct drydock_request)
/* Did the probe find mm_take_all_locks (on 6.1 among the exports)? answer: 0 or -ENOENT. */
#define DRYDOCK_LOCKS _IOWR('d', 7, struct drydock_request)
/* answer: entries of the secondary table within the pages. Does not wait for another command of the session. */
#define DRYDOCK_COUNT _IOWR('d', 8, struct drydock_request)
/* Does this kernel have MMU notifiers? answer: 0 or -ENOENT. Without them REGISTER is refused. */
#define DRYDOCK_NOTIFIERS _IOWR('d', 9, struct drydock_request)
/*
 * Would this kernel refuse the command in `address` with `flags` as EOPNOTSUPP? answer: 0, or -ENOENT if so.
 */
#define DRYDOCK_CAN _IOWR('d', 10, struct drydock_request)
/* mm_drop_all_locks with mmap_sem held for writing and no lock taken. Does not wait for another command. */
#define DRYDOCK_DROP _IOWR('d', 11, struct drydock_request)
/*
 * While nobody holds the locks: what is left over in the caller's mm. A lock that is held for a moment gets 100 ms to
 * become free. out: enum drydock_locks. answer: how many of them are marked or locked.
 */
#define DRYDOCK_INSPECT _IOWR('d', 12, struct drydock_request)
/*
 * Get the page at `address` of the caller and keep it until UNPIN, close or the next PIN without MORE. With MORE it is
 * kept beside the pages before it, at most DRYDOCK_PINNED_PAGES. answer: 0 or an errno.
 */
#define DRYDOCK_PIN _IOWR('d', 13, struct drydock_request)
#define DRYDOCK_UNPIN _IOWR('d', 14, struct drydock_request)
/*
 * Call the reverse map function in `flags` on the pinned page, under its page lock. answer: UNMAP: 0 if no page table
 * has the page any more, else SWAP_AGAIN (1) or SWAP_FAIL (2), or -ENOSPC without swap; YOUNG and CLEAN: the kernel's
 * answer. UNMAP asks twice, because the first time may only clear the accessed bit.
 */
#define DRYDOCK_RMAP _IOWR('d', 15, struct drydock_request)
/*
 * answer: references to the page mapped at `address` of the caller, without the probe's own; -ENOENT if there is no
 * page. A page that was brought in recently has one more, from the list of a CPU's pages on their way to the LRU.
 */
#define DRYDOCK_REFERENCES _IOWR('d', 16, struct drydock_request)
/* answer: entries of the secondary table for a free page. Does not wait for another command of the session. */
#define DRYDOCK_FREED _IOWR('d', 17, struct drydock_request)
/*
 * FREED again and again for `microseconds`, or until a signal. answer: how often an entry for a free page was seen.
 * out[0]: how often the table was searched. Does not wait for another command of the session.
 */
#define DRYDOCK_WATCH _IOWR('d', 18, struct drydock_request)
/*
 * From now on the session's callbacks stay busy for `microseconds` after they were logged: those whose kinds are in
 * `flags`, as 1u << DRYDOCK_EVENT_START. 0 microseconds ends it. out[0]: how many ticks that is at least.
 */
#define DRYDOCK_DELAY _IOWR('d', 19, struct drydock_request)
/*
 * On the mapping of the file descriptor in `pages`, `address` rounds: set AS_EIO, look, clear it, look, the same with
 * AS_ENOSPC; ends at a signal. With UNDER_LOCK each is written under the mapping's lock, after holding the lock for
 * `microseconds`, so that a waiter for the lock sees a change. answer: looks that did not see what was just written.
 * out[0]: rounds made. out[1]: rounds that saw the mapping marked by mm_take_all_locks.
 */
#define DRYDOCK_FLAGS _IOWR('d', 20, struct drydock_request)
/*
 * On the pinned anonymous pages, `address` rounds: take the lock of each one's anon_vma and walk the list of its VMAs;
 * ends at a signal. With INTERRUPT each round begins by interrupting the other CPUs, which are then busy for
 * `microseconds`, and skips locks that are taken. answer: how often the list's head had the marker of
 * mm_take_all_locks, -ENOENT if a page is not mapped. out[0]: VMAs seen. out[1]: rounds made.
 */
#define DRYDOCK_WALK _IOWR('d', 21, struct drydock_request)
/* answer: the most HOLDs of all sessions that were between take and drop at once, since this was last asked. */
#define DRYDOCK_HOLDERS _IOWR('d', 22, struct drydock_request)
/* With YOUNG in `flags` the session's clear_flush_young says from now on that every page was used, without it none. */
#define DRYDOCK_AGE _IOWR('d', 23, struct drydock_request)
/* answer: 1 if the kernel knows that the pinned page was written, 0 if not; its page table entries are not asked. */
#define DRYDOCK_DIRTY _IOWR('d', 24, struct drydock_request)
/* Returns when all that was given to RCU before, on any CPU, has been freed. */
#define DRYDOCK_BARRIER _IOWR('d', 25, struct drydock_request)

/* The `out` of HOLD. */
enum drydock_hold {
	DRYDOCK_HOLD_BEGIN,		/* when mm_take_all_locks was called */
	DRYDOCK_HOLD_TAKE,		/* nanoseconds until it returned, with a negative answer too */
	DRYDOCK_HOLD_HELD,		/* nanoseconds between the two calls */
	DRYDOCK_HOLD_DROP,		/* nanoseconds in mm_drop_all_locks */
	DRYDOCK_HOLD_PRESENT,		/* of the pages named: with a page table entry when the locks were held */
	DRYDOCK_HOLD_LOST,		/* of those: without it, or with another page, before the drop */
	DRYDOCK_HOLD_AREAS,		/* with INSPECT_HELD, else 0: VMAs of the mm */
	DRYDOCK_HOLD_MAPPINGS,		/* distinct address_spaces */
	DRYDOCK_HOLD_ANON_VMAS,		/* distinct anon_vmas, on 6.1 distinct roots of them */
	DRYDOCK_HOLD_FREE,		/* of both: not marked or not locked */
	DRYDOCK_HOLD_JOINED,		/* anon_vmas of VMAs that were not there when the locks were taken */
};

/* The `out` of INSPECT. */
enum drydock_locks {
	DRYDOCK_LOCKS_AREAS,
	DRYDOCK_LOCKS_MAPPINGS,		/* distinct */
	DRYDOCK_LOCKS_ANON_VMAS,	/* distinct */
	DRYDOCK_LOCKS_MARKED_MAPPINGS,
	DRYDOCK_LOCKS_LOCKED_MAPPINGS,
	DRYDOCK_LOCKS_MARKED_ANON_VMAS,
	DRYDOCK_LOCKS_LOCKED_ANON_VMAS,
};

/* read() gives whole events, oldest first, and 0 bytes if there is none. */
struct drydock_event {
	unsigned long long order;	/* counts the session's events from 1; a gap means that events were lost */
	unsigned long long nanoseconds;	/* CLOCK_MONOTONIC */
	unsigned long long start;	/* first byte; MARK: its number */
	unsigned long long end;		/* byte after the last */
	unsigned long long ticks;	/* of the CPU's time stamp counter: 2.6.18's clock has microseconds, and jumps */
	unsigned int kind;
	unsigned int cpu;
};

enum drydock_kind {
	DRYDOCK_EVENT_START = 1,	/* invalidate_range_start */
	DRYDOCK_EVENT_END,		/* invalidate_range_end */
	DRYDOCK_EVENT_PAGE,		/* invalidate_page */
	DRYDOCK_EVENT_YOUNG,		/* clear_flush_young */
	DRYDOCK_EVENT_RELEASE,
	DRYDOCK_EVENT_REGISTERED,	/* after registration returned */
	DRYDOCK_EVENT_UNREGISTERED,	/* after unregistration returned */
	DRYDOCK_EVENT_MARK,
	DRYDOCK_EVENT_HELD,		/* mm_take_all_locks returned 0 */
	DRYDOCK_EVENT_DROP,		/* just before mm_drop_all_locks; no lock is free yet */
	DRYDOCK_EVENT_LATE,		/* any callback after unregistration returned */
	DRYDOCK_EVENT_CHANGED,		/* change_pte: a hint that an optional callback gets; it invalidates nothing */
	DRYDOCK_EVENT_FREED,		/* a START, PAGE or RELEASE found an entry whose page was already free */
	DRYDOCK_EVENT_UNTIMELY,		/* the callback before it was called on the wrong side of the change: look.c */
};

#define DRYDOCK_LOG_EVENTS 4096u
#define DRYDOCK_TABLE_PAGES 1024u
#define DRYDOCK_PINNED_PAGES 64u
#define DRYDOCK_HOLD_MICROSECONDS 500000u
#define DRYDOCK_HOLD_PAGES 65536u
#define DRYDOCK_DELAY_MICROSECONDS 100000u
#define DRYDOCK_BUSY_MICROSECONDS 1000u
#define DRYDOCK_WATCH_MICROSECONDS 10000000u

#endif
