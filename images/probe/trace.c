// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that the probe does and hears, one line each, at the moment it happens and in order over all CPUs, for a
 * host that listens at an I/O port. What has been written is not lost if the kernel stops.
 */
#include "session.h"
#include <asm/io.h>

static int trace_port;
module_param(trace_port, int, 0444);
MODULE_PARM_DESC(trace_port, "I/O port that takes the trace; 0 for none");

static DEFINE_SPINLOCK(trace_lock);

/* Nanoseconds, CPU, session, event, from where, to where. */
void trace(const struct session *session, const char *what, unsigned long start, unsigned long end)
{
	unsigned long flags;
	char line[128];
	int length;

	if (!trace_port)
		return;
	spin_lock_irqsave(&trace_lock, flags);
	length = snprintf(line, sizeof(line), "%llu %d %u %s %lx %lx\n", probe_now(), raw_smp_processor_id(),
			  session->number, what, start, end);
	outsb(trace_port, line, length);
	spin_unlock_irqrestore(&trace_lock, flags);
}

void trace_kind(const struct session *session, unsigned int kind, unsigned long start, unsigned long end)
{
	static const char *const names[] = {
		[DRYDOCK_EVENT_START] = "start",
		[DRYDOCK_EVENT_END] = "end",
		[DRYDOCK_EVENT_PAGE] = "page",
		[DRYDOCK_EVENT_YOUNG] = "young",
		[DRYDOCK_EVENT_RELEASE] = "release",
		[DRYDOCK_EVENT_REGISTERED] = "registered",
		[DRYDOCK_EVENT_UNREGISTERED] = "unregistered",
		[DRYDOCK_EVENT_MARK] = "mark",
		[DRYDOCK_EVENT_HELD] = "held",
		[DRYDOCK_EVENT_DROP] = "drop",
		[DRYDOCK_EVENT_LATE] = "late",
		[DRYDOCK_EVENT_CHANGED] = "changed",
		[DRYDOCK_EVENT_FREED] = "freed",
		[DRYDOCK_EVENT_UNTIMELY] = "untimely",
	};

	trace(session, kind < ARRAY_SIZE(names) && names[kind] ? names[kind] : "?", start, end);
}
