#include <math.h>

#include "analysis/report.h"

const struct uncertain_range *report_range(const struct report *report, int index) {
    if (report->uncertainty == NULL || !isfinite(report->uncertainty->ranges[index].low)) return NULL;
    return &report->uncertainty->ranges[index];
}

bool report_outcome(const struct report *report, int index, struct outcome *outcome) {
    if (!expectation_applies(report->settings, report->setting_count)) return false;
    const struct expectation *expectation = &report->scenario->expect[index];
    bool relative = expectation->relative_to[0] != '\0';
    if (relative && report->bases == NULL) return false;
    return expectation_outcome(expectation, relative ? report->bases[index] : 1, report->result,
                               &report->scenario->model, outcome);
}
