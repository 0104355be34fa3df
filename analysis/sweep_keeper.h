/* A store that several threads keep their results in, one at a time. */
#ifndef IOPATH_ANALYSIS_SWEEP_KEEPER_H
#define IOPATH_ANALYSIS_SWEEP_KEEPER_H

#include <pthread.h>

#include "analysis/sweep_point.h"

struct locked_store {
    struct store *store;
    pthread_mutex_t lock; /* PTHREAD_MUTEX_INITIALIZER */
    bool stopping;
};

/* The functions of store.h under the lock; `locked` must outlive the keeper. */
struct sweep_keeper sweep_keeper_of(struct locked_store *locked);

/* From now on `add` keeps what it is given and returns IOP_INTERRUPTED, so that points end after the replication that
 * they are at. */
void sweep_keeper_stop(struct locked_store *locked);

#endif
