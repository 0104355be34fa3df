#include "analysis/results_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/result_labels.h"
#include "analysis/table.h"
#include "analysis/units.h"

static const struct shown_metric {
    const char *name, *heading;
} metrics[] = {
    {"pps", "PACKETS"},
    {"transactions", "TRANSACTIONS"},
    {"iops", "IOPS"},
    {"throughput", "THROUGHPUT"},
    {"progress", "PROGRESS"},
    {"rtt_mean", "RTT"},
    {"latency_mean", "LATENCY"},
    {"latency_p50", "P50"},
    {"latency_p99", "P99"},
    {"fork_time", "FORK"},
    {"boot_time", "BOOT"},
};
enum { METRICS = sizeof metrics / sizeof *metrics, RATES = 3, COLUMNS_MAX = LABEL_DIMENSIONS + METRICS + 4 };

struct subject { /* a workload of a point */
    const struct result_row *first;
    const struct result_row *of[METRICS];
    double cores; /* NaN: not known */
};

struct subjects {
    const struct results *results;
    int count;
    struct subject *of;
    const struct result_row **first; /* of each, for labels */
    struct dimensions apart;
};

/* The rows of a point come by guest and workload, so that a subject is found among the last ones. */
static struct subject *subject_of(struct subjects *subjects, const struct result_row *row) {
    for (int i = subjects->count - 1; i >= 0 && subjects->of[i].first->point == row->point; i--)
        if (subjects->of[i].first->guest == row->guest && subjects->of[i].first->workload == row->workload)
            return &subjects->of[i];
    struct subject *subject = &subjects->of[subjects->count++];
    *subject = (struct subject){.first = row, .cores = NAN};
    return subject;
}

static void add_row(struct subjects *subjects, const struct result_row *row) {
    if (row->workload[0] == '\0') return;
    struct subject *subject = subject_of(subjects, row);
    for (int m = 0; m < METRICS; m++)
        if (strcmp(row->metric, metrics[m].name) == 0) subject->of[m] = row;
}

static bool is_cores(const char *metric) {
    size_t length = strlen(metric), end = strlen("].cores");
    return strncmp(metric, "cpu[", 4) == 0 && length >= end && strcmp(metric + length - end, "].cores") == 0;
}

/* CPUs of all domains of each point; subjects and rows have the same order of points. */
static void add_cores(struct subjects *subjects) {
    const struct results *results = subjects->results;
    int first = 0;
    for (int i = 0; i < results->row_count; i++) {
        const struct result_row *row = &results->rows[i];
        while (first < subjects->count && subjects->of[first].first->point < row->point) first++;
        if (!is_cores(row->metric)) continue;
        for (int j = first; j < subjects->count && subjects->of[j].first->point == row->point; j++)
            subjects->of[j].cores = row->over.mean + (isnan(subjects->of[j].cores) ? 0 : subjects->of[j].cores);
    }
}

static void subjects_free(struct subjects *subjects) {
    free(subjects->of);
    free(subjects->first);
}

static enum iop_status find_subjects(struct subjects *subjects, const struct results *results, struct diag *diag) {
    size_t rows = (size_t)results->row_count + 1;
    *subjects = (struct subjects){
        .results = results, .of = calloc(rows, sizeof *subjects->of), .first = calloc(rows, sizeof *subjects->first)};
    if (subjects->of == NULL || subjects->first == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = 0; i < results->row_count; i++) add_row(subjects, &results->rows[i]);
    add_cores(subjects);
    for (int i = 0; i < subjects->count; i++) subjects->first[i] = subjects->of[i].first;
    const struct dimensions none = {.count = 0};
    return dimensions_telling_apart(results, subjects->first, subjects->count, &none, &subjects->apart, diag);
}

static const struct result_row *rate_of(const struct subject *subject) {
    static const int order[RATES] = {1, 0, 2}; /* transactions before their packets */
    for (int i = 0; i < RATES; i++)
        if (subject->of[order[i]] != NULL) return subject->of[order[i]];
    return NULL;
}

/* ---- ratios */

static bool is_mode(const struct results *results, int dimension) {
    return strcmp(result_key_name(results_dimension_name(results, dimension)), "mode") == 0;
}

static bool differ_in_mode_only(const struct subjects *subjects, const struct subject *a, const struct subject *b) {
    for (int i = 0; i < subjects->apart.count; i++) {
        int dimension = subjects->apart.of[i];
        bool free_to_differ = is_mode(subjects->results, dimension) || dimension == DIMENSION_KEY;
        if (!free_to_differ && results_value(subjects->results, a->first, dimension) !=
                                   results_value(subjects->results, b->first, dimension))
            return false;
    }
    return true;
}

/* NaN: there is none. */
static double ratio_of(const struct subjects *subjects, const struct subject *subject) {
    const struct subject *reference = NULL;
    for (int i = 0; i < subjects->count; i++) {
        const struct subject *other = &subjects->of[i];
        if (!differ_in_mode_only(subjects, subject, other)) continue;
        if (reference == NULL) reference = other;
        if (strcmp(other->first->mode, "pv") == 0) {
            reference = other;
            break;
        }
    }
    const struct result_row *own = rate_of(subject), *of = reference != NULL ? rate_of(reference) : NULL;
    return own != NULL && of != NULL && of->over.mean > 0 ? own->over.mean / of->over.mean : NAN;
}

