#include "CPrctl.h"

#include <sys/prctl.h>

int cprctl_become_subreaper(void)
{
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

int cprctl_die_with_parent(int signal)
{
    return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}
