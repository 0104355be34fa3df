#include "analysis/uncertainty.h"

#include <math.h>
#include <stdlib.h>

struct sampling {
    const struct model_config *model;
    const struct run_config *run;
    const struct experiment_result *result;
    struct prediction_plan plan;
    double *values; /* of estimate e in sample s: values[e * samples + s]; NAN: not observed */
};

static enum iop_status run_sample(void *user, int index, struct diag *diag) {
    struct sampling *sampling = user;
    struct experiment_result one;
    enum iop_status status = prediction_sample(&sampling->plan, index, sampling->model, sampling->run, &one, diag);
    if (status != IOP_OK) return status;
    for (int e = 0; e < sampling->result->estimate_count; e++) {
        const struct estimate *found = experiment_find_metric(&one, &sampling->result->estimates[e].metric);
        sampling->values[(size_t)e * (size_t)sampling->plan.samples + (size_t)index] =
            found != NULL ? found->over.mean : NAN;
    }
    experiment_result_free(&one);
    return IOP_OK;
}

static struct uncertain_range range_of(double *values, int count) {
    struct uncertain_range range = {NAN, NAN};
    int observed = 0;
    for (int i = 0; i < count; i++)
        if (isfinite(values[i])) values[observed++] = values[i];
    if (observed > 0) prediction_interval(values, observed, &range.low, &range.high);
    return range;
}

static enum iop_status run_samples(struct sampling *sampling, const struct crew *crew, struct uncertainty *uncertainty,
                                   struct diag *diag) {
    size_t count = (size_t)uncertainty->count, samples = (size_t)uncertainty->samples;
    sampling->values = calloc(count * samples + 1, sizeof *sampling->values);
    uncertainty->ranges = calloc(count + 1, sizeof *uncertainty->ranges);
    if (sampling->values == NULL || uncertainty->ranges == NULL)
        return diag_set(diag, IOP_NO_MEMORY, "out of memory for %d samples", uncertainty->samples);
    enum iop_status status = crew_run(crew, uncertainty->samples, run_sample, sampling, diag);
    for (size_t e = 0; e < count && status == IOP_OK; e++)
        uncertainty->ranges[e] = range_of(&sampling->values[e * samples], uncertainty->samples);
    return status;
}

enum iop_status uncertainty_run(const struct model_config *model, const struct run_config *run, int samples,
                                const struct crew *crew, const struct experiment_result *result,
                                struct uncertainty *uncertainty, struct diag *diag) {
    struct sampling sampling = {.model = model, .run = run, .result = result};
    *uncertainty = (struct uncertainty){.samples = samples, .count = result->estimate_count};
    enum iop_status status = prediction_plan_make(samples, run->seed, &sampling.plan, diag);
    if (status == IOP_OK) status = run_samples(&sampling, crew, uncertainty, diag);
    prediction_plan_free(&sampling.plan);
    free(sampling.values);
    if (status != IOP_OK) uncertainty_free(uncertainty);
    return status;
}

void uncertainty_free(struct uncertainty *uncertainty) {
    free(uncertainty->ranges);
    *uncertainty = (struct uncertainty){.samples = 0};
}
