// SPDX-License-Identifier: GPL-2.0-only
/* The probe, a kernel module (images/probe), and its device. */
#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The major number of a character device by its name in /proc/devices, or -1. */
static int find_major(const char *wanted)
{
	char line[LINE_LIMIT], name[64];
	int number, found = -1;
	FILE *file = fopen("/proc/devices", "r");

	while (file && found < 0 && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "Block", 5) == 0)
			break;
		if (sscanf(line, "%d %63s", &number, name) == 2 && strcmp(name, wanted) == 0)
			found = number;
	}
	if (file)
		fclose(file);
	return found;
}

static int insert_module(int file, const char *parameters)
{
	struct stat facts;
	char *image;
	ssize_t length;
	int result;

	if (fstat(file, &facts) != 0)
		return errno;
	image = malloc(facts.st_size);
	if (!image)
		return ENOMEM;
	length = read(file, image, facts.st_size);
	if (length != facts.st_size)
		result = length < 0 ? errno : EIO;
	else
		result = syscall(SYS_init_module, image, (unsigned long)length, parameters) == 0 ? 0 : errno;
	free(image);
	return result;
}

void load_probe(void)
{
	int file = open("/probe.ko", O_RDONLY), error, number;
	char parameters[32] = "";

	if (ports_are_open)
		snprintf(parameters, sizeof(parameters), "trace_port=%d", TRACE_PORT);
	error = file < 0 ? errno : insert_module(file, parameters);
	if (file >= 0)
		close(file);
	if (file < 0 && error == ENOENT) {
		say("drydock: probe absent");
		return;
	}
	number = error ? -1 : find_major("drydock");
	if (number < 0) {
		say("drydock: probe failed: %s", strerror(error ? error : ENODEV));
		return;
	}
	make_node("/dev/drydock", S_IFCHR, number, 0);
	say("drydock: probe loaded");
}
