#include "analysis/results.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare_texts(const void *left, const void *right) { return strcmp(left, right); }

void results_init(struct results *results) { *results = (struct results){.row_count = 0}; }

void results_free(struct results *results) {
    for (int i = 0; i < results->point_count; i++) free(results->points[i].settings);
    free(results->rows);
    free(results->points);
    free(results->paths);
    while (results->texts != NULL) {
        char *text = *(char **)results->texts;
        tdelete(text, &results->texts, compare_texts);
        free(text);
    }
    results_init(results);
}

/* The one copy of a text; NULL when out of memory. */
static const char *intern(struct results *results, const char *text) {
    char **known = tfind(text, &results->texts, compare_texts);
    if (known != NULL) return *known;
    char *copy = strdup(text);
    if (copy != NULL && tsearch(copy, &results->texts, compare_texts) == NULL) {
        free(copy);
        copy = NULL;
    }
    return copy;
}

static enum iop_status no_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory for rows"); }

/* Makes room for one more of `size` bytes; doubles what there is. */
static void *grown(void *array, int count, int *room, size_t size) {
    if (count < *room) return array;
    int wanted = 2 * *room + 16;
    void *larger = realloc(array, (size_t)wanted * size);
    if (larger != NULL) *room = wanted;
    return larger;
}

/* Interns a list of fields; false when out of memory. */
static bool intern_all(struct results *results, const char **fields[], int count) {
    for (int i = 0; i < count; i++)
        if ((*fields[i] = intern(results, *fields[i] != NULL ? *fields[i] : "")) == NULL) return false;
    return true;
}

enum iop_status results_add_point(struct results *results, const struct result_point *point, struct diag *diag) {
    void *points = grown(results->points, results->point_count, &results->point_room, sizeof *results->points);
    if (points == NULL) return no_memory(diag);
    results->points = points;
    struct result_point own = *point;
    const char **fields[] = {&own.scenario, &own.key, &own.version, &own.cost_set, &own.seed};
    if (!intern_all(results, fields, 5)) return no_memory(diag);
    own.settings = NULL;
    own.setting_count = 0;
    results->points[results->point_count++] = own;
    return IOP_OK;
}

static enum iop_status add_path(struct results *results, const char *path, struct diag *diag) {
    for (int i = 0; i < results->path_count; i++)
        if (results->paths[i] == path) return IOP_OK;
    void *paths = grown(results->paths, results->path_count, &results->path_room, sizeof *results->paths);
    if (paths == NULL) return no_memory(diag);
    results->paths = paths;
    results->paths[results->path_count++] = path;
    return IOP_OK;
}

enum iop_status results_add_setting(struct results *results, const char *path, const char *value, struct diag *diag) {
    struct result_point *point = &results->points[results->point_count - 1];
    struct result_setting own = {path, value};
    const char **fields[] = {&own.path, &own.value};
    void *settings = realloc(point->settings, ((size_t)point->setting_count + 1) * sizeof *point->settings);
    if (settings != NULL) point->settings = settings;
    if (settings == NULL || !intern_all(results, fields, 2)) return no_memory(diag);
    point->settings[point->setting_count++] = own;
    return add_path(results, own.path, diag);
}

enum iop_status results_add_row(struct results *results, const struct result_row *row, struct diag *diag) {
    void *rows = grown(results->rows, results->row_count, &results->row_room, sizeof *results->rows);
    if (rows == NULL) return no_memory(diag);
    results->rows = rows;
    struct result_row own = *row;
    const char **fields[] = {&own.guest, &own.workload, &own.instance, &own.mode, &own.metric, &own.unit};
    if (!intern_all(results, fields, 6)) return no_memory(diag);
    own.point = results->point_count - 1;
    results->rows[results->row_count++] = own;
    return IOP_OK;
}

/* ---- stores */

/* "PATH=VALUE;PATH=VALUE"; a value may hold an equals sign, a path does not. */
static enum iop_status add_settings(struct results *results, const char *swept, struct diag *diag) {
    char *copy = strdup(swept), *rest = copy;
    enum iop_status status = copy == NULL ? no_memory(diag) : IOP_OK;
    for (char *word; status == IOP_OK && (word = strtok_r(rest, ";", &rest)) != NULL;) {
        char *equals = strchr(word, '=');
        if (equals == NULL) continue;
        *equals = '\0';
        status = results_add_setting(results, word, equals + 1, diag);
    }
    free(copy);
    return status;
}

struct store_reading {
    struct results *results;
    int first; /* point of this store */
};

static enum iop_status add_stored(void *user, const struct store_row *row, struct diag *diag) {
    struct store_reading *reading = user;
    struct results *results = reading->results;
    enum iop_status status = IOP_OK;
    if (results->point_count == reading->first ||
        strcmp(results->points[results->point_count - 1].key, row->key) != 0) {
        const struct result_point point = {.scenario = row->scenario,
                                           .key = row->key,
                                           .version = row->version,
                                           .cost_set = row->cost_set,
                                           .seed = row->seed};
        status = results_add_point(results, &point, diag);
        if (status == IOP_OK) status = add_settings(results, row->swept, diag);
    }
    const struct result_row own = {.guest = row->of->guest,
                                   .workload = row->of->workload,
                                   .instance = row->of->instance,
                                   .mode = row->of->mode,
                                   .metric = row->of->metric,
                                   .unit = row->of->unit,
                                   .over = row->over,
                                   .replications = row->replications};
    return status == IOP_OK ? results_add_row(results, &own, diag) : status;
}

enum iop_status results_add_store(struct results *results, struct store *store, const struct store_filter *filters,
                                  int filter_count, struct diag *diag) {
    struct store_reading reading = {results, results->point_count};
    return store_rows(store, filters, filter_count, add_stored, &reading, diag);
}

/* ---- dimensions */

int results_dimensions(const struct results *results) { return DIMENSION_PATHS + results->path_count; }

const char *results_dimension_name(const struct results *results, int dimension) {
    static const char *const names[] = {"guest",    "workload", "instance", "mode",         "scenario",
                                        "cost_set", "version",  "seed",     "content_hash", "metric"};
    return dimension < DIMENSION_PATHS ? names[dimension] : results->paths[dimension - DIMENSION_PATHS];
}

int results_dimension(const struct results *results, const char *name) {
    for (int i = 0; i < results_dimensions(results); i++)
        if (strcmp(results_dimension_name(results, i), name) == 0) return i;
    return -1;
}

static const char *swept_value(const struct result_point *point, const char *path) {
    for (int i = point->setting_count - 1; i >= 0; i--) /* the last one of a path wins */
        if (point->settings[i].path == path) return point->settings[i].value;
    return "";
}

const char *results_value(const struct results *results, const struct result_row *row, int dimension) {
    const struct result_point *point = &results->points[row->point];
    if (dimension >= DIMENSION_PATHS) return swept_value(point, results->paths[dimension - DIMENSION_PATHS]);
    const char *const values[] = {row->guest,      row->workload,  row->instance, row->mode,  point->scenario,
                                  point->cost_set, point->version, point->seed,   point->key, row->metric};
    return values[dimension];
}

bool results_is_metric(const struct result_row *row, const char *name) {
    if (strcmp(row->metric, name) == 0) return true;
    if (row->workload[0] == '\0') return false;
    char path[512];
    snprintf(path, sizeof path, "guests[%s].workloads[%s].%s", row->guest, row->workload, row->metric);
    return strcmp(path, name) == 0;
}
