/* Predictions under uncertain costs: a scenario run again and again, each time with costs drawn from their ranges.
 *
 * The interval says how much of what is not known about the costs reaches a result. Errors of the model itself, and
 * what a scenario assumes of its machine, are not in it. */
#ifndef IOPATH_ANALYSIS_PREDICTION_H
#define IOPATH_ANALYSIS_PREDICTION_H

#include "analysis/cost_space.h"
#include "analysis/experiment.h"

/* Points of a Latin hypercube whose axes are all costs there are, so that sample s means the same for every scenario:
 * two that are compared see the same costs. */
struct prediction_plan {
    int samples;
    uint64_t seed;
    double *shares; /* samples * COST_COUNT_, each in [0, 1) */
};

enum iop_status prediction_plan_make(int samples, uint64_t seed, struct prediction_plan *plan, struct diag *diag);
void prediction_plan_free(struct prediction_plan *plan);

/* One replication, on the calling thread, with the costs of the point `u` of a space in place of the model's (as
 * cost_space_place). A failed check is no failure here: extreme costs may keep a model from settling. */
enum iop_status prediction_at(const struct cost_space *space, const double *u, const struct model_config *model,
                              const struct run_config *run, struct experiment_result *result, struct diag *diag);

/* Puts the costs of sample `sample` of the plan into a cost set. */
void prediction_place(const struct prediction_plan *plan, int sample, struct cost_set *costs);

/* One replication with the costs of sample `sample` of the plan, under a seed of its own, in the same way. */
enum iop_status prediction_sample(const struct prediction_plan *plan, int sample, const struct model_config *model,
                                  const struct run_config *run, struct experiment_result *result, struct diag *diag);

/* The interval that holds 90 % of `values`, from their 5th to their 95th percentile; sorts them. count > 0. */
void prediction_interval(double *values, int count, double *low, double *high);

#endif
