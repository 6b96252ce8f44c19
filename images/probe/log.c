// SPDX-License-Identifier: GPL-2.0-only
/* A session's event log: a ring that is filled by whatever happens and emptied by read(). Each event is traced too. */
#include "session.h"

/* Under session->lock. The order counts lost events too, so a full log shows as a gap. */
void log_event(struct session *session, unsigned int kind, unsigned long start, unsigned long end)
{
	struct drydock_event *event;

	session->order++;
	trace_kind(session, kind, start, end);
	if (!session->log || session->used == DRYDOCK_LOG_EVENTS)
		return;
	event = &session->log[(session->head + session->used++) % DRYDOCK_LOG_EVENTS];
	event->order = session->order;
	event->ticks = get_cycles();
	event->nanoseconds = probe_now();
	event->start = start;
	event->end = end;
	event->kind = kind;
	event->cpu = raw_smp_processor_id();
}

void log_locked(struct session *session, unsigned int kind, unsigned long start, unsigned long end)
{
	spin_lock(&session->lock);
	log_event(session, kind, start, end);
	spin_unlock(&session->lock);
}

/* The oldest event, which then leaves the log; 0 if there is none. */
int take_event(struct session *session, struct drydock_event *event)
{
	int found;

	spin_lock(&session->lock);
	found = session->used > 0;
	if (found) {
		*event = session->log[session->head];
		session->head = (session->head + 1) % DRYDOCK_LOG_EVENTS;
		session->used--;
	}
	spin_unlock(&session->lock);
	return found;
}

long do_mark(struct session *session, struct drydock_request *request)
{
	spin_lock(&session->lock);
	log_event(session, DRYDOCK_EVENT_MARK, request->address, request->address);
	request->out[0] = session->order;
	spin_unlock(&session->lock);
	return 0;
}
