/* SPDX-License-Identifier: GPL-2.0-only */
/* Which kernel this is, if the right result depends on it. */
#ifndef KERNEL_H
#define KERNEL_H

#include "ktap.h"
#include <sys/utsname.h>

static inline const char *kernel_release(void)
{
	static struct utsname kernel;

	if (uname(&kernel) != 0)
		bail("uname: %s", strerror(errno));
	return kernel.release;
}

/* 2 or 6. */
static inline int kernel_major(void)
{
	return atoi(kernel_release());
}

/* From Linux 3.9 on an exit and an unregistration that come at once may both call it. */
static inline int release_may_be_repeated(void)
{
	return kernel_major() > 2;
}

#endif
