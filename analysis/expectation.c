#include "analysis/expectation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool expectation_applies(const struct setting *settings, int count) {
    static const char *const about[] = {"guests", "host", "costs"};
    for (int i = 0; i < count; i++)
        for (size_t j = 0; j < sizeof about / sizeof *about; j++) {
            size_t length = strlen(about[j]);
            if (strncmp(settings[i].path, about[j], length) == 0 && strchr(".[", settings[i].path[length]) != NULL)
                return false;
        }
    return true;
}

/* Scenarios are named from the folder of the one that names them. */
static void path_beside(const char *file, const char *other, char *out, size_t size) {
    const char *slash = strrchr(file, '/');
    int folder = other[0] == '/' || slash == NULL ? 0 : (int)(slash - file + 1);
    snprintf(out, size, "%.*s%s", folder, file, other);
}

/* The metrics of one base for all expectations that name it. */
static enum iop_status fill_from(const struct scenario *scenario, const char *file, double *bases, struct diag *diag) {
    char path[2 * TEXT_MAX];
    path_beside(scenario->file, file, path, sizeof path);
    struct scenario *base = scenario_load(path, NULL, 0, diag);
    if (base == NULL) return IOP_INVALID;
    enum iop_status status = IOP_OK;
    struct experiment_result result = {0};
    if (base->not_available[0] != '\0')
        status = diag_set(diag, IOP_INVALID, "%s is not available yet", base->not_available);
    const struct crew alone = {.jobs = 1};
    if (status == IOP_OK) status = experiment_run(&base->model, &base->run, &alone, &result, diag);
    for (int i = 0; i < scenario->expect_count && status == IOP_OK; i++) {
        const struct expectation *expectation = &scenario->expect[i];
        if (strcmp(expectation->relative_to, file) != 0) continue;
        const struct estimate *found = experiment_find(&result, &base->model, expectation->metric);
        if (found == NULL || found->over.mean == 0)
            status = diag_set(diag, IOP_INVALID, "%s: expect[%d].relative_to: '%s' has no %s", scenario->file, i, file,
                              expectation->metric);
        else
            bases[i] = found->over.mean;
    }
    experiment_result_free(&result);
    scenario_free(base);
    return status;
}

static bool named_before(const struct scenario *scenario, int index) {
    for (int i = 0; i < index; i++)
        if (strcmp(scenario->expect[i].relative_to, scenario->expect[index].relative_to) == 0) return true;
    return false;
}

enum iop_status expectation_bases(const struct scenario *scenario, double *bases, struct diag *diag) {
    for (int i = 0; i < scenario->expect_count; i++) bases[i] = 1;
    for (int i = 0; i < scenario->expect_count; i++) {
        const char *file = scenario->expect[i].relative_to;
        if (file[0] == '\0' || named_before(scenario, i)) continue;
        enum iop_status status = fill_from(scenario, file, bases, diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
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
