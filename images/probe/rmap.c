// SPDX-License-Identifier: GPL-2.0-only
/* Pages that the probe keeps, and the way from a page to its page table entries and to the list of its VMAs. */
#include "session.h"

static probe_referenced_function call_referenced;
static probe_unmap_function call_unmap;
static probe_add_to_swap_function call_add_to_swap;
#ifdef PROBE_MKCLEAN_NAME
static probe_mkclean_function call_mkclean;
#endif
#ifdef PROBE_GET_ANON_VMA_NAME
static probe_get_anon_vma_function call_get_anon_vma;
static probe_put_anon_vma_function call_put_anon_vma;
#endif

void find_rmap(void)
{
	call_referenced = probe_find(PROBE_REFERENCED_NAME);
	call_unmap = probe_find("try_to_unmap");
	call_add_to_swap = probe_find("add_to_swap");
#ifdef PROBE_MKCLEAN_NAME
	call_mkclean = probe_find(PROBE_MKCLEAN_NAME);
#endif
#ifdef PROBE_GET_ANON_VMA_NAME
	call_get_anon_vma = probe_find(PROBE_GET_ANON_VMA_NAME);
	call_put_anon_vma = probe_find(PROBE_PUT_ANON_VMA_NAME);
#endif
}

int rmap_is_known(unsigned int flags)
{
	switch (flags) {
	case DRYDOCK_UNMAP:
		return call_unmap && call_add_to_swap;
	case DRYDOCK_YOUNG:
		return call_referenced != NULL;
#ifdef PROBE_MKCLEAN_NAME
	case DRYDOCK_CLEAN:
		return call_mkclean != NULL;
#endif
	}
	return 0;
}

void unpin(struct session *session)
{
	struct page *page;
	unsigned int i;

	for (i = 0; i < DRYDOCK_PINNED_PAGES; i++) {
		spin_lock(&session->lock);
		page = session->pinned[i];
		session->pinned[i] = NULL;
		spin_unlock(&session->lock);
		if (page)
			put_page(page);
	}
}

/* Returns 0 if there is no room. */
static int keep(struct session *session, struct page *page)
{
	unsigned int i;

	spin_lock(&session->lock);
	for (i = 0; i < DRYDOCK_PINNED_PAGES && session->pinned[i]; i++)
		;
	if (i < DRYDOCK_PINNED_PAGES)
		session->pinned[i] = page;
	spin_unlock(&session->lock);
	return i < DRYDOCK_PINNED_PAGES;
}

long do_pin(struct session *session, struct drydock_request *request)
{
	struct page *page;
	long got;

	probe_mm_read_lock(current->mm);
	got = probe_get_page(request->address, request->flags & DRYDOCK_WRITE, &page);
	probe_mm_read_unlock(current->mm);
	request->answer = got == 1 ? 0 : got < 0 ? got : -EFAULT;
	if (got != 1)
		return 0;
	if (!(request->flags & DRYDOCK_MORE))
		unpin(session);
	if (!keep(session, page)) {
		put_page(page);
		request->answer = -ENOSPC;
	}
	return 0;
}

long do_unpin(struct session *session, struct drydock_request *request)
{
	unpin(session);
	return 0;
}

/* A pinned page with a reference for the caller, or NULL. */
static struct page *get_pinned(struct session *session, unsigned int number)
{
	struct page *page;

	spin_lock(&session->lock);
	page = session->pinned[number];
	if (page)
		get_page(page);
	spin_unlock(&session->lock);
	return page;
}

static int call_on(struct page *page, unsigned int flags)
{
	if (flags == DRYDOCK_YOUNG)
		return probe_call_referenced(call_referenced, page);
#ifdef PROBE_MKCLEAN_NAME
	if (flags == DRYDOCK_CLEAN)
		return probe_call_mkclean(call_mkclean, page);
#endif
	return probe_call_unmap(call_unmap, page);
}

