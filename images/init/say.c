// SPDX-License-Identifier: GPL-2.0-only
/* The console: what init has to say, and the standard streams of everything that it starts. */
#include "init.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

/*
 * Prints one whole console line and waits until it has left the serial port, so that a crash or power-off cannot lose
 * it.
 */
void say(const char *format, ...)
{
	char line[LINE_LIMIT + 128];
	va_list values;
	int length;

	va_start(values, format);
	length = vsnprintf(line, sizeof(line) - 1, format, values);
	va_end(values);
	if (length > (int)sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	if (write(STDOUT_FILENO, line, length) == length)
		tcdrain(STDOUT_FILENO);
}

void open_console(void)
{
	int console;

	mkdir("/dev", 0755);
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	console = open("/dev/console", O_RDWR | O_NOCTTY);
	if (console < 0)
		return;
	dup2(console, STDIN_FILENO);
	dup2(console, STDOUT_FILENO);
	dup2(console, STDERR_FILENO);
	if (console > STDERR_FILENO)
		close(console);
}
