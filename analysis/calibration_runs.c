#include "analysis/calibration_runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/experiment.h"
#include "scenarios/scenario.h"

/* One run of a case. */
struct memory {
    int number;        /* of the case */
    double *values;    /* of the parameters; those that do not enter have their base value */
    double *predicted; /* of the case's rows, in their order */
    sim_time warmup;
};

struct calibration_case {
    struct scenario *scenario;
    int first_row;
    int row_count;
    int *rows;
    bool enters[COST_COUNT_]; /* by index of the parameter */
};

struct calibration_runs {
    const struct calibration_data *data;
    const struct cost_set *base;
    const struct cost_space *parameters;
    struct calibration_seed seed;
    int case_count;
    struct calibration_case *cases;
    int *case_of; /* row; -1: the time of a sum of costs */
    double *noise;
    int memory_count, memory_room;
    struct memory *memories;
    bool warmed_up; /* the cases' warm-up times are known */
};

static enum iop_status no_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory"); }

/* --- cases --- */

static bool same_case(const struct calibration_row *a, const struct calibration_row *b) {
    if (strcmp(a->file, b->file) != 0 || a->setting_count != b->setting_count) return false;
    for (int i = 0; i < a->setting_count; i++)
        if (strcmp(a->settings[i].path, b->settings[i].path) != 0 ||
            strcmp(a->settings[i].value, b->settings[i].value) != 0)
            return false;
    return true;
}

static enum iop_status load_case(struct calibration_runs *runs, int row, struct calibration_case *to,
                                 struct diag *diag) {
    const struct calibration_row *about = &runs->data->rows[row];
    struct diag problem = {""};
    *to = (struct calibration_case){.first_row = row};
    to->rows = calloc((size_t)runs->data->count, sizeof *to->rows);
    if (to->rows == NULL) return no_memory(diag);
    to->scenario = scenario_load(about->file, about->settings, about->setting_count, &problem);
    if (to->scenario == NULL) {
        bool set = strncmp(problem.message, "--set ", 6) == 0;
        return diag_set(diag, IOP_INVALID, "%s:%d:1: %s: %s", runs->data->path, about->line, set ? "set" : "scenario",
                        problem.message + (set ? 6 : 0));
    }
    if (to->scenario->not_available[0] != '\0')
        return diag_set(diag, IOP_INVALID, "%s:%d:1: scenario: %s is not available yet", runs->data->path, about->line,
                        to->scenario->not_available);
    if (runs->seed.given) to->scenario->run.seed = runs->seed.seed;
    for (int i = 0; i < runs->parameters->count; i++) {
        const struct cost_axis *axis = &runs->parameters->axes[i];
        to->enters[i] = to->scenario->model.host.costs.values[axis->cost].value == axis->value;
    }
    return IOP_OK;
}

static enum iop_status load_cases(struct calibration_runs *runs, struct diag *diag) {
    const struct calibration_data *data = runs->data;
    for (int row = 0; row < data->count; row++) {
        runs->case_of[row] = -1;
        if (data->rows[row].scenario[0] == '\0') continue;
        int at = 0;
        while (at < runs->case_count && !same_case(&data->rows[runs->cases[at].first_row], &data->rows[row])) at++;
        if (at == runs->case_count) {
            runs->case_count++; /* even if it fails: what it has is freed */
            enum iop_status status = load_case(runs, row, &runs->cases[at], diag);
            if (status != IOP_OK) return status;
        }
        struct calibration_case *to = &runs->cases[at];
        to->rows[to->row_count++] = row;
        runs->case_of[row] = at;
    }
    return IOP_OK;
}

struct calibration_runs *calibration_runs_new(const struct calibration_data *data, const struct cost_set *base,
                                              const struct cost_space *parameters, struct calibration_seed seed,
                                              struct diag *diag) {
    struct calibration_runs *runs = calloc(1, sizeof *runs);
    if (runs == NULL) return no_memory(diag), NULL;
    *runs = (struct calibration_runs){.data = data, .base = base, .parameters = parameters, .seed = seed};
    size_t rows = (size_t)data->count;
    runs->cases = calloc(rows + 1, sizeof *runs->cases);
    runs->case_of = calloc(rows + 1, sizeof *runs->case_of);
    runs->noise = calloc(rows + 1, sizeof *runs->noise);
    bool complete = runs->cases != NULL && runs->case_of != NULL && runs->noise != NULL;
    if ((complete ? load_cases(runs, diag) : no_memory(diag)) == IOP_OK) return runs;
    calibration_runs_free(runs);
    return NULL;
}

void calibration_runs_free(struct calibration_runs *runs) {
    if (runs == NULL) return;
    for (int i = 0; runs->cases != NULL && i < runs->case_count; i++) {
        scenario_free(runs->cases[i].scenario);
        free(runs->cases[i].rows);
    }
    for (int i = 0; i < runs->memory_count; i++) {
        free(runs->memories[i].values);
        free(runs->memories[i].predicted);
    }
    free(runs->memories);
    free(runs->cases);
    free(runs->case_of);
    free(runs->noise);
    free(runs);
}

