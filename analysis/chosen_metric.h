/* Which metric of a result somebody means. */
#ifndef IOPATH_ANALYSIS_CHOSEN_METRIC_H
#define IOPATH_ANALYSIS_CHOSEN_METRIC_H

#include "analysis/experiment.h"

/* `wanted` is a contract path, or the name of a metric of the first workload ("latency_p99"). NULL: the first
 * workload's main rate, which is transactions, iops, pps or progress, in that order what it has. NULL, with the nearest
 * name in the diag, when the result has no such metric. */
const struct estimate *chosen_metric(const struct experiment_result *result, const struct model_config *model,
                                     const char *wanted, struct diag *diag);

#endif