long do_rmap(struct session *session, struct drydock_request *request)
{
	struct page *page;

	if (!rmap_is_known(request->flags))
		return -EOPNOTSUPP;
	page = get_pinned(session, 0);
	if (!page)
		return -ENOLINK;
	lock_page(page);
	if (request->flags == DRYDOCK_UNMAP && PageAnon(page) && !PageSwapCache(page) &&
	    !probe_call_add_to_swap(call_add_to_swap, page))
		request->answer = -ENOSPC;
	else
		request->answer = call_on(page, request->flags);
	unlock_page(page);
	put_page(page);
	return 0;
}

long do_dirty(struct session *session, struct drydock_request *request)
{
	struct page *page = get_pinned(session, 0);

	if (!page)
		return -ENOLINK;
	request->answer = !!PageDirty(page);
	put_page(page);
	return 0;
}

#ifdef PROBE_GET_ANON_VMA_NAME
int anon_vmas_are_known(void)
{
	return call_get_anon_vma && call_put_anon_vma;
}

static int look_at_list(struct page *page, int tries, unsigned long long *areas)
{
	struct anon_vma *anon = call_get_anon_vma(page_folio(page));
	struct rb_node *node;
	int marked = 0;

	if (!anon)
		return -ENOENT;
	if (tries ? down_read_trylock(&anon->root->rwsem) : (anon_vma_lock_read(anon), 1)) {
		marked = probe_anon_vma_is_marked(anon->root);
		if (!marked)
			for (node = rb_first_cached(&anon->rb_root); node; node = rb_next(node))
				++*areas;
		anon_vma_unlock_read(anon);
	}
	if (atomic_dec_and_test(&anon->refcount))
		call_put_anon_vma(anon);
	return marked;
}
#else
int anon_vmas_are_known(void)
{
	return 1;
}

/* Like the kernel's page_lock_anon_vma, which is static: RCU keeps the anon_vma's memory until its lock is held. */
static int look_at_list(struct page *page, int tries, unsigned long long *areas)
{
	unsigned long mapping;
	struct anon_vma *anon;
	struct list_head *item;
	int marked = -ENOENT;

	rcu_read_lock();
	mapping = (unsigned long)page->mapping;
	if ((mapping & PAGE_MAPPING_ANON) && page_mapped(page)) {
		anon = (struct anon_vma *)(mapping - PAGE_MAPPING_ANON);
		marked = 0;
		if (tries ? spin_trylock(&anon->lock) : (spin_lock(&anon->lock), 1)) {
			marked = !!probe_anon_vma_is_marked(anon);
			if (!marked)
				list_for_each(item, &anon->head)
					++*areas;
			spin_unlock(&anon->lock);
		}
	}
	rcu_read_unlock();
	return marked;
}
#endif

/* How many lists of the pinned pages have the marker, or -ENOENT. */
static int look_at_lists(struct session *session, int tries, unsigned long long *areas)
{
	struct page *page;
	unsigned int i;
	int marked, sum = 0;

	for (i = 0; i < DRYDOCK_PINNED_PAGES; i++) {
		page = get_pinned(session, i);
		if (!page)
			break;
		marked = look_at_list(page, tries, areas);
		put_page(page);
		if (marked < 0)
			return marked;
		sum += marked;
	}
	return i ? sum : -ENOENT;
}

long do_walk(struct session *session, struct drydock_request *request)
{
	unsigned long long round;
	int marked;

	if (!anon_vmas_are_known())
		return -EOPNOTSUPP;
	if (request->microseconds > DRYDOCK_BUSY_MICROSECONDS)
		return -EINVAL;
	for (round = 0; round < request->address && !signal_pending(current); round++) {
		interrupt_others(request);
		marked = look_at_lists(session, request->flags & DRYDOCK_INTERRUPT, &request->out[0]);
		if (marked < 0) {
			request->answer = marked;
			break;
		}
		request->answer += marked;
		cond_resched();
	}
	request->out[1] = round;
	return 0;
}
