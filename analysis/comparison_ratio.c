/* How many times the rate of another point a point has, and how well that is known. */
#include <math.h>
#include <stdlib.h>

#include "analysis/comparison.h"

static const struct comparison_point *reference_of(const struct comparison *comparison,
                                                   const struct comparison_point *point) {
    if (!point->ran || point->reference < 0) return NULL;
    const struct comparison_point *reference = &comparison->points[point->reference];
    return reference->ran ? reference : NULL;
}

double comparison_ratio(const struct comparison *comparison, const struct comparison_point *point) {
    const struct comparison_point *reference = reference_of(comparison, point);
    if (reference == NULL) return NAN;
    struct comparison_summary own, its;
    comparison_summarize(point, &own);
    comparison_summarize(reference, &its);
    return its.rate > 0 ? own.rate / its.rate : NAN;
}

/* The metric that comparison_rate chooses. */
static enum metric_kind kind_of_rate(const struct comparison_point *point) {
    struct comparison_summary sums;
    comparison_summarize(point, &sums);
    if (sums.has_transactions) return METRIC_TRANSACTIONS;
    return sums.has_pps ? METRIC_PPS : METRIC_IOPS;
}

/* The rate of each observation, summed over the workloads; NaN where one was not observed. NULL when out of memory. */
static double *rates(const struct comparison_point *point) {
    const struct experiment_result *result = &point->result;
    int count = experiment_observations(result);
    enum metric_kind kind = kind_of_rate(point);
    double *sums = calloc((size_t)count + 1, sizeof *sums);
    for (int i = 0; i < result->estimate_count && sums != NULL; i++) {
        if (result->estimates[i].metric.kind != kind) continue;
        const double *values = experiment_values(result, &result->estimates[i]);
        for (int r = 0; r < count; r++) sums[r] += values[r];
    }
    return sums;
}

bool comparison_ratio_interval(const struct comparison *comparison, const struct comparison_point *point,
                               struct interval *over) {
    const struct comparison_point *reference = reference_of(comparison, point);
    if (reference == NULL || reference == point) return false;
    int own = experiment_observations(&point->result), its = experiment_observations(&reference->result);
    int pairs = own < its ? own : its; /* precision may have asked for more of one */
    if (point->result.batches != reference->result.batches) return false;
    if (pairs < 2 || point->result.values == NULL || reference->result.values == NULL) return false;
    double *of = rates(point), *to = rates(reference);
    *over = (struct interval){NAN, NAN, NAN};
    if (of != NULL && to != NULL) *over = student_factor(of, to, pairs);
    free(of);
    free(to);
    return isfinite(over->low) && isfinite(over->high);
}
