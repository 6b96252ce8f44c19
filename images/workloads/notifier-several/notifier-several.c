// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three notifiers of one mm, which leave it in every order: those that are registered hear each change equally often,
 * the others nothing. Each by itself can say that a page was used; that ends neither the question to the others nor
 * their answers. The end of the mm releases each that is left, once.
 */
#include "area.h"

#define NOTIFIERS 3
#define ORDERS 6
#define PIECE 16
#define SHARED PIECE			/* of a tmpfs file */

static const unsigned orders[ORDERS][NOTIFIERS] = {
	{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
};
static const char unmapped_all[] = "each hears of a page that the reverse map unmaps";
static const char asked_all[] = "each is asked for the age of a page, whatever another says";
static const char answered_all[] = "a page that any of them used is in use";

static struct probe probes[NOTIFIERS];
static unsigned unheard, heard_after;

static void make_area(void)
{
	reserve_area(2 * PIECE);
	map_at(0, PIECE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map_at(SHARED, PIECE, MAP_SHARED, make_file("/tmp/several", PIECE * PAGE));
	write_pages(0, 2 * PIECE, 1);
}

static unsigned count_at(const struct probe *probe, unsigned kind, unsigned number)
{
	unsigned i, count = 0;

	for (i = 0; i < probe->count; i++)
		count += probe->events[i].kind == kind && probe->events[i].start <= (unsigned long)page(number) &&
			 probe->events[i].end > (unsigned long)page(number);
	return count;
}

static void forget_all(void)
{
	unsigned i;

	for (i = 0; i < NOTIFIERS; i++) {
		listen_to(&probes[i]);
		forget_events(&probes[i]);
	}
}

static void take_page_away(unsigned number)
{
	page(number)[0] = 1;
	need(madvise(page(number), PAGE, MADV_DONTNEED) == 0, "madvise");
}

/* One change, and who heard it. The callback of one must not take the place of another's, so all are compared. */
static void compare(const int *registered, unsigned number)
{
	unsigned i, starts, ends;

	forget_all();
	take_page_away(number);
	for (i = 0; i < NOTIFIERS; i++) {
		listen_to(&probes[i]);
		starts = count_at(&probes[i], DRYDOCK_EVENT_START, number);
		ends = count_at(&probes[i], DRYDOCK_EVENT_END, number);
		if (registered[i])
			unheard += starts == 0 || ends == 0;
		else
			heard_after += starts + ends + count_kind(&probes[i], 0, DRYDOCK_EVENT_LATE);
	}
}

static unsigned register_all(int *registered)
{
	unsigned i, refused = 0;

	for (i = 0; i < NOTIFIERS; i++) {
		registered[i] = ask_plainly(&probes[i], DRYDOCK_REGISTER) == 0;
		refused += !registered[i];
		compare(registered, i);
	}
	return refused;
}

static void leave_in_orders(void)
{
	int registered[NOTIFIERS] = { 0 };
	unsigned order, i, left, refused = 0;

	for (order = 0; order < ORDERS; order++) {
		refused += register_all(registered);
		for (i = 0; i < NOTIFIERS; i++) {
			left = orders[order][i];
			if (registered[left])
				ask_plainly(&probes[left], DRYDOCK_UNREGISTER);
			registered[left] = 0;
			compare(registered, i);
		}
	}
	check(refused == 0, "three notifiers register on one mm, again and again");
	if (!check(unheard == 0, "each change is heard by every notifier that is registered"))
		printf("# %u times one did not\n", unheard);
	if (!check(heard_after == 0, "none is heard by a notifier that has left"))
		printf("# %u callbacks\n", heard_after);
}

/* page_referenced on a page that nobody has touched since the last time; whether each notifier was asked. */
static int ask_age(unsigned number, int *answer)
{
	unsigned i, asked = 0;

	need(ask_about(&probes[0], DRYDOCK_PIN, page(number), 1, 0) == 0, "pin");
	ask_about(&probes[0], DRYDOCK_RMAP, NULL, 0, DRYDOCK_YOUNG);
	forget_all();
	*answer = ask_about(&probes[0], DRYDOCK_RMAP, NULL, 0, DRYDOCK_YOUNG);
	ask_plainly(&probes[0], DRYDOCK_UNPIN);
	for (i = 0; i < NOTIFIERS; i++) {
		listen_to(&probes[i]);
		asked += count_at(&probes[i], DRYDOCK_EVENT_YOUNG, number) > 0;
	}
	return asked == NOTIFIERS;
}

static void check_ages(void)
{
	unsigned i, asked, older = 0;
	int none, answer;

	asked = ask_age(4, &none);
	for (i = 0; i < NOTIFIERS; i++) {
		ask_about(&probes[i], DRYDOCK_AGE, NULL, 0, DRYDOCK_YOUNG);
		asked += ask_age(4, &answer);
		older += answer <= none;
		ask_about(&probes[i], DRYDOCK_AGE, NULL, 0, 0);
	}
	if (!check(asked == NOTIFIERS + 1, "%s", asked_all))
		printf("# in %u of %u questions not each was asked\n", NOTIFIERS + 1 - asked, NOTIFIERS + 1);
	if (!check(older == 0, "%s", answered_all))
		printf("# the word of %u of %u notifiers was lost\n", older, NOTIFIERS);
}

static void check_unmapping(unsigned number)
{
	unsigned i, heard = 0;

	need(ask_about(&probes[0], DRYDOCK_PIN, page(number), 1, DRYDOCK_WRITE) == 0, "pin");
	forget_all();
	ask_about(&probes[0], DRYDOCK_RMAP, NULL, 0, DRYDOCK_UNMAP);
	ask_plainly(&probes[0], DRYDOCK_UNPIN);
	for (i = 0; i < NOTIFIERS; i++) {
		listen_to(&probes[i]);
		heard += count_at(&probes[i], DRYDOCK_EVENT_PAGE, number) + count_at(&probes[i], DRYDOCK_EVENT_END, number) > 0;
	}
	if (!check(heard == NOTIFIERS, "%s", unmapped_all))
		printf("# %u of %u did\n", heard, NOTIFIERS);
}

static void check_reverse_map(void)
{
	int registered[NOTIFIERS];
	unsigned i;

	register_all(registered);
	write_pages(0, PIECE, 1);
	if (can(&probes[0], DRYDOCK_RMAP, DRYDOCK_UNMAP))
		check_unmapping(SHARED + 4);
	else
		skip_check(unmapped_all, "the probe finds no try_to_unmap");
	if (can(&probes[0], DRYDOCK_RMAP, DRYDOCK_YOUNG)) {
		check_ages();
	} else {
		skip_check(asked_all, "the probe finds no page_referenced");
		skip_check(answered_all, "the probe finds no page_referenced");
	}
	for (i = 0; i < NOTIFIERS; i++)
		ask_plainly(&probes[i], DRYDOCK_UNREGISTER);
}

/* The child registers all, takes one back, and ends. */
static void check_release(void)
{
	unsigned i, released = 0;
	int status, registered[NOTIFIERS];
	pid_t child;

	forget_all();
	child = fork();
	need(child >= 0, "fork");
	if (child == 0) {
		for (i = 0; i < NOTIFIERS; i++)
			if (ask_plainly(&probes[i], DRYDOCK_REGISTER) != 0)
				_exit(1);
		ask_plainly(&probes[1], DRYDOCK_UNREGISTER);
		_exit(0);
	}
	need(waitpid(child, &status, 0) == child, "waitpid");
	for (i = 0; i < NOTIFIERS; i++) {
		listen_to(&probes[i]);
		registered[i] = count_kind(&probes[i], 0, DRYDOCK_EVENT_RELEASE);
		released += registered[i] == 1;
		if (i != 1 && status == 0)
			ask_plainly(&probes[i], DRYDOCK_UNREGISTER);
	}
	if (!check(status == 0 && released == NOTIFIERS,
		   "each is released once: one by unregistration, two by the end of the mm"))
		printf("# the child's status is %#x; %d, %d and %d calls\n", status, registered[0], registered[1],
		       registered[2]);
}

int main(int argc, char **argv)
{
	unsigned i;

	ktap_start(argc, argv);
	for (i = 0; i < NOTIFIERS; i++)
		open_probe(&probes[i]);
	need_notifiers(&probes[0]);
	ktap_plan(7);
	make_area();
	leave_in_orders();
	check_reverse_map();
	check_release();
	return ktap_end();
}
