// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probe: a driver with a secondary MMU that maps nothing. Where the kernel has MMU notifiers it registers them on
 * the mm of the workload that opened /dev/drydock, logs each callback and keeps a table of page frame numbers that it
 * never pins; where it finds mm_take_all_locks it holds all locks for a set time. The workloads judge; the probe only
 * tells.
 */
#include <linux/version.h>
#include <linux/module.h>
#include <linux/kernel.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#ifdef CONFIG_MMU_NOTIFIER
#include <linux/mmu_notifier.h>
#endif
#include "drydock_probe.h"

/* Everything that differs between the kernels stands in this block; whether there are notifiers, below. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 8, 0)
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#define probe_mm_write_lock(mm) mmap_write_lock(mm)
#define probe_mm_write_unlock(mm) mmap_write_unlock(mm)
#define probe_mm_read_lock(mm) mmap_read_lock(mm)
#define probe_mm_read_unlock(mm) mmap_read_unlock(mm)
#define probe_get_page(address, write, page) \
	get_user_pages((address), 1, (write) ? FOLL_WRITE : 0, (page), NULL)
#define PROBE_RANGE_ARGUMENTS const struct mmu_notifier_range *range
#define probe_range_start (range->start)
#define probe_range_end (range->end)
#define PROBE_START_RESULT int
#define PROBE_START_RETURN return 0
#define PROBE_YOUNG_ARGUMENTS struct mm_struct *mm, unsigned long start, unsigned long end
#define probe_young_end end
#define PROBE_HAS_CHANGE_PTE
#define probe_now() ktime_to_ns(ktime_get())
/* Here mm_take_all_locks is under test as an export. */
#define probe_find(name) ((void *)__symbol_get(name))
#define probe_forget(name) __symbol_put(name)
#else
#include <asm/uaccess.h>
#define probe_mm_write_lock(mm) down_write(&(mm)->mmap_sem)
#define probe_mm_write_unlock(mm) up_write(&(mm)->mmap_sem)
#define probe_mm_read_lock(mm) down_read(&(mm)->mmap_sem)
#define probe_mm_read_unlock(mm) up_read(&(mm)->mmap_sem)
#define probe_get_page(address, write, page) \
	get_user_pages(current, current->mm, (address), 1, !!(write), 0, (page), NULL)
#define PROBE_RANGE_ARGUMENTS struct mm_struct *mm, unsigned long start, unsigned long end
#define probe_range_start start
#define probe_range_end end
#define PROBE_START_RESULT void
#define PROBE_START_RETURN return
#define PROBE_YOUNG_ARGUMENTS struct mm_struct *mm, unsigned long start
#define probe_young_end (start + PAGE_SIZE)
#define PROBE_HAS_INVALIDATE_PAGE

/* ktime_get() is no module's to call here. */
static unsigned long long probe_now(void)
{
	struct timespec time;

	ktime_get_ts(&time);
	return timespec_to_ns(&time);
}

/*
 * The kernel's function of that name, exported or not, or NULL. The probe is part of the very kernel it asks, so the
 * symbol table is right. Vanilla 2.6.18 lets modules read it; the .el5 trees let kprobes look a name up.
 */
#ifdef PROBE_KPROBES_LOOK_UP
#include <linux/kprobes.h>
static void *probe_find(const char *name)
{
	struct kprobe place;

	memset(&place, 0, sizeof(place));
	place.symbol_name = (char *)name;
	if (register_kprobe(&place) != 0)
		return NULL;
	unregister_kprobe(&place);
	return place.addr;
}
#else
#include <linux/kallsyms.h>
#define probe_find(name) ((void *)kallsyms_lookup_name(name))
#endif
#define probe_forget(name) do { } while (0)
#endif

#define DEVICE_NAME "drydock"

struct table_entry {
	unsigned long address;	/* 0 is a free slot */
	unsigned long pfn;
	int write;
};

