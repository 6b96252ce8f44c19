#ifndef CPRCTL_H
#define CPRCTL_H

/* prctl(2) is variadic, which Swift cannot call. */

/* Whether orphaned descendants become children of this process (1) or of process 1 (0). 0, or -1 with errno. */
int cprctl_set_subreaper(int on);

/* The calling process is sent `signal` when the thread that made it ends. 0, or -1 with errno. */
int cprctl_die_with_parent(int signal);

#endif
