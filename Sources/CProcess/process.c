#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int cprocess_set_subreaper(int on)
{
    return prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0);
}

int cprocess_die_with_parent(int signal)
{
    return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

int cprocess_go_first(int thread)
{
    const struct sched_param least = { .sched_priority = 1 };

    return sched_setscheduler(thread, SCHED_FIFO, &least);
}

int cprocess_give_way(int thread)
{
    const struct sched_param none = { .sched_priority = 0 };

    return sched_setscheduler(thread, SCHED_IDLE, &none);
}

int cprocess_be_nice(int thread, int niceness)
{
    return setpriority(PRIO_PROCESS, thread, niceness);
}

int cprocess_niceness(int thread)
{
    int niceness;

    errno = 0;
    niceness = getpriority(PRIO_PROCESS, thread);

    return niceness == -1 && errno != 0 ? 0 : niceness;
}

int cprocess_goes_first(int thread)
{
    return sched_getscheduler(thread) == SCHED_FIFO;
}

int cprocess_gives_way(int thread)
{
    return sched_getscheduler(thread) == SCHED_IDLE;
}

int cprocess_processors(int thread, int *numbers, int most)
{
    cpu_set_t set;
    int number, count = 0;

    if (sched_getaffinity(thread, sizeof(set), &set) != 0)
        return -1;
    for (number = 0; number < CPU_SETSIZE; number++) {
        if (!CPU_ISSET(number, &set))
            continue;
        if (count < most)
            numbers[count] = number;
        count++;
    }
    return count;
}

int cprocess_use_processors(int thread, const int *numbers, int count)
{
    cpu_set_t set;
    int i;

    CPU_ZERO(&set);
    for (i = 0; i < count; i++)
        CPU_SET(numbers[i], &set);
    return sched_setaffinity(thread, sizeof(set), &set);
}

int cprocess_flush_output(void)
{
	if (fflush(stdout))
		return -1;
	if (!ferror(stdout))
		return 0;
	errno = EIO;
	return -1;
}
