#include "analysis/validation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/expectation.h"
#include "analysis/expectation_base.h"

/* The rows of one file. */
struct file_rows {
    const char *name;
    int count;
    struct validation_row *rows;
};

struct work {
    struct file_rows *files;
    const struct prediction_plan *plan; /* NULL: no intervals */
};

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory while validating");
}

static enum validation_io io_of(const struct model_config *model, const struct metric *metric) {
    int guest = metric->guest >= 0 ? metric->guest : 0, workload = metric->workload >= 0 ? metric->workload : 0;
    enum workload_kind kind = model->guests[guest].workloads[workload].kind;
    if (kind == WORK_BLOCK) return VALIDATION_BLOCK;
    return workload_is_computing(kind) ? VALIDATION_COMPUTING : VALIDATION_NETWORK;
}

static bool is_fitted_to(const struct cost_set *costs, const char *source) {
    for (int i = 0; i < COST_COUNT_; i++) {
        const struct cost_value *value = &costs->values[i];
        if (value->how != PROV_FITTED) continue;
        for (int s = 0; s < value->sources; s++)
            if (strcmp(value->source[s], source) == 0) return true;
    }
    return false;
}

static enum verdict judge(bool within, bool said_missed) {
    if (within) return said_missed ? VERDICT_MENDED : VERDICT_WITHIN;
    return said_missed ? VERDICT_MISSED : VERDICT_OUTSIDE;
}

static enum iop_status fill_row(const struct scenario *scenario, int index, double base,
                                const struct experiment_result *result, struct validation_row *row, struct diag *diag) {
    const struct expectation *expected = &scenario->expect[index];
    struct outcome outcome;
    if (!expectation_outcome(expected, base, result, &scenario->model, &outcome))
        return diag_set(diag, IOP_INVALID, "%s: expect[%d].metric: the scenario yields no '%s'", scenario->file, index,
                        expected->metric);
    const struct metric *metric = &experiment_find(result, &scenario->model, expected->metric)->metric;
    row->expected = *expected;
    row->mode = scenario->model.guests[metric->guest >= 0 ? metric->guest : 0].mode;
    row->io = io_of(&scenario->model, metric);
    row->kind = metric->kind;
    row->predicted = outcome.predicted;
    row->error = outcome.error;
    row->fitted = is_fitted_to(&scenario->model.host.costs, expected->source);
    row->verdict = judge(outcome.within, expected->missed[0] != '\0');
    return IOP_OK;
}

static enum iop_status run_as_it_is(const struct scenario *scenario, const struct expectation_bases *bases,
                                    struct file_rows *file, struct diag *diag) {
    double *values = calloc((size_t)scenario->expect_count, sizeof *values);
    struct experiment_result result = {0};
    enum iop_status status = values == NULL
                                 ? no_memory(diag)
                                 : expectation_bases_run(scenario, bases, base_run_as_it_is, NULL, values, diag);
    if (status == IOP_OK) status = base_run_as_it_is(NULL, scenario, &result, diag);
    for (int i = 0; i < scenario->expect_count && status == IOP_OK; i++)
        status = fill_row(scenario, i, values[i], &result, &file->rows[i], diag);
    experiment_result_free(&result);
    free(values);
    return status;
}

struct sampling {
    const struct prediction_plan *plan;
    int sample;
};

static enum iop_status run_sample(void *user, const struct scenario *scenario, struct experiment_result *result,
                                  struct diag *diag) {
    const struct sampling *sampling = user;
    return prediction_sample(sampling->plan, sampling->sample, &scenario->model, &scenario->run, result, diag);
}

/* Predictions of one sample for all expectations; NaN where extreme costs leave a metric without a value. */
static enum iop_status predict(const struct scenario *scenario, const struct expectation_bases *bases,
                               struct sampling sampling, double *predicted, struct diag *diag) {
    struct experiment_result result = {0};
    for (int i = 0; i < scenario->expect_count; i++) predicted[i] = NAN;
    struct diag own = {""};
    enum iop_status status = expectation_bases_run(scenario, bases, run_sample, &sampling, predicted, &own);
    if (status == IOP_INVALID) return IOP_OK; /* a base without a value */
    if (status != IOP_OK) return diag_set(diag, status, "%s", own.message);
    status = run_sample(&sampling, scenario, &result, diag);
    for (int i = 0; i < scenario->expect_count && status == IOP_OK; i++) {
        struct outcome outcome;
        bool found = expectation_outcome(&scenario->expect[i], predicted[i], &result, &scenario->model, &outcome);
        predicted[i] = found ? outcome.predicted : NAN;
    }
    experiment_result_free(&result);
    return status;
}

/* Of samples[s * stride + index], those that have a value. */
static void set_interval(const double *samples, int count, int stride, int index, struct validation_row *row,
                         double *scratch) {
    int kept = 0;
    for (int s = 0; s < count; s++)
        if (isfinite(samples[s * stride + index])) scratch[kept++] = samples[s * stride + index];
    if (kept == 0) return;
    row->has_interval = true;
    prediction_interval(scratch, kept, &row->cost_low, &row->cost_high);
}

