#include "analysis/batch_means.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>

#include "analysis/precision.h"

/* C of one replication; NAN when a mean is missing or all are the same. */
static double correlation_of(const double *means, int count) {
    double mean = student_interval(means, count).mean, squares = 0, steps = 0;
    for (int i = 0; i < count; i++) squares += (means[i] - mean) * (means[i] - mean);
    for (int i = 0; i + 1 < count; i++) steps += (means[i] - means[i + 1]) * (means[i] - means[i + 1]);
    return squares > 0 ? 1 - steps / (2 * squares) : NAN;
}

struct batch_test batch_test(const double *means, int replications, int batches) {
    struct batch_test test = {.made = false};
    if (batches < BATCHES_TESTED_LEAST) return test;
    double sum = 0, n = batches;
    for (int i = 0; i < replications; i++) sum += correlation_of(&means[i * batches], batches);
    if (!isfinite(sum)) return test;
    double deviation = sqrt((n - 2) / (n * n - 1) / replications);
    test.made = true;
    test.correlation = sum / replications;
    test.correlated = test.correlation > deviation * gsl_cdf_ugaussian_Pinv(0.99);
    return test;
}

struct batch_test batch_test_worst(const struct experiment_result *result, const struct estimate **worst) {
    struct batch_test found = {.made = false};
    *worst = NULL;
    for (int i = 0; i < result->estimate_count; i++) {
        const struct estimate *one = &result->estimates[i];
        if (one->metric.guest < 0 || !precision_counts(metric_name(one->metric.kind))) continue;
        struct batch_test test = batch_test(experiment_values(result, one), result->replications, result->batches);
        if (!test.made || (found.made && test.correlation <= found.correlation)) continue;
        found = test;
        *worst = one;
    }
    return found;
}
