/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that are written back: in a directory of the results disk, whose ext2 keeps data that no page has. tmpfs has
 * only the pages, so a page that lost its dirty bit would never be noticed there.
 */
#ifndef DISK_H
#define DISK_H

#include "race.h"
#include <sys/statfs.h>

#define EXT2_MAGIC 0xef53

/* A file that disappears with its last user; -1 if there is no results disk. */
static inline int make_disk_file(unsigned long size)
{
	static const char path[] = "/disk/scratch";
	struct statfs facts;
	int file;

	if (statfs("/disk", &facts) != 0 || facts.f_type != EXT2_MAGIC)
		return -1;
	file = make_file(path, size);
	if (unlink(path) != 0)
		bail("unlink %s: %s", path, strerror(errno));
	return file;
}

/* The same file, read and written past the page cache; -1 if its file system cannot do that. */
static inline int open_direct(int file)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	return open(path, O_RDWR | O_DIRECT);
}

/* Writes the file back and drops the pages that are clean and not mapped: the next read comes from the disk. */
static inline void forget_pages(int file)
{
	if (fsync(file) != 0)
		bail("fsync: %s", strerror(errno));
	posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
}

#endif
