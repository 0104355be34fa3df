/* A sensitivity analysis for people, and its rows for spreadsheets. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/describe.h"
#include "analysis/sensitivity_report.h"
#include "analysis/table.h"

/* What a row of CSV says beside what people see. */
static const struct table_column columns[] = {
    {"scenario", "", TABLE_LEFT},    {"content_hash", "", TABLE_LEFT}, {"version", "", TABLE_LEFT},
    {"cost_set", "", TABLE_LEFT},    {"seed", "", TABLE_RIGHT},        {"swept", "", TABLE_LEFT},
    {"metric", "", TABLE_LEFT},      {"samples", "", TABLE_RIGHT},     {"parameter", "COST", TABLE_LEFT},
    {"value", "VALUE", TABLE_RIGHT}, {"low", "LOW", TABLE_RIGHT},      {"high", "HIGH", TABLE_RIGHT},
    {"how", "HOW", TABLE_LEFT},      {"first", "FIRST", TABLE_RIGHT},  {"first_low", "95 %", TABLE_RIGHT},
    {"first_high", "", TABLE_RIGHT}, {"total", "TOTAL", TABLE_RIGHT},  {"total_low", "95 %", TABLE_RIGHT},
    {"total_high", "", TABLE_RIGHT}, {"unit", "", TABLE_LEFT},
};
enum { CONTEXT_COLUMNS = 8, OWN_COLUMNS = 11, COLUMN_COUNT = CONTEXT_COLUMNS + OWN_COLUMNS + 1 };

static void add_context(const struct report *about, const struct sensitivity *sensitivity, struct table *table) {
    char hash[24], swept[4096];
    snprintf(hash, sizeof hash, "%016" PRIx64, about->content_hash);
    report_swept(about, swept, sizeof swept);
    table_text(table, about->scenario->name);
    table_text(table, hash);
    table_text(table, about->version);
    table_text(table, about->scenario->model.host.costs.name);
    table_count(table, (long long)sensitivity->seed);
    table_text(table, swept);
    table_text(table, sensitivity->path);
    table_count(table, sensitivity->samples);
}

static void add_number(double value, struct table *table) {
    char text[32];
    snprintf(text, sizeof text, "%.3f", value);
    if (strcmp(text, "-0.000") == 0) memmove(text, text + 1, strlen(text));
    table_number(table, value, text);
}

static void add_share(const struct sobol_share *share, struct table *table) {
    add_number(share->value, table);
    add_number(share->low, table);
    add_number(share->high, table);
}

static void add_row(const struct report *about, const struct sensitivity_row *row, struct table *table) {
    const struct cost_parameter *parameter = cost_parameter(row->axis.cost);
    char text[UNITS_TEXT];
    table_text(table, parameter->name);
    table_number(table, row->axis.value, describe_cost(row->axis.value, parameter->unit, text));
    table_number(table, row->axis.low, describe_cost(row->axis.low, parameter->unit, text));
    table_number(table, row->axis.high, describe_cost(row->axis.high, parameter->unit, text));
    table_text(table, provenance_name(about->scenario->model.host.costs.values[row->axis.cost].how));
    add_share(&row->index.first, table);
    add_share(&row->index.total, table);
}

enum iop_status sensitivity_csv(const struct report *about, const struct sensitivity *sensitivity, FILE *out,
                                struct diag *diag) {
    struct table *table = table_new(columns, COLUMN_COUNT);
    for (int i = 0; i < sensitivity->row_count; i++) {
        add_context(about, sensitivity, table);
        add_row(about, &sensitivity->rows[i], table);
        table_text(table, cost_unit_name(cost_parameter(sensitivity->rows[i].axis.cost)->unit));
    }
    enum iop_status status = table_csv(table, out, diag);
    table_free(table);
    return status;
}

static const char *metric_text(const struct sensitivity *sensitivity, double value, char out[UNITS_TEXT]) {
    enum metric_kind kind = sensitivity->metric.kind;
    return units_metric(value, metric_unit(kind), describe_counted(kind), out);
}

