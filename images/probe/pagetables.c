// SPDX-License-Identifier: GPL-2.0-only
/* What the page tables have at an address; kernels.h has the way to the upper levels. */
#include "session.h"

/* The page in the page tables at the address; 0 if there is none. Call with mmap_sem held, or all locks. */
int mapped_pfn(struct mm_struct *mm, unsigned long address, unsigned long *pfn)
{
	pud_t *pud = probe_pud(mm, address);
	pmd_t *pmd = pud && pud_present(*pud) ? pmd_offset(pud, address) : NULL;
	pte_t *entry, value;

	if (!pmd || !pmd_present(*pmd))
		return 0;
	if (pmd_large(*pmd)) {
		*pfn = pmd_pfn(*pmd) + ((address & ~PMD_MASK) >> PAGE_SHIFT);
		return 1;
	}
	entry = pte_offset_map(pmd, address);
	value = *entry;
	pte_unmap(entry);
	if (!pte_present(value))
		return 0;
	*pfn = pte_pfn(value);
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
