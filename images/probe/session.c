// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probe: a driver with a secondary MMU that maps nothing. If the kernel has MMU notifiers, the probe registers them
 * on the mm of the workload that opened /dev/drydock, logs each callback and keeps a table of page frame numbers that
 * it never pins. If the probe finds mm_take_all_locks, it holds all locks for a given time. The workloads judge; the
 * probe only reports.
 */
#include "session.h"

#define DEVICE_NAME "drydock"
#define INTERRUPT_TURNS 4096	/* of a loop, at most, between two interrupts */

static int device_major;

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

void signal_caller(const struct drydock_request *request)
{
	if (request->flags & DRYDOCK_SIGNALLED)
		send_sig(SIGUSR1, current, 0);
}

unsigned long long ticks_of(unsigned long long microseconds)
{
	return microseconds * probe_tick_khz / 1000;
}

/*
 * Busy, not asleep, because on kernels whose locks are spinlocks nobody may sleep here. Uses the time stamp counter,
 * because the clock of 2.6.18 jumps by milliseconds, forwards or backwards, if its timer interrupts come late or two at
 * once.
 */
void stay_busy(unsigned long long microseconds)
{
	unsigned long long begin = get_cycles();
	long long ticks = ticks_of(microseconds);

	while ((long long)(get_cycles() - begin) < ticks)
		cpu_relax();
}

static void be_busy(void *microseconds)
{
	stay_busy((unsigned long)microseconds);
}

/*
 * Returns when the other CPUs have been interrupted, wherever they were, and are busy. Before that, they run for a
 * while, different each time: an interrupt that is pending when one returns comes before the next instruction.
 */
void interrupt_others(const struct drydock_request *request)
{
	unsigned int turns;

	if (!(request->flags & DRYDOCK_INTERRUPT))
		return;
	for (turns = get_cycles() / 16 % INTERRUPT_TURNS; turns; turns--)
		barrier();
	probe_call_on_others(be_busy, (void *)(unsigned long)request->microseconds);
}

/* Whether a command would be refused on this kernel, with any arguments. */
static int is_possible(unsigned int command, unsigned int flags)
{
	switch (command) {
	case DRYDOCK_REGISTER:
	case DRYDOCK_UNREGISTER:
		return notifiers_are_known();
	case DRYDOCK_HOLD:
	case DRYDOCK_DROP:
		return locks_are_known();
	case DRYDOCK_RMAP:
		return rmap_is_known(flags);
	case DRYDOCK_WALK:
		return anon_vmas_are_known();
	}
	return 1;
}

static long do_can(struct session *session, struct drydock_request *request)
{
	request->answer = is_possible(request->address, request->flags) ? 0 : -ENOENT;
	return 0;
}

static long do_locks(struct session *session, struct drydock_request *request)
{
	request->answer = locks_are_known() ? 0 : -ENOENT;
	return 0;
}

static long do_notifiers(struct session *session, struct drydock_request *request)
{
	request->answer = notifiers_are_known() ? 0 : -ENOENT;
	return 0;
}

static long do_mark(struct session *session, struct drydock_request *request)
{
	spin_lock(&session->lock);
	log_event(session, DRYDOCK_EVENT_MARK, request->address, request->address);
	request->out[0] = session->order;
	spin_unlock(&session->lock);
	return 0;
}

/* `waits`: only one of these at a time in a session. */
static const struct {
	unsigned int command;
	int waits;
	long (*obey)(struct session *session, struct drydock_request *request);
} commands[] = {
	{ DRYDOCK_REGISTER, 1, do_register },
	{ DRYDOCK_UNREGISTER, 1, do_unregister },
	{ DRYDOCK_MARK, 0, do_mark },
	{ DRYDOCK_MAP, 1, do_map },
	{ DRYDOCK_VERIFY, 1, do_verify },
	{ DRYDOCK_HOLD, 0, do_hold },
	{ DRYDOCK_LOCKS, 0, do_locks },
	{ DRYDOCK_COUNT, 0, do_count },
	{ DRYDOCK_NOTIFIERS, 0, do_notifiers },
	{ DRYDOCK_CAN, 0, do_can },
	{ DRYDOCK_DROP, 0, do_drop },
	{ DRYDOCK_INSPECT, 0, do_inspect },
	{ DRYDOCK_PIN, 0, do_pin },
	{ DRYDOCK_UNPIN, 0, do_unpin },
	{ DRYDOCK_RMAP, 0, do_rmap },
	{ DRYDOCK_REFERENCES, 0, do_references },
	{ DRYDOCK_FREED, 0, do_freed },
	{ DRYDOCK_WATCH, 0, do_watch },
	{ DRYDOCK_DELAY, 0, do_delay },
	{ DRYDOCK_AGE, 0, do_age },
	{ DRYDOCK_FLAGS, 0, do_flags },
	{ DRYDOCK_WALK, 0, do_walk },
	{ DRYDOCK_HOLDERS, 0, do_holders },
};

