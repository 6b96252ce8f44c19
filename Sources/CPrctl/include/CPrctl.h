#ifndef CPRCTL_H
#define CPRCTL_H

/* What Swift cannot call: prctl(2) is variadic, and SCHED_IDLE is hidden from it. */

/* Whether orphaned descendants become children of this process (1) or of process 1 (0). 0, or -1 with errno. */
int cprctl_set_subreaper(int on);

/* The calling process is sent `signal` when the thread that made it ends. 0, or -1 with errno. */
int cprctl_die_with_parent(int signal);

/* From now on `thread` runs only when no other of its processor wants to: sched(7), SCHED_IDLE. 0, or -1 with errno. */
int cprctl_give_way(int thread);

#endif
