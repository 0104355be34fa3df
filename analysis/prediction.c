#include "analysis/prediction.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <stdlib.h>

#include "analysis/latin_hypercube.h"

enum iop_status prediction_plan_make(int samples, uint64_t seed, struct prediction_plan *plan, struct diag *diag) {
    *plan = (struct prediction_plan){.samples = samples, .seed = seed};
    plan->shares = calloc((size_t)samples * COST_COUNT_, sizeof *plan->shares);
    if (plan->shares == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory for %d samples", samples);
    latin_hypercube(samples, COST_COUNT_, seed, plan->shares);
    return IOP_OK;
}

void prediction_plan_free(struct prediction_plan *plan) {
    free(plan->shares);
    plan->shares = NULL;
}

enum iop_status prediction_at(const struct cost_space *space, const double *u, const struct model_config *model,
                              const struct run_config *run, struct experiment_result *result, struct diag *diag) {
    struct model_config *changed = malloc(sizeof *changed);
    if (changed == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory for a sample");
    *changed = *model;
    cost_space_place(space, u, &changed->host.costs);
    struct run_config once = *run;
    once.replications = 1;
    once.precision = 0;
    const struct crew alone = {.jobs = 1};
    struct diag own = {""};
    enum iop_status status = experiment_run(changed, &once, &alone, result, &own);
    free(changed);
    return status == IOP_OK || status == IOP_CHECK_FAILED ? IOP_OK : diag_set(diag, status, "%s", own.message);
}

/* The plan has a share for every cost, the space an axis for some. */
static void place_shares(const struct prediction_plan *plan, int sample, const struct cost_space *space, double *u) {
    for (int i = 0; i < space->count; i++)
        u[i] = plan->shares[(size_t)sample * COST_COUNT_ + (size_t)space->axes[i].cost];
}

void prediction_place(const struct prediction_plan *plan, int sample, struct cost_set *costs) {
    struct cost_space space;
    double u[COST_COUNT_];
    cost_space_of(costs, &space);
    place_shares(plan, sample, &space, u);
    cost_space_place(&space, u, costs);
}

enum iop_status prediction_sample(const struct prediction_plan *plan, int sample, const struct model_config *model,
                                  const struct run_config *run, struct experiment_result *result, struct diag *diag) {
    struct cost_space space;
    double u[COST_COUNT_];
    cost_space_of(&model->host.costs, &space);
    place_shares(plan, sample, &space, u);
    struct run_config seeded = *run;
    seeded.seed = run->seed + 1 + (uint64_t)sample;
    return prediction_at(&space, u, model, &seeded, result, diag);
}

void prediction_interval(double *values, int count, double *low, double *high) {
    gsl_sort(values, 1, (size_t)count);
    *low = gsl_stats_quantile_from_sorted_data(values, 1, (size_t)count, 0.05);
    *high = gsl_stats_quantile_from_sorted_data(values, 1, (size_t)count, 0.95);
}