static long obey(struct session *session, unsigned int command, struct drydock_request *request)
{
	unsigned int i;
	long result;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].command == command)
			break;
	if (i == ARRAY_SIZE(commands))
		return -ENOTTY;
	if (commands[i].waits)
		mutex_lock(&session->commands);
	result = commands[i].obey(session, request);
	if (commands[i].waits)
		mutex_unlock(&session->commands);
	return result;
}

static long probe_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct drydock_request request;
	long result;

	if (copy_from_user(&request, (void __user *)argument, sizeof(request)))
		return -EFAULT;
	request.answer = 0;
	memset(request.out, 0, sizeof(request.out));
	result = obey(file->private_data, command, &request);
	if (!result && copy_to_user((void __user *)argument, &request, sizeof(request)))
		return -EFAULT;
	return result;
}

static int take_event(struct session *session, struct drydock_event *event)
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

static ssize_t probe_read(struct file *file, char __user *buffer, size_t length, loff_t *position)
{
	struct session *session = file->private_data;
	struct drydock_event event;
	ssize_t done = 0;

	if (length < sizeof(event))
		return -EINVAL;
	mutex_lock(&session->commands);
	while (length - done >= sizeof(event) && take_event(session, &event)) {
		if (copy_to_user(buffer + done, &event, sizeof(event))) {
			done = -EFAULT;
			break;
		}
		done += sizeof(event);
	}
	mutex_unlock(&session->commands);
	return done;
}

static void free_session(struct session *session)
{
	unpin(session);
	vfree(session->pfns);
	vfree(session->log);
	vfree(session->table);
	kfree(session);
}

static int allocate_log_and_table(struct session *session)
{
	session->log = vmalloc(DRYDOCK_LOG_EVENTS * sizeof(*session->log));
	session->table = vmalloc(DRYDOCK_TABLE_PAGES * sizeof(*session->table));
	if (!session->log || !session->table)
		return -ENOMEM;
	memset(session->table, 0, DRYDOCK_TABLE_PAGES * sizeof(*session->table));
	session->slots = DRYDOCK_TABLE_PAGES;
	return 0;
}

static int probe_open(struct inode *inode, struct file *file)
{
	static atomic_t sessions = ATOMIC_INIT(0);
	struct session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	if (!session)
		return -ENOMEM;
	session->number = atomic_inc_return(&sessions);
	mutex_init(&session->commands);
	spin_lock_init(&session->lock);
	if (file->f_mode & FMODE_READ && allocate_log_and_table(session) != 0) {
		free_session(session);
		return -ENOMEM;
	}
	file->private_data = session;
	return 0;
}

static int probe_release(struct inode *inode, struct file *file)
{
	struct session *session = file->private_data;

	if (session->registered)
		detach(session);
	free_session(session);
	return 0;
}

static const struct file_operations probe_fops = {
	.owner = THIS_MODULE,
	.open = probe_open,
	.release = probe_release,
	.read = probe_read,
	.unlocked_ioctl = probe_ioctl,
};

static int __init probe_init(void)
{
	int error = find_symbols();

	if (error)
		return error;
	find_locks();
	find_rmap();
	device_major = register_chrdev(0, DEVICE_NAME, (struct file_operations *)&probe_fops);
	if (device_major < 0) {
		forget_locks();
		return device_major;
	}
	return 0;
}

static void __exit probe_exit(void)
{
	unregister_chrdev(device_major, DEVICE_NAME);
	forget_locks();
}

module_init(probe_init);
module_exit(probe_exit);
MODULE_DESCRIPTION("Drydock's probe of MMU notifiers and mm_take_all_locks");
MODULE_LICENSE("GPL");
