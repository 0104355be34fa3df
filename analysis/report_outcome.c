#include <math.h>

#include "analysis/report.h"

bool report_outcome(const struct report *report, const struct expectation *expectation, struct outcome *outcome) {
    if (expectation->relative_to[0] != '\0') return false;
    const struct estimate *found = experiment_find(report->result, &report->scenario->model, expectation->metric);
    if (found == NULL || !isfinite(found->over.mean)) return false;
    outcome->predicted = found->over.mean;
    double off = fabs(outcome->predicted - expectation->value);
    outcome->error = off == 0 ? 0 : off / fabs(expectation->value);
    outcome->within = outcome->error <= expectation->tolerance;
    return true;
}
