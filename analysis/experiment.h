/* Replications of one configuration and what they say together: means with 95 % Student intervals.
 *
 * What is observed is a replication as a whole or, with batches, each of its equal parts after the warm-up: a long run
 * then has an interval by itself (method of batch means; Law, Simulation Modeling and Analysis, 5th ed.,
 * section 9.5.3). That is right when batches are long enough to be all but independent, which batch_means.h checks. */
#ifndef IOPATH_ANALYSIS_EXPERIMENT_H
#define IOPATH_ANALYSIS_EXPERIMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/crew.h"
#include "analysis/mser5.h"
#include "analysis/student.h"
#include "models/config.h"
#include "models/model.h"
#include "models/result.h"
#include "sim/diag.h"

struct estimate {
    struct metric metric; /* its value is the mean */
    struct interval over;
};

struct experiment_result {
    int estimate_count;
    struct estimate *estimates;
    double *values; /* of the estimates, see experiment_values */
    int charge_count;
    struct step_charge *charges;
    int resource_count; /* mean utilization over the replications, highest first */
    struct resource_use *resources;
    int bound_count;
    struct bound *bounds;
    int replications;
    int batches; /* of each replication, which are what is observed; 0 or 1: replications are */
    uint64_t seed;
    sim_time warmup;
    bool conserved;
    double littles_law_error;
    uint64_t events;
    double simulated_s, wall_s;
};

/* Replication k of n runs under stream replication k, 1 to n; the pilot run of an automatic warm-up under
 * replication 0. IOP_CHECK_FAILED comes with complete results; after any other failure `result` is empty.
 * Either way experiment_result_free is allowed. Wall-clock time is measured, it never steers;
 * results are the same for any number of threads of `crew`. */
enum iop_status experiment_run(const struct model_config *model, const struct run_config *run, const struct crew *crew,
                               struct experiment_result *result, struct diag *diag);
/* The end of the warm-up: the run's, or found by MSER-5 on a pilot run. A failed check of the pilot run is no failure.
 */
enum iop_status experiment_warmup(const struct model_config *model, const struct run_config *run, sim_time *warmup,
                                  struct diag *diag);

/* Whether what has been observed so far is enough; the result has estimates, values and replications. */
typedef bool experiment_enough(void *user, const struct experiment_result *so_far);

/* Like experiment_run, but after the run's replications more are added (as precision.h says) until `enough` agrees or
 * there are `most`, whatever precision the run asks. */
enum iop_status experiment_run_until(const struct model_config *model, const struct run_config *run,
                                     const struct crew *crew, experiment_enough *enough, void *user, int most,
                                     struct experiment_result *result, struct diag *diag);

void experiment_result_free(struct experiment_result *result);

/* The estimate of a metric by its contract path (metric_path), or NULL. */
const struct estimate *experiment_find(const struct experiment_result *result, const struct model_config *model,
                                       const char *path);

/* The estimate of the same metric, whatever its value, or NULL. */
const struct estimate *experiment_find_metric(const struct experiment_result *result, const struct metric *metric);

/* How many observations an estimate is made from: replications, times batches. */
int experiment_observations(const struct experiment_result *result);

/* What an estimate of the result was made from, one value per observation, replications in their order and each with
 * its batches in theirs; NAN: not observed. */
const double *experiment_values(const struct experiment_result *result, const struct estimate *estimate);

#endif
