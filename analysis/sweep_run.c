#include <pthread.h>
#include <stdlib.h>

#include "analysis/sweep.h"
#include "analysis/sweep_keeper.h"

struct work {
    const struct sweep_plan *plan;
    struct sweep_keeper keeper;
    const int *points; /* those that this sweep takes */
    struct sweep_outcome *outcomes;
};

static enum iop_status run_task(void *user, int index, struct diag *diag) {
    struct work *work = user;
    return sweep_point(work->plan, work->points[index], &work->keeper, &work->outcomes[index], diag);
}

int sweep_points(const struct sweep_plan *plan, int *points) {
    int count = 0;
    for (int i = 0; i < plan->count; i++)
        if (sweep_takes(plan, i)) points[count++] = i;
    return count;
}

void sweep_outcome_add(struct sweep_outcome *sum, const struct sweep_outcome *one) {
    sum->absent += one->absent;
    sum->found += one->found;
    sum->run += one->run;
    sum->imprecise += one->imprecise;
    sum->check_failed += one->check_failed;
}

static enum iop_status run_points(const struct sweep_plan *plan, struct store *store, const struct crew *crew,
                                  struct work *work, int count, struct diag *diag) {
    struct locked_store locked = {store, PTHREAD_MUTEX_INITIALIZER, false};
    work->keeper = sweep_keeper_of(&locked);
    enum iop_status status = sweep_announce(plan, store, work->points, count, diag);
    return status == IOP_OK ? crew_run(crew, count, run_task, work, diag) : status;
}

enum iop_status sweep_run(const struct sweep_plan *plan, struct store *store, const struct crew *crew,
                          struct sweep_outcome *outcome, struct diag *diag) {
    *outcome = (struct sweep_outcome){0};
    int *points = calloc((size_t)plan->count, sizeof *points);
    struct sweep_outcome *outcomes = calloc((size_t)plan->count, sizeof *outcomes);
    enum iop_status status = IOP_OK;
    if (points == NULL || outcomes == NULL) status = diag_set(diag, IOP_NO_MEMORY, "out of memory for the sweep");
    if (status == IOP_OK) {
        struct work work = {.plan = plan, .points = points, .outcomes = outcomes};
        outcome->points = sweep_points(plan, points);
        status = run_points(plan, store, crew, &work, outcome->points, diag);
        for (int i = 0; i < outcome->points; i++) sweep_outcome_add(outcome, &outcomes[i]);
    }
    free(points);
    free(outcomes);
    return status;
}
