/* What an experiment averages over its observations without an interval: charges of steps and use of resources. */
#ifndef IOPATH_ANALYSIS_EXPERIMENT_SUMS_H
#define IOPATH_ANALYSIS_EXPERIMENT_SUMS_H

#include "analysis/experiment.h"

/* Adds those of a run to the result's, which has room for CHARGES_MAX and RESOURCES_MAX of them. */
void experiment_add(struct experiment_result *result, const struct run_result *run);

/* Divides the sums by the number of observations; resources come out busiest first. */
void experiment_average(struct experiment_result *result, int observations);

#endif