struct session {
	struct mutex commands;		/* one ioctl or read at a time */
	spinlock_t lock;		/* what callbacks touch: all below, up to `closed` */
	struct drydock_event *log;
	unsigned int head, used;	/* ring: oldest event, number of events */
	unsigned long long order;
	struct table_entry *table;	/* DRYDOCK_TABLE_PAGES slots, by page number */
	unsigned int active;		/* invalidations between start and end */
	unsigned long sequence;		/* invalidations that have ended */
	int closed;			/* unregistration has returned */
	int registered;			/* under `commands` */
	struct mm_struct *mm;		/* never dereferenced without the notifier's own reference */
#ifdef CONFIG_MMU_NOTIFIER
	struct mmu_notifier notifier;
#endif
};

static int device_major;
static int (*take_all_locks)(struct mm_struct *mm);
static void (*drop_all_locks)(struct mm_struct *mm);

/* Under session->lock. The order counts lost events too, so a full log shows as a gap. */
static void log_event(struct session *session, unsigned int kind, unsigned long start, unsigned long end)
{
	struct drydock_event *event;

	session->order++;
	if (session->used == DRYDOCK_LOG_EVENTS)
		return;
	event = &session->log[(session->head + session->used++) % DRYDOCK_LOG_EVENTS];
	event->order = session->order;
	event->nanoseconds = probe_now();
	event->start = start;
	event->end = end;
	event->kind = kind;
	event->cpu = raw_smp_processor_id();
}

static void log_locked(struct session *session, unsigned int kind, unsigned long start, unsigned long end)
{
	spin_lock(&session->lock);
	log_event(session, kind, start, end);
	spin_unlock(&session->lock);
}

static int slot_is_within(const struct table_entry *entry, unsigned long start, unsigned long end)
{
	return entry->address && entry->address >= start && entry->address < end;
}

/* Under session->lock. */
static void drop_entries(struct session *session, unsigned long start, unsigned long end)
{
	unsigned int i;

	for (i = 0; i < DRYDOCK_TABLE_PAGES; i++)
		if (slot_is_within(&session->table[i], start, end))
			session->table[i].address = 0;
}

