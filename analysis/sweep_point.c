#include "analysis/sweep_point.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/experiment.h"
#include "analysis/precision.h"

/* A point in progress. */
struct progress_of_point {
    const struct sweep_plan *plan;
    const struct sweep_keeper *keeper;
    struct scenario *scenario;
    struct run_config run; /* the scenario's, as the command line adjusts it */
    char key[STORE_KEY_MAX];
    double warmup_s; /* negative: not known yet */
    bool *there;     /* replication i + 1 is in the store */
    int room;
    struct sweep_outcome *outcome;
};

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory in a sweep");
}

/* ---- values of a replication, with their context */

static void describe(const struct metric *metric, const struct model_config *model, struct store_value *value) {
    const struct guest_config *guest = metric->guest >= 0 ? &model->guests[metric->guest] : NULL;
    *value = (struct store_value){.value = metric->value};
    snprintf(value->unit, sizeof value->unit, "%s", metric_unit(metric->kind));
    if (guest == NULL) {
        metric_path(metric, model, value->metric, sizeof value->metric);
        return;
    }
    snprintf(value->guest, sizeof value->guest, "%s", guest->name);
    snprintf(value->instance, sizeof value->instance, "%s", guest->has_instance ? guest->instance.name : "");
    snprintf(value->mode, sizeof value->mode, "%s", mode_info(guest->mode)->name);
    if (metric->workload >= 0)
        snprintf(value->workload, sizeof value->workload, "%s", guest->workloads[metric->workload].name);
    snprintf(value->metric, sizeof value->metric, "%s", metric_name(metric->kind));
}

static enum iop_status keep(struct progress_of_point *point, int number, const struct run_result *run,
                            struct diag *diag) {
    struct store_value *values = calloc((size_t)run->metric_count + 1, sizeof *values);
    if (values == NULL) return no_memory(diag);
    for (int i = 0; i < run->metric_count; i++) describe(&run->metrics[i], &point->scenario->model, &values[i]);
    const struct store_replication replication = {.number = number,
                                                  .warmup_s = point->warmup_s,
                                                  .simulated_s = run->simulated_s,
                                                  .littles_law_error = run->littles_law_error,
                                                  .events = run->events,
                                                  .conserved = run->conserved,
                                                  .count = run->metric_count,
                                                  .values = values};
    enum iop_status status = point->keeper->add(point->keeper->user, point->key, &replication, diag);
    free(values);
    return status;
}

/* ---- replications */

static enum iop_status find_warmup(struct progress_of_point *point, struct diag *diag) {
    if (point->warmup_s >= 0) return IOP_OK;
    sim_time warmup;
    enum iop_status status = experiment_warmup(&point->scenario->model, &point->run, &warmup, diag);
    point->warmup_s = sim_seconds(warmup);
    return status;
}

static enum iop_status run_replication(struct progress_of_point *point, int number, struct diag *diag) {
    enum iop_status status = find_warmup(point, diag);
    if (status != IOP_OK) return status;
    struct run_result *run = malloc(sizeof *run);
    if (run == NULL) return no_memory(diag);
    struct model *model = model_new(&point->scenario->model, point->run.seed, (uint32_t)number, diag);
    if (model == NULL) {
        free(run);
        return IOP_INVALID;
    }
    struct diag check = {""};
    status = model_run(model, sim_time_of(point->warmup_s), point->run.duration, run, &check);
    model_free(model);
    point->outcome->check_failed += status == IOP_CHECK_FAILED;
    point->outcome->run++;
    if (status == IOP_OK || status == IOP_CHECK_FAILED)
        status = keep(point, number, run, diag);
    else
        status = diag_set(diag, status, "%s", check.message);
    free(run);
    return status;
}

static enum iop_status grow(struct progress_of_point *point, int room, struct diag *diag) {
    if (room <= point->room) return IOP_OK;
    bool *larger = realloc(point->there, (size_t)room * sizeof *larger);
    if (larger == NULL) return no_memory(diag);
    memset(larger + point->room, 0, (size_t)(room - point->room) * sizeof *larger);
    point->there = larger;
    point->room = room;
    return IOP_OK;
}

static enum iop_status run_up_to(struct progress_of_point *point, int count, struct diag *diag) {
    enum iop_status status = grow(point, count, diag);
    for (int i = 0; i < count && status == IOP_OK; i++) {
        if (point->there[i]) continue;
        status = run_replication(point, i + 1, diag);
        point->there[i] = status == IOP_OK;
    }
    return status;
}

struct check {
    double precision;
    int replications;
    bool reached;
};

/* Only the first replications count, however many others a store has. */
static enum iop_status check_metric(void *user, const struct store_value *which, const double *values, int count,
                                    struct diag *diag) {
    (void)diag;
    struct check *check = user;
    if (!precision_counts(which->metric)) return IOP_OK;
    if (count > check->replications) count = check->replications;
    struct interval over = student_interval(values, count);
    check->reached = check->reached && precision_reached(&over, count, check->precision);
    return IOP_OK;
}

static void count_found(struct progress_of_point *point) {
    for (int i = 0; i < point->run.replications && i < point->room; i++) point->outcome->found += point->there[i];
}

static enum iop_status run_until_precise(struct progress_of_point *point, struct diag *diag) {
    const struct run_config *run = &point->run;
    int count = run->replications;
    count_found(point);
    for (;;) {
        enum iop_status status = run_up_to(point, count, diag);
        if (status != IOP_OK || run->precision <= 0) return status;
        struct check check = {run->precision, count, true};
        status = point->keeper->visit(point->keeper->user, point->key, check_metric, &check, diag);
        if (status != IOP_OK || check.reached) return status;
        if (count >= PRECISION_CAP) {
            point->outcome->imprecise++;
            return IOP_OK;
        }
        count = precision_next(count);
    }
}

