/* Whether the means of batches may be taken for independent observations.
 *
 * Batches that are too short are alike their neighbours, and an interval made from them is too narrow. The von Neumann
 * ratio sees that: with e the deviations of the n batch means from their mean,
 *
 *     C = 1 - (sum of (e_i - e_i+1)^2) / (2 * sum of e_i^2)
 *
 * estimates their lag-1 autocorrelation (but for the ends), and of independent normal means has mean 0 and variance
 * (n - 2) / (n^2 - 1). Several replications are each tested against their own mean and the estimates averaged.
 * J. von Neumann, Distribution of the ratio of the mean square successive difference to the variance, Annals of
 * Mathematical Statistics 12, 1941; as a test of batches G. S. Fishman, Grouping observations in digital simulation,
 * Management Science 24(5), 1978; Law, Simulation Modeling and Analysis, 5th ed., section 9.5.3. */
#ifndef IOPATH_ANALYSIS_BATCH_MEANS_H
#define IOPATH_ANALYSIS_BATCH_MEANS_H

#include <stdbool.h>

#include "analysis/experiment.h"

enum { BATCHES_TESTED_LEAST = 8 }; /* with fewer there is no telling */

struct batch_test {
    bool made;          /* false: too few batches, some not observed, or all means the same */
    double correlation; /* C above, -1 to 1 */
    bool correlated;    /* C is larger than independent means have it 1 time in 100 */
};

/* Of `replications` times `batches` means, in that order. */
struct batch_test batch_test(const double *means, int replications, int batches);

/* The worst of the metrics that have to be precise (precision_counts); `worst` is NULL when none could be tested. */
struct batch_test batch_test_worst(const struct experiment_result *result, const struct estimate **worst);

#endif
