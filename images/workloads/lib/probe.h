/* SPDX-License-Identifier: GPL-2.0-only */
/* A workload's side of the probe. What the probe cannot do ends the workload (exit 2); only the kernel fails checks. */
#ifndef PROBE_H
#define PROBE_H

#include "ktap.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include "../../probe/drydock_probe.h"

#define EVENT_LIMIT 20000
#define KEPT_MARKS (1ull << 32)		/* marks from here on stay among the events */

/* One session with every event that was read from it. */
struct probe {
	int file;
	unsigned count;
	unsigned long long order;	/* of the last event read */
	unsigned long long marks;	/* put in so far */
	struct drydock_event events[EVENT_LIMIT];
};

static inline void on_user_signal(int number)
{
	(void)number;
}

/* Skips the whole workload if there is no probe. */
static inline void open_probe(struct probe *probe)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_user_signal;
	sigaction(SIGUSR1, &action, NULL);
	probe->file = open("/dev/drydock", O_RDWR);
	if (probe->file < 0 && errno == ENOENT)
		skip_all("the probe is not loaded");
	if (probe->file < 0)
		bail("open /dev/drydock: %s", strerror(errno));
	probe->count = 0;
	probe->order = 0;
	probe->marks = 0;
}

static inline void close_probe(struct probe *probe)
{
	close(probe->file);
}

/* Sends a command; returns the kernel's answer. */
static inline int ask(struct probe *probe, unsigned long command, struct drydock_request *request)
{
	if (ioctl(probe->file, command, request) != 0)
		bail("the probe refused command %lu: %s", command & 0xff, strerror(errno));
	return request->answer;
}

static inline int ask_plainly(struct probe *probe, unsigned long command)
{
	struct drydock_request request = { .flags = 0 };

	return ask(probe, command, &request);
}

/* Skips the whole workload if the kernel has no MMU notifiers. */
static inline void need_notifiers(struct probe *probe)
{
	if (ask_plainly(probe, DRYDOCK_NOTIFIERS) != 0)
		skip_all("this kernel has no MMU notifiers");
}

/* Skips the whole workload if the probe finds no mm_take_all_locks. */
static inline void need_locks(struct probe *probe)
{
	if (ask_plainly(probe, DRYDOCK_LOCKS) != 0)
		skip_all("the probe finds no mm_take_all_locks in this kernel");
}

/* Whether this kernel has what the command needs; `flags` as for the command. */
static inline int can(struct probe *probe, unsigned long command, unsigned flags)
{
	struct drydock_request request = { .address = command, .flags = flags };

	return ask(probe, DRYDOCK_CAN, &request) == 0;
}

/* Holds all locks of the calling process; the caller reads `out`. */
static inline struct drydock_request hold(struct probe *probe, unsigned long microseconds, unsigned flags)
{
	struct drydock_request request = { .microseconds = microseconds, .flags = flags };

	ask(probe, DRYDOCK_HOLD, &request);
	return request;
}

/*
 * The same, but the trace shows how far the other CPUs are, by one of their counts: no CPU tells the order of these
 * steps.
 */
static inline struct drydock_request hold_beside(struct probe *probe, unsigned long microseconds, unsigned long others)
{
	struct drydock_request request = { .microseconds = microseconds, .address = others };

	ask(probe, DRYDOCK_HOLD, &request);
	return request;
}

static inline int ask_about(struct probe *probe, unsigned long command, const volatile void *address,
			    unsigned long pages, unsigned flags)
{
	struct drydock_request request = { .address = (unsigned long)address, .pages = pages, .flags = flags };

	return ask(probe, command, &request);
}

static inline void keep_event(struct probe *probe, const struct drydock_event *event)
{
	if (event->order != probe->order + 1)
		bail("the probe lost %llu events", event->order - probe->order - 1);
	if (probe->count == EVENT_LIMIT)
		bail("more than %d events", EVENT_LIMIT);
	probe->order = event->order;
	if (event->kind != DRYDOCK_EVENT_MARK || event->start >= KEPT_MARKS)
		probe->events[probe->count++] = *event;
}

