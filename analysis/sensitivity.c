#include "analysis/sensitivity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/chosen_metric.h"
#include "analysis/prediction.h"

struct study {
    const struct model_config *model;
    struct run_config run; /* with the warm-up of the first run */
    const struct crew *crew;
    struct experiment_result nominal;
    struct diag check;                 /* that failed in it, or "" */
    struct cost_space space;           /* the costs that are still in question, in the order of COST_TABLE */
    bool changes[2 * COST_COUNT_];     /* by the probes, of each cost low and high: any metric */
    const struct sobol_design *design; /* whose points are evaluated */
    double *values;                    /* of the metric, at each */
    struct sensitivity *out;
    int told, total; /* runs done as told last, and expected in all */
};

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory for a sensitivity analysis");
}

static int tell_progress(void *user, int done, int total) {
    struct study *study = user;
    (void)total;
    study->told = study->out->runs + done;
    return study->crew->progress(study->crew->progress_user, study->told, study->total);
}

/* The next `tasks` runs, of which at most `later` follow. */
static enum iop_status run_phase(struct study *study, int tasks, int later, crew_task *task, struct diag *diag) {
    struct crew crew = {.jobs = study->crew->jobs, .progress_user = study};
    if (study->crew->progress != NULL) crew.progress = tell_progress;
    study->total = study->out->runs + tasks + later;
    struct diag own = {""};
    enum iop_status status = crew_run(&crew, tasks, task, study, &own);
    study->out->runs += tasks;
    if (status == IOP_OK) return status;
    if (status != IOP_INTERRUPTED) return diag_set(diag, status, "%s", own.message);
    return diag_set(diag, status, "interrupted after %d of about %d runs", study->told, study->total);
}

static int design_runs(const struct study *study, int inputs) {
    int most = inputs < SOBOL_INPUTS_MAX ? inputs : SOBOL_INPUTS_MAX;
    int screening = inputs > most ? SCREENING_SAMPLES * (inputs + 1) : 0;
    return screening + study->out->samples * (most + 2);
}

/* The costs at their values; finds the warm-up for all further runs. */
static enum iop_status run_nominal(void *user, int index, struct diag *diag) {
    struct study *study = user;
    (void)index;
    const struct crew alone = {.jobs = 1};
    struct diag own = {""};
    enum iop_status status = experiment_run(study->model, &study->run, &alone, &study->nominal, &own);
    study->run.warmup_auto = false;
    study->run.warmup = study->nominal.warmup;
    if (status == IOP_CHECK_FAILED) study->check = own;
    return status == IOP_OK || status == IOP_CHECK_FAILED ? IOP_OK : diag_set(diag, status, "%s", own.message);
}

/* --- probes --- */

static bool same_results(const struct experiment_result *a, const struct experiment_result *b) {
    if (a->estimate_count != b->estimate_count) return false;
    for (int i = 0; i < a->estimate_count; i++)
        if (a->estimates[i].over.mean != b->estimates[i].over.mean ||
            experiment_find_metric(a, &b->estimates[i].metric) != &a->estimates[i])
            return false;
    return true;
}

/* Task 2 i is cost i at its low end, task 2 i + 1 at its high end. */
static enum iop_status run_probe(void *user, int index, struct diag *diag) {
    struct study *study = user;
    const struct cost_space one = {.count = 1, .axes = {study->space.axes[index / 2]}};
    const double u = index % 2;
    struct experiment_result result;
    enum iop_status status = prediction_at(&one, &u, study->model, &study->run, &result, diag);
    if (status != IOP_OK) return status;
    study->changes[index] = !same_results(&study->nominal, &result);
    experiment_result_free(&result);
    return IOP_OK;
}

static enum iop_status probe(struct study *study, struct diag *diag) {
    int count = study->space.count, kept = 0;
    study->out->uncertain = count;
    enum iop_status status = run_phase(study, 2 * count, design_runs(study, count), run_probe, diag);
    for (int i = 0; i < count && status == IOP_OK; i++) {
        if (study->changes[2 * i] || study->changes[2 * i + 1])
            study->space.axes[kept++] = study->space.axes[i];
        else
            study->out->no_effect[study->out->no_effect_count++] = study->space.axes[i].cost;
    }
    study->space.count = kept;
    return status;
}

