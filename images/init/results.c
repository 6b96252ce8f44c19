// SPDX-License-Identifier: GPL-2.0-only
/* The files of the results. Each is whole and flushed before anything else happens, or the run ends. */
#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Every write to the results disk: a short or failed one ends the run, because a result that was cut must not look
 * whole.
 */
void write_result(int file, const char *data, size_t length, const char *name)
{
	ssize_t written;

	while (length > 0) {
		written = write(file, data, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			fail("write %s: %s", name, strerror(written < 0 ? errno : EIO));
		data += written;
		length -= written;
	}
}

int create_result(const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (file < 0)
		fail("create %s: %s", path, strerror(errno));
	fcntl(file, F_SETFD, FD_CLOEXEC);
	return file;
}

/* sync() may wait for what an unkillable task holds; then only the files written here are flushed. */
static void flush_results(void)
{
	int folder = open("/results", O_RDONLY);

	if (!is_stuck)
		sync();
	else if (folder < 0 || fsync(folder) != 0)
		fail("flush /results: %s", strerror(errno));
	close(folder);
}

void finish_result(int file, const char *path)
{
	if (fsync(file) != 0 || close(file) != 0)
		fail("flush %s: %s", path, strerror(errno));
	flush_results();
}

/* A status file is complete or does not exist: it is written under another name, flushed, then renamed. */
void write_status(const char *name, const char *text)
{
	char path[LINE_LIMIT + 16];
	int file = create_result("/results/unfinished");

	write_result(file, text, strlen(text), name);
	finish_result(file, name);
	snprintf(path, sizeof(path), "/results/%s", name);
	if (rename("/results/unfinished", path) != 0)
		fail("rename %s: %s", name, strerror(errno));
	flush_results();
	send_result(name);
}
