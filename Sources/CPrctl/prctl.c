#define _GNU_SOURCE
#include "CPrctl.h"

#include <sched.h>
#include <sys/prctl.h>

int cprctl_set_subreaper(int on)
{
    return prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0);
}

int cprctl_die_with_parent(int signal)
{
    return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

int cprctl_give_way(int thread)
{
    const struct sched_param none = { 0 };

    return sched_setscheduler(thread, SCHED_IDLE, &none);
}