static void print_heading(const struct report *about, const struct sensitivity *sensitivity, FILE *out) {
    const struct scenario *scenario = about->scenario;
    char value[UNITS_TEXT], low[UNITS_TEXT], high[UNITS_TEXT], duration[UNITS_TEXT], warmup[UNITS_TEXT], swept[1024];
    report_swept(about, swept, sizeof swept);
    fprintf(out, "%s\n  file    %s%s%s\n", scenario->name, scenario->file, swept[0] != '\0' ? " with " : "", swept);
    fprintf(out, "  metric  %s: %s at the costs' values\n", sensitivity->path,
            metric_text(sensitivity, sensitivity->metric.value, value));
    fprintf(out, "  range   %s to %s, mean %s: 90 %% of what costs drawn from their ranges give (%s)\n",
            metric_text(sensitivity, sensitivity->low, low), metric_text(sensitivity, sensitivity->high, high),
            metric_text(sensitivity, sensitivity->mean, value), scenario->model.host.costs.name);
    fprintf(out, "  design  %d samples, %d runs of %s after a warm-up of %s, seed %" PRIu64 "\n\n",
            sensitivity->samples, sensitivity->runs, units_time(sim_seconds(sensitivity->duration), duration),
            units_time(sim_seconds(sensitivity->warmup), warmup), sensitivity->seed);
}

/* Words from column `column` on, broken before the end of a line of a terminal. */
static void print_names(const char *const *names, int count, FILE *out) {
    enum { INDENT = 16, WIDTH = 100 };
    int used = INDENT;
    for (int i = 0; i < count; i++) {
        int length = (int)strlen(names[i]) + 2;
        if (i > 0 && used + length > WIDTH) {
            fprintf(out, "\n%*s", INDENT, "");
            used = INDENT;
        } else if (i > 0) {
            putc(' ', out);
        }
        fprintf(out, "%s%s", names[i], i + 1 < count ? "," : "");
        used += length;
    }
    putc('\n', out);
}

/* People need no row of zeros for a cost that plays no part in the metric. */
static bool is_shown(const struct sensitivity_row *row) { return row->index.total.high >= 0.0005; }

static void print_rest(const struct sensitivity *sensitivity, FILE *out) {
    const char *names[COST_COUNT_];
    int count = 0;
    for (int i = 0; i < sensitivity->row_count; i++)
        if (!is_shown(&sensitivity->rows[i])) names[count++] = cost_parameter(sensitivity->rows[i].axis.cost)->name;
    if (count > 0) {
        fprintf(out, "\n  below 0.0005  %d further cost%s:\n%16s", count, count == 1 ? "" : "s", "");
        print_names(names, count, out);
    }
    if (sensitivity->left_out_count > 0) {
        for (int i = 0; i < sensitivity->left_out_count; i++)
            names[i] = cost_parameter(sensitivity->left_out[i].cost)->name;
        fprintf(out, "\n  left out      by the screening, %d cost%s that may hold %.2g %% of the effects:\n%16s",
                sensitivity->left_out_count, sensitivity->left_out_count == 1 ? "" : "s",
                100 * sensitivity_left_out_share(sensitivity), "");
        print_names(names, sensitivity->left_out_count, out);
    }
    fprintf(out, "\n  no effect     %d of the %d costs with a range change nothing in this scenario\n",
            sensitivity->no_effect_count, sensitivity->uncertain);
}

static void print_next(const struct report *about, const struct sensitivity *sensitivity, FILE *out) {
    fputs("  measure next  ", out);
    if (!(sensitivity->variance > 0)) {
        fprintf(out, "nothing: no cost changes %s\n", metric_name(sensitivity->metric.kind));
        return;
    }
    if (sensitivity->next < 0) {
        fputs("nothing: all costs that matter are measured\n", out);
        return;
    }
    const struct sensitivity_row *row = &sensitivity->rows[sensitivity->next];
    fprintf(out, "%s, %s: were it known, the range of the result would be about %.2g %% narrower\n",
            cost_parameter(row->axis.cost)->name,
            provenance_name(about->scenario->model.host.costs.values[row->axis.cost].how), 100 * sensitivity->narrower);
}

enum iop_status sensitivity_table(const struct report *about, const struct sensitivity *sensitivity, FILE *out,
                                  struct diag *diag) {
    struct table *table = table_new(columns + CONTEXT_COLUMNS, OWN_COLUMNS);
    for (int i = 0; i < sensitivity->row_count; i++)
        if (is_shown(&sensitivity->rows[i])) add_row(about, &sensitivity->rows[i], table);
    print_heading(about, sensitivity, out);
    enum iop_status status = table_rows(table) > 0 ? table_print(table, 2, out, diag) : IOP_OK;
    table_free(table);
    if (status != IOP_OK) return status;
    print_rest(sensitivity, out);
    print_next(about, sensitivity, out);
    return IOP_OK;
}
