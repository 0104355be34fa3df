#include "analysis/result_file.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char sqlite_header[] = "SQLite format 3"; /* https://www.sqlite.org/fileformat2.html, 1.3 */

bool result_file_is_store(const char *file) {
    char head[sizeof sqlite_header] = "";
    FILE *stream = fopen(file, "rb");
    if (stream == NULL) return false;
    size_t got = fread(head, 1, sizeof head, stream);
    fclose(stream);
    return got == sizeof head && memcmp(head, sqlite_header, sizeof head) == 0;
}

static json_t *load(const char *file, struct diag *diag) {
    FILE *stream = fopen(file, "rb");
    if (stream == NULL) {
        diag_set(diag, errno == ENOENT ? IOP_INVALID : IOP_IO, "%.400s: %s", file, strerror(errno));
        return NULL;
    }
    json_error_t error;
    json_t *json = json_loadf(stream, 0, &error);
    fclose(stream);
    if (json == NULL)
        diag_set(diag, IOP_INVALID, "%.400s:%d:%d: neither a store nor a JSON result: %s", file, error.line,
                 error.column, error.text);
    return json;
}

static enum iop_status kind_of(const json_t *json, const char *file, enum result_file *kind, struct diag *diag) {
    const json_t *rows = json_object_get(json, "rows");
    if (json_is_array(json) && json_is_object(json_object_get(json_array_get(json, 0), "settings")))
        *kind = RESULT_FILE_COMPARISON;
    else if (json_is_array(json_object_get(json, "guests")))
        *kind = RESULT_FILE_RUN;
    else if (json_is_array(rows) && json_object_get(json, "by_source") != NULL)
        *kind = RESULT_FILE_VALIDATION;
    else if (json_is_array(rows) && json_object_get(json, "not_run") != NULL)
        return diag_set(diag, IOP_INVALID, "%.400s: what 'export' printed; name the store itself", file);
    else
        return diag_set(diag, IOP_INVALID,
                        "%.400s: not a result; a store is, or what run, compare and validate write with --format json",
                        file);
    return IOP_OK;
}

enum iop_status result_file_kind(const char *file, enum result_file *kind, struct diag *diag) {
    *kind = RESULT_FILE_STORE;
    if (result_file_is_store(file)) return IOP_OK;
    json_t *json = load(file, diag);
    if (json == NULL) return IOP_INVALID;
    enum iop_status status = kind_of(json, file, kind, diag);
    json_decref(json);
    return status;
}

/* ---- a run */

