#include "analysis/chosen_metric.h"

#include <stdlib.h>
#include <string.h>

enum { PATH = 512 };

static bool of_first_workload(const struct metric *metric, const struct model_config *model) {
    int guest = 0;
    while (guest + 1 < model->guest_count && model->guests[guest].workload_count == 0) guest++;
    return metric->guest == guest && metric->workload == 0;
}

static const struct estimate *main_rate(const struct experiment_result *result, const struct model_config *model,
                                        struct diag *diag) {
    static const enum metric_kind rates[] = {METRIC_TRANSACTIONS, METRIC_IOPS, METRIC_PPS, METRIC_PROGRESS};
    for (size_t k = 0; k < sizeof rates / sizeof rates[0]; k++)
        for (int i = 0; i < result->estimate_count; i++) {
            const struct metric *metric = &result->estimates[i].metric;
            if (metric->kind == rates[k] && of_first_workload(metric, model)) return &result->estimates[i];
        }
    diag_set(diag, IOP_INVALID, "the first workload of the result has no rate; name a metric with --metric");
    return NULL;
}

static enum iop_status unknown(const struct experiment_result *result, const struct model_config *model,
                               const char *wanted, struct diag *diag) {
    size_t count = (size_t)result->estimate_count;
    char(*paths)[PATH] = calloc(2 * count + 1, sizeof *paths);
    const char **names = calloc(2 * count + 1, sizeof *names);
    enum iop_status status = IOP_NO_MEMORY;
    if (paths != NULL && names != NULL) {
        for (size_t i = 0; i < count; i++) {
            const struct metric *metric = &result->estimates[i].metric;
            metric_path(metric, model, paths[i], PATH);
            names[i] = paths[i];
            names[count + i] = of_first_workload(metric, model) ? metric_name(metric->kind) : paths[i];
        }
        const char *near = nearest_name(wanted, names, 2 * count);
        status = diag_set(diag, IOP_INVALID, "--metric: '%.160s' is not in the result%s%.300s%s", wanted,
                          near != NULL ? "; did you mean '" : "; 'iopath run SCENARIO --format csv' shows what is",
                          near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    free(paths);
    free(names);
    return status != IOP_NO_MEMORY ? status : diag_set(diag, status, "out of memory");
}

const struct estimate *chosen_metric(const struct experiment_result *result, const struct model_config *model,
                                     const char *wanted, struct diag *diag) {
    if (wanted == NULL) return main_rate(result, model, diag);
    const struct estimate *found = experiment_find(result, model, wanted);
    for (int i = 0; i < result->estimate_count && found == NULL; i++) {
        const struct metric *metric = &result->estimates[i].metric;
        if (of_first_workload(metric, model) && strcmp(metric_name(metric->kind), wanted) == 0)
            found = &result->estimates[i];
    }
    if (found == NULL) unknown(result, model, wanted, diag);
    return found;
}