bool calibration_runs_enters(const struct calibration_runs *runs, int index) {
    for (int i = 0; i < runs->case_count; i++)
        if (runs->cases[i].enters[index]) return true;
    for (int row = 0; row < runs->data->count; row++)
        for (int i = 0; i < runs->data->rows[row].cost_count; i++)
            if (runs->data->rows[row].costs[i] == runs->parameters->axes[index].cost) return true;
    return false;
}

double calibration_runs_noise(const struct calibration_runs *runs, int row) { return runs->noise[row]; }

int calibration_runs_count(const struct calibration_runs *runs) { return runs->memory_count; }

/* --- runs --- */

/* Runs that are not remembered yet are added as memories without predictions; a crew fills them. */
struct batch {
    struct calibration_runs *runs;
    int first;
};

static bool units_fit(enum dimension dimension, enum metric_kind kind) {
    static const struct {
        const char *unit;
        unsigned dimensions;
    } table[] = {
        {"1/s", DIM_BIT(DIM_PLAIN) | DIM_BIT(DIM_PACKET_RATE) | DIM_BIT(DIM_REQUEST_RATE)},
        {"bit/s", DIM_BIT(DIM_BIT_RATE)},
        {"s", DIM_BIT(DIM_TIME)},
        {"1", DIM_BIT(DIM_PLAIN) | DIM_BIT(DIM_SHARE)},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].unit, metric_unit(kind)) == 0) return (table[i].dimensions & DIM_BIT(dimension)) != 0;
    return true;
}

static enum iop_status unknown_metric(const struct calibration_runs *runs, const struct calibration_row *row,
                                      const struct experiment_result *result, const struct model_config *model,
                                      struct diag *diag) {
    enum { PATH_BYTES = 256 };
    char(*paths)[PATH_BYTES] = calloc((size_t)result->estimate_count + 1, sizeof *paths);
    const char **names = calloc((size_t)result->estimate_count + 1, sizeof *names);
    const char *near = NULL;
    for (int i = 0; paths != NULL && names != NULL && i < result->estimate_count; i++) {
        metric_path(&result->estimates[i].metric, model, paths[i], sizeof paths[i]);
        names[i] = paths[i];
    }
    if (paths != NULL && names != NULL) near = nearest_name(row->metric, names, (size_t)result->estimate_count);
    enum iop_status status = diag_set(diag, IOP_INVALID, "%s:%d:%d: metric: '%s' is not a metric of '%s'%s%s%s",
                                      runs->data->path, row->line, row->metric_column, row->metric, row->scenario,
                                      near != NULL ? "; did you mean '" : "; 'iopath run' with --format csv shows them",
                                      near != NULL ? near : "", near != NULL ? "'?" : "");
    free(paths);
    free(names);
    return status;
}

static enum iop_status check_metric(const struct calibration_runs *runs, const struct calibration_row *row,
                                    const struct estimate *found, struct diag *diag) {
    if (!units_fit(row->dimension, found->metric.kind))
        return diag_set(diag, IOP_INVALID, "%s:%d:%d: unit: %s is measured in %s, not as %s", runs->data->path,
                        row->line, row->unit_column, row->metric,
                        strcmp(metric_unit(found->metric.kind), "1") == 0 ? "plain numbers"
                                                                          : metric_unit(found->metric.kind),
                        dimension_noun(row->dimension));
    if (!(found->over.mean > 0))
        return diag_set(diag, IOP_INVALID,
                        "%s:%d:%d: metric: '%s' is %g in the simulation, so that no error is relative to it",
                        runs->data->path, row->line, row->metric_column, row->metric, found->over.mean);
    return IOP_OK;
}

static enum iop_status take_predictions(struct calibration_runs *runs, struct memory *memory,
                                        const struct calibration_case *about, const struct experiment_result *result,
                                        struct diag *diag) {
    for (int i = 0; i < about->row_count; i++) {
        const struct calibration_row *row = &runs->data->rows[about->rows[i]];
        const struct estimate *found = experiment_find(result, &about->scenario->model, row->metric);
        memory->predicted[i] = found != NULL ? found->over.mean : NAN;
        if (runs->warmed_up) continue;
        if (found == NULL) return unknown_metric(runs, row, result, &about->scenario->model, diag);
        enum iop_status status = check_metric(runs, row, found, diag);
        if (status != IOP_OK) return status;
        runs->noise[about->rows[i]] =
            (found->over.high - found->over.low) / 4 / found->over.mean; /* 95 %: 2 each side */
    }
    return IOP_OK;
}