static const char *text_at(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static const char *unit_of(const char *name) {
    for (int i = 0; i < METRIC_KIND_COUNT; i++)
        if (strcmp(metric_name((enum metric_kind)i), name) == 0) return metric_unit((enum metric_kind)i);
    return "1";
}

struct reading {
    struct results *results;
    const struct store_filter *filters;
    int filter_count;
    int replications;
    struct result_row row; /* whose metric is read */
    enum iop_status status;
    struct diag *diag;
};

/* As store_export.h says: of filters on one name one must hold, of different names all. */
static bool passes(const struct reading *reading, const struct result_row *row) {
    for (int i = 0; i < reading->filter_count; i++) {
        int dimension = results_dimension(reading->results, reading->filters[i].name);
        const char *value = dimension < 0 ? NULL : results_value(reading->results, row, dimension);
        bool holds = false;
        for (int j = 0; j < reading->filter_count && value != NULL; j++)
            holds = holds || (strcmp(reading->filters[j].name, reading->filters[i].name) == 0 &&
                              strcmp(reading->filters[j].value, value) == 0);
        if (!holds) return false;
    }
    return true;
}

/* Adds a metric that is a number, or an object of mean, low and high. `name` is that of its unit. */
static void add(struct reading *reading, const char *path, const char *name, const json_t *value) {
    const json_t *mean = json_is_object(value) ? json_object_get(value, "mean") : value;
    if (reading->status != IOP_OK || !json_is_number(mean)) return;
    const json_t *low = json_object_get(value, "low"), *high = json_object_get(value, "high");
    struct result_row row = reading->row;
    row.point = reading->results->point_count - 1;
    row.metric = path;
    row.unit = unit_of(name);
    row.replications = reading->replications;
    row.over.mean = row.over.low = row.over.high = json_number_value(mean);
    if (json_is_number(low) && json_is_number(high)) {
        row.over.low = json_number_value(low);
        row.over.high = json_number_value(high);
    }
    if (passes(reading, &row)) reading->status = results_add_row(reading->results, &row, reading->diag);
}

/* "latency" and "lost" are objects of plain numbers. */
static void add_workload(struct reading *reading, json_t *workload) {
    const char *key, *part;
    json_t *value, *number;
    char path[160];
    json_object_foreach(workload, key, value) {
        bool latency = strcmp(key, "latency") == 0;
        if (!latency && strcmp(key, "lost") != 0) {
            add(reading, key, key, value);
            continue;
        }
        json_object_foreach(value, part, number) {
            snprintf(path, sizeof path, "%s%s%.100s", key, latency ? "_" : ".", part);
            add(reading, path, path, number);
        }
    }
}

static void add_guests(struct reading *reading, const json_t *guests) {
    size_t i, j;
    json_t *guest, *workload;
    json_array_foreach(guests, i, guest) {
        json_array_foreach(json_object_get(guest, "workloads"), j, workload) {
            reading->row = (struct result_row){.guest = text_at(guest, "name"),
                                               .instance = text_at(guest, "instance"),
                                               .mode = text_at(guest, "mode"),
                                               .workload = text_at(workload, "name")};
            add_workload(reading, workload);
        }
    }
}

/* The numbers of an object, as NAME[KEY] with the unit of a metric. */
static void add_parts(struct reading *reading, const char *name, const char *unit, json_t *parts) {
    const char *key;
    json_t *number;
    char path[160];
    json_object_foreach(parts, key, number) {
        snprintf(path, sizeof path, "%.90s[%.60s]", name, key);
        add(reading, path, unit, number);
    }
}

static void add_machine(struct reading *reading, const json_t *result) {
    static const char *const plain[] = {"hypercalls", "interrupts", "grant_ops", "spurious_events", "iotlb_miss_ratio"};
    const json_t *rates = json_object_get(result, "rates"), *exits = json_object_get(rates, "exits");
    size_t i;
    json_t *entry;
    char path[160];
    reading->row = (struct result_row){.guest = NULL};
    json_array_foreach(json_object_get(result, "cpu"), i, entry) {
        snprintf(path, sizeof path, "cpu[%.60s].cores", text_at(entry, "domain"));
        add(reading, path, "cores", json_object_get(entry, "cores"));
        snprintf(path, sizeof path, "cpu[%.60s].steal", text_at(entry, "domain"));
        add(reading, path, "steal", json_object_get(entry, "steal"));
        snprintf(path, sizeof path, "cpu[%.60s].share", text_at(entry, "domain"));
        add_parts(reading, path, "share", json_object_get(entry, "share"));
    }
    add(reading, "rates.exits", "exits", json_object_get(exits, "total"));
    add_parts(reading, "rates.exits", "exits", json_object_get(exits, "by_reason"));
    for (i = 0; i < sizeof plain / sizeof *plain; i++) {
        snprintf(path, sizeof path, "rates.%s", plain[i]);
        add(reading, path, plain[i], json_object_get(rates, plain[i]));
    }
}

/* A result of before it named its content hash is known by its file and place. */
static void add_result(struct reading *reading, const char *file, size_t place, const json_t *result,
                       json_t *settings) {
    char seed[32], key[300];
    const char *path;
    json_t *value;
    snprintf(seed, sizeof seed, "%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(result, "seed")));
    snprintf(key, sizeof key, "%.250s#%zu", file, place + 1);
    const struct result_point point = {
        .scenario = text_at(result, "scenario"),
        .key = text_at(result, "content_hash")[0] != '\0' ? text_at(result, "content_hash") : key,
        .version = text_at(result, "iopath"),
        .cost_set = text_at(result, "cost_set"),
        .seed = seed};
    if (reading->status == IOP_OK) reading->status = results_add_point(reading->results, &point, reading->diag);
    json_object_foreach(settings, path, value) {
        if (reading->status == IOP_OK && json_is_string(value))
            reading->status = results_add_setting(reading->results, path, json_string_value(value), reading->diag);
    }
    reading->replications = (int)json_integer_value(json_object_get(result, "replications"));
    add_guests(reading, json_object_get(result, "guests"));
    add_machine(reading, result);
}

enum iop_status result_file_read(struct results *results, const char *file, const struct store_filter *filters,
                                 int filter_count, struct diag *diag) {
    struct reading reading = {results, filters, filter_count, .status = IOP_OK, .diag = diag};
    enum result_file kind;
    json_t *json = load(file, diag), *entry;
    if (json == NULL) return IOP_INVALID;
    reading.status = kind_of(json, file, &kind, diag);
    size_t i;
    if (reading.status == IOP_OK && kind == RESULT_FILE_VALIDATION)
        reading.status = diag_set(diag, IOP_INVALID, "%.400s: a validation, not results of runs", file);
    if (reading.status == IOP_OK && kind == RESULT_FILE_RUN)
        add_result(&reading, file, 0, json, json_object_get(json, "settings"));
    json_array_foreach(json, i, entry) {
        const json_t *result = json_object_get(entry, "result");
        if (json_is_object(result)) add_result(&reading, file, i, result, json_object_get(entry, "settings"));
    }
    json_decref(json);
    return reading.status;
}

enum iop_status results_add_file(struct results *results, const char *file, const struct store_filter *filters,
                                 int filter_count, struct diag *diag) {
    if (!result_file_is_store(file)) return result_file_read(results, file, filters, filter_count, diag);
    struct store *store;
    enum iop_status status = store_open(file, STORE_READ, &store, diag);
    if (status == IOP_OK) status = results_add_store(results, store, filters, filter_count, diag);
    store_close(store);
    return status;
}