/* ---- the point */

enum { NUMBERS_MAX = 100000 };

static enum iop_status what_is_there(struct progress_of_point *point, struct diag *diag) {
    int *numbers = malloc(NUMBERS_MAX * sizeof *numbers), count;
    if (numbers == NULL) return no_memory(diag);
    enum iop_status status =
        point->keeper->have(point->keeper->user, point->key, numbers, NUMBERS_MAX, &count, &point->warmup_s, diag);
    if (status == IOP_OK && count > 0) status = grow(point, numbers[count - 1], diag);
    for (int i = 0; i < count && status == IOP_OK; i++) point->there[numbers[i] - 1] = true;
    free(numbers);
    return status;
}

static enum iop_status load(struct progress_of_point *point, int index, struct diag *why, struct diag *diag) {
    int count = sweep_setting_count(point->plan);
    struct setting *settings = calloc((size_t)count + 1, sizeof *settings);
    if (settings == NULL) return no_memory(diag);
    sweep_settings(point->plan, index, settings);
    point->scenario = scenario_load(point->plan->request->file, settings, count, why);
    free(settings);
    if (point->scenario == NULL) return IOP_OK;
    point->run = point->scenario->run;
    sweep_adjust(point->plan->request, &point->run);
    if (point->scenario->not_available[0] == '\0') return IOP_OK;
    diag_set(why, IOP_INVALID, "%s is not available yet", point->scenario->not_available);
    scenario_free(point->scenario);
    point->scenario = NULL;
    return IOP_OK;
}

enum iop_status sweep_point(const struct sweep_plan *plan, int index, const struct sweep_keeper *keeper,
                            struct sweep_outcome *outcome, struct diag *diag) {
    struct progress_of_point point = {.plan = plan, .keeper = keeper, .outcome = outcome, .warmup_s = -1};
    struct diag why = {""};
    enum iop_status status = sweep_key(plan, index, point.key, diag);
    if (status == IOP_OK) status = what_is_there(&point, diag);
    if (status == IOP_OK) status = load(&point, index, &why, diag);
    if (status == IOP_OK && point.scenario != NULL) status = run_until_precise(&point, diag);
    if (status == IOP_OK && point.scenario == NULL) {
        outcome->absent++;
        status = keeper->absent(keeper->user, point.key, why.message, diag);
    }
    scenario_free(point.scenario);
    free(point.there);
    return status;
}

/* ---- points in the store */

static void swept_text(const struct setting *settings, int count, char *out, size_t size) {
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s=%s", i == 0 ? "" : ";", settings[i].path,
                                 settings[i].value);
}

/* The seed of a point, which may be swept. */
static uint64_t seed_of(const struct sweep_plan *plan, const struct setting *settings, int count) {
    struct run_config run = plan->base->run;
    for (int i = 0; i < count; i++)
        if (strcmp(settings[i].path, "run.seed") == 0) run.seed = strtoull(settings[i].value, NULL, 10);
    sweep_adjust(plan->request, &run);
    return run.seed;
}

enum { SWEPT_MAX = 4096, CHUNK = 1000 };

struct announcement {
    char key[STORE_KEY_MAX], swept[SWEPT_MAX];
};

static enum iop_status announce_chunk(const struct sweep_plan *plan, struct store *store, const int *points, int count,
                                      struct announcement *texts, struct setting *settings, struct diag *diag) {
    static const char no_hash[] = "";
    struct store_point rows[CHUNK];
    char hash[STORE_KEY_MAX];
    uint64_t content;
    enum iop_status status =
        scenario_content(plan->request->file, plan->request->settings, plan->request->setting_count, &content, diag);
    snprintf(hash, sizeof hash, "%016" PRIx64, content);
    for (int i = 0; i < count && status == IOP_OK; i++) {
        status = sweep_key(plan, points[i], texts[i].key, diag);
        sweep_settings(plan, points[i], settings);
        swept_text(settings, sweep_setting_count(plan), texts[i].swept, sizeof texts[i].swept);
        rows[i] = (struct store_point){.key = texts[i].key,
                                       .scenario = plan->base->name,
                                       .scenario_hash = status == IOP_OK ? hash : no_hash,
                                       .version = plan->request->version,
                                       .cost_set = plan->base->model.host.costs.name,
                                       .seed = seed_of(plan, settings, sweep_setting_count(plan)),
                                       .ordinal = points[i],
                                       .swept = texts[i].swept};
    }
    return status == IOP_OK ? store_add_points(store, rows, count, diag) : status;
}

enum iop_status sweep_announce(const struct sweep_plan *plan, struct store *store, const int *points, int count,
                               struct diag *diag) {
    struct announcement *texts = calloc(CHUNK, sizeof *texts);
    struct setting *settings = calloc((size_t)sweep_setting_count(plan) + 1, sizeof *settings);
    enum iop_status status = texts == NULL || settings == NULL ? no_memory(diag) : IOP_OK;
    for (int first = 0; first < count && status == IOP_OK; first += CHUNK) {
        int chunk = count - first < CHUNK ? count - first : CHUNK;
        status = announce_chunk(plan, store, &points[first], chunk, texts, settings, diag);
    }
    free(texts);
    free(settings);
    return status;
}