/* --- points of a design --- */

static enum iop_status run_point(void *user, int index, struct diag *diag) {
    struct study *study = user;
    double u[COST_COUNT_];
    sobol_design_point(study->design, index, u);
    struct experiment_result result;
    enum iop_status status = prediction_at(&study->space, u, study->model, &study->run, &result, diag);
    if (status != IOP_OK) return status;
    const struct estimate *found = experiment_find_metric(&result, &study->out->metric);
    study->values[index] = found != NULL ? found->over.mean : NAN;
    experiment_result_free(&result);
    if (!isfinite(study->values[index]))
        return diag_set(diag, IOP_INVALID, "%s was not observed with some costs of their ranges: simulate longer",
                        study->out->path);
    return IOP_OK;
}

static enum iop_status evaluate(struct study *study, const struct sobol_design *design, int points, int later,
                                struct diag *diag) {
    study->design = design;
    study->values = calloc((size_t)points + 1, sizeof *study->values);
    if (study->values == NULL) return no_memory(diag);
    return run_phase(study, points, later, run_point, diag);
}

static void forget_values(struct study *study) {
    free(study->values);
    study->values = NULL;
}

/* --- screening --- */

struct ranked {
    int axis;
    double effect;
};

static int by_effect(const void *left, const void *right) {
    const struct ranked *a = left, *b = right;
    if (a->effect != b->effect) return a->effect < b->effect ? 1 : -1;
    return a->axis - b->axis;
}

/* Keeps the axes of most effect, in their order, and notes the others. */
static void keep_most(struct study *study, const double *effects) {
    struct ranked ranked[COST_COUNT_];
    bool keep[COST_COUNT_] = {false};
    double sum = 0;
    int count = study->space.count, kept = 0;
    for (int i = 0; i < count; i++) {
        ranked[i] = (struct ranked){i, effects[i]};
        sum += effects[i];
    }
    qsort(ranked, (size_t)count, sizeof *ranked, by_effect);
    for (int i = 0; i < count; i++) {
        if (i < SOBOL_INPUTS_MAX)
            keep[ranked[i].axis] = true;
        else
            study->out->left_out[study->out->left_out_count++] = (struct sensitivity_left_out){
                study->space.axes[ranked[i].axis].cost, sum > 0 ? ranked[i].effect / sum : 0};
    }
    for (int i = 0; i < count; i++)
        if (keep[i]) study->space.axes[kept++] = study->space.axes[i];
    study->space.count = kept;
}

static enum iop_status screen(struct study *study, struct diag *diag) {
    if (study->space.count <= SOBOL_INPUTS_MAX) return IOP_OK;
    struct sobol_design design;
    double effects[COST_COUNT_];
    int count = study->space.count;
    enum iop_status status = sobol_design_of_hypercube(count, SCREENING_SAMPLES, study->run.seed, &design, diag);
    if (status == IOP_OK)
        status =
            evaluate(study, &design, sobol_design_radial_points(&design), design_runs(study, SOBOL_INPUTS_MAX), diag);
    if (status == IOP_OK) {
        sobol_total_effects(count, SCREENING_SAMPLES, study->values, effects);
        keep_most(study, effects);
    }
    forget_values(study);
    sobol_design_free(&design);
    return status;
}

/* --- indices --- */

static int by_total(const void *left, const void *right) {
    const struct sensitivity_row *a = left, *b = right;
    if (a->index.total.value != b->index.total.value) return a->index.total.value < b->index.total.value ? 1 : -1;
    return (int)a->axis.cost - (int)b->axis.cost;
}

