#include "analysis/experiment.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/precision.h"

/* Replications are folded into the result in their order, a batch of them after the other: a run's result is large. */
enum { BATCH = 32 };

/* What an experiment in progress holds besides its result. */
struct work {
    const struct model_config *model;
    const struct run_config *run;
    const struct crew *crew;
    sim_time warmup;
    int first;                      /* replication that the batch begins with */
    int done, told, total;          /* runs: of the batches before, as told last, all */
    struct run_result *runs[BATCH]; /* too large for a stack; NULL: not run */
    struct diag checks[BATCH];      /* why a run's check failed, or "" */
    int room;                       /* replications there may be */
    double *values;                 /* of metric m in replication r: values[m * room + r] */
    struct diag check;              /* the first check that failed */
};

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory while collecting results");
}

static double wall_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static enum iop_status run_once(struct work *work, int slot, uint32_t replication, sim_time warmup, struct diag *diag) {
    struct run_result *result = work->runs[slot] = calloc(1, sizeof *result);
    if (result == NULL) return no_memory(diag);
    struct model *model = model_new(work->model, work->run->seed, replication, diag);
    if (model == NULL) return diag_set(diag, IOP_INVALID, "the model could not be built");
    struct diag own = {""};
    enum iop_status status = model_run(model, warmup, work->run->duration, result, &own);
    model_free(model);
    work->checks[slot] = (struct diag){""};
    if (status == IOP_CHECK_FAILED) work->checks[slot] = own; /* it does not stop the others */
    return status == IOP_OK || status == IOP_CHECK_FAILED ? IOP_OK : diag_set(diag, status, "%s", own.message);
}

static enum iop_status run_pilot(void *user, int index, struct diag *diag) { return run_once(user, index, 0, 0, diag); }

static enum iop_status run_of_batch(void *user, int index, struct diag *diag) {
    struct work *work = user;
    return run_once(work, index, (uint32_t)(work->first + index) + 1, work->warmup, diag);
}

static int tell_progress(void *user, int done, int total) {
    struct work *work = user;
    (void)total;
    work->told = work->done + done;
    return work->crew->progress(work->crew->progress_user, work->told, work->total);
}

static enum iop_status run_all(struct work *work, int count, crew_task *task, struct diag *diag) {
    struct crew crew = {.jobs = work->crew->jobs, .progress_user = work};
    if (work->crew->progress != NULL) crew.progress = tell_progress;
    enum iop_status status = crew_run(&crew, count, task, work, diag);
    if (status == IOP_INTERRUPTED) diag_set(diag, status, "interrupted after %d of %d runs", work->told, work->total);
    work->done += count;
    return status;
}

static void drop_runs(struct work *work) {
    for (int i = 0; i < BATCH; i++) {
        free(work->runs[i]);
        work->runs[i] = NULL;
    }
}

static void note_check(struct work *work, int slot) {
    if (work->check.message[0] == '\0') work->check = work->checks[slot];
}

static enum iop_status find_warmup(struct work *work, struct diag *diag) {
    work->warmup = work->run->warmup;
    if (!work->run->warmup_auto) return IOP_OK;
    enum iop_status status = run_all(work, 1, run_pilot, diag);
    if (status == IOP_OK) {
        const struct run_result *pilot = work->runs[0];
        int bins = pilot->series_bins;
        work->warmup = bins > 0 ? work->run->duration / bins * mser5(pilot->series, bins) : 0;
        note_check(work, 0);
    }
    drop_runs(work);
    return status;
}

static enum iop_status prepare(struct work *work, struct experiment_result *result, struct diag *diag) {
    const struct run_result *first = work->runs[0];
    size_t metrics = (size_t)first->metric_count;
    result->estimates = calloc(metrics + 1, sizeof *result->estimates);
    result->charges = calloc(CHARGES_MAX, sizeof *result->charges);
    result->resources = calloc(RESOURCES_MAX, sizeof *result->resources);
    work->values = calloc((metrics + 1) * (size_t)work->room, sizeof *work->values);
    if (result->estimates == NULL || result->charges == NULL || result->resources == NULL || work->values == NULL)
        return no_memory(diag);
    result->estimate_count = first->metric_count;
    for (int i = 0; i < first->metric_count; i++) result->estimates[i].metric = first->metrics[i];
    result->conserved = true;
    return IOP_OK;
}

static bool same_metric(const struct metric *a, const struct metric *b) {
    return a->kind == b->kind && a->guest == b->guest && a->workload == b->workload &&
           strcmp(a->domain, b->domain) == 0 && strcmp(a->category, b->category) == 0;
}

