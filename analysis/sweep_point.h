/* One point of a sweep: what it lacks is run, replication by replication. */
#ifndef IOPATH_ANALYSIS_SWEEP_POINT_H
#define IOPATH_ANALYSIS_SWEEP_POINT_H

#include "analysis/sweep.h"

/* Who keeps the results: the store of this process, or that of another one (MPI). Each as the function of store.h. */
struct sweep_keeper {
    void *user;
    enum iop_status (*have)(void *user, const char *key, int *numbers, int most, int *count, double *warmup_s,
                            struct diag *diag);
    enum iop_status (*add)(void *user, const char *key, const struct store_replication *replication, struct diag *diag);
    enum iop_status (*absent)(void *user, const char *key, const char *reason, struct diag *diag);
    enum iop_status (*visit)(void *user, const char *key, store_visitor *visit, void *visitor_user, struct diag *diag);
};

/* Runs the replications that a point lacks, and as many more as its precision asks for. */
enum iop_status sweep_point(const struct sweep_plan *plan, int point, const struct sweep_keeper *keeper,
                            struct sweep_outcome *outcome, struct diag *diag);

/* Puts points into the store, before any of them is run. */
enum iop_status sweep_announce(const struct sweep_plan *plan, struct store *store, const int *points, int count,
                               struct diag *diag);

/* Lets the command line have its way with seed, replications and precision. */
void sweep_adjust(const struct sweep_request *request, struct run_config *run);

/* Fills the numbers of the points that the plan takes, room for all of them, and returns how many. */
int sweep_points(const struct sweep_plan *plan, int *points);

/* Adds what came of one point to a sum. */
void sweep_outcome_add(struct sweep_outcome *sum, const struct sweep_outcome *one);

#endif
