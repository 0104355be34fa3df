/* Who works on which point: the desk on rank 0 where points are fetched and results reported, by any thread. */
#ifndef IOPATH_ANALYSIS_SWEEP_DESK_H
#define IOPATH_ANALYSIS_SWEEP_DESK_H

#include <pthread.h>
#include <stdbool.h>

#include "analysis/sweep_keeper.h"

struct sweep_desk {
    pthread_mutex_t lock;       /* PTHREAD_MUTEX_INITIALIZER */
    struct locked_store *store; /* told to stop with the desk */
    int count;                  /* points there are */
    int begun, done;
    bool stopping;
    int failed; /* place of the first point that failed, -1 of a rank itself; `count`: none */
    enum iop_status status;
    struct diag diag;
    struct sweep_outcome outcome; /* of the points that are done */
};

/* What came of a point; `place` is -1 before the first one. */
struct sweep_report {
    int place;
    enum iop_status status;
    struct sweep_outcome outcome;
    struct diag diag;
};

/* Takes the report on the last point and gives the place of the next one, -1: there is none, or the desk is closing. */
int sweep_desk_next(struct sweep_desk *desk, const struct sweep_report *last);

/* A rank cannot take part. */
void sweep_desk_fail(struct sweep_desk *desk, enum iop_status status, const char *message);

/* No more points; replications in progress are the last ones. */
void sweep_desk_stop(struct sweep_desk *desk);

int sweep_desk_done(struct sweep_desk *desk);

/* Works on points until there are none: `next` is sweep_desk_next or asks for it. */
struct sweep_worker {
    const struct sweep_plan *plan;
    const int *points;
    struct sweep_keeper keeper;
    int (*next)(void *user, const struct sweep_report *last);
    void *user;
    int jobs; /* threads; below 1: one */
};
enum iop_status sweep_worker_run(struct sweep_worker *worker, struct diag *diag);

#endif