/* Reads the available events; returns whether `mark` was among them. */
static inline int read_events_to(struct probe *probe, unsigned long long mark)
{
	struct drydock_event batch[64];
	int marked = 0;
	ssize_t length, i;

	while ((length = read(probe->file, batch, sizeof(batch))) > 0)
		for (i = 0; i < length / (ssize_t)sizeof(batch[0]); i++) {
			keep_event(probe, &batch[i]);
			marked |= batch[i].kind == DRYDOCK_EVENT_MARK && batch[i].start == mark;
		}
	if (length < 0)
		bail("read events: %s", strerror(errno));
	return marked;
}

static inline void read_events(struct probe *probe)
{
	read_events_to(probe, 0);
}

/*
 * Reads all events so far, after those that were read before; returns the index of the first new one. A mark of our own
 * goes in first and must come out, so that events lost at the end are noticed too. Reading may itself be heard (a
 * copied stack page), so the mark need not be the last.
 */
static inline unsigned listen_to(struct probe *probe)
{
	unsigned first = probe->count;

	ask_about(probe, DRYDOCK_MARK, (void *)(unsigned long)++probe->marks, 0, 0);
	if (!read_events_to(probe, probe->marks))
		bail("the probe lost events behind number %llu", probe->order);
	return first;
}

static inline unsigned count_kind(const struct probe *probe, unsigned first, unsigned kind)
{
	unsigned i, count = 0;

	for (i = first; i < probe->count; i++)
		count += probe->events[i].kind == kind;
	return count;
}

/* The index of the first event of that kind that begins there; the number of events if there is none. */
static inline unsigned find_event(const struct probe *probe, unsigned kind, unsigned long long start)
{
	unsigned i;

	for (i = 0; i < probe->count; i++)
		if (probe->events[i].kind == kind && probe->events[i].start == start)
			break;
	return i;
}

static inline void forget_events(struct probe *probe)
{
	probe->count = 0;
}

static inline const char *kind_name(unsigned kind)
{
	static const char *const names[] = { "?", "start", "end", "page", "young", "release", "registered",
					     "unregistered", "mark", "held", "dropped", "late", "changed",
					     "freed", "untimely" };

	return kind < sizeof(names) / sizeof(names[0]) ? names[kind] : names[0];
}

/* Diagnostics for a check that failed: at most `limit` events, addresses relative to `base` in pages. */
static inline void tell_events(const struct probe *probe, unsigned first, unsigned long base, unsigned limit)
{
	unsigned i;

	for (i = first; i < probe->count && i < first + limit; i++)
		printf("# event %llu cpu %u %s page %lld to %lld\n", probe->events[i].order, probe->events[i].cpu,
		       kind_name(probe->events[i].kind), (long long)(probe->events[i].start - base) / 4096,
		       (long long)(probe->events[i].end - base) / 4096);
}

struct balance {
	unsigned unopened;		/* ends without a start */
	unsigned unclosed;		/* starts without an end */
};

/* Pairs each end with a start of the same range before it. */
static inline struct balance balance_of(const struct probe *probe, unsigned first)
{
	static unsigned char paired[EVENT_LIMIT];
	struct balance result = { 0, 0 };
	unsigned i, j;

	memset(paired, 0, sizeof(paired));
	for (i = first; i < probe->count; i++) {
		if (probe->events[i].kind == DRYDOCK_EVENT_START)
			result.unclosed++;
		if (probe->events[i].kind != DRYDOCK_EVENT_END)
			continue;
		for (j = i; j > first; j--)
			if (!paired[j - 1] && probe->events[j - 1].kind == DRYDOCK_EVENT_START &&
			    probe->events[j - 1].start == probe->events[i].start &&
			    probe->events[j - 1].end == probe->events[i].end)
				break;
		if (j > first)
			paired[j - 1] = 1, result.unclosed--;
		else
			result.unopened++;
	}
	return result;
}

#endif
