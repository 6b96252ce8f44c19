#ifndef CPRCTL_H
#define CPRCTL_H

/* prctl(2) is variadic, which Swift cannot call. */

/* Orphaned descendants become children of this process. 0, or -1 with errno. */
int cprctl_become_subreaper(void);

/* The calling process is sent `signal` when the thread that made it ends. 0, or -1 with errno. */
int cprctl_die_with_parent(int signal);

#endif
