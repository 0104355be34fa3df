#include "analysis/calibration_report.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "analysis/describe.h"
#include "analysis/json_write.h"
#include "analysis/table.h"
#include "analysis/units.h"

enum { GROUP_TEXT = 2048 };

static const char *name_of(const struct fitted_cost *cost) { return cost_parameter(cost->axis.cost)->name; }

void calibration_group_names(const struct calibration *calibration, int group, char *out, size_t size) {
    int members = 0, written = 0;
    for (int i = 0; i < calibration->cost_count; i++) members += calibration->costs[i].group == group;
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < calibration->cost_count && used < size; i++) {
        if (calibration->costs[i].group != group) continue;
        const char *before = written == 0 ? "" : written == members - 1 ? " and " : ", ";
        used += (size_t)snprintf(out + used, size - used, "%s%s", before, name_of(&calibration->costs[i]));
        written++;
    }
}

/* --- for people --- */

/* What there is to know of an estimate beyond its numbers; "" if nothing. */
static const char *note_of(const struct fitted_cost *cost) {
    switch (cost->state) {
    case FIT_NO_EFFECT:
        return "no row depends on it: unchanged";
    case FIT_OWN_VALUES:
        return "the scenarios' cost sets have own values: unchanged";
    case FIT_INDISTINCT:
        return "not told apart from others: its range is kept";
    case FIT_NO_INTERVAL:
        return "too few rows for an interval: its range is kept";
    case FIT_DETERMINED:
        break;
    }
    if (cost->at_low) return "at the low end of its range";
    if (cost->at_high) return "at the high end of its range";
    if (cost->ends_at_low && cost->ends_at_high) return "the interval is its whole range";
    if (cost->ends_at_low || cost->ends_at_high) return "the interval ends at its range";
    return "";
}

static void cost_cell(struct table *table, double value, enum cost_unit unit) {
    char text[UNITS_TEXT];
    table_number(table, value, describe_cost(value, unit, text));
}

static enum iop_status print_costs(const struct calibration *calibration, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {
        {"name", "COST", TABLE_LEFT},        {"before", "BEFORE", TABLE_RIGHT},  {"after", "AFTER", TABLE_RIGHT},
        {"low", "FROM", TABLE_RIGHT},        {"high", "TO (95 %)", TABLE_RIGHT}, {"range_low", "LOW", TABLE_RIGHT},
        {"range_high", "HIGH", TABLE_RIGHT}, {"note", "NOTE", TABLE_LEFT}};
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < calibration->cost_count; i++) {
        const struct fitted_cost *cost = &calibration->costs[i];
        enum cost_unit unit = cost_parameter(cost->axis.cost)->unit;
        table_text(table, name_of(cost));
        cost_cell(table, cost->axis.value, unit);
        cost_cell(table, cost->after, unit);
        cost_cell(table, cost->low, unit);
        cost_cell(table, cost->high, unit);
        cost_cell(table, cost->axis.low, unit);
        cost_cell(table, cost->axis.high, unit);
        table_text(table, note_of(cost));
    }
    enum iop_status status = table_print(table, 2, out, diag);
    table_free(table);
    return status;
}

static void value_cell(struct table *table, double value, enum dimension dimension) {
    static const char *const units[DIM_COUNT] = {
        [DIM_BIT_RATE] = "bit/s", [DIM_PACKET_RATE] = "pps", [DIM_REQUEST_RATE] = "IOPS"};
    char text[UNITS_TEXT];
    if (dimension == DIM_TIME)
        units_time(value, text);
    else if (dimension == DIM_SHARE)
        snprintf(text, sizeof text, "%.3g %%", 100 * value);
    else
        units_si(value, units[dimension] != NULL ? units[dimension] : "", text);
    table_number(table, value, text);
}

static void share_cell(struct table *table, double value) {
    char text[UNITS_TEXT];
    snprintf(text, sizeof text, "%+.1f %%", 100 * value);
    table_number(table, value, text);
}

static void row_cells(struct table *table, const struct calibration_row *row, const struct fitted_row *fitted,
                      bool robust) {
    table_text(table, row->id);
    table_text(table, row->scenario[0] != '\0' ? row->scenario : NULL);
    table_text(table, row->metric);
    value_cell(table, row->measured, row->dimension);
    value_cell(table, fitted->before, row->dimension);
    value_cell(table, fitted->after, row->dimension);
    share_cell(table, fitted->before / row->measured - 1);
    share_cell(table, fitted->after / row->measured - 1);
    char text[UNITS_TEXT];
    snprintf(text, sizeof text, "%.2f", fitted->robust_weight);
    if (robust)
        table_number(table, fitted->robust_weight, text);
    else
        table_empty(table);
}

static enum iop_status print_rows(const struct calibration_report *report, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {{"row", "ROW", TABLE_LEFT},
                                                  {"scenario", "SCENARIO", TABLE_LEFT},
                                                  {"metric", "METRIC", TABLE_LEFT},
                                                  {"measured", "MEASURED", TABLE_RIGHT},
                                                  {"before", "BEFORE", TABLE_RIGHT},
                                                  {"after", "AFTER", TABLE_RIGHT},
                                                  {"error_before", "ERROR", TABLE_RIGHT},
                                                  {"error", "NOW", TABLE_RIGHT},
                                                  {"weight", "WEIGHT", TABLE_RIGHT}};
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < report->data->count; i++)
        row_cells(table, &report->data->rows[i], &report->calibration->rows[i], report->calibration->robust);
    enum iop_status status = table_print(table, 2, out, diag);
    table_free(table);
    return status;
}