/* ---- the table */

static bool shows(const struct subjects *subjects, int dimension) {
    for (int i = 0; i < subjects->apart.count; i++)
        if (strcmp(result_key_name(results_dimension_name(subjects->results, subjects->apart.of[i])),
                   results_dimension_name(subjects->results, dimension)) == 0)
            return true;
    return false;
}

/* Instance and mode are shown even where all rows have the same. */
static int make_columns(struct subjects *subjects, bool compared, struct table_column *columns) {
    struct dimensions *apart = &subjects->apart;
    static const int always[] = {DIMENSION_INSTANCE, DIMENSION_MODE};
    for (int i = 0; i < 2; i++)
        if (!shows(subjects, always[i]) && apart->count < LABEL_DIMENSIONS) apart->of[apart->count++] = always[i];
    int count = 0;
    for (int i = 0; i < apart->count; i++) {
        const char *name = results_dimension_name(subjects->results, apart->of[i]);
        columns[count++] = (struct table_column){name, result_key_name(name), TABLE_LEFT};
    }
    for (int m = 0; m < METRICS; m++) {
        columns[count++] = (struct table_column){metrics[m].name, metrics[m].heading, TABLE_RIGHT};
        if (m != RATES - 1) continue;
        columns[count++] = (struct table_column){"interval", "±", TABLE_RIGHT};
        if (compared) columns[count++] = (struct table_column){"ratio", "RATIO", TABLE_RIGHT};
    }
    columns[count++] = (struct table_column){"cores", "CORES", TABLE_RIGHT};
    return count;
}

static void number_if(struct table *table, double value, const char *form, double shown) {
    char text[UNITS_TEXT];
    snprintf(text, sizeof text, form, shown);
    if (isfinite(value))
        table_number(table, value, text);
    else
        table_empty(table);
}

static void add_interval(struct table *table, const struct subject *subject) {
    const struct result_row *rate = rate_of(subject);
    double half = rate != NULL && rate->over.mean > 0 ? (rate->over.high - rate->over.low) / 2 / rate->over.mean : 0;
    number_if(table, rate != NULL && rate->replications > 1 ? half : NAN, "%.2g %%", 100 * half);
}

static void add_cells(const struct subjects *subjects, const struct subject *subject, bool compared,
                      struct table *table) {
    for (int i = 0; i < subjects->apart.count; i++) {
        const char *value = results_value(subjects->results, subject->first, subjects->apart.of[i]);
        table_text(table, value[0] != '\0' ? value : NULL);
    }
    for (int m = 0; m < METRICS; m++) {
        const struct result_row *row = subject->of[m];
        char text[UNITS_TEXT];
        if (row != NULL)
            table_number(table, row->over.mean, units_metric(row->over.mean, row->unit, m == 0 ? "pps" : "/s", text));
        else
            table_empty(table);
        if (m != RATES - 1) continue;
        add_interval(table, subject);
        double ratio = compared ? ratio_of(subjects, subject) : NAN;
        if (compared) number_if(table, ratio, "%.2f", ratio);
    }
    number_if(table, subject->cores, "%.2f", subject->cores);
}

static void print_heading(const struct results *results, bool compared, FILE *out) {
    const struct result_point *point = &results->points[results->rows[0].point];
    fprintf(out, "%s\niopath %s, seed %s%s%s; ± is the half-width of the 95 %% interval", point->scenario,
            point->version, point->seed, point->cost_set[0] != '\0' ? ", costs " : "", point->cost_set);
    fprintf(out, "%s\n\n", compared ? ", ratio that to pv or else the first" : "");
}

static enum iop_status write(const struct table *table, const struct results *results, enum results_form form,
                             bool compared, FILE *out, struct diag *diag) {
    if (form == RESULTS_CSV) return table_csv(table, out, diag);
    if (form == RESULTS_JSON) return table_json(table, out, diag);
    if (form == RESULTS_HTML) return table_html(table, out, diag);
    print_heading(results, compared, out);
    return table_print(table, 0, out, diag);
}

enum iop_status results_table(const struct results *results, enum results_form form, bool compared, FILE *out,
                              struct diag *diag) {
    struct subjects subjects;
    enum iop_status status = find_subjects(&subjects, results, diag);
    if (status == IOP_OK && subjects.count == 0)
        status = diag_set(diag, IOP_INVALID, "there are no such results of workloads");
    if (status == IOP_OK) {
        struct table_column columns[COLUMNS_MAX];
        struct table *table = table_new(columns, make_columns(&subjects, compared, columns));
        for (int i = 0; i < subjects.count; i++) add_cells(&subjects, &subjects.of[i], compared, table);
        status = write(table, results, form, compared, out, diag);
        table_free(table);
    }
    subjects_free(&subjects);
    return status;
}
