/* A validation as a table and as CSV. */
#include <string.h>

#include "analysis/table.h"
#include "analysis/units.h"
#include "analysis/validation.h"

#define COLUMNS(array) array, (int)(sizeof(array) / sizeof(array)[0])

static const char *value_text(const struct validation_row *row, double value, char out[UNITS_TEXT]) {
    if (row->expected.relative_to[0] == '\0') return units_metric(value, metric_unit(row->kind), "/s", out);
    snprintf(out, UNITS_TEXT, "%.3g x", value);
    return out;
}

static void value_cell(struct table *table, const struct validation_row *row, double value) {
    char text[UNITS_TEXT];
    table_number(table, value, value_text(row, value, text));
}

static void percent_cell(struct table *table, double share, const char *form) {
    char text[UNITS_TEXT];
    snprintf(text, sizeof text, form, 100 * share);
    table_number(table, share, text);
}

static void row_cells(struct table *table, const struct validation_row *row) {
    table_text(table, row->expected.source);
    table_text(table, row->file);
    table_text(table, mode_info(row->mode)->name);
    value_cell(table, row, row->expected.value);
    value_cell(table, row, row->predicted);
    if (row->has_interval) {
        value_cell(table, row, row->low);
        value_cell(table, row, row->high);
    } else {
        table_empty(table);
        table_empty(table);
    }
    percent_cell(table, row->predicted / row->expected.value - 1, "%+.0f %%");
    table_text(table, verdict_text(row->verdict));
}

static const struct table_column row_columns[] = {
    {"source", "SOURCE", TABLE_LEFT},
    {"file", "FILE", TABLE_LEFT},
    {"mode", "MODE", TABLE_LEFT},
    {"published", "PUBLISHED", TABLE_RIGHT},
    {"predicted", "PREDICTED", TABLE_RIGHT},
    {"low", "LOW", TABLE_RIGHT},
    {"high", "HIGH", TABLE_RIGHT},
    {"deviation", "ERROR", TABLE_RIGHT},
    {"verdict", "VERDICT", TABLE_LEFT},
};

static const struct table_column group_columns[] = {
    {"group", "", TABLE_LEFT},
    {"rows", "ROWS", TABLE_RIGHT},
    {"median", "MEDIAN ERROR", TABLE_RIGHT},
    {"p90", "90TH PERCENTILE", TABLE_RIGHT},
    {"within", "WITHIN", TABLE_RIGHT},
    {"inside_costs", "INSIDE COSTS", TABLE_RIGHT},
    {"inside", "INSIDE INTERVAL", TABLE_RIGHT},
};

static void group_row(struct table *table, const char *name, const struct validation_summary *summary) {
    if (summary->rows == 0) return;
    table_text(table, name);
    table_count(table, summary->rows);
    percent_cell(table, summary->median, "%.0f %%");
    percent_cell(table, summary->p90, "%.0f %%");
    percent_cell(table, (double)summary->within / summary->rows, "%.0f %%");
    const int inside[] = {summary->inside_costs, summary->inside};
    for (int i = 0; i < 2; i++) {
        if (summary->intervals > 0)
            percent_cell(table, (double)inside[i] / summary->intervals, "%.0f %%");
        else
            table_empty(table);
    }
}

static struct table *groups(const struct validation *validation) {
    struct table *table = table_new(COLUMNS(group_columns));
    for (int i = 0; i < validation->row_count; i++) {
        const char *title = validation->rows[i].publication;
        if (!validation_first_of_publication(validation, i)) continue;
        struct validation_summary of = validation_summarize(validation, validation_of_publication, title);
        group_row(table, title, &of);
    }
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        struct validation_summary of = validation_summarize(validation, validation_of_mode, &mode);
        group_row(table, mode_info(mode)->name, &of);
    }
    for (enum validation_io io = 0; io < VALIDATION_IO_COUNT; io++) {
        struct validation_summary of = validation_summarize(validation, validation_of_io, &io);
        group_row(table, validation_io_name(io), &of);
    }
    struct validation_summary unfitted = validation_summarize(validation, validation_unfitted, NULL);
    group_row(table, "without publications that a cost is fitted to", &unfitted);
    struct validation_summary all = validation_summarize(validation, validation_all, NULL);
    group_row(table, "all", &all);
    return table;
}

