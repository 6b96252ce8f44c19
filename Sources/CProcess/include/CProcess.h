#ifndef CPROCESS_H
#define CPROCESS_H

/* What Swift cannot call: prctl(2) is variadic; Swift sees neither the policies of sched(7) nor its sets of CPUs;
 * and stdout is a variable without protection against races. */

/* Flushes standard output. 0, or -1 with errno if this or any earlier print failed. */
int cprocess_flush_output(void);

/* Whether orphaned descendants become children of this process (1) or of process 1 (0). 0, or -1 with errno. */
int cprocess_set_subreaper(int on);

/* Sends `signal` to the calling process when the thread that created the process ends. 0, or -1
 * with errno. */
int cprocess_die_with_parent(int signal);

/* Makes `thread` run before all that are not realtime (SCHED_FIFO), which needs rights. 0, or -1 with errno. */
int cprocess_go_first(int thread);

/* Makes `thread` stop at once for any other that wakes on its CPU (SCHED_IDLE). 0, or -1 with errno. */
int cprocess_give_way(int thread);

/* Sets the niceness of `thread`; to lower it needs rights. 0, or -1 with errno. */
int cprocess_be_nice(int thread, int niceness);

/* The niceness of `thread`; 0 if there is no such thread. */
int cprocess_niceness(int thread);

/* Whether `cprocess_go_first` or `cprocess_give_way` was done to `thread`. */
int cprocess_goes_first(int thread);
int cprocess_gives_way(int thread);

/* Fills in the numbers of the CPUs that `thread` (0: the caller) may run on and that exist, at most `most` of them. Returns
 * how many there are, or -1 with errno. */
int cprocess_processors(int thread, int *numbers, int most);

/* Makes `thread` run only on the `count` CPUs of these numbers. 0, or -1 with errno. */
int cprocess_use_processors(int thread, const int *numbers, int count);

#endif
