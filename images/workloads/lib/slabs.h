/* SPDX-License-Identifier: GPL-2.0-only */
/* How many objects the kernel's slab caches have, by cache: /proc/slabinfo. */
#ifndef SLABS_H
#define SLABS_H

#include "ktap.h"

#define CACHES_LIMIT 256

struct cache {
	char name[40];
	long objects;
};

struct caches {
	unsigned count;
	struct cache caches[CACHES_LIMIT];
};

/* Skips the whole workload if the kernel does not tell. */
static inline void count_objects(struct caches *caches)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	struct cache *cache;
	char line[512];

	if (!file && errno == ENOENT)
		skip_all("this kernel has no /proc/slabinfo");
	if (!file)
		bail("open /proc/slabinfo: %s", strerror(errno));
	caches->count = 0;
	while (fgets(line, sizeof(line), file) && caches->count < CACHES_LIMIT) {
		cache = &caches->caches[caches->count];
		if (line[0] != '#' && sscanf(line, "%39s %ld", cache->name, &cache->objects) == 2)
			caches->count++;
	}
	fclose(file);
}

/* The cache that has grown most; NULL if none has. `*growth`: by how many objects. */
static inline const char *most_grown(const struct caches *before, const struct caches *after, long *growth)
{
	const char *name = NULL;
	unsigned i, j;

	*growth = 0;
	for (i = 0; i < after->count; i++)
		for (j = 0; j < before->count; j++)
			if (strcmp(after->caches[i].name, before->caches[j].name) == 0 &&
			    after->caches[i].objects - before->caches[j].objects > *growth) {
				*growth = after->caches[i].objects - before->caches[j].objects;
				name = after->caches[i].name;
			}
	return name;
}

#endif
