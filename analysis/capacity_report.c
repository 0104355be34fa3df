/* What a search for a capacity found, as table, JSON and CSV. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "analysis/capacity.h"
#include "analysis/describe.h"
#include "analysis/json_write.h"
#include "analysis/table.h"
#include "analysis/units.h"

static const struct workload_config *workload_of(const struct report *report, const struct capacity *capacity) {
    return &report->scenario->model.guests[capacity->guest].workloads[capacity->workload];
}

static const char *counted(const struct report *report, const struct capacity *capacity) {
    enum workload_kind kind = workload_of(report, capacity)->kind;
    return workload_is_stream(kind) ? "pps" : kind == WORK_BLOCK ? "IOPS" : "/s";
}

static const char *limited_text(const struct limit *limit, double value, char out[UNITS_TEXT]) {
    if (isnan(value))
        snprintf(out, UNITS_TEXT, "not observed");
    else if (strcmp(limit->metric, LIMIT_LOST) == 0)
        snprintf(out, UNITS_TEXT, "%.3g %%", 100 * fmax(value, 0));
    else
        units_metric(value, limit_unit(limit), "/s", out);
    return out;
}

/* ---- for people */

enum { COLUMNS_BEFORE = 3, COLUMNS_AFTER = 4 };

static int make_columns(const struct capacity *capacity, struct table_column *columns) {
    static const struct table_column before[COLUMNS_BEFORE] = {
        {"load", "LOAD", TABLE_LEFT}, {"offered", "OFFERED", TABLE_RIGHT}, {"delivered", "DELIVERED", TABLE_RIGHT}};
    static const struct table_column after[COLUMNS_AFTER] = {{"bottleneck", "BOTTLENECK", TABLE_LEFT},
                                                             {"utilization", "", TABLE_RIGHT},
                                                             {"replications", "REPLICATIONS", TABLE_RIGHT},
                                                             {"note", "", TABLE_LEFT}};
    int count = COLUMNS_BEFORE;
    memcpy(columns, before, sizeof before);
    for (int i = 0; i < capacity->limit_count; i++)
        columns[count++] = (struct table_column){capacity->limits[i].metric, capacity->limits[i].metric, TABLE_RIGHT};
    memcpy(&columns[count], after, sizeof after);
    return count + COLUMNS_AFTER;
}

static void add_load(const struct report *report, const struct capacity *capacity, const struct capacity_load *load,
                     const char *name, struct table *table) {
    const char *unit = counted(report, capacity);
    char text[UNITS_TEXT];
    table_text(table, name);
    table_number(table, load->offered, units_si(load->offered, unit, text));
    if (isnan(load->delivered.mean))
        table_text(table, "nothing");
    else
        table_number(table, load->delivered.mean, units_si(load->delivered.mean, unit, text));
    for (int i = 0; i < capacity->limit_count; i++)
        table_text(table, limited_text(&capacity->limits[i], load->limited[i].mean, text));
    table_text(table, load->bottleneck);
    snprintf(text, sizeof text, "%.3g %%", 100 * load->utilization);
    table_number(table, load->utilization, text);
    table_count(table, load->replications);
    table_text(table, load->undecided ? "undecided: taken for broken" : NULL);
}

enum iop_status capacity_table(const struct report *report, const struct capacity *capacity, FILE *out,
                               struct diag *diag) {
    const struct guest_config *guest = &report->scenario->model.guests[capacity->guest];
    char text[PATH_TEXT_MAX + 80], bound[UNITS_TEXT], swept[4096];
    fprintf(out, "%s\n  file    %s", report->scenario->name, report->scenario->file);
    report_swept(report, swept, sizeof swept);
    fprintf(out, "%s%s\n  load    of %s / %s, bound %s\n  limits  ", swept[0] != '\0' ? " with " : "", swept,
            guest->name, workload_of(report, capacity)->name,
            units_si(capacity->bound, counted(report, capacity), bound));
    for (int i = 0; i < capacity->limit_count; i++) {
        limit_text(&capacity->limits[i], text, sizeof text);
        fprintf(out, "%s%s", i > 0 ? "; " : "", text);
    }
    fprintf(out, "\n  search  %d loads, to within %.3g %%, seed %" PRIu64 "\n\n", capacity->loads,
            100 * capacity->precision, report->scenario->run.seed);
    struct table_column columns[COLUMNS_BEFORE + LIMITS_MAX + COLUMNS_AFTER];
    struct table *table = table_new(columns, make_columns(capacity, columns));
    add_load(report, capacity, &capacity->kept, "highest within the limits", table);
    add_load(report, capacity, &capacity->broken, "lowest beyond them", table);
    enum iop_status status = table_print(table, 2, out, diag);
    table_free(table);
    return status;
}

/* ---- for programs */

static void set_interval(json_t *object, const char *key, const struct interval *over) {
    if (!isfinite(over->mean)) return;
    json_t *value = json_object();
    json_object_set_new(value, "mean", json_real(over->mean));
    json_object_set_new(value, "low", json_real(over->low));
    json_object_set_new(value, "high", json_real(over->high));
    json_object_set_new(object, key, value);
}

