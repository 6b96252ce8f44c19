/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything that differs between the kernels, except whether there are notifiers, which is in notifier.c. */
#ifndef KERNELS_H
#define KERNELS_H

#include <linux/version.h>
#include <linux/module.h>
#include <linux/kernel.h>
#include <linux/fs.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/delay.h>
#include <linux/timex.h>
#include <linux/sort.h>

/* SWAP_FAIL, if the kernel has a name for it. */
#define PROBE_STILL_MAPPED 2

typedef void (*probe_area_visitor)(struct vm_area_struct *area, void *data);
typedef void (*probe_anon_vma_visitor)(struct anon_vma *anon, void *data);

/* The kernel's function of that name, exported or not, or NULL. */
void *probe_find(const char *name);

/*
 * The functions that the probe looks up by name are called with the types below. If a header of the tree under test
 * declares them, the compiler compares; if none does, these are the versions that somebody has checked.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#include <linux/mmu_notifier.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#define probe_mm_write_lock(mm) mmap_write_lock(mm)
#define probe_mm_write_trylock(mm) mmap_write_trylock(mm)
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
#define probe_tick_khz tsc_khz
#define probe_call_on_others(function, data) smp_call_function((function), (data), 0)

/* On this kernel mm_take_all_locks is tested as an export. */
#define probe_get_locks(name) ((void *)__symbol_get(name))
#define probe_put_locks(name) __symbol_put(name)

static inline void probe_visit_areas(struct mm_struct *mm, probe_area_visitor visit, void *data)
{
	struct vm_area_struct *area;
	VMA_ITERATOR(areas, mm, 0);

	for_each_vma(areas, area)
		visit(area, data);
}

/* By their roots, because lock and marker are there. */
static inline void probe_visit_anon_vmas(struct vm_area_struct *area, probe_anon_vma_visitor visit, void *data)
{
	struct anon_vma_chain *link;

	list_for_each_entry(link, &area->anon_vma_chain, same_vma)
		visit(link->anon_vma->root, data);
}

#define probe_lock_mapping(mapping) i_mmap_lock_write(mapping)
#define probe_unlock_mapping(mapping) i_mmap_unlock_write(mapping)
#define probe_mapping_is_locked(mapping) rwsem_is_locked(&(mapping)->i_mmap_rwsem)
#define probe_anon_vma_is_locked(anon) rwsem_is_locked(&(anon)->rwsem)
#define probe_anon_vma_marker(anon) ((unsigned long *)&(anon)->rb_root.rb_root.rb_node)
#define PROBE_HAS_MARKERS

static inline pud_t *probe_pud(struct mm_struct *mm, unsigned long address)
{
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d = pgd_present(*pgd) ? p4d_offset(pgd, address) : NULL;

	return p4d && p4d_present(*p4d) ? pud_offset(p4d, address) : NULL;
}

#define PROBE_REFERENCED_NAME "folio_referenced"
typedef typeof(&folio_referenced) probe_referenced_function;
static inline int probe_call_referenced(probe_referenced_function function, struct page *page)
{
	unsigned long flags;

	return function(page_folio(page), 1, NULL, &flags);
}

#define PROBE_MKCLEAN_NAME "folio_mkclean"
typedef typeof(&folio_mkclean) probe_mkclean_function;
#define probe_call_mkclean(function, page) (function)(page_folio(page))

typedef typeof(&try_to_unmap) probe_unmap_function;
static inline int probe_call_unmap(probe_unmap_function function, struct page *page)
{
	function(page_folio(page), 0);
	return page_mapped(page) ? PROBE_STILL_MAPPED : 0;
}

typedef bool (*probe_add_to_swap_function)(struct folio *folio);
#define probe_call_add_to_swap(function, page) (function)(page_folio(page))

