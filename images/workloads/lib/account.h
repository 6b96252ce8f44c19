/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own numbers of mm_take_all_locks, if it has /proc/mm_all_locks: of the last take, and in total. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "ktap.h"

struct account {
	unsigned long long mappings, anon_vmas, take_ns, takes, interrupted;
};

static inline unsigned long long *field_of(struct account *account, const char *name)
{
	return strcmp(name, "mappings") == 0 ? &account->mappings :
	       strcmp(name, "anon_vmas") == 0 ? &account->anon_vmas :
	       strcmp(name, "take_ns") == 0 ? &account->take_ns :
	       strcmp(name, "takes") == 0 ? &account->takes :
	       strcmp(name, "interrupted") == 0 ? &account->interrupted : NULL;
}

/* 0 if this kernel has no such file. */
static inline int read_account(struct account *account)
{
	char name[32];
	unsigned long long number, *field;
	FILE *file = fopen("/proc/mm_all_locks", "r");

	memset(account, 0, sizeof(*account));
	if (!file)
		return 0;
	while (fscanf(file, "%31s %llu", name, &number) == 2) {
		field = field_of(account, name);
		if (field)
			*field = number;
	}
	fclose(file);
	return 1;
}

#endif
