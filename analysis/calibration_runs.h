/* What rows of measurements are predicted to be, for any values of the fitted costs.
 *
 * Rows with the same scenario and settings share a run. All runs of a case have the same seeds and the same warm-up,
 * found with the costs as they were, so that two points differ by their costs only. A fitted cost enters a case if the
 * scenario's cost set has the value of the base set; a set with a value of its own keeps it. What has been run once is
 * remembered, so that a point may be asked for again. */
#ifndef IOPATH_ANALYSIS_CALIBRATION_RUNS_H
#define IOPATH_ANALYSIS_CALIBRATION_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/calibration_data.h"
#include "analysis/cost_space.h"
#include "analysis/crew.h"

struct calibration_runs;

struct calibration_seed {
    bool given; /* else as each scenario says */
    uint64_t seed;
};

/* Reads the scenarios. `data`, `base` and `parameters` must outlive the runs. NULL on failure. */
struct calibration_runs *calibration_runs_new(const struct calibration_data *data, const struct cost_set *base,
                                              const struct cost_space *parameters, struct calibration_seed seed,
                                              struct diag *diag);
void calibration_runs_free(struct calibration_runs *runs);

/* Runs all cases with the costs as they are; fails if one has no such metric, or one of another unit. */
enum iop_status calibration_runs_first(struct calibration_runs *runs, const struct crew *crew, double *predicted,
                                       struct diag *diag);

/* `values` are `points` times those of all parameters; `predicted` becomes `points` times those of all rows, NAN where
 * a metric has no value. */
enum iop_status calibration_runs_evaluate(struct calibration_runs *runs, int points, const double *values,
                                          const struct crew *crew, double *predicted, struct diag *diag);

/* Whether parameter `index` enters the runs of any row. */
bool calibration_runs_enters(const struct calibration_runs *runs, int index);

/* Relative standard error of a row's prediction in the first runs, from its replications; 0 with one or none. */
double calibration_runs_noise(const struct calibration_runs *runs, int row);

/* Runs simulated so far. */
int calibration_runs_count(const struct calibration_runs *runs);

#endif