/* An anon_vma and its VMAs, held as long as its lock is waited for. */
#define PROBE_GET_ANON_VMA_NAME "folio_get_anon_vma"
#define PROBE_PUT_ANON_VMA_NAME "__put_anon_vma"
typedef typeof(&folio_get_anon_vma) probe_get_anon_vma_function;
typedef typeof(&__put_anon_vma) probe_put_anon_vma_function;

#elif LINUX_VERSION_CODE == KERNEL_VERSION(2, 6, 18)
#include <asm/uaccess.h>
#ifdef CONFIG_MMU_NOTIFIER
#include <linux/mmu_notifier.h>
#endif
#define probe_mm_write_lock(mm) down_write(&(mm)->mmap_sem)
#define probe_mm_write_trylock(mm) down_write_trylock(&(mm)->mmap_sem)
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

#define probe_tick_khz cpu_khz

/* A module cannot call ktime_get() on this kernel. */
static inline unsigned long long probe_now(void)
{
	struct timespec time;

	ktime_get_ts(&time);
	return timespec_to_ns(&time);
}

#define probe_call_on_others(function, data) smp_call_function((function), (data), 0, 0)

/* Not every tree of this version exports it, so the symbol table is used. */
#define probe_get_locks(name) probe_find(name)
#define probe_put_locks(name) do { } while (0)

static inline void probe_visit_areas(struct mm_struct *mm, probe_area_visitor visit, void *data)
{
	struct vm_area_struct *area;

	for (area = mm->mmap; area; area = area->vm_next)
		visit(area, data);
}

static inline void probe_visit_anon_vmas(struct vm_area_struct *area, probe_anon_vma_visitor visit, void *data)
{
	if (area->anon_vma)
		visit(area->anon_vma, data);
}

#define probe_lock_mapping(mapping) spin_lock(&(mapping)->i_mmap_lock)
#define probe_unlock_mapping(mapping) spin_unlock(&(mapping)->i_mmap_lock)
#define probe_mapping_is_locked(mapping) spin_is_locked(&(mapping)->i_mmap_lock)
#define probe_anon_vma_is_locked(anon) spin_is_locked(&(anon)->lock)
#define probe_anon_vma_marker(anon) ((unsigned long *)&(anon)->head.next)
#ifdef AS_MM_ALL_LOCKS
#define PROBE_HAS_MARKERS
#endif

static inline pud_t *probe_pud(struct mm_struct *mm, unsigned long address)
{
	pgd_t *pgd = pgd_offset(mm, address);

	return pgd_present(*pgd) ? pud_offset(pgd, address) : NULL;
}

#define PROBE_REFERENCED_NAME "page_referenced"
typedef typeof(&page_referenced) probe_referenced_function;
#define probe_call_referenced(function, page) (function)((page), 1)

#ifdef PROBE_HAS_PAGE_MKCLEAN
#define PROBE_MKCLEAN_NAME "page_mkclean"
typedef typeof(&page_mkclean) probe_mkclean_function;
#define probe_call_mkclean(function, page) (function)(page)
#endif

/* The first SWAP_FAIL may only mean that the page was touched recently. */
typedef typeof(&try_to_unmap) probe_unmap_function;
static inline int probe_call_unmap(probe_unmap_function function, struct page *page)
{
	int result = function(page, 0);

	return result == PROBE_STILL_MAPPED ? function(page, 0) : result;
}

typedef typeof(&add_to_swap) probe_add_to_swap_function;
#define probe_call_add_to_swap(function, page) (function)((page), GFP_KERNEL)

#else
#error "drydock's probe knows the functions it looks up by name in 2.6.18 and in 6.1 only"
#endif

#ifdef PROBE_HAS_MARKERS
#define probe_mapping_is_marked(mapping) test_bit(AS_MM_ALL_LOCKS, &(mapping)->flags)
#define probe_anon_vma_is_marked(anon) test_bit(0, probe_anon_vma_marker(anon))
#else
#define probe_mapping_is_marked(mapping) 0
#define probe_anon_vma_is_marked(anon) 0
#endif

#endif
