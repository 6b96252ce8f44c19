/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the probe and the workloads say to each other. Plain C types of fixed size on x86-64, so that the same
 * file serves a 2.6.18 kernel, a 6.1 kernel and musl.
 *
 * One open of /dev/drydock is one session with one notifier, one event log and one secondary table.
 * An ioctl that returns -1 is the probe's own refusal or failure. An ioctl that returns 0 put the question to the
 * kernel, and `answer` holds what the kernel said: 0 or a negative errno.
 */
#ifndef DRYDOCK_PROBE_H
#define DRYDOCK_PROBE_H

struct drydock_request {
	unsigned long long address;	/* MAP, COUNT: first byte, page aligned; MARK: any number; HOLD: microseconds */
	unsigned long long pages;	/* MAP, COUNT: how many; VERIFY: out, entries checked */
	unsigned int flags;		/* DRYDOCK_SIGNALLED, DRYDOCK_WRITE */
	int answer;			/* out: 0, a negative errno, or a count where the command says so */
};

#define DRYDOCK_SIGNALLED 1u	/* REGISTER, HOLD: SIGUSR1 is pending for the caller when the kernel is asked */
#define DRYDOCK_WRITE 2u	/* MAP: as a device that writes */

/* Register the session's notifier on the caller's mm. */
#define DRYDOCK_REGISTER _IOWR('d', 1, struct drydock_request)
/* Unregister it; afterwards every further callback is logged as LATE. */
#define DRYDOCK_UNREGISTER _IOWR('d', 2, struct drydock_request)
/* Put a MARK into the event log. */
#define DRYDOCK_MARK _IOWR('d', 3, struct drydock_request)
/*
 * Enter pages into the secondary table: page frame numbers, without keeping the pages pinned, by the protocol of
 * a driver (an entry is refused when an invalidation ran meanwhile). answer: entries made. Two pages whose numbers
 * are equal modulo DRYDOCK_TABLE_PAGES share a slot; the later one takes it.
 */
#define DRYDOCK_MAP _IOWR('d', 4, struct drydock_request)
/* Compare each entry of the table with the page that the caller's page tables name now. answer: stale entries. */
#define DRYDOCK_VERIFY _IOWR('d', 5, struct drydock_request)
/* mm_take_all_locks, stay busy for so many microseconds, mm_drop_all_locks. */
#define DRYDOCK_HOLD _IOWR('d', 6, struct drydock_request)
/* Did the probe find mm_take_all_locks, on 6.1 among the exports? answer: 0 or -ENOENT. */
#define DRYDOCK_LOCKS _IOWR('d', 7, struct drydock_request)
/* answer: entries of the secondary table within the pages. Does not wait for another command of the session. */
#define DRYDOCK_COUNT _IOWR('d', 8, struct drydock_request)
/* Has this kernel MMU notifiers? answer: 0 or -ENOENT. Without them REGISTER is refused. */
#define DRYDOCK_NOTIFIERS _IOWR('d', 9, struct drydock_request)

/* read() gives whole events, oldest first, and 0 bytes when there is none. */
struct drydock_event {
	unsigned long long order;	/* counts the session's events from 1; a gap means that events were lost */
	unsigned long long nanoseconds;	/* CLOCK_MONOTONIC */
	unsigned long long start;	/* first byte; MARK: its number */
	unsigned long long end;		/* byte behind the last */
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
	DRYDOCK_EVENT_DROPPED,		/* just before mm_drop_all_locks; no lock is free yet */
	DRYDOCK_EVENT_LATE,		/* any callback after unregistration returned */
	DRYDOCK_EVENT_CHANGED,		/* change_pte: a hint that an optional callback gets; it invalidates nothing */
};

#define DRYDOCK_LOG_EVENTS 4096u
#define DRYDOCK_TABLE_PAGES 1024u
#define DRYDOCK_HOLD_MICROSECONDS 500000u

#endif
