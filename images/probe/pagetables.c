// SPDX-License-Identifier: GPL-2.0-only
/* What the page tables have at an address; kernels.h has the way to the upper levels. */
#include "session.h"

/*
 * What the page table entry of the address has; 0 if there is no page. Call while the page tables cannot be freed: with
 * mmap_sem or a lock of the reverse map held, or all locks.
 */
int find_mapped(struct mm_struct *mm, unsigned long address, struct mapped *mapped)
{
	pud_t *pud = probe_pud(mm, address);
	pmd_t *pmd = pud && pud_present(*pud) ? pmd_offset(pud, address) : NULL;
	pte_t *entry, value;

	if (!pmd || !pmd_present(*pmd))
		return 0;
	if (pmd_large(*pmd)) {
		/* It has the bits of a page table entry. */
		value = *(pte_t *)pmd;
		mapped->pfn = pmd_pfn(*pmd) + ((address & ~PMD_MASK) >> PAGE_SHIFT);
	} else {
		entry = pte_offset_map(pmd, address);
		value = *entry;
		pte_unmap(entry);
		if (!pte_present(value))
			return 0;
		mapped->pfn = pte_pfn(value);
	}
	mapped->writable = !!pte_write(value);
	mapped->young = !!pte_young(value);
	return 1;
}

/* The page of the address alone; 0 if there is none. */
int mapped_pfn(struct mm_struct *mm, unsigned long address, unsigned long *pfn)
{
	struct mapped mapped;

	if (!find_mapped(mm, address, &mapped))
		return 0;
	*pfn = mapped.pfn;
	return 1;
}

long do_references(struct session *session, struct drydock_request *request)
{
	unsigned long pfn;

	request->answer = -ENOENT;
	probe_mm_read_lock(current->mm);
	if (mapped_pfn(current->mm, request->address, &pfn) && pfn_valid(pfn))
		request->answer = page_count(pfn_to_page(pfn));
	probe_mm_read_unlock(current->mm);
	return 0;
}
