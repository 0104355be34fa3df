#include "analysis/sweep_keeper.h"

static enum iop_status have(void *user, const char *key, int *numbers, int most, int *count, double *warmup_s,
                            struct diag *diag) {
    struct locked_store *locked = user;
    pthread_mutex_lock(&locked->lock);
    enum iop_status status = store_replications(locked->store, key, numbers, most, count, warmup_s, diag);
    pthread_mutex_unlock(&locked->lock);
    return status;
}

static enum iop_status add(void *user, const char *key, const struct store_replication *replication,
                           struct diag *diag) {
    struct locked_store *locked = user;
    pthread_mutex_lock(&locked->lock);
    enum iop_status status = store_add_replication(locked->store, key, replication, diag);
    if (status == IOP_OK && locked->stopping) status = IOP_INTERRUPTED;
    pthread_mutex_unlock(&locked->lock);
    return status;
}

static enum iop_status absent(void *user, const char *key, const char *reason, struct diag *diag) {
    struct locked_store *locked = user;
    pthread_mutex_lock(&locked->lock);
    enum iop_status status = store_set_reason(locked->store, key, reason, diag);
    pthread_mutex_unlock(&locked->lock);
    return status;
}

static enum iop_status visit(void *user, const char *key, store_visitor *visitor, void *visitor_user,
                             struct diag *diag) {
    struct locked_store *locked = user;
    pthread_mutex_lock(&locked->lock);
    enum iop_status status = store_visit(locked->store, key, visitor, visitor_user, diag);
    pthread_mutex_unlock(&locked->lock);
    return status;
}

struct sweep_keeper sweep_keeper_of(struct locked_store *locked) {
    return (struct sweep_keeper){locked, have, add, absent, visit};
}

void sweep_keeper_stop(struct locked_store *locked) {
    pthread_mutex_lock(&locked->lock);
    locked->stopping = true;
    pthread_mutex_unlock(&locked->lock);
}