#ifdef CONFIG_MMU_NOTIFIER
/* One callback: logged, applied to the table. */
static void heard(struct mmu_notifier *notifier, unsigned int kind, unsigned long start, unsigned long end)
{
	struct session *session = container_of(notifier, struct session, notifier);

	spin_lock(&session->lock);
	log_event(session, session->closed ? DRYDOCK_EVENT_LATE : kind, start, end);
	if (kind == DRYDOCK_EVENT_START)
		session->active++;
	if (kind == DRYDOCK_EVENT_END && session->active)
		session->active--;
	if (kind == DRYDOCK_EVENT_END || kind == DRYDOCK_EVENT_PAGE)
		session->sequence++;
	if (kind == DRYDOCK_EVENT_START || kind == DRYDOCK_EVENT_PAGE || kind == DRYDOCK_EVENT_RELEASE)
		drop_entries(session, start, end);
	spin_unlock(&session->lock);
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
	return 0;
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

static int notifiers_are_known(void)
{
	return 1;
}

static int attach(struct session *session, struct mm_struct *mm)
{
	session->notifier.ops = &notifier_ops;
	return mmu_notifier_register(&session->notifier, mm);
}

static void detach_notifier(struct session *session)
{
	mmu_notifier_unregister(&session->notifier, session->mm);
}
#else
static int notifiers_are_known(void)
{
	return 0;
}

/* Nobody gets here: registration is refused before. */
static int attach(struct session *session, struct mm_struct *mm)
{
	return -ENOSYS;
}

static void detach_notifier(struct session *session)
{
}
#endif

static void signal_caller(const struct drydock_request *request)
{
	if (request->flags & DRYDOCK_SIGNALLED)
		send_sig(SIGUSR1, current, 0);
}

static long do_register(struct session *session, struct drydock_request *request)
{
	if (!notifiers_are_known())
		return -EOPNOTSUPP;
	if (session->registered)
		return -EBUSY;
	spin_lock(&session->lock);
	session->closed = 0;
	session->active = 0;
	drop_entries(session, 0, ~0UL);
	spin_unlock(&session->lock);
	signal_caller(request);
	request->answer = attach(session, current->mm);
	if (request->answer)
		return 0;
	session->mm = current->mm;
	session->registered = 1;
	log_locked(session, DRYDOCK_EVENT_REGISTERED, 0, 0);
	return 0;
}

static void detach(struct session *session)
{
	detach_notifier(session);
	spin_lock(&session->lock);
	session->closed = 1;
	log_event(session, DRYDOCK_EVENT_UNREGISTERED, 0, 0);
	spin_unlock(&session->lock);
	session->registered = 0;
	session->mm = NULL;
}

static long do_unregister(struct session *session, struct drydock_request *request)
{
	if (!session->registered)
		return -ENOLINK;
	detach(session);
	return 0;
}

/*
 * One page by a driver's protocol: remember the sequence, find the page, and enter it only when nothing was
 * invalidated since and nothing is being invalidated. Returns 1 when entered, 0 when refused.
 */
static int enter_page(struct session *session, unsigned long address, int write)
{
	struct table_entry *slot = &session->table[(address >> PAGE_SHIFT) % DRYDOCK_TABLE_PAGES];
	struct page *page;
	unsigned long sequence;
	int entered = 0;

	spin_lock(&session->lock);
	sequence = session->sequence;
	spin_unlock(&session->lock);
	probe_mm_read_lock(current->mm);
	if (probe_get_page(address, write, &page) != 1)
		page = NULL;
	probe_mm_read_unlock(current->mm);
	if (!page)
		return 0;
	spin_lock(&session->lock);
	if (!session->active && session->sequence == sequence) {
		slot->address = address;
		slot->pfn = page_to_pfn(page);
		slot->write = write;
		entered = 1;
	}
	spin_unlock(&session->lock);
	put_page(page);
	return entered;
}

static long do_map(struct session *session, struct drydock_request *request)
{
	unsigned long long i;

	if (!session->registered || session->mm != current->mm)
		return -ENOLINK;
	if (!request->address || (request->address & ~PAGE_MASK))
		return -EINVAL;
	if (request->pages > DRYDOCK_TABLE_PAGES)
		return -ENOSPC;
	request->answer = 0;
	for (i = 0; i < request->pages; i++)
		request->answer += enter_page(session, request->address + i * PAGE_SIZE,
					      request->flags & DRYDOCK_WRITE);
	return 0;
}

/* 1 when slot i names a page that the page tables no longer name, 0 when it is right or was dropped meanwhile. */
static int entry_is_stale(struct session *session, unsigned int i, unsigned long long *checked)
{
	struct table_entry entry;
	struct page *page;
	int stale = 0;

	spin_lock(&session->lock);
	entry = session->table[i];
	spin_unlock(&session->lock);
	if (!entry.address)
		return 0;
	probe_mm_read_lock(current->mm);
	if (probe_get_page(entry.address, entry.write, &page) != 1)
		page = NULL;
	probe_mm_read_unlock(current->mm);
	spin_lock(&session->lock);
	if (session->table[i].address == entry.address) {
		stale = !page || page_to_pfn(page) != entry.pfn;
		++*checked;
	}
	spin_unlock(&session->lock);
	if (page)
		put_page(page);
	return stale;
}

static long do_verify(struct session *session, struct drydock_request *request)
{
	unsigned int i;

	if (!session->registered || session->mm != current->mm)
		return -ENOLINK;
	request->answer = 0;
	request->pages = 0;
	for (i = 0; i < DRYDOCK_TABLE_PAGES; i++)
		request->answer += entry_is_stale(session, i, &request->pages);
	return 0;
}

static void do_count(struct session *session, struct drydock_request *request)
{
	unsigned long end = request->address + request->pages * PAGE_SIZE;
	unsigned int i;

	request->answer = 0;
	spin_lock(&session->lock);
	for (i = 0; i < DRYDOCK_TABLE_PAGES; i++)
		request->answer += slot_is_within(&session->table[i], request->address, end);
	spin_unlock(&session->lock);
}

/* Busy, not asleep: on kernels where these are spinlocks nobody may sleep here. */
static void stay_busy(unsigned long long microseconds)
{
	unsigned long long until = probe_now() + microseconds * 1000;

	while (probe_now() < until)
		cpu_relax();
}

static long do_hold(struct session *session, struct drydock_request *request)
{
	if (!take_all_locks || !drop_all_locks)
		return -EOPNOTSUPP;
	if (request->microseconds > DRYDOCK_HOLD_MICROSECONDS)
		return -EINVAL;
	if (request->pages || request->flags & ~DRYDOCK_SIGNALLED)
		return -EOPNOTSUPP;
	probe_mm_write_lock(current->mm);
	signal_caller(request);
	request->answer = take_all_locks(current->mm);
	if (!request->answer) {
		log_locked(session, DRYDOCK_EVENT_HELD, 0, 0);
		stay_busy(request->microseconds);
		log_locked(session, DRYDOCK_EVENT_DROPPED, 0, 0);
		drop_all_locks(current->mm);
	}
	probe_mm_write_unlock(current->mm);
	return 0;
}

static long obey(struct session *session, unsigned int command, struct drydock_request *request)
{
	switch (command) {
	case DRYDOCK_REGISTER:
		return do_register(session, request);
	case DRYDOCK_UNREGISTER:
		return do_unregister(session, request);
	case DRYDOCK_MARK:
		log_locked(session, DRYDOCK_EVENT_MARK, request->address, request->address);
		return 0;
	case DRYDOCK_MAP:
		return do_map(session, request);
	case DRYDOCK_VERIFY:
		return do_verify(session, request);
	case DRYDOCK_HOLD:
		return do_hold(session, request);
	case DRYDOCK_LOCKS:
		request->answer = take_all_locks && drop_all_locks ? 0 : -ENOENT;
		return 0;
	case DRYDOCK_NOTIFIERS:
		request->answer = notifiers_are_known() ? 0 : -ENOENT;
		return 0;
	case DRYDOCK_CAN:
		request->answer = -ENOENT;
		return 0;
	case DRYDOCK_DROP:
	case DRYDOCK_INSPECT:
	case DRYDOCK_PIN:
	case DRYDOCK_UNPIN:
	case DRYDOCK_RMAP:
	case DRYDOCK_REFERENCES:
	case DRYDOCK_FREED:
	case DRYDOCK_WATCH:
	case DRYDOCK_DELAY:
	case DRYDOCK_FLAGS:
	case DRYDOCK_WALK:
	case DRYDOCK_HOLDERS:
		return -EOPNOTSUPP;
	}
	return -ENOTTY;
}

static long probe_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct session *session = file->private_data;
	struct drydock_request request;
	long result;

	if (copy_from_user(&request, (void __user *)argument, sizeof(request)))
		return -EFAULT;
	request.answer = 0;
	memset(request.out, 0, sizeof(request.out));
	if (command == DRYDOCK_COUNT) {
		do_count(session, &request);
		result = 0;
	} else {
		mutex_lock(&session->commands);
		result = obey(session, command, &request);
		mutex_unlock(&session->commands);
	}
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
	vfree(session->log);
	vfree(session->table);
	kfree(session);
}

static int probe_open(struct inode *inode, struct file *file)
{
	struct session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	if (!session)
		return -ENOMEM;
	mutex_init(&session->commands);
	spin_lock_init(&session->lock);
	session->log = vmalloc(DRYDOCK_LOG_EVENTS * sizeof(*session->log));
	session->table = vmalloc(DRYDOCK_TABLE_PAGES * sizeof(*session->table));
	if (!session->log || !session->table) {
		free_session(session);
		return -ENOMEM;
	}
	memset(session->table, 0, DRYDOCK_TABLE_PAGES * sizeof(*session->table));
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

static void find_locks(void)
{
	take_all_locks = probe_find("mm_take_all_locks");
	drop_all_locks = probe_find("mm_drop_all_locks");
}

static void forget_locks(void)
{
	if (take_all_locks)
		probe_forget("mm_take_all_locks");
	if (drop_all_locks)
		probe_forget("mm_drop_all_locks");
}

static int __init probe_init(void)
{
	find_locks();
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