static enum iop_status add_metrics(struct work *work, const struct run_result *run, int replication,
                                   struct experiment_result *result, struct diag *diag) {
    if (run->metric_count != result->estimate_count)
        return diag_set(diag, IOP_INVALID, "internal error: replication %d has %d metrics, the first has %d",
                        replication + 1, run->metric_count, result->estimate_count);
    for (int i = 0; i < run->metric_count; i++) {
        if (!same_metric(&run->metrics[i], &result->estimates[i].metric)) {
            char path[256];
            metric_path(&result->estimates[i].metric, work->model, path, sizeof path);
            return diag_set(diag, IOP_INVALID, "internal error: replication %d lacks the metric %s", replication + 1,
                            path);
        }
        work->values[i * work->room + replication] = run->metrics[i].value;
    }
    return IOP_OK;
}

static bool same_charge(const struct step_charge *a, const struct step_charge *b) {
    return a->guest == b->guest && a->workload == b->workload && strcmp(a->place, b->place) == 0 &&
           strcmp(a->label, b->label) == 0 && strcmp(a->category, b->category) == 0;
}

/* A step that no packet took in one replication may be missing there: charges are matched, not zipped. */
static void add_charges(const struct run_result *run, struct experiment_result *result) {
    for (int i = 0; i < run->charge_count; i++) {
        int j = i; /* nearly always at the same place */
        if (j >= result->charge_count || !same_charge(&run->charges[i], &result->charges[j]))
            for (j = 0; j < result->charge_count && !same_charge(&run->charges[i], &result->charges[j]);) j++;
        if (j == result->charge_count) {
            if (j == CHARGES_MAX) continue;
            result->charges[result->charge_count] = run->charges[i];
            result->charges[result->charge_count++].cycles_per_packet = 0;
        }
        result->charges[j].cycles_per_packet += run->charges[i].cycles_per_packet;
    }
}

static void add_resources(const struct run_result *run, struct experiment_result *result) {
    for (int i = 0; i < run->resource_count; i++) {
        int j = 0;
        while (j < result->resource_count && strcmp(run->resources[i].name, result->resources[j].name) != 0) j++;
        if (j == result->resource_count) {
            if (j == RESOURCES_MAX) continue;
            result->resources[result->resource_count] = run->resources[i];
            result->resources[result->resource_count++].utilization = 0;
        }
        result->resources[j].utilization += run->resources[i].utilization;
    }
}

static int by_utilization(const void *left, const void *right) {
    const struct resource_use *a = left, *b = right;
    if (a->utilization != b->utilization) return a->utilization < b->utilization ? 1 : -1;
    return strcmp(a->name, b->name); /* a defined order, whatever qsort does with equals */
}

/* Copies the values that were observed and returns how many there are. */
static int observed(const double *values, int count, double *out) {
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (!isnan(values[i])) out[kept++] = values[i];
    return kept;
}

/* Means and intervals; a metric that no replication observed is dropped. */
static void finish(struct work *work, struct experiment_result *result) {
    int replications = work->first, kept = 0;
    double *seen = &work->values[result->estimate_count * work->room]; /* a row more than there are metrics */
    for (int i = 0; i < result->estimate_count; i++) {
        const double *values = &work->values[i * work->room];
        int count = observed(values, replications, seen);
        if (count == 0) continue;
        memmove(&work->values[kept * replications], values, (size_t)replications * sizeof *values);
        struct estimate *estimate = &result->estimates[kept++];
        estimate->metric = result->estimates[i].metric;
        estimate->over = student_interval(seen, count);
        estimate->metric.value = estimate->over.mean;
    }
    result->estimate_count = kept;
    result->values = work->values;
    work->values = NULL;
    for (int i = 0; i < result->charge_count; i++) result->charges[i].cycles_per_packet /= replications;
    for (int i = 0; i < result->resource_count; i++) result->resources[i].utilization /= replications;
    qsort(result->resources, (size_t)result->resource_count, sizeof *result->resources, by_utilization);
    result->replications = replications;
    result->seed = work->run->seed;
}

static enum iop_status add_run(struct work *work, int slot, struct experiment_result *result, struct diag *diag) {
    const struct run_result *run = work->runs[slot];
    int replication = work->first + slot;
    enum iop_status status = replication == 0 ? prepare(work, result, diag) : IOP_OK;
    if (status == IOP_OK) status = add_metrics(work, run, replication, result, diag);
    if (status != IOP_OK) return status;
    add_charges(run, result);
    add_resources(run, result);
    note_check(work, slot);
    result->conserved = result->conserved && run->conserved;
    result->littles_law_error = fmax(result->littles_law_error, run->littles_law_error);
    result->events += run->events;
    result->simulated_s += run->simulated_s;
    return IOP_OK;
}