static enum iop_status run_samples(const struct scenario *scenario, const struct expectation_bases *bases,
                                   const struct prediction_plan *plan, struct file_rows *file, struct diag *diag) {
    int count = plan->samples, stride = scenario->expect_count;
    double *samples = calloc((size_t)count * (size_t)stride, sizeof *samples);
    double *scratch = calloc((size_t)count, sizeof *scratch);
    enum iop_status status = samples == NULL || scratch == NULL ? no_memory(diag) : IOP_OK;
    for (int s = 0; s < count && status == IOP_OK; s++)
        status = predict(scenario, bases, (struct sampling){plan, s}, &samples[s * stride], diag);
    for (int i = 0; i < stride && status == IOP_OK; i++)
        set_interval(samples, count, stride, i, &file->rows[i], scratch);
    free(samples);
    free(scratch);
    return status;
}

static enum iop_status validate_scenario(const struct scenario *scenario, const struct prediction_plan *plan,
                                         struct file_rows *file, struct diag *diag) {
    if (scenario->not_available[0] != '\0')
        return diag_set(diag, IOP_INVALID, "%.300s:%s is not available yet", scenario->file, scenario->not_available);
    file->rows = calloc((size_t)scenario->expect_count, sizeof *file->rows);
    if (file->rows == NULL) return no_memory(diag);
    file->count = scenario->expect_count;
    struct expectation_bases bases;
    enum iop_status status = expectation_bases_load(scenario, &bases, diag);
    if (status != IOP_OK) return status;
    status = run_as_it_is(scenario, &bases, file, diag);
    if (status == IOP_OK && plan != NULL) status = run_samples(scenario, &bases, plan, file, diag);
    expectation_bases_free(&bases);
    return status;
}

static enum iop_status validate_file(void *user, int index, struct diag *diag) {
    struct work *work = user;
    struct file_rows *file = &work->files[index];
    struct scenario *scenario = scenario_load(file->name, NULL, 0, diag);
    if (scenario == NULL) return IOP_INVALID;
    enum iop_status status = scenario->expect_count > 0 ? validate_scenario(scenario, work->plan, file, diag) : IOP_OK;
    scenario_free(scenario);
    return status;
}

static enum iop_status collect(struct file_rows *files, int count, struct validation *validation, struct diag *diag) {
    size_t total = 0;
    for (int i = 0; i < count; i++) total += (size_t)files[i].count;
    struct bibliography *bibliography = bibliography_load(diag);
    if (bibliography == NULL) return IOP_INVALID;
    validation->rows = calloc(total + 1, sizeof *validation->rows);
    for (int i = 0; i < count && validation->rows != NULL; i++)
        for (int j = 0; j < files[i].count; j++) {
            struct validation_row *row = &validation->rows[validation->row_count++];
            *row = files[i].rows[j];
            row->file = files[i].name;
            const struct source *source = bibliography_find(bibliography, row->expected.source);
            snprintf(row->publication, sizeof row->publication, "%s", source != NULL ? source->title : row->file);
        }
    bibliography_free(bibliography);
    return validation->rows != NULL ? IOP_OK : no_memory(diag);
}

/* Fitted to one row of a publication is fitted to the publication. */
static void spread_fitted(struct validation *validation) {
    for (int i = 0; i < validation->row_count; i++) {
        if (!validation->rows[i].fitted) continue;
        for (int j = 0; j < validation->row_count; j++)
            if (strcmp(validation->rows[j].publication, validation->rows[i].publication) == 0)
                validation->rows[j].fitted = true;
    }
}

static enum iop_status run_files(struct work *work, int count, const struct crew *crew, struct validation *validation,
                                 struct diag *diag) {
    enum iop_status status = crew_run(crew, count, validate_file, work, diag);
    if (status == IOP_OK) status = collect(work->files, count, validation, diag);
    if (status == IOP_OK) spread_fitted(validation);
    if (status == IOP_OK && validation->row_count == 0)
        status = diag_set(diag, IOP_INVALID, "none of the scenarios has an `expect` block");
    return status;
}

enum { PLAN_SEED = 1 };

enum iop_status validation_run(const char *const *names, int count, int samples, const struct crew *crew,
                               struct validation *validation, struct diag *diag) {
    *validation = (struct validation){.samples = samples};
    struct prediction_plan plan = {0};
    struct work work = {calloc((size_t)count + 1, sizeof *work.files), samples > 0 ? &plan : NULL};
    if (work.files == NULL) return no_memory(diag);
    for (int i = 0; i < count; i++) work.files[i].name = names[i];
    enum iop_status status = samples > 0 ? prediction_plan_make(samples, PLAN_SEED, &plan, diag) : IOP_OK;
    if (status == IOP_OK) status = run_files(&work, count, crew, validation, diag);
    if (status == IOP_OK) validation_widen(validation);
    prediction_plan_free(&plan);
    for (int i = 0; i < count; i++) free(work.files[i].rows);
    free(work.files);
    if (status != IOP_OK) validation_free(validation);
    return status;
}

void validation_free(struct validation *validation) {
    free(validation->rows);
    *validation = (struct validation){0};
}
