/* Which costs a result depends on: Sobol indices of one metric on the ranges of the host's costs.
 *
 * In three steps, all under the same random numbers, one replication each, with the warm-up of the first run:
 *
 *   1. Probes: each uncertain cost at its low and its high end, all others at their values. One that leaves every
 *      metric of the result as it is, bit by bit, has no effect.
 *   2. Where more are left than the design takes, screening by radial elementary effects (Morris, Technometrics 33,
 *      1991; Campolongo, Saltelli, Cariboni 2011), ranked by the total effect they estimate. The costs of least effect
 *      are left out: they stay at their values.
 *   3. Saltelli's design over the costs kept (analysis/sobol_design.h) and their indices (analysis/sobol_indices.h).
 *
 * Costs are drawn as analysis/cost_space.h says, each on its own. A cost that works only together with another one at
 * its end, and alone changes nothing, is taken for one without effect. */
#ifndef IOPATH_ANALYSIS_SENSITIVITY_H
#define IOPATH_ANALYSIS_SENSITIVITY_H

#include "analysis/cost_space.h"
#include "analysis/experiment.h"
#include "analysis/sobol_design.h"
#include "analysis/sobol_indices.h"

enum { SCREENING_SAMPLES = 16 };

struct sensitivity_request {
    const struct model_config *model;
    const struct run_config *run; /* replications are not used */
    const char *metric;           /* as chosen_metric takes it; NULL: the main rate */
    int samples;                  /* rows of the design, >= 2; powers of 2 are best */
};

struct sensitivity_row {
    struct cost_axis axis;
    struct sobol_index index;
};

struct sensitivity_left_out {
    enum cost cost;
    double share; /* of all total effects together, by the screening; 0.0 when the metric never changed */
};

struct sensitivity {
    struct metric metric; /* its value: at the values of all costs */
    char path[512];       /* of the metric */
    uint64_t seed;
    sim_time duration, warmup;
    int samples, runs;                /* rows of the design; simulations in all */
    int uncertain;                    /* costs with a range */
    double mean, variance, low, high; /* of the metric over A and B; low to high hold 90 % */
    int row_count;                    /* by total index, highest first */
    struct sensitivity_row rows[SOBOL_INPUTS_MAX];
    int left_out_count; /* by share, highest first */
    struct sensitivity_left_out left_out[COST_COUNT_];
    int no_effect_count;
    enum cost no_effect[COST_COUNT_];
    int next;        /* row of the highest total index that is not measured; -1: there is none, or nothing varies */
    double narrower; /* share by which the interval low to high would shrink were that cost known: its variance would
                      * shrink to 1 - S of it, on average over where in its range the cost lies (S at most ST) */
};

/* Results do not depend on the threads of `crew`. IOP_CHECK_FAILED, which comes with complete results, is about the run
 * at the values of all costs; elsewhere in their ranges a run whose check fails counts like any other. IOP_INVALID when
 * the result has no such metric, or some point of the ranges yields none. */
enum iop_status sensitivity_run(const struct sensitivity_request *request, const struct crew *crew,
                                struct sensitivity *sensitivity, struct diag *diag);

/* Of all that was left out together. */
double sensitivity_left_out_share(const struct sensitivity *sensitivity);

#endif