/* Each reason once, with the rows that it is given for. */
static void reasons(const struct validation *validation, FILE *out) {
    for (int i = 0; i < validation->row_count; i++) {
        const char *why = validation->rows[i].expected.missed;
        bool told = why[0] == '\0';
        for (int j = 0; j < i && !told; j++) told = strcmp(validation->rows[j].expected.missed, why) == 0;
        if (told) continue;
        fputs("  ", out);
        const char *separator = "";
        for (int j = i; j < validation->row_count; j++) {
            if (strcmp(validation->rows[j].expected.missed, why) != 0) continue;
            fprintf(out, "%s%s", separator, validation->rows[j].expected.source);
            separator = ", ";
        }
        fprintf(out, ": %s\n", why);
    }
}

enum iop_status validation_table(const struct validation *validation, FILE *out, struct diag *diag) {
    struct table *rows = table_new(COLUMNS(row_columns)), *sums = groups(validation);
    for (int i = 0; i < validation->row_count; i++) row_cells(rows, &validation->rows[i]);
    enum iop_status status = table_print(rows, 0, out, diag);
    fputc('\n', out);
    if (status == IOP_OK) status = table_print(sums, 0, out, diag);
    fputs("\nMissed, as the scenarios say:\n", out);
    reasons(validation, out);
    if (validation->samples > 0)
        fprintf(
            out,
            "\nINSIDE COSTS: in the interval of 90 %% of %d predictions with costs drawn from their ranges. LOW, HIGH "
            "and\n"
            "INSIDE INTERVAL: the same, widened by what the rows of other publications miss (by %.2f for all rows).\n",
            validation->samples, validation->model_error);
    table_free(rows);
    table_free(sums);
    return status;
}

static const struct table_column csv_columns[] = {
    {"file", "", TABLE_LEFT},        {"metric", "", TABLE_LEFT},    {"source", "", TABLE_LEFT},
    {"publication", "", TABLE_LEFT}, {"mode", "", TABLE_LEFT},      {"io", "", TABLE_LEFT},
    {"unit", "", TABLE_LEFT},        {"published", "", TABLE_LEFT}, {"predicted", "", TABLE_LEFT},
    {"cost_low", "", TABLE_LEFT},    {"cost_high", "", TABLE_LEFT}, {"low", "", TABLE_LEFT},
    {"high", "", TABLE_LEFT},        {"error", "", TABLE_LEFT},     {"tolerance", "", TABLE_LEFT},
    {"verdict", "", TABLE_LEFT},     {"reason", "", TABLE_LEFT},
};

enum iop_status validation_csv(const struct validation *validation, FILE *out, struct diag *diag) {
    struct table *table = table_new(COLUMNS(csv_columns));
    for (int i = 0; i < validation->row_count; i++) {
        const struct validation_row *row = &validation->rows[i];
        const char *const texts[] = {row->file,           row->expected.metric,       row->expected.source,
                                     row->publication,    mode_info(row->mode)->name, validation_io_name(row->io),
                                     validation_unit(row)};
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) table_text(table, texts[j]);
        table_number(table, row->expected.value, "");
        table_number(table, row->predicted, "");
        const double bounds[] = {row->cost_low, row->cost_high, row->low, row->high};
        for (int j = 0; j < 4; j++) {
            if (row->has_interval)
                table_number(table, bounds[j], "");
            else
                table_empty(table);
        }
        table_number(table, row->error, "");
        table_number(table, row->expected.tolerance, "");
        table_text(table, verdict_text(row->verdict));
        table_text(table, row->expected.missed);
    }
    enum iop_status status = table_csv(table, out, diag);
    table_free(table);
    return status;
}
