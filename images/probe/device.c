// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probe: a driver with a secondary MMU that maps nothing. If the kernel has MMU notifiers, the probe registers them
 * on the mm of the workload that opened /dev/drydock, logs each callback and keeps a table of page frame numbers that
 * it never pins. If the probe finds mm_take_all_locks, it holds all locks for a given time. The workloads judge; the
 * probe only reports.
 */
#include "session.h"

#define DEVICE_NAME "drydock"

static int device_major;

/* 0 if a command would be refused on this kernel, with any arguments. */
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

static long do_barrier(struct session *session, struct drydock_request *request)
{
	rcu_barrier();
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
	{ DRYDOCK_DIRTY, 0, do_dirty },
	{ DRYDOCK_BARRIER, 0, do_barrier },
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