/* A failed check of a model with extreme costs, which does not settle, is no failure of the fit. */
static enum iop_status run_one(void *user, int index, struct diag *diag) {
    const struct batch *batch = user;
    struct calibration_runs *runs = batch->runs;
    struct memory *memory = &runs->memories[batch->first + index];
    const struct calibration_case *about = &runs->cases[memory->number];
    struct model_config *changed = malloc(sizeof *changed);
    if (changed == NULL) return no_memory(diag);
    *changed = about->scenario->model;
    for (int i = 0; i < runs->parameters->count; i++)
        if (about->enters[i]) changed->host.costs.values[runs->parameters->axes[i].cost].value = memory->values[i];
    const struct crew alone = {.jobs = 1};
    struct experiment_result result;
    struct diag own = {""};
    enum iop_status status = experiment_run(changed, &about->scenario->run, &alone, &result, &own);
    free(changed);
    if (status != IOP_OK && status != IOP_CHECK_FAILED) return diag_set(diag, status, "%s", own.message);
    memory->warmup = result.warmup;
    status = take_predictions(runs, memory, about, &result, diag);
    experiment_result_free(&result);
    return status;
}

static const struct memory *recall(const struct calibration_runs *runs, int number, const double *values) {
    const struct calibration_case *about = &runs->cases[number];
    for (int i = 0; i < runs->memory_count; i++) {
        const struct memory *memory = &runs->memories[i];
        bool same = memory->number == number;
        for (int p = 0; p < runs->parameters->count && same; p++)
            same = !about->enters[p] || memory->values[p] == values[p];
        if (same) return memory;
    }
    return NULL;
}

static enum iop_status plan_run(struct calibration_runs *runs, int number, const double *values, struct diag *diag) {
    if (recall(runs, number, values) != NULL) return IOP_OK;
    if (runs->memory_count == runs->memory_room) {
        int room = runs->memory_room == 0 ? 64 : 2 * runs->memory_room;
        struct memory *larger = realloc(runs->memories, (size_t)room * sizeof *larger);
        if (larger == NULL) return no_memory(diag);
        runs->memories = larger;
        runs->memory_room = room;
    }
    size_t size = (size_t)runs->parameters->count * sizeof *values;
    struct memory memory = {.number = number};
    memory.values = malloc(size);
    memory.predicted = calloc((size_t)runs->cases[number].row_count, sizeof *memory.predicted);
    if (memory.values == NULL || memory.predicted == NULL) {
        free(memory.values);
        free(memory.predicted);
        return no_memory(diag);
    }
    memcpy(memory.values, values, size);
    runs->memories[runs->memory_count++] = memory;
    return IOP_OK;
}

/* The time of a sum of costs; those that are not fitted have their base value. */
static double observed_time(const struct calibration_runs *runs, const struct calibration_row *row,
                            const double *values) {
    double cycles = 0;
    for (int i = 0; i < row->cost_count; i++) {
        double value = runs->base->values[row->costs[i]].value;
        for (int p = 0; p < runs->parameters->count; p++)
            if (runs->parameters->axes[p].cost == row->costs[i]) value = values[p];
        cycles += value;
    }
    return cycles / runs->base->clock_hz;
}

static void fill(const struct calibration_runs *runs, const double *values, double *predicted) {
    for (int row = 0; row < runs->data->count; row++)
        if (runs->case_of[row] < 0) predicted[row] = observed_time(runs, &runs->data->rows[row], values);
    for (int number = 0; number < runs->case_count; number++) {
        const struct memory *memory = recall(runs, number, values);
        const struct calibration_case *about = &runs->cases[number];
        for (int i = 0; i < about->row_count; i++) predicted[about->rows[i]] = memory->predicted[i];
    }
}

enum iop_status calibration_runs_evaluate(struct calibration_runs *runs, int points, const double *values,
                                          const struct crew *crew, double *predicted, struct diag *diag) {
    int parameters = runs->parameters->count;
    struct batch batch = {runs, runs->memory_count};
    enum iop_status status = IOP_OK;
    for (int point = 0; point < points; point++)
        for (int number = 0; number < runs->case_count && status == IOP_OK; number++)
            status = plan_run(runs, number, &values[(size_t)point * (size_t)parameters], diag);
    if (status == IOP_OK) status = crew_run(crew, runs->memory_count - batch.first, run_one, &batch, diag);
    if (status != IOP_OK) return status;
    for (int point = 0; point < points; point++)
        fill(runs, &values[(size_t)point * (size_t)parameters], &predicted[(size_t)point * (size_t)runs->data->count]);
    return IOP_OK;
}

enum iop_status calibration_runs_first(struct calibration_runs *runs, const struct crew *crew, double *predicted,
                                       struct diag *diag) {
    double values[COST_COUNT_];
    for (int i = 0; i < runs->parameters->count; i++) values[i] = runs->parameters->axes[i].value;
    enum iop_status status = calibration_runs_evaluate(runs, 1, values, crew, predicted, diag);
    if (status != IOP_OK) return status;
    runs->warmed_up = true;
    for (int i = 0; i < runs->case_count; i++) {
        runs->cases[i].scenario->run.warmup_auto = false;
        runs->cases[i].scenario->run.warmup = recall(runs, i, values)->warmup;
    }
    return IOP_OK;
}
