#include "analysis/expectation.h"

#include <math.h>
#include <string.h>

#include "analysis/expectation_base.h"

bool expectation_applies(const struct setting *settings, int count) {
    static const char *const about[] = {"guests", "host", "cost_set", "costs"};
    for (int i = 0; i < count; i++)
        for (size_t j = 0; j < sizeof about / sizeof *about; j++) {
            size_t length = strlen(about[j]);
            if (strncmp(settings[i].path, about[j], length) == 0 && strchr(".[", settings[i].path[length]) != NULL)
                return false;
        }
    return true;
}

enum iop_status expectation_bases(const struct scenario *scenario, double *values, struct diag *diag) {
    struct expectation_bases bases;
    enum iop_status status = expectation_bases_load(scenario, &bases, diag);
    if (status != IOP_OK) return status;
    status = expectation_bases_run(scenario, &bases, base_run_as_it_is, NULL, values, diag);
    expectation_bases_free(&bases);
    return status;
}

bool expectation_outcome(const struct expectation *expectation, double base, const struct experiment_result *result,
                         const struct model_config *model, struct outcome *outcome) {
    const struct estimate *found = experiment_find(result, model, expectation->metric);
    if (found == NULL || !isfinite(found->over.mean)) return false;
    outcome->predicted = found->over.mean / base;
    double off = fabs(outcome->predicted - expectation->value);
    outcome->error = off == 0 ? 0 : off / fabs(expectation->value);
    outcome->within = outcome->error <= expectation->tolerance;
    return true;
}
