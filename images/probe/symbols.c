// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel functions that are not exported to modules. The probe is built with the very kernel that it runs in, so the
 * symbol table is right; but each address must also be in the kernel's text, because it is called.
 */
#include "session.h"

typedef unsigned long (*look_up_function)(const char *name);

static look_up_function look_up;
static unsigned long text_start, text_end;

/* Vanilla 2.6.18 lets modules read the symbol table; later trees do not, but kprobes look up a single name. */
#ifdef PROBE_KPROBES_LOOK_UP
#include <linux/kprobes.h>
static look_up_function find_look_up(void)
{
	struct kprobe place;

	memset(&place, 0, sizeof(place));
	place.symbol_name = (char *)"kallsyms_lookup_name";
	if (register_kprobe(&place) != 0)
		return NULL;
	unregister_kprobe(&place);
	return (look_up_function)place.addr;
}
#else
#include <linux/kallsyms.h>
static look_up_function find_look_up(void)
{
	return kallsyms_lookup_name;
}
#endif

int find_symbols(void)
{
	look_up = find_look_up();
	text_start = look_up ? look_up("_stext") : 0;
	text_end = look_up ? look_up("_etext") : 0;
	if (text_start && text_end > text_start)
		return 0;
	printk(KERN_ERR "drydock: probe: this kernel's symbol table says not where its text begins and ends\n");
	return -ENOENT;
}

void *probe_find(const char *name)
{
	unsigned long address = look_up(name);

	if (address && (address < text_start || address >= text_end)) {
		printk(KERN_ERR "drydock: probe: %s is not in the kernel's text; not used\n", name);
		return NULL;
	}
	return (void *)address;
}