static json_t *load_json(const struct capacity *capacity, const struct capacity_load *load) {
    json_t *object = json_object(), *metrics = json_object(), *bottleneck = json_object();
    json_object_set_new(object, "offered", json_real(load->offered));
    set_interval(object, "delivered", &load->delivered);
    for (int i = 0; i < capacity->limit_count; i++)
        set_interval(metrics, capacity->limits[i].metric, &load->limited[i]);
    json_object_set_new(object, "metrics", metrics);
    json_object_set_new(object, "replications", json_integer(load->replications));
    json_object_set_new(object, "undecided", json_boolean(load->undecided));
    json_object_set_new(bottleneck, "resource", json_string(load->bottleneck));
    json_object_set_new(bottleneck, "utilization", json_real(load->utilization));
    json_object_set_new(object, "bottleneck", bottleneck);
    return object;
}

static json_t *limits_json(const struct capacity *capacity) {
    json_t *limits = json_array();
    for (int i = 0; i < capacity->limit_count; i++) {
        const struct limit *limit = &capacity->limits[i];
        json_t *object = json_object();
        json_object_set_new(object, "metric", json_string(limit->metric));
        json_object_set_new(object, "relation", json_string(limit_relation_text(limit->relation)));
        json_object_set_new(object, "value", json_real(limit->value));
        json_array_append_new(limits, object);
    }
    return limits;
}

enum iop_status capacity_json(const struct report *report, const struct capacity *capacity, FILE *out,
                              struct diag *diag) {
    json_t *object = json_object();
    json_object_set_new(object, "iopath", json_string(report->version));
    json_object_set_new(object, "scenario", json_string(report->scenario->name));
    json_object_set_new(object, "file", json_string(report->scenario->file));
    json_object_set_new(object, "seed", json_integer((json_int_t)report->scenario->run.seed));
    json_object_set_new(object, "guest", json_string(report->scenario->model.guests[capacity->guest].name));
    json_object_set_new(object, "workload", json_string(workload_of(report, capacity)->name));
    json_object_set_new(object, "limits", limits_json(capacity));
    json_object_set_new(object, "precision", json_real(capacity->precision));
    json_object_set_new(object, "bound", json_real(capacity->bound));
    json_object_set_new(object, "loads", json_integer(capacity->loads));
    json_object_set_new(object, "within", load_json(capacity, &capacity->kept));
    json_object_set_new(object, "beyond", load_json(capacity, &capacity->broken));
    return json_write(object, out, diag);
}

static const struct table_column csv_columns[] = {
    {"scenario", "", TABLE_LEFT}, {"content_hash", "", TABLE_LEFT}, {"version", "", TABLE_LEFT},
    {"cost_set", "", TABLE_LEFT}, {"seed", "", TABLE_RIGHT},        {"swept", "", TABLE_LEFT},
    {"guest", "", TABLE_LEFT},    {"workload", "", TABLE_LEFT},     {"load", "", TABLE_LEFT},
    {"offered", "", TABLE_RIGHT}, {"replications", "", TABLE_LEFT}, {"metric", "", TABLE_LEFT},
    {"unit", "", TABLE_LEFT},     {"mean", "", TABLE_RIGHT},        {"low", "", TABLE_RIGHT},
    {"high", "", TABLE_RIGHT},    {"bottleneck", "", TABLE_LEFT},
};
enum { CSV_COLUMNS = sizeof csv_columns / sizeof *csv_columns };

static void add_csv(const struct report *report, const struct capacity *capacity, const char *name,
                    const struct capacity_load *load, const char *metric, const char *unit, const struct interval *over,
                    struct table *table) {
    char hash[24], swept[4096];
    if (!isfinite(over->mean)) return;
    snprintf(hash, sizeof hash, "%016" PRIx64, report->content_hash);
    report_swept(report, swept, sizeof swept);
    table_text(table, report->scenario->name);
    table_text(table, hash);
    table_text(table, report->version);
    table_text(table, report->scenario->model.host.costs.name);
    table_count(table, (long long)report->scenario->run.seed);
    table_text(table, swept);
    table_text(table, report->scenario->model.guests[capacity->guest].name);
    table_text(table, workload_of(report, capacity)->name);
    table_text(table, name);
    table_number(table, load->offered, "");
    table_count(table, load->replications);
    table_text(table, metric);
    table_text(table, unit);
    table_number(table, over->mean, "");
    table_number(table, over->low, "");
    table_number(table, over->high, "");
    table_text(table, load->bottleneck);
}

enum iop_status capacity_csv(const struct report *report, const struct capacity *capacity, FILE *out,
                             struct diag *diag) {
    const struct capacity_load *loads[] = {&capacity->kept, &capacity->broken};
    static const char *const names[] = {"within", "beyond"};
    struct table *table = table_new(csv_columns, CSV_COLUMNS);
    for (int l = 0; l < 2; l++) {
        add_csv(report, capacity, names[l], loads[l], "delivered", "1/s", &loads[l]->delivered, table);
        for (int i = 0; i < capacity->limit_count; i++)
            add_csv(report, capacity, names[l], loads[l], capacity->limits[i].metric, limit_unit(&capacity->limits[i]),
                    &loads[l]->limited[i], table);
    }
    enum iop_status status = table_csv(table, out, diag);
    table_free(table);
    return status;
}