static void print_exits(const struct exit_counts *exits, FILE *out) {
    bool heading = false;
    for (int i = 0; exits != NULL && i < exits->count; i++) {
        if (exits->counts[i].unused[0] == '\0') continue;
        if (!heading) fprintf(out, "\nExits that are left out:\n");
        heading = true;
        fprintf(out, "  %s: %s\n", exits->counts[i].reason, exits->counts[i].unused);
    }
}

enum iop_status calibration_report_table(const struct calibration_report *report, FILE *out, struct diag *diag) {
    const struct calibration *calibration = report->calibration;
    fprintf(out, "%d cost%s of %s fitted to %d row%s%s, %d runs, %d iterations%s\n\n", calibration->cost_count,
            calibration->cost_count == 1 ? "" : "s", report->base->name, report->data->count,
            report->data->count == 1 ? "" : "s", calibration->robust ? ", robust (Cauchy's loss, reweighted)" : "",
            calibration->runs, calibration->iterations, calibration->converged ? "" : ", not converged");
    enum iop_status status = print_costs(calibration, out, diag);
    if (calibration->group_count > 0) putc('\n', out);
    for (int group = 0; group < calibration->group_count; group++) {
        char names[GROUP_TEXT];
        calibration_group_names(calibration, group, names, sizeof names);
        fprintf(out, "%s cannot be told apart by this data\n", names);
    }
    putc('\n', out);
    if (status == IOP_OK) status = print_rows(report, out, diag);
    fprintf(out, "\nError  RMS %.1f %% before, %.1f %% after; median %.1f %% before, %.1f %% after\n",
            100 * calibration->before.rms, 100 * calibration->after.rms, 100 * calibration->before.median,
            100 * calibration->after.median);
    print_exits(report->exits, out);
    fprintf(out, "\nWritten to %s\n", report->file);
    return status;
}

/* --- for programs --- */

static const char *state_name(enum fit_state state) {
    static const char *const names[] = {[FIT_DETERMINED] = "determined",
                                        [FIT_INDISTINCT] = "indistinct",
                                        [FIT_NO_INTERVAL] = "no interval",
                                        [FIT_NO_EFFECT] = "no effect",
                                        [FIT_OWN_VALUES] = "own values"};
    return names[state];
}

static json_t *cost_json(const struct fitted_cost *cost) {
    return json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:s, s:b, s:b}", "name", name_of(cost), "unit",
                     cost_unit_name(cost_parameter(cost->axis.cost)->unit), "before", cost->axis.value, "after",
                     cost->after, "low", cost->low, "high", cost->high, "range_low", cost->axis.low, "range_high",
                     cost->axis.high, "state", state_name(cost->state), "at_low", cost->at_low, "at_high",
                     cost->at_high);
}

static json_t *group_json(const struct calibration *calibration, int group) {
    json_t *names = json_array();
    for (int i = 0; i < calibration->cost_count; i++)
        if (calibration->costs[i].group == group)
            json_array_append_new(names, json_string(name_of(&calibration->costs[i])));
    return names;
}

static json_t *row_json(const struct calibration_row *row, const struct fitted_row *fitted) {
    json_t *value = json_pack("{s:s, s:s, s:s, s:f, s:f}", "row", row->id, "scenario", row->scenario, "metric",
                              row->metric, "measured", row->measured, "before", fitted->before);
    if (isfinite(fitted->after)) { /* what does not apply is absent */
        json_object_set_new(value, "after", json_real(fitted->after));
        json_object_set_new(value, "error", json_real(fitted->after / row->measured - 1));
    }
    json_object_set_new(value, "weight", json_real(row->weight * fitted->robust_weight));
    return value;
}

static json_t *error_json(const struct fit_error *error) {
    json_t *value = json_object();
    if (isfinite(error->rms)) json_object_set_new(value, "rms", json_real(error->rms));
    if (isfinite(error->median)) json_object_set_new(value, "median", json_real(error->median));
    return value;
}

static json_t *exits_json(const struct exit_counts *exits) {
    json_t *value = json_array();
    for (int i = 0; exits != NULL && i < exits->count; i++)
        if (exits->counts[i].unused[0] != '\0')
            json_array_append_new(
                value, json_pack("{s:s, s:s}", "reason", exits->counts[i].reason, "why", exits->counts[i].unused));
    return value;
}

enum iop_status calibration_report_json(const struct calibration_report *report, FILE *out, struct diag *diag) {
    const struct calibration *calibration = report->calibration;
    json_t *costs = json_array(), *groups = json_array(), *rows = json_array();
    for (int i = 0; i < calibration->cost_count; i++) json_array_append_new(costs, cost_json(&calibration->costs[i]));
    for (int i = 0; i < calibration->group_count; i++) json_array_append_new(groups, group_json(calibration, i));
    for (int i = 0; i < report->data->count; i++)
        json_array_append_new(rows, row_json(&report->data->rows[i], &calibration->rows[i]));
    json_t *value =
        json_pack("{s:s, s:s, s:i, s:i, s:b, s:b, s:{s:o, s:o}, s:o, s:o, s:o, s:o}", "base", report->base->name,
                  "file", report->file, "runs", calibration->runs, "iterations", calibration->iterations, "converged",
                  calibration->converged, "robust", calibration->robust, "error", "before",
                  error_json(&calibration->before), "after", error_json(&calibration->after), "costs", costs,
                  "indistinct", groups, "rows", rows, "exits_left_out", exits_json(report->exits));
    return json_write(value, out, diag);
}
