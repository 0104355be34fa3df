/* Reading a store in the fixed order: the points sorted by SQLite, the metrics of each by rank. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/store_context.h"
#include "analysis/store_export.h"

struct known_metric {
    struct store_value context;
    int64_t id;
};

struct reading {
    struct store *store;
    sqlite3_stmt *values;
    struct known_metric *metrics; /* sorted by context; the place is the rank */
    int metric_count;
    int64_t most; /* largest id */
    int *rank;    /* of each id; -1: filtered out */
    const struct store_filter *filters;
    int filter_count;
    double *numbers; /* of the metric in hand */
    int room;
};

static enum iop_status failed(const struct reading *reading, struct diag *diag) {
    return diag_set(diag, IOP_IO, "the store cannot be read: %s", sqlite3_errmsg(store_handle(reading->store)));
}

static enum iop_status no_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory for rows"); }

/* ---- filters */

/* Whether all filters on `name` fail: there are some, and none has this value. */
static bool fails(const struct reading *reading, const char *name, const char *value) {
    bool any = false;
    for (int i = 0; i < reading->filter_count; i++) {
        if (strcmp(reading->filters[i].name, name) != 0) continue;
        if (strcmp(reading->filters[i].value, value) == 0) return false;
        any = true;
    }
    return any;
}

static bool metric_passes(const struct reading *reading, const struct store_value *of) {
    return !fails(reading, "metric", of->metric) && !fails(reading, "guest", of->guest) &&
           !fails(reading, "instance", of->instance) && !fails(reading, "mode", of->mode) &&
           !fails(reading, "workload", of->workload);
}

