#include "analysis/html_sections.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/table.h"
#include "analysis/units.h"
#include "scenarios/catalog.h"

/* Distinct values of a dimension, in the order of the rows; at most `room`. */
static int distinct(const struct results *results, int dimension, const char **values, int room) {
    int count = 0;
    for (int i = 0; i < results->row_count && count < room; i++) {
        const char *value = results_value(results, &results->rows[i], dimension);
        int known = count - 1; /* mostly the last one */
        while (known >= 0 && values[known] != value) known--;
        if (known < 0 && value[0] != '\0') values[count++] = value;
    }
    return count;
}

enum { VALUES_MAX = 500 };

static void add_fact(const char *name, const char *const *values, int count, FILE *out) {
    if (count == 0) return;
    fprintf(out, "<dt>%s</dt><dd>", name);
    for (int i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", out);
        html_text(values[i], out);
    }
    fputs(count == VALUES_MAX ? ", …</dd>\n" : "</dd>\n", out);
}

void html_facts(const struct results *results, const char *file, FILE *out) {
    static const struct {
        int dimension;
        const char *name;
    } facts[] = {{DIMENSION_VERSION, "Version of iopath"},
                 {DIMENSION_COST_SET, "Cost set"},
                 {DIMENSION_SEED, "Seed"},
                 {DIMENSION_KEY, "Content hash of each point"}};
    const char *values[VALUES_MAX];
    fputs("<dl>\n", out);
    add_fact("File", &file, 1, out);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        add_fact(facts[i].name, values, distinct(results, facts[i].dimension, values, VALUES_MAX), out);
    fputs("</dl>\n", out);
}

/* ---- sources */

static void add_source(const struct source *source, FILE *out) {
    fputs("<li>", out);
    html_text(source->id, out);
    fputs(": ", out);
    html_text(source->authors, out);
    fputs(source->authors[0] != '\0' ? ", " : "", out);
    fputs("<cite>", out);
    html_text(source->title, out);
    fputs("</cite>", out);
    if (source->venue[0] != '\0') fputs(", ", out);
    html_text(source->venue, out);
    if (source->year > 0) fprintf(out, ", %d", source->year);
    if (strncmp(source->url, "http", 4) == 0) {
        fputs(", <a href=\"", out);
        html_text(source->url, out);
        fputs("\">", out);
        html_text(source->url, out);
        fputs("</a>", out);
    }
    fputs("</li>\n", out);
}

static int by_id(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void add_cited(const struct cost_set *costs, const struct bibliography *bibliography, FILE *out) {
    const char *ids[COST_COUNT_ * COST_SOURCES_MAX];
    size_t count = 0;
    for (int i = 0; i < COST_COUNT_; i++)
        for (int j = 0; j < costs->values[i].sources; j++) ids[count++] = costs->values[i].source[j];
    qsort(ids, count, sizeof *ids, by_id);
    fputs("<ul>\n", out);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && strcmp(ids[i], ids[i - 1]) == 0) continue;
        const struct source *source = bibliography_find(bibliography, ids[i]);
        if (source != NULL) add_source(source, out);
    }
    fputs("</ul>\n", out);
}

static void add_cost_set(const char *name, const struct bibliography *bibliography, FILE *out) {
    struct cost_set *costs = malloc(sizeof *costs);
    fputs("<p>Cost set <b>", out);
    html_text(name, out);
    fputs("</b>", out);
    if (costs == NULL || catalog_costs(name, costs, NULL) != IOP_OK) {
        fputs(": not in the catalog of the program that wrote this page.</p>\n", out);
    } else {
        int how[PROV_ASSUMED + 1] = {0};
        for (int i = 0; i < COST_COUNT_; i++) how[costs->values[i].how]++;
        fprintf(out, ": %d values", COST_COUNT_);
        for (int i = 0; i <= PROV_ASSUMED; i++) fprintf(out, ", %d %s", how[i], provenance_name((enum provenance)i));
        fputs(". Those that are not assumed rest on:</p>\n", out);
        add_cited(costs, bibliography, out);
    }
    free(costs);
}

enum iop_status html_sources(const struct results *results, FILE *out, struct diag *diag) {
    const char *sets[VALUES_MAX];
    int count = distinct(results, DIMENSION_COST_SET, sets, VALUES_MAX);
    if (count == 0) return IOP_OK;
    struct bibliography *bibliography = bibliography_load(diag);
    if (bibliography == NULL) return IOP_INVALID;
    fputs("<h3>Sources</h3>\n", out);
    for (int i = 0; i < count; i++) add_cost_set(sets[i], bibliography, out);
    bibliography_free(bibliography);
    return IOP_OK;
}

/* ---- validations */

static void add_value(struct table *table, const struct validation_row *row, double value) {
    char text[UNITS_TEXT];
    if (row->expected.relative_to[0] == '\0')
        units_metric(value, metric_unit(row->kind), "/s", text);
    else
        snprintf(text, sizeof text, "%.3g x", value);
    table_number(table, value, text);
}

static void add_row(struct table *table, const struct validation_row *row) {
    char text[UNITS_TEXT];
    table_text(table, row->publication);
    table_text(table, row->expected.source);
    table_text(table, row->file);
    table_text(table, row->expected.metric);
    add_value(table, row, row->expected.value);
    add_value(table, row, row->predicted);
    snprintf(text, sizeof text, "%+.0f %%", 100 * (row->predicted / row->expected.value - 1));
    table_number(table, row->error, text);
    table_text(table, verdict_text(row->verdict));
}

enum iop_status html_validation(const struct validation *validation, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {{"publication", "Publication", TABLE_LEFT},
                                                  {"source", "Row", TABLE_LEFT},
                                                  {"file", "Scenario", TABLE_LEFT},
                                                  {"metric", "Metric", TABLE_LEFT},
                                                  {"published", "Published", TABLE_RIGHT},
                                                  {"predicted", "Predicted", TABLE_RIGHT},
                                                  {"error", "Error", TABLE_RIGHT},
                                                  {"verdict", "Verdict", TABLE_LEFT}};
    struct validation_summary all = validation_summarize(validation, validation_all, NULL);
    fprintf(out, "<p>%d rows, %d within their tolerance; median error %.1f %%, 90th percentile %.1f %%.</p>\n",
            all.rows, all.within, 100 * all.median, 100 * all.p90);
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < validation->row_count; i++) add_row(table, &validation->rows[i]);
    enum iop_status status = table_html(table, out, diag);
    table_free(table);
    return status;
}
