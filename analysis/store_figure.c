#include "analysis/store_figure.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/units.h"

struct drawing {
    const struct results *results;
    const struct plot_request *request;
    struct result_figure *out;
    const char *y;
    struct dimensions x, lines; /* as asked for */
    const struct result_row **rows;
    int row_count;
};

enum { VALUES_MAX = 2000 }; /* more cannot be read off a figure */

typedef bool row_chooser(const struct result_row *row, const char *name);

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory while plotting");
}

/* ---- which rows */

static enum iop_status choose(struct drawing *drawing, row_chooser *takes, const char *name, struct diag *diag) {
    const struct results *results = drawing->results;
    drawing->rows = figure_alloc(&drawing->out->memory, (size_t)results->row_count, sizeof(void *));
    drawing->row_count = 0;
    if (drawing->rows == NULL) return no_memory(diag);
    for (int i = 0; i < results->row_count; i++)
        if (takes(&results->rows[i], name)) drawing->rows[drawing->row_count++] = &results->rows[i];
    if (drawing->row_count <= VALUES_MAX) return IOP_OK;
    return diag_set(diag, IOP_INVALID, "%d values are too many for a figure, which may have %d; --where chooses some",
                    drawing->row_count, VALUES_MAX);
}

const char *results_main_metric(const struct results *results) {
    static const char *const known[] = {"transactions", "pps", "iops", "throughput", "progress"};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        for (int i = 0; i < results->row_count; i++)
            if (strcmp(results->rows[i].metric, known[k]) == 0 && results->rows[i].over.mean > 0) return known[k];
    return NULL;
}

/* Distinct metrics for a message; the results have some dozens at most. */
static size_t metric_names(const struct results *results, const char **names, size_t room) {
    size_t count = 0;
    for (int i = 0; i < results->row_count && count < room; i++) {
        size_t j = 0;
        while (j < count && names[j] != results->rows[i].metric) j++;
        if (j == count) names[count++] = results->rows[i].metric;
    }
    return count;
}

