/* Independent tasks on several threads.
 *
 * Tasks are begun in the order of their numbers and each writes only what belongs to its number, so that results do not
 * depend on how many threads there are. */
#ifndef IOPATH_ANALYSIS_CREW_H
#define IOPATH_ANALYSIS_CREW_H

#include "analysis/progress.h"
#include "sim/diag.h"

/* Does task `index`; whatever is not IOP_OK stops the crew. */
typedef enum iop_status crew_task(void *user, int index, struct diag *diag);

struct crew {
    int jobs;                      /* threads; below 1: one per processor */
    experiment_progress *progress; /* tasks done of all, from the calling thread; may be NULL */
    void *progress_user;
};

/* Returns when all tasks are done, or those that had begun when one failed or `progress` asked to stop. Of several
 * failures that of the lowest number is returned, whatever the threads; IOP_INTERRUPTED says how many were done. */
enum iop_status crew_run(const struct crew *crew, int tasks, crew_task *task, void *user, struct diag *diag);

#endif
