/* How long computations tell how far they are. */
#ifndef IOPATH_ANALYSIS_PROGRESS_H
#define IOPATH_ANALYSIS_PROGRESS_H

/* Called before each run and after the last, from the calling thread: runs done of all (the pilot run of an automatic
 * warm-up is one of them). A return of non-zero stops the computation with IOP_INTERRUPTED. */
typedef int experiment_progress(void *user, int done, int total);

#endif