static enum iop_status choose_metric(struct drawing *drawing, struct diag *diag) {
    drawing->y = drawing->request->y[0] != '\0' ? drawing->request->y : results_main_metric(drawing->results);
    if (drawing->y == NULL)
        return diag_set(diag, IOP_INVALID, "--y: the results have no rate to choose; name the metric to draw");
    enum iop_status status = choose(drawing, results_is_metric, drawing->y, diag);
    if (status != IOP_OK || drawing->row_count > 0) return status;
    const char *names[256];
    const char *near = nearest_name(drawing->y, names, metric_names(drawing->results, names, 256));
    return diag_set(diag, IOP_INVALID, "--y: the results have no metric '%.160s'%s%s%s", drawing->y,
                    near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

/* ---- dimensions that are left out */

static int distinct(const struct drawing *drawing, int dimension, bool *numeric) {
    const char *first = NULL;
    int count = 0;
    *numeric = true;
    for (int i = 0; i < drawing->row_count; i++) {
        const char *value = results_value(drawing->results, drawing->rows[i], dimension);
        char unit[16];
        double number;
        *numeric = *numeric && units_parse(value, &number, unit);
        if (first == NULL || value != first) count++;
        if (first == NULL) first = value;
    }
    return count;
}

/* The first swept key of several values, numbers if asked for, that is not one of `but`. */
static int swept_key(const struct drawing *drawing, bool of_numbers, const struct dimensions *but) {
    for (int i = DIMENSION_PATHS; i < results_dimensions(drawing->results); i++) {
        bool numeric;
        if (dimensions_have(but, i) || distinct(drawing, i, &numeric) < 2) continue;
        if (numeric || !of_numbers) return i;
    }
    return -1;
}

static enum iop_status need_key(struct drawing *drawing, struct dimensions *of, bool numbers, const char *option,
                                struct diag *diag) {
    if (of->count > 0) return IOP_OK;
    struct dimensions both = drawing->x;
    if (drawing->lines.count > 0) both.of[both.count++] = drawing->lines.of[0];
    int key = swept_key(drawing, numbers, &both);
    if (key < 0)
        return diag_set(diag, IOP_INVALID, "%s: a figure of kind '%s' needs a swept key%s, and none is left", option,
                        drawing->request->kind, numbers ? " of numbers" : "");
    of->of[of->count++] = key;
    return IOP_OK;
}

static void append(struct dimensions *to, const struct dimensions *more) {
    for (int i = 0; i < more->count && to->count < LABEL_DIMENSIONS; i++) to->of[to->count++] = more->of[i];
}

static enum iop_status rest(const struct drawing *drawing, const struct dimensions *known, struct dimensions *others,
                            struct diag *diag) {
    return dimensions_telling_apart(drawing->results, drawing->rows, drawing->row_count, known, others, diag);
}

/* ---- panels */

/* Categories have their unit themselves. */
static const char *axis_label(struct drawing *drawing, int dimension, bool with_unit) {
    char text[LABEL_TEXT], unit[16] = "";
    double number;
    const char *name = result_key_name(results_dimension_name(drawing->results, dimension));
    if (with_unit) units_parse(results_value(drawing->results, drawing->rows[0], dimension), &number, unit);
    snprintf(text, sizeof text, "%.100s%s%s%s", name, unit[0] != '\0' ? " [" : "", unit, unit[0] != '\0' ? "]" : "");
    return figure_text(&drawing->out->memory, text);
}

/* Of a metric's unit; frames are counted in pps. */
static const char *panel_unit(const struct result_row *row) {
    size_t length = strlen(row->metric);
    if (strcmp(row->unit, "1") == 0) return "";
    return length >= 3 && strcmp(row->metric + length - 3, "pps") == 0 ? "pps" : row->unit;
}

static const char *metric_label(struct drawing *drawing) {
    char text[LABEL_TEXT];
    const char *unit = panel_unit(drawing->rows[0]);
    bool named = unit[0] == '\0' || strcmp(unit, "s") == 0 || strcmp(unit, "pps") == 0; /* tics have the seconds */
    snprintf(text, sizeof text, "%.150s%s%s%s", drawing->y, named ? "" : " [", named ? "" : unit, named ? "" : "]");
    return figure_text(&drawing->out->memory, text);
}

static enum iop_status draw(struct drawing *drawing, struct plot_panel *panel, const struct dimensions *x,
                            const struct dimensions *series, struct diag *diag) {
    panel->width = PANEL_FULL;
    panel->unit = panel_unit(drawing->rows[0]);
    if (panel->y_label == NULL) panel->y_label = metric_label(drawing);
    if (x->count == 1) panel->x_label = axis_label(drawing, x->of[0], panel->kind == PANEL_LINES);
    const struct grid_request request = {.results = drawing->results,
                                         .rows = drawing->rows,
                                         .row_count = drawing->row_count,
                                         .x = *x,
                                         .series = *series,
                                         .numeric = panel->kind == PANEL_LINES};
    return result_grid(&request, &drawing->out->memory, panel, diag);
}

static struct plot_panel *new_panels(struct drawing *drawing, int count) {
    struct plot_panel *panels = figure_alloc(&drawing->out->memory, (size_t)count, sizeof *panels);
    drawing->out->figure.panels = panels;
    drawing->out->figure.panel_count = count;
    return panels;
}

/* A mode beside the others is what a reader compares: bars side by side. */
static bool is_mode(const struct drawing *drawing, int dimension) {
    const char *name = results_dimension_name(drawing->results, dimension);
    return strcmp(result_key_name(name), "mode") == 0;
}

static enum iop_status bars(struct drawing *drawing, struct plot_panel *panel, struct diag *diag) {
    struct dimensions x = drawing->x, series = drawing->lines, known = x, others;
    append(&known, &series);
    enum iop_status status = rest(drawing, &known, &others, diag);
    if (status != IOP_OK) return status;
    for (int i = 0; i < others.count; i++) {
        bool beside =
            drawing->x.count > 0 || (drawing->lines.count == 0 && others.count > 1 && is_mode(drawing, others.of[i]));
        struct dimensions *to = beside ? &series : &x;
        if (to->count < LABEL_DIMENSIONS) to->of[to->count++] = others.of[i];
    }
    panel->kind = PANEL_BARS;
    return draw(drawing, panel, &x, &series, diag);
}

static enum iop_status lines(struct drawing *drawing, struct plot_panel *panel, struct diag *diag) {
    enum iop_status status = need_key(drawing, &drawing->x, true, "--x", diag);
    if (status != IOP_OK) return status;
    struct dimensions series = drawing->lines, known = drawing->x, others;
    append(&known, &series);
    status = rest(drawing, &known, &others, diag);
    if (status != IOP_OK) return status;
    append(&series, &others);
    panel->kind = PANEL_LINES;
    return draw(drawing, panel, &drawing->x, &series, diag);
}

/* A plane has no room for more: what else differs is an error of two results in one place. */
static enum iop_status heatmap(struct drawing *drawing, struct plot_panel *panel, struct diag *diag) {
    enum iop_status status = need_key(drawing, &drawing->x, false, "--x", diag);
    if (status == IOP_OK) status = need_key(drawing, &drawing->lines, false, "--lines", diag);
    if (status != IOP_OK) return status;
    panel->kind = PANEL_HEATMAP;
    panel->title = metric_label(drawing);
    panel->y_label = axis_label(drawing, drawing->lines.of[0], false);
    return draw(drawing, panel, &drawing->x, &drawing->lines, diag);
}

static enum iop_status of_metric(struct drawing *drawing, struct diag *diag) {
    struct plot_panel *panel = new_panels(drawing, 1);
    if (panel == NULL) return no_memory(diag);
    enum iop_status status = choose_metric(drawing, diag);
    if (status != IOP_OK) return status;
    if (strcmp(drawing->request->kind, "bars") == 0) return bars(drawing, panel, diag);
    if (strcmp(drawing->request->kind, "scaling") == 0) return lines(drawing, panel, diag);
    return heatmap(drawing, panel, diag);
}

static bool is_latency(const struct result_row *row, const char *name) {
    (void)name;
    return strncmp(row->metric, "latency_", 8) == 0;
}

/* Metrics take the place of lines, in the order of the results: mean, p50, p90, p99, p999. */
static enum iop_status latency(struct drawing *drawing, struct diag *diag) {
    struct plot_panel *panel = new_panels(drawing, 1);
    if (panel == NULL) return no_memory(diag);
    enum iop_status status = choose(drawing, is_latency, NULL, diag);
    if (status == IOP_OK && drawing->row_count == 0)
        status = diag_set(diag, IOP_INVALID, "the results have no latencies, which a figure of kind 'latency' shows");
    if (status != IOP_OK) return status;
    struct dimensions x = drawing->x, series = {1, {DIMENSION_METRIC}}, known = x, others;
    append(&series, &drawing->lines);
    append(&known, &series);
    status = rest(drawing, &known, &others, diag);
    if (status != IOP_OK) return status;
    bool numeric = false;
    panel->kind = PANEL_BARS;
    if (x.count > 0 && distinct(drawing, x.of[0], &numeric) > 1 && numeric) panel->kind = PANEL_LINES;
    append(x.count > 0 ? &series : &x, &others);
    drawing->y = "latency";
    return draw(drawing, panel, &x, &series, diag);
}

/* ---- shares of CPU time: cpu[DOMAIN].share[CATEGORY] */

/* Whether the metric is a share of the domain; of any domain with NULL. */
static bool is_share(const struct result_row *row, const char *domain) {
    const char *end = strstr(row->metric, "].share[");
    if (strncmp(row->metric, "cpu[", 4) != 0 || end == NULL) return false;
    size_t length = (size_t)(end - row->metric) - 4;
    return domain == NULL || (strlen(domain) == length && strncmp(row->metric + 4, domain, length) == 0);
}

enum { DOMAINS_MAX = 16 };

/* The domains in the order of the results; copies of their names. */
static int find_domains(struct drawing *drawing, const char **domains) {
    int count = 0;
    for (int i = 0; i < drawing->row_count && count < DOMAINS_MAX; i++) {
        int known = 0;
        while (known < count && !is_share(drawing->rows[i], domains[known])) known++;
        if (known < count) continue;
        char name[LABEL_TEXT];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(drawing->rows[i]->metric + 4, "]"),
                 drawing->rows[i]->metric + 4);
        domains[count] = figure_text(&drawing->out->memory, name);
        if (domains[count++] == NULL) return -1;
    }
    return count;
}

/* Series are named after the category alone. */
static enum iop_status name_categories(struct drawing *drawing, struct plot_panel *panel, struct diag *diag) {
    struct plot_series *series = (struct plot_series *)panel->series;
    for (int s = 0; s < panel->series_count; s++) {
        const char *category = strstr(series[s].label, ".share[");
        if (category == NULL) continue;
        char text[LABEL_TEXT];
        category += strlen(".share[");
        size_t length = strcspn(category, "]");
        snprintf(text, sizeof text, "%.*s%s", (int)length, category,
                 category[length] != '\0' ? category + length + 1 : "");
        series[s].label = figure_text(&drawing->out->memory, text);
        if (series[s].label == NULL) return no_memory(diag);
    }
    return IOP_OK;
}

static enum iop_status one_domain(struct drawing *drawing, const char *domain, const struct dimensions *x,
                                  struct plot_panel *panel, struct diag *diag) {
    const struct dimensions series = {1, {DIMENSION_METRIC}};
    enum iop_status status = choose(drawing, is_share, domain, diag);
    panel->kind = PANEL_STACK;
    panel->title = domain;
    panel->y_label = "share of its CPU time";
    if (status == IOP_OK) status = draw(drawing, panel, x, &series, diag);
    return status == IOP_OK ? name_categories(drawing, panel, diag) : status;
}

/* Stacks have the same names in all panels, so that what a domain is missing from shows. */
static enum iop_status breakdown(struct drawing *drawing, struct diag *diag) {
    const char *domains[DOMAINS_MAX];
    enum iop_status status = choose(drawing, is_share, NULL, diag);
    if (status != IOP_OK) return status;
    int count = find_domains(drawing, domains);
    if (count == 0)
        return diag_set(
            diag, IOP_INVALID,
            "the results have no shares of CPU time (cpu[DOMAIN].share[CATEGORY]); they are the machine's, which "
            "--where mode=, guest= and the like leave out: swept keys choose points");
    struct plot_panel *panels = count > 0 ? new_panels(drawing, count) : NULL;
    if (panels == NULL) return no_memory(diag);
    struct dimensions x = drawing->x, known, others;
    append(&x, &drawing->lines);
    known = x;
    known.of[known.count++] = DIMENSION_METRIC;
    status = rest(drawing, &known, &others, diag);
    if (status != IOP_OK) return status;
    append(&x, &others);
    for (int i = 0; i < count && status == IOP_OK; i++) status = one_domain(drawing, domains[i], &x, &panels[i], diag);
    return status;
}

/* ---- figures */

static const char *const kind_names[] = {"bars",    "scaling",  "latency",   "breakdown",
                                         "heatmap", "timeline", "validation"};

const char *const *figure_kinds(int *count) {
    *count = sizeof kind_names / sizeof *kind_names;
    return kind_names;
}

static enum iop_status axes_of(struct drawing *drawing, struct diag *diag) {
    const struct plot_request *request = drawing->request;
    enum iop_status status = IOP_OK;
    if (request->x[0] != '\0') status = dimensions_add(&drawing->x, drawing->results, "--x", request->x, diag);
    if (status == IOP_OK && request->lines[0] != '\0')
        status = dimensions_add(&drawing->lines, drawing->results, "--lines", request->lines, diag);
    return status;
}

enum iop_status result_figure(const struct results *results, const struct plot_request *request,
                              struct result_figure *figure, struct diag *diag) {
    struct drawing drawing = {.results = results, .request = request, .out = figure};
    *figure = (struct result_figure){.figure.panel_count = 0};
    if (strcmp(request->kind, "timeline") == 0)
        return diag_set(diag, IOP_INVALID,
                        "a figure of kind 'timeline' is drawn from a trace, which nothing writes yet");
    if (strcmp(request->kind, "validation") == 0)
        return diag_set(diag, IOP_INVALID,
                        "a figure of kind 'validation' is drawn from what 'validate --format json' writes");
    if (results->row_count == 0) return diag_set(diag, IOP_INVALID, "there are no such results, so nothing to draw");
    figure->figure.title = results->points[results->rows[0].point].scenario;
    enum iop_status status = axes_of(&drawing, diag);
    if (status != IOP_OK) return status;
    if (strcmp(request->kind, "latency") == 0) return latency(&drawing, diag);
    if (strcmp(request->kind, "breakdown") == 0) return breakdown(&drawing, diag);
    return of_metric(&drawing, diag);
}

void result_figure_free(struct result_figure *figure) { figure_memory_free(&figure->memory); }

enum iop_status result_figures_of_scenario(const struct results *results, const struct scenario *scenario,
                                           struct diag *diag) {
    enum iop_status status = IOP_OK;
    for (int i = 0; i < scenario->plot_count && status == IOP_OK; i++) {
        const struct plot_request *request = &scenario->plots[i];
        struct result_figure figure;
        struct diag own = {""};
        status = result_figure(results, request, &figure, &own);
        if (status == IOP_OK) status = plot_write(&figure.figure, request->file, &own);
        result_figure_free(&figure);
        if (status != IOP_OK) diag_set(diag, status, "plots[%d] (%.200s): %.700s", i, request->file, own.message);
    }
    return status;
}