static enum iop_status replicate_up_to(struct work *work, int replications, struct experiment_result *result,
                                       struct diag *diag) {
    enum iop_status status = IOP_OK;
    while (status == IOP_OK && work->first < replications) {
        int count = replications - work->first < BATCH ? replications - work->first : BATCH;
        status = run_all(work, count, run_of_batch, diag);
        for (int i = 0; i < count && status == IOP_OK; i++) status = add_run(work, i, result, diag);
        drop_runs(work);
        work->first += count;
    }
    return status;
}

/* Whether all metrics that count are as precise as asked. */
static bool is_precise(const struct work *work, const struct experiment_result *result) {
    for (int i = 0; i < result->estimate_count; i++) {
        char name[256] = "";
        const struct metric *metric = &result->estimates[i].metric;
        if (metric->guest < 0)
            metric_path(metric, work->model, name, sizeof name);
        else
            snprintf(name, sizeof name, "%s", metric_name(metric->kind));
        if (!precision_counts(name)) continue;
        double values[PRECISION_CAP];
        int count =
            observed(&work->values[i * work->room], work->first < PRECISION_CAP ? work->first : PRECISION_CAP, values);
        if (count == 0) continue;
        struct interval over = student_interval(values, count);
        if (!precision_reached(&over, count, work->run->precision)) return false;
    }
    return true;
}

static enum iop_status replicate(struct work *work, struct experiment_result *result, struct diag *diag) {
    enum iop_status status = find_warmup(work, diag);
    result->warmup = work->warmup;
    int replications = work->run->replications;
    if (status == IOP_OK) status = replicate_up_to(work, replications, result, diag);
    while (status == IOP_OK && work->run->precision > 0 && replications < PRECISION_CAP && !is_precise(work, result)) {
        work->total += precision_next(replications) - replications;
        replications = precision_next(replications);
        status = replicate_up_to(work, replications, result, diag);
    }
    return status;
}

static enum iop_status add_bounds(const struct model_config *model, struct experiment_result *result,
                                  struct diag *diag) {
    int max = 0;
    for (int i = 0; i < model->guest_count; i++) max += model->guests[i].workload_count;
    result->bounds = calloc((size_t)max + 1, sizeof *result->bounds);
    if (result->bounds == NULL) return no_memory(diag);
    return model_bounds(model, result->bounds, max, &result->bound_count, diag);
}

enum iop_status experiment_run(const struct model_config *model, const struct run_config *run, const struct crew *crew,
                               struct experiment_result *result, struct diag *diag) {
    memset(result, 0, sizeof *result);
    if (run->replications < 1) return diag_set(diag, IOP_INVALID, "replications: %d is below 1", run->replications);
    double start = wall_clock();
    struct work work = {.model = model, .run = run, .crew = crew};
    work.total = run->replications + (run->warmup_auto ? 1 : 0);
    work.room = run->precision > 0 && run->replications < PRECISION_CAP ? PRECISION_CAP : run->replications;
    enum iop_status status = replicate(&work, result, diag);
    if (status == IOP_OK) finish(&work, result);
    if (status == IOP_OK) status = add_bounds(model, result, diag);
    free(work.values);
    if (status != IOP_OK) {
        experiment_result_free(result);
        return status;
    }
    result->wall_s = wall_clock() - start;
    return work.check.message[0] != '\0' ? diag_set(diag, IOP_CHECK_FAILED, "%s", work.check.message) : IOP_OK;
}

enum iop_status experiment_warmup(const struct model_config *model, const struct run_config *run, sim_time *warmup,
                                  struct diag *diag) {
    const struct crew alone = {.jobs = 1};
    struct work work = {.model = model, .run = run, .crew = &alone, .total = 1};
    enum iop_status status = find_warmup(&work, diag);
    *warmup = work.warmup;
    return status;
}

void experiment_result_free(struct experiment_result *result) {
    free(result->estimates);
    free(result->values);
    free(result->charges);
    free(result->resources);
    free(result->bounds);
    memset(result, 0, sizeof *result);
}

const struct estimate *experiment_find(const struct experiment_result *result, const struct model_config *model,
                                       const char *path) {
    for (int i = 0; i < result->estimate_count; i++) {
        char own[512];
        metric_path(&result->estimates[i].metric, model, own, sizeof own);
        if (strcmp(own, path) == 0) return &result->estimates[i];
    }
    return NULL;
}

const struct estimate *experiment_find_metric(const struct experiment_result *result, const struct metric *metric) {
    for (int i = 0; i < result->estimate_count; i++)
        if (same_metric(&result->estimates[i].metric, metric)) return &result->estimates[i];
    return NULL;
}

const double *experiment_values(const struct experiment_result *result, const struct estimate *estimate) {
    return &result->values[(estimate - result->estimates) * result->replications];
}
