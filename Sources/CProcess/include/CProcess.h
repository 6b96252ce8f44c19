#ifndef CPROCESS_H
#define CPROCESS_H

/* What Swift cannot call: prctl(2) is variadic, and of sched(7) it sees neither the policies nor sets of processors;
 * and stdout is a variable, which may be anybody's. */

/* Writes out what was printed. 0, or -1 with errno if that, or any printing before, failed. */
int cprocess_flush_output(void);

/* Whether orphaned descendants become children of this process (1) or of process 1 (0). 0, or -1 with errno. */
int cprocess_set_subreaper(int on);

/* The calling process is sent `signal` when the thread that made it ends. 0, or -1 with errno. */
int cprocess_die_with_parent(int signal);

/* From now on `thread` runs before all that are not realtime: SCHED_FIFO, for which one needs rights. 0, or -1 with errno. */
int cprocess_go_first(int thread);

/* From now on `thread` stops at once for any other that wakes on its processor: SCHED_IDLE. 0, or -1 with errno. */
int cprocess_give_way(int thread);

/* From now on `thread` has this niceness; less than before needs rights. 0, or -1 with errno. */
int cprocess_be_nice(int thread, int niceness);

/* The niceness of `thread`; 0 where there is none. */
int cprocess_niceness(int thread);

/* Whether `thread` was made to do either. */
int cprocess_goes_first(int thread);
int cprocess_gives_way(int thread);

/* Fills in the numbers of the processors that `thread`, or the caller where it is 0, may run on and that are there, `most` at
 * most. How many there are, or -1 with errno. */
int cprocess_processors(int thread, int *numbers, int most);

/* From now on `thread` runs on the `count` processors of these numbers only. 0, or -1 with errno. */
int cprocess_use_processors(int thread, const int *numbers, int count);

#endif
