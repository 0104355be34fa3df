/* Prediction intervals of all metrics of a result: what the ranges of the costs leave open.
 *
 * They stand beside confidence intervals, which say how well replications know the mean at the costs' likeliest values
 * and shrink with more of them; these do not. */
#ifndef IOPATH_ANALYSIS_UNCERTAINTY_H
#define IOPATH_ANALYSIS_UNCERTAINTY_H

#include "analysis/prediction.h"

struct uncertain_range {
    double low, high; /* in the unit of the metric; NAN when no sample observed it */
};

struct uncertainty {
    int samples;
    int count;                      /* as many as the result has estimates */
    struct uncertain_range *ranges; /* of each, in their order */
};

/* Runs the model `samples` >= 1 times with costs drawn from their ranges (analysis/prediction.h), on the threads of
 * `crew`; what comes out does not depend on how many there are. `result` is that of the same model and run. After a
 * failure `uncertainty` is empty; uncertainty_free is allowed either way. */
enum iop_status uncertainty_run(const struct model_config *model, const struct run_config *run, int samples,
                                const struct crew *crew, const struct experiment_result *result,
                                struct uncertainty *uncertainty, struct diag *diag);
void uncertainty_free(struct uncertainty *uncertainty);

#endif