static bool names_a_column(const char *name) {
    static const char *const columns[] = {"metric",   "guest",    "instance",     "mode",
                                          "workload", "scenario", "scenario_hash"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (strcmp(columns[i], name) == 0) return true;
    return false;
}

/* Whether "PATH=VALUE" is one of the settings joined by semicolons. */
static bool is_swept(const char *swept, const char *path, const char *value) {
    size_t path_length = strlen(path), value_length = strlen(value);
    for (const char *at = swept; at != NULL && *at != '\0'; at = strchr(at, ';') == NULL ? NULL : strchr(at, ';') + 1)
        if (strncmp(at, path, path_length) == 0 && at[path_length] == '=' &&
            strncmp(at + path_length + 1, value, value_length) == 0 &&
            strchr(";", at[path_length + 1 + value_length]) != NULL)
            return true;
    return false;
}

static bool point_passes(const struct reading *reading, const char *scenario, const char *hash, const char *swept) {
    if (fails(reading, "scenario", scenario) || fails(reading, "scenario_hash", hash)) return false;
    for (int i = 0; i < reading->filter_count; i++) {
        const char *path = reading->filters[i].name;
        if (names_a_column(path)) continue;
        bool passes = false;
        for (int j = 0; j < reading->filter_count && !passes; j++)
            passes = strcmp(reading->filters[j].name, path) == 0 && is_swept(swept, path, reading->filters[j].value);
        if (!passes) return false;
    }
    return true;
}

/* ---- metrics */

static int by_context(const void *left, const void *right) {
    const struct store_value *a = &((const struct known_metric *)left)->context,
                             *b = &((const struct known_metric *)right)->context;
    int order = strcmp(a->guest, b->guest);
    if (order == 0) order = strcmp(a->workload, b->workload);
    if (order == 0) order = strcmp(a->metric, b->metric);
    if (order == 0) order = strcmp(a->instance, b->instance);
    return order != 0 ? order : strcmp(a->mode, b->mode);
}

static enum iop_status add_metric(struct reading *reading, sqlite3_stmt *statement, struct diag *diag) {
    if ((reading->metric_count & (reading->metric_count + 1)) == 0) { /* 0, 1, 3, 7, …: double the room */
        struct known_metric *larger =
            realloc(reading->metrics, (2 * (size_t)reading->metric_count + 2) * sizeof *larger);
        if (larger == NULL) return no_memory(diag);
        reading->metrics = larger;
    }
    struct known_metric *metric = &reading->metrics[reading->metric_count++];
    *metric = (struct known_metric){.id = sqlite3_column_int64(statement, 0)};
    store_context_read(statement, 1, &metric->context);
    if (metric->id > reading->most) reading->most = metric->id;
    return IOP_OK;
}

static enum iop_status rank_metrics(struct reading *reading, struct diag *diag) {
    reading->rank = calloc((size_t)reading->most + 1, sizeof *reading->rank);
    if (reading->rank == NULL) return no_memory(diag);
    if (reading->metric_count > 0)
        qsort(reading->metrics, (size_t)reading->metric_count, sizeof *reading->metrics, by_context);
    for (int i = 0; i < reading->metric_count; i++)
        reading->rank[reading->metrics[i].id] = metric_passes(reading, &reading->metrics[i].context) ? i : -1;
    return IOP_OK;
}

static enum iop_status load_metrics(struct reading *reading, struct diag *diag) {
    sqlite3_stmt *statement = NULL;
    static const char text[] = "SELECT id, guest, instance, mode, workload, name, unit FROM metric";
    enum iop_status status = IOP_OK;
    if (sqlite3_prepare_v2(store_handle(reading->store), text, -1, &statement, NULL) != SQLITE_OK)
        return failed(reading, diag);
    int code = SQLITE_DONE;
    while (status == IOP_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        status = add_metric(reading, statement, diag);
    if (status == IOP_OK && code != SQLITE_DONE) status = failed(reading, diag);
    sqlite3_finalize(statement);
    return status == IOP_OK ? rank_metrics(reading, diag) : status;
}

/* ---- points */

/* The values of one point, as they come: by metric id, then replication. */
struct span {
    int rank, first, count;
};

static int by_rank(const void *left, const void *right) {
    return ((const struct span *)left)->rank - ((const struct span *)right)->rank;
}

struct point_values {
    struct span *spans;
    int count, total;
};

static enum iop_status add_number(struct reading *reading, struct point_values *point, int rank, double value,
                                  struct diag *diag) {
    if (point->total == reading->room) {
        int room = reading->room * 2 + 64;
        double *larger = realloc(reading->numbers, (size_t)room * sizeof *larger);
        if (larger == NULL) return no_memory(diag);
        reading->numbers = larger;
        reading->room = room;
    }
    if (point->count == 0 || point->spans[point->count - 1].rank != rank)
        point->spans[point->count++] = (struct span){rank, point->total, 0};
    point->spans[point->count - 1].count++;
    reading->numbers[point->total++] = value;
    return IOP_OK;
}

static enum iop_status read_values(struct reading *reading, int64_t id, struct point_values *point, struct diag *diag) {
    point->count = point->total = 0;
    enum iop_status status = IOP_OK;
    sqlite3_bind_int64(reading->values, 1, id);
    int code = SQLITE_DONE;
    while (status == IOP_OK && (code = sqlite3_step(reading->values)) == SQLITE_ROW) {
        int rank = reading->rank[sqlite3_column_int64(reading->values, 0)];
        if (rank >= 0) status = add_number(reading, point, rank, sqlite3_column_double(reading->values, 1), diag);
    }
    if (status == IOP_OK && code != SQLITE_DONE) status = failed(reading, diag);
    sqlite3_reset(reading->values);
    if (point->count > 0) qsort(point->spans, (size_t)point->count, sizeof *point->spans, by_rank);
    return status;
}

static const char *text_of(sqlite3_stmt *statement, int column) {
    return (const char *)sqlite3_column_text(statement, column);
}

static enum iop_status visit_point(struct reading *reading, sqlite3_stmt *points, struct point_values *values,
                                   store_row_visitor *visit, void *user, struct diag *diag) {
    struct store_row row = {.key = text_of(points, 1),
                            .scenario = text_of(points, 2),
                            .version = text_of(points, 3),
                            .cost_set = text_of(points, 4),
                            .seed = text_of(points, 5),
                            .swept = text_of(points, 6)};
    if (!point_passes(reading, row.scenario, text_of(points, 7), row.swept)) return IOP_OK;
    enum iop_status status = read_values(reading, sqlite3_column_int64(points, 0), values, diag);
    for (int i = 0; i < values->count && status == IOP_OK; i++) {
        const struct span *span = &values->spans[i];
        row.of = &reading->metrics[span->rank].context;
        row.values = &reading->numbers[span->first];
        row.replications = span->count;
        row.over = student_interval(row.values, span->count);
        status = visit(user, &row, diag);
    }
    return status;
}

static const char points_text[] =
    "SELECT p.id, p.key, s.name, b.version, c.name, p.seed, p.swept, s.hash FROM point p JOIN scenario s ON s.id = "
    "p.scenario"
    " JOIN build b ON b.id = p.build JOIN cost_set c ON c.id = p.cost_set WHERE p.reason IS NULL"
    " ORDER BY s.name, s.hash, p.ordinal, p.key";
static const char values_text[] =
    "SELECT metric, value FROM value WHERE point = ? AND value IS NOT NULL ORDER BY metric, number";

static enum iop_status visit_points(struct reading *reading, store_row_visitor *visit, void *user, struct diag *diag) {
    sqlite3 *db = store_handle(reading->store);
    sqlite3_stmt *points = NULL;
    struct point_values values = {.spans = calloc((size_t)reading->metric_count + 1, sizeof *values.spans)};
    enum iop_status status = IOP_OK;
    if (values.spans == NULL) return no_memory(diag);
    if (sqlite3_prepare_v2(db, points_text, -1, &points, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, values_text, -1, &reading->values, NULL) != SQLITE_OK)
        status = failed(reading, diag);
    int code = SQLITE_DONE;
    while (status == IOP_OK && (code = sqlite3_step(points)) == SQLITE_ROW)
        status = visit_point(reading, points, &values, visit, user, diag);
    if (status == IOP_OK && code != SQLITE_DONE) status = failed(reading, diag);
    sqlite3_finalize(points);
    sqlite3_finalize(reading->values);
    free(values.spans);
    return status;
}

enum iop_status store_rows(struct store *store, const struct store_filter *filters, int filter_count,
                           store_row_visitor *visit, void *user, struct diag *diag) {
    struct reading reading = {.store = store, .filters = filters, .filter_count = filter_count};
    /* one state of the store, though others may write to it meanwhile */
    sqlite3_exec(store_handle(store), "BEGIN", NULL, NULL, NULL);
    enum iop_status status = load_metrics(&reading, diag);
    if (status == IOP_OK) status = visit_points(&reading, visit, user, diag);
    sqlite3_exec(store_handle(store), "COMMIT", NULL, NULL, NULL);
    free(reading.metrics);
    free(reading.rank);
    free(reading.numbers);
    return status;
}