/* What the metric does over A and B, which are two independent samples. */
static enum iop_status summarize(const struct study *study, struct diag *diag) {
    struct sensitivity *out = study->out;
    size_t n = (size_t)out->samples;
    double *both = calloc(2 * n, sizeof *both), squares = 0;
    if (both == NULL) return no_memory(diag);
    memcpy(both, study->values, n * sizeof *both);
    memcpy(both + n, study->values + (size_t)(study->space.count + 1) * n, n * sizeof *both);
    for (size_t j = 0; j < 2 * n; j++) out->mean += both[j] / (double)(2 * n);
    for (size_t j = 0; j < 2 * n; j++) squares += (both[j] - out->mean) * (both[j] - out->mean);
    out->variance = squares / (double)(2 * n);
    prediction_interval(both, 2 * out->samples, &out->low, &out->high);
    free(both);
    return IOP_OK;
}

static void choose_next(const struct cost_set *costs, struct sensitivity *out) {
    for (int i = 0; i < out->row_count && out->variance > 0; i++) {
        const struct sensitivity_row *row = &out->rows[i];
        if (costs->values[row->axis.cost].how == PROV_MEASURED || !(row->index.total.value > 0)) continue;
        out->next = i;
        double known = fmin(row->index.first.value, row->index.total.value);
        out->narrower = 1 - sqrt(1 - fmin(fmax(known, 0), 1));
        return;
    }
}

static enum iop_status find_indices(struct study *study, struct diag *diag) {
    struct sensitivity *out = study->out;
    struct sobol_design design;
    struct sobol_index indices[SOBOL_INPUTS_MAX];
    int inputs = study->space.count;
    out->mean = out->low = out->high = out->metric.value;
    if (inputs == 0) return IOP_OK;
    enum iop_status status = sobol_design_of_sequence(inputs, out->samples, study->run.seed, &design, diag);
    if (status == IOP_OK) status = evaluate(study, &design, sobol_design_points(&design), 0, diag);
    if (status == IOP_OK) status = sobol_indices(inputs, out->samples, study->values, study->run.seed, indices, diag);
    out->mean = 0;
    if (status == IOP_OK) status = summarize(study, diag);
    if (status == IOP_OK) {
        for (int i = 0; i < inputs; i++) out->rows[i] = (struct sensitivity_row){study->space.axes[i], indices[i]};
        out->row_count = inputs;
        qsort(out->rows, (size_t)inputs, sizeof *out->rows, by_total);
        choose_next(&study->model->host.costs, out);
    }
    forget_values(study);
    sobol_design_free(&design);
    return status;
}

static enum iop_status analyse(struct study *study, const char *wanted, struct diag *diag) {
    cost_space_of(&study->model->host.costs, &study->space);
    int count = study->space.count;
    enum iop_status status = run_phase(study, 1, 2 * count + design_runs(study, count), run_nominal, diag);
    if (status != IOP_OK) return status;
    const struct estimate *chosen = chosen_metric(&study->nominal, study->model, wanted, diag);
    if (chosen == NULL) return IOP_INVALID;
    study->out->metric = chosen->metric;
    study->out->warmup = study->run.warmup;
    metric_path(&chosen->metric, study->model, study->out->path, sizeof study->out->path);
    status = probe(study, diag);
    if (status == IOP_OK) status = screen(study, diag);
    return status == IOP_OK ? find_indices(study, diag) : status;
}

enum iop_status sensitivity_run(const struct sensitivity_request *request, const struct crew *crew,
                                struct sensitivity *sensitivity, struct diag *diag) {
    *sensitivity = (struct sensitivity){
        .samples = request->samples, .seed = request->run->seed, .duration = request->run->duration, .next = -1};
    struct study *study = calloc(1, sizeof *study);
    if (study == NULL) return no_memory(diag);
    *study = (struct study){.model = request->model, .run = *request->run, .crew = crew, .out = sensitivity};
    study->run.replications = 1;
    study->run.precision = 0;
    enum iop_status status = analyse(study, request->metric, diag);
    if (status == IOP_OK && study->check.message[0] != '\0')
        status = diag_set(diag, IOP_CHECK_FAILED, "%s", study->check.message);
    experiment_result_free(&study->nominal);
    free(study);
    return status;
}

double sensitivity_left_out_share(const struct sensitivity *sensitivity) {
    double share = 0;
    for (int i = 0; i < sensitivity->left_out_count; i++) share += sensitivity->left_out[i].share;
    return share;
}
