#include "analysis/experiment.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/experiment_sums.h"
#include "analysis/precision.h"

/* Replications are folded into the result in their order, some of them at a time: a run's result is large. */
enum { CHUNK = 32 };

/* What an experiment in progress holds besides its result. */
struct work {
    const struct model_config *model;
    const struct run_config *run;
    const struct crew *crew;
    sim_time warmup;
    int batches;                    /* of each replication, at least 1 */
    int first;                      /* replication that the chunk begins with */
    int done, told, total;          /* runs: of the chunks before, as told last, all */
    struct run_result *runs[CHUNK]; /* one for each batch, too large for a stack; NULL: not run */
    struct diag checks[CHUNK];      /* why a run's check failed, or "" */
    size_t room;                    /* observations there may be */
    double *values;                 /* of metric m in observation i: values[m * room + i] */
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

/* Copies what is used of a result: memory that is not written to is not taken. */
static enum iop_status keep_batch(void *user, int index, const struct run_result *from, struct diag *diag) {
    (void)diag;
    struct run_result *to = (struct run_result *)user + index;
    to->metric_count = from->metric_count;
    to->charge_count = from->charge_count;
    to->resource_count = from->resource_count;
    memcpy(to->metrics, from->metrics, (size_t)from->metric_count * sizeof *from->metrics);
    memcpy(to->charges, from->charges, (size_t)from->charge_count * sizeof *from->charges);
    memcpy(to->resources, from->resources, (size_t)from->resource_count * sizeof *from->resources);
    to->conserved = from->conserved;
    to->littles_law_error = from->littles_law_error;
    to->events = from->events;
    to->simulated_s = from->simulated_s;
    return IOP_OK;
}

static enum iop_status run_once(struct work *work, int slot, uint32_t replication, int batches, struct diag *diag) {
    struct run_result *results = work->runs[slot] = calloc((size_t)batches, sizeof *results);
    if (results == NULL) return no_memory(diag);
    struct model *model = model_new(work->model, work->run->seed, replication, diag);
    if (model == NULL) return diag_set(diag, IOP_INVALID, "the model could not be built");
    struct diag own = {""};
    sim_time duration = work->run->duration;
    enum iop_status status = batches > 1
                                 ? model_run_batches(model, work->warmup, duration, batches, keep_batch, results, &own)
                                 : model_run(model, work->warmup, duration, results, &own);
    model_free(model);
    work->checks[slot] = (struct diag){""};
    if (status == IOP_CHECK_FAILED) work->checks[slot] = own; /* it does not stop the others */
    return status == IOP_OK || status == IOP_CHECK_FAILED ? IOP_OK : diag_set(diag, status, "%s", own.message);
}

static enum iop_status run_pilot(void *user, int index, struct diag *diag) { return run_once(user, index, 0, 1, diag); }

static enum iop_status run_of_chunk(void *user, int index, struct diag *diag) {
    struct work *work = user;
    return run_once(work, index, (uint32_t)(work->first + index) + 1, work->batches, diag);
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
    for (int i = 0; i < CHUNK; i++) {
        free(work->runs[i]);
        work->runs[i] = NULL;
    }
}

static void note_check(struct work *work, int slot) {
    if (work->check.message[0] == '\0') work->check = work->checks[slot];
}

static enum iop_status find_warmup(struct work *work, struct diag *diag) {
    work->warmup = work->run->warmup_auto ? 0 : work->run->warmup;
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
    work->values = calloc((metrics + 1) * work->room, sizeof *work->values);
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

static enum iop_status add_metrics(struct work *work, const struct run_result *run, int observation,
                                   struct experiment_result *result, struct diag *diag) {
    if (run->metric_count != result->estimate_count)
        return diag_set(diag, IOP_INVALID, "internal error: observation %d has %d metrics, the first has %d",
                        observation + 1, run->metric_count, result->estimate_count);
    for (int i = 0; i < run->metric_count; i++) {
        if (!same_metric(&run->metrics[i], &result->estimates[i].metric)) {
            char path[256];
            metric_path(&result->estimates[i].metric, work->model, path, sizeof path);
            return diag_set(diag, IOP_INVALID, "internal error: observation %d lacks the metric %s", observation + 1,
                            path);
        }
        work->values[(size_t)i * work->room + (size_t)observation] = run->metrics[i].value;
    }
    return IOP_OK;
}

/* Copies the values that were observed and returns how many there are. */
static int observed(const double *values, int count, double *out) {
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (!isnan(values[i])) out[kept++] = values[i];
    return kept;
}

/* Means and intervals of all metrics and the values they are made from, which may be the very ones of work and result;
 * returns how many metrics were observed at all. */
static int estimate(const struct work *work, const struct experiment_result *result, struct estimate *estimates,
                    double *values) {
    int observations = work->first * work->batches, kept = 0;
    double *seen = &work->values[(size_t)result->estimate_count * work->room]; /* a row more than there are metrics */
    for (int i = 0; i < result->estimate_count; i++) {
        const double *own = &work->values[(size_t)i * work->room];
        int count = observed(own, observations, seen);
        if (count == 0) continue;
        memmove(&values[(size_t)kept * (size_t)observations], own, (size_t)observations * sizeof *own);
        struct estimate *one = &estimates[kept++];
        one->metric = result->estimates[i].metric;
        one->over = student_interval(seen, count);
        one->metric.value = one->over.mean;
    }
    return kept;
}

static void finish(struct work *work, struct experiment_result *result) {
    int observations = work->first * work->batches;
    result->estimate_count = estimate(work, result, result->estimates, work->values);
    result->values = work->values;
    work->values = NULL;
    experiment_average(result, observations);
    result->replications = work->first;
    result->batches = work->run->batches;
    result->seed = work->run->seed;
}

static enum iop_status add_run(struct work *work, int slot, struct experiment_result *result, struct diag *diag) {
    int replication = work->first + slot;
    const struct run_result *last = &work->runs[slot][work->batches - 1];
    enum iop_status status = replication == 0 ? prepare(work, result, diag) : IOP_OK;
    for (int i = 0; i < work->batches && status == IOP_OK; i++) {
        const struct run_result *run = &work->runs[slot][i];
        status = add_metrics(work, run, replication * work->batches + i, result, diag);
        if (status != IOP_OK) return status;
        experiment_add(result, run);
        result->conserved = result->conserved && run->conserved;
        result->littles_law_error = fmax(result->littles_law_error, run->littles_law_error);
    }
    if (status != IOP_OK) return status;
    note_check(work, slot);
    result->events += last->events;
    result->simulated_s += last->simulated_s;
    return IOP_OK;
}

static enum iop_status replicate_up_to(struct work *work, int replications, struct experiment_result *result,
                                       struct diag *diag) {
    enum iop_status status = IOP_OK;
    while (status == IOP_OK && work->first < replications) {
        int count = replications - work->first < CHUNK ? replications - work->first : CHUNK;
        status = run_all(work, count, run_of_chunk, diag);
        for (int i = 0; i < count && status == IOP_OK; i++) status = add_run(work, i, result, diag);
        drop_runs(work);
        work->first += count;
    }
    return status;
}

/* Whether all metrics that count are as precise as asked. */
static bool is_precise(void *user, const struct experiment_result *so_far) {
    const struct work *work = user;
    for (int i = 0; i < so_far->estimate_count; i++) {
        const struct estimate *one = &so_far->estimates[i];
        char name[256] = "";
        if (one->metric.guest < 0)
            metric_path(&one->metric, work->model, name, sizeof name);
        else
            snprintf(name, sizeof name, "%s", metric_name(one->metric.kind));
        if (!precision_counts(name)) continue;
        const double *values = experiment_values(so_far, one);
        int count = 0;
        for (int j = 0; j < experiment_observations(so_far); j++) count += !isnan(values[j]);
        if (!precision_reached(&one->over, count, work->run->precision)) return false;
    }
    return true;
}

static enum iop_status ask(const struct work *work, const struct experiment_result *result, experiment_enough *enough,
                           void *user, bool *answer, struct diag *diag) {
    size_t metrics = (size_t)result->estimate_count;
    struct experiment_result so_far = {.replications = work->first, .batches = work->batches};
    so_far.estimates = calloc(metrics + 1, sizeof *so_far.estimates);
    so_far.values = calloc((metrics + 1) * (size_t)experiment_observations(&so_far), sizeof *so_far.values);
    bool memory = so_far.estimates != NULL && so_far.values != NULL;
    if (memory) {
        so_far.estimate_count = estimate(work, result, so_far.estimates, so_far.values);
        *answer = enough(user, &so_far);
    }
    experiment_result_free(&so_far);
    return memory ? IOP_OK : no_memory(diag);
}

static enum iop_status replicate(struct work *work, experiment_enough *enough, void *user, int most,
                                 struct experiment_result *result, struct diag *diag) {
    enum iop_status status = find_warmup(work, diag);
    result->warmup = work->warmup;
    int replications = work->run->replications;
    if (status == IOP_OK) status = replicate_up_to(work, replications, result, diag);
    bool done = false;
    while (status == IOP_OK && replications < most) {
        status = ask(work, result, enough, user, &done, diag);
        if (status != IOP_OK || done) break;
        int next = precision_next(replications) < most ? precision_next(replications) : most;
        work->total += next - replications;
        replications = next;
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

static enum iop_status run_work(struct work *work, experiment_enough *enough, void *user, int most,
                                struct experiment_result *result, struct diag *diag) {
    const struct run_config *run = work->run;
    memset(result, 0, sizeof *result);
    if (run->replications < 1) return diag_set(diag, IOP_INVALID, "replications: %d is below 1", run->replications);
    double start = wall_clock();
    work->total = run->replications + (run->warmup_auto ? 1 : 0);
    work->batches = run->batches > 1 ? run->batches : 1;
    work->room = (size_t)(run->replications < most ? most : run->replications) * (size_t)work->batches;
    enum iop_status status = replicate(work, enough, user, most, result, diag);
    if (status == IOP_OK) finish(work, result);
    if (status == IOP_OK) status = add_bounds(work->model, result, diag);
    free(work->values);
    if (status != IOP_OK) {
        experiment_result_free(result);
        return status;
    }
    result->wall_s = wall_clock() - start;
    return work->check.message[0] != '\0' ? diag_set(diag, IOP_CHECK_FAILED, "%s", work->check.message) : IOP_OK;
}

enum iop_status experiment_run(const struct model_config *model, const struct run_config *run, const struct crew *crew,
                               struct experiment_result *result, struct diag *diag) {
    struct work work = {.model = model, .run = run, .crew = crew};
    return run_work(&work, is_precise, &work, run->precision > 0 ? PRECISION_CAP : 0, result, diag);
}

enum iop_status experiment_run_until(const struct model_config *model, const struct run_config *run,
                                     const struct crew *crew, experiment_enough *enough, void *user, int most,
                                     struct experiment_result *result, struct diag *diag) {
    struct work work = {.model = model, .run = run, .crew = crew};
    return run_work(&work, enough, user, most, result, diag);
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

int experiment_observations(const struct experiment_result *result) {
    return result->replications * (result->batches > 1 ? result->batches : 1);
}

const double *experiment_values(const struct experiment_result *result, const struct estimate *estimate) {
    return &result->values[(estimate - result->estimates) * experiment_observations(result)];
}
