// SPDX-License-Identifier: GPL-2.0-only
/* The notifier: registered, and its callbacks logged and applied to the secondary table. */
#include "session.h"

#ifdef CONFIG_MMU_NOTIFIER
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
	if (session->looks)
		look(session, kind, start, end);
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
	session->looks = !!(request->flags & DRYDOCK_LOOK);
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
