// SPDX-License-Identifier: GPL-2.0-only
/*
 * The I/O ports of a guest that has no results disk.
 *
 * When a disk answers depends on the host. So a guest that must be the same to the last instruction has no disk: what
 * would be written to it goes byte by byte through a port, which the host reads at once.
 */
#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESULTS_PORT 0xe9
#define TAR_BLOCK 512

int ports_are_open;

void open_ports(void)
{
	char port[8];

	mount_or_fail("tmpfs", "/results", "tmpfs", NULL);
	if (ioperm(RESULTS_PORT, TRACE_PORT - RESULTS_PORT + 1, 1) != 0)
		fail("ioperm of ports 0x%x and 0x%x: %s", RESULTS_PORT, TRACE_PORT, strerror(errno));
	if (ioperm(CLOCK_PORT, 2, 1) != 0)
		fail("ioperm of ports 0x%x and 0x%x: %s", CLOCK_PORT, CLOCK_PORT + 1, strerror(errno));
	ports_are_open = 1;
	/* Processes that are started later inherit the permission. */
	snprintf(port, sizeof(port), "%d", TRACE_PORT);
	setenv("DRYDOCK_TRACE_PORT", port, 1);
	say("drydock: port 0x%x", RESULTS_PORT);
}

static void put_bytes(unsigned short port, const char *data, size_t length)
{
	__asm__ volatile("rep outsb" : "+S"(data), "+c"(length) : "d"(port) : "memory");
}

/* A line among the probe's events. */
void trace(const char *what, const char *name)
{
	char line[LINE_LIMIT];
	int length;

	if (!ports_are_open)
		return;
	length = snprintf(line, sizeof(line), "# %s %.200s\n", what, name);
	put_bytes(TRACE_PORT, line, length);
}

/* The header of a regular file in a tar archive (POSIX ustar). */
static void put_tar_header(const char *name, long size)
{
	char header[TAR_BLOCK];
	unsigned sum = 0;
	int i;

	memset(header, 0, sizeof(header));
	snprintf(header, 100, "%s", name);
	snprintf(header + 100, 8, "%07o", 0644);
	snprintf(header + 108, 8, "%07o", 0);
	snprintf(header + 116, 8, "%07o", 0);
	snprintf(header + 124, 12, "%011lo", size);
	snprintf(header + 136, 12, "%011o", 0);
	memset(header + 148, ' ', 8);		/* the checksum counts itself as spaces */
	header[156] = '0';
	memcpy(header + 257, "ustar\0" "00", 8);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	put_bytes(RESULTS_PORT, header, sizeof(header));
}

/* Sends a finished file of /results through the port, as a member of the archive. */
void send_result(const char *name)
{
	static const char zeros[TAR_BLOCK];
	char path[LINE_LIMIT], buffer[16384];
	struct stat facts;
	ssize_t length;
	int file;

	if (!ports_are_open)
		return;
	snprintf(path, sizeof(path), "/results/%.200s", name);
	file = open(path, O_RDONLY);
	if (file < 0 || fstat(file, &facts) != 0)
		fail("read %s: %s", path, strerror(errno));
	put_tar_header(name, facts.st_size);
	while ((length = read(file, buffer, sizeof(buffer))) > 0)
		put_bytes(RESULTS_PORT, buffer, length);
	if (facts.st_size % TAR_BLOCK)
		put_bytes(RESULTS_PORT, zeros, TAR_BLOCK - facts.st_size % TAR_BLOCK);
	close(file);
}
