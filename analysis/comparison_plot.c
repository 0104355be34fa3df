/* The figures of a comparison: bars over a stack of cycles per packet; for a numeric sweep, lines. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/comparison.h"
#include "analysis/cycle_stack.h"
#include "analysis/plot.h"
#include "analysis/units.h"

enum { PANELS = 3, LABEL = 96 };

static const char *const panel_titles[PANELS] = {"rate", "throughput", "mean latency"};
static const char *const panel_units[PANELS] = {"/s", "bit/s", "s"};

/* Everything a figure points into. */
struct canvas {
    const struct comparison *comparison;
    int *points, point_count; /* those that ran */
    int group_count, series_count;
    char (*labels)[LABEL], (*series_labels)[LABEL];
    const char **label_texts;
    int *group_of, *series_of; /* of each point that ran */
    struct plot_value *values; /* panel, series, group */
    struct plot_series *series;
    bool transactions, requests;
};

static const struct comparison_point *point_at(const struct canvas *canvas, int i) {
    return &canvas->comparison->points[canvas->points[i]];
}

/* Index of a label in a growing list of distinct ones. */
static int intern(char (*labels)[LABEL], int *count, const char *label) {
    for (int i = 0; i < *count; i++)
        if (strcmp(labels[i], label) == 0) return i;
    snprintf(labels[*count], LABEL, "%s", label);
    return (*count)++;
}

/* The swept numeric variable lines are drawn over: the first axis of several values, all numbers. */
static int numeric_axis(const struct comparison *comparison) {
    for (int i = 0; i < comparison->base->axis_count; i++) {
        const struct sweep_axis *axis = &comparison->base->axes[i];
        bool numeric = axis->count > 1;
        for (int j = 0; j < axis->count; j++) {
            double value;
            char unit[16];
            numeric = numeric && units_parse(axis->values[j], &value, unit);
        }
        if (numeric) return i;
    }
    return -1;
}

/* Modes are the groups when nothing else differs; else modes are bars side by side in groups of the rest. */
static void group_for_bars(struct canvas *canvas) {
    for (int i = 0; i < canvas->point_count; i++) {
        const struct comparison_point *point = point_at(canvas, i);
        char group[LABEL];
        comparison_label(canvas->comparison, point, LABEL_INSTANCE, -1, group, sizeof group);
        bool alone = group[0] == '\0';
        canvas->group_of[i] = intern(canvas->labels, &canvas->group_count, alone ? point->mode : group);
        canvas->series_of[i] = intern(canvas->series_labels, &canvas->series_count, alone ? "" : point->mode);
    }
}

static void group_for_lines(struct canvas *canvas, int axis) {
    for (int i = 0; i < canvas->point_count; i++) {
        const struct comparison_point *point = point_at(canvas, i);
        char line[LABEL];
        comparison_label(canvas->comparison, point, LABEL_INSTANCE_AND_MODE, axis, line, sizeof line);
        canvas->group_of[i] = intern(canvas->labels, &canvas->group_count, point->axis_values[axis]);
        canvas->series_of[i] = intern(canvas->series_labels, &canvas->series_count, line);
    }
}

static struct plot_value *value_at(const struct canvas *canvas, int panel, int series, int group) {
    return &canvas->values[(panel * canvas->series_count + series) * canvas->group_count + group];
}

static void fill_values(struct canvas *canvas) {
    for (int i = 0; i < canvas->point_count; i++) {
        struct comparison_summary sums;
        comparison_summarize(point_at(canvas, i), &sums);
        canvas->transactions = canvas->transactions || sums.has_transactions;
        const struct interval *rate = comparison_rate(&sums);
        canvas->requests = canvas->requests || rate == &sums.iops;
        const struct interval *of[PANELS] = {rate != NULL ? rate : &sums.pps, &sums.throughput, &sums.latency};
        const bool has[PANELS] = {rate != NULL, sums.has_throughput, sums.has_latency || sums.has_rtt};
        for (int panel = 0; panel < PANELS; panel++) {
            struct plot_value *value = value_at(canvas, panel, canvas->series_of[i], canvas->group_of[i]);
            char unit[16];
            value->present = has[panel];
            value->y = of[panel]->mean;
            value->low = of[panel]->low;
            value->high = of[panel]->high;
            units_parse(canvas->labels[canvas->group_of[i]], &value->x, unit);
        }
    }
}

static bool panel_has_data(const struct canvas *canvas, int panel) {
    for (int i = 0; i < canvas->series_count * canvas->group_count; i++) {
        const struct plot_value *value = &canvas->values[panel * canvas->series_count * canvas->group_count + i];
        if (value->present && value->y > 0) return true;
    }
    return false;
}

static int add_panels(struct canvas *canvas, enum panel_kind kind, const char *x_label, struct plot_panel *panels) {
    int count = 0;
    for (int panel = 0; panel < PANELS; panel++) {
        if (!panel_has_data(canvas, panel)) continue;
        struct plot_series *series = &canvas->series[panel * canvas->series_count];
        for (int s = 0; s < canvas->series_count; s++)
            series[s] =
                (struct plot_series){canvas->series_labels[s], value_at(canvas, panel, s, 0), canvas->group_count};
        const char *rate = canvas->transactions ? "transactions" : canvas->requests ? "block requests" : "packets";
        const char *title = panel > 0 ? panel_titles[panel] : rate;
        const char *unit = panel > 0 ? panel_units[panel] : canvas->transactions || canvas->requests ? "1/s" : "pps";
        if (panel == 2 && canvas->transactions) title = "mean round trip";
        panels[count++] = (struct plot_panel){.kind = kind,
                                              .width = PANEL_SHARED,
                                              .title = title,
                                              .x_label = x_label,
                                              .y_label = panel == 2 ? NULL : unit,
                                              .unit = unit,
                                              .category_count = canvas->group_count,
                                              .categories = canvas->label_texts,
                                              .series_count = canvas->series_count,
                                              .series = series};
    }
    return count;
}

static void canvas_free(struct canvas *canvas) {
    free(canvas->points);
    free(canvas->labels);
    free(canvas->series_labels);
    free(canvas->label_texts);
    free(canvas->group_of);
    free(canvas->series_of);
    free(canvas->values);
    free(canvas->series);
}

static bool canvas_init(struct canvas *canvas, const struct comparison *comparison) {
    size_t count = (size_t)comparison->count + 1;
    *canvas = (struct canvas){.comparison = comparison};
    canvas->points = calloc(count, sizeof *canvas->points);
    canvas->labels = calloc(count, sizeof *canvas->labels);
    canvas->series_labels = calloc(count, sizeof *canvas->series_labels);
    canvas->label_texts = calloc(count, sizeof *canvas->label_texts);
    canvas->group_of = calloc(count, sizeof *canvas->group_of);
    canvas->series_of = calloc(count, sizeof *canvas->series_of);
    if (canvas->points == NULL || canvas->labels == NULL || canvas->series_labels == NULL ||
        canvas->label_texts == NULL || canvas->group_of == NULL || canvas->series_of == NULL)
        return false;
    for (int i = 0; i < comparison->count; i++)
        if (comparison->points[i].ran) canvas->points[canvas->point_count++] = i;
    return true;
}

static bool allocate_values(struct canvas *canvas) {
    size_t series = (size_t)canvas->series_count * PANELS, groups = (size_t)canvas->group_count;
    canvas->values = calloc(series * groups + 1, sizeof *canvas->values);
    canvas->series = calloc(series + 1, sizeof *canvas->series);
    for (int i = 0; i < canvas->group_count; i++) canvas->label_texts[i] = canvas->labels[i];
    return canvas->values != NULL && canvas->series != NULL;
}

static enum iop_status draw(struct canvas *canvas, const char *file, struct diag *diag) {
    const struct scenario *base = canvas->comparison->base;
    int axis = numeric_axis(canvas->comparison), count;
    struct plot_panel panels[PANELS + 1];
    char x_label[LABEL] = "", unit[16] = "";
    double value;
    if (axis >= 0) {
        group_for_lines(canvas, axis);
        units_parse(base->axes[axis].values[0], &value, unit);
        snprintf(x_label, sizeof x_label, "%.60s%s%s%s", comparison_axis_name(&base->axes[axis]),
                 unit[0] != '\0' ? " [" : "", unit, unit[0] != '\0' ? "]" : "");
    } else {
        group_for_bars(canvas);
    }
    if (!allocate_values(canvas)) return diag_set(diag, IOP_NO_MEMORY, "out of memory while plotting");
    fill_values(canvas);
    count = add_panels(canvas, axis >= 0 ? PANEL_LINES : PANEL_BARS, axis >= 0 ? x_label : NULL, panels);
    struct figure figure = {base->name, count, panels};
    struct cycle_stack *stack = axis < 0 ? cycle_stack_new(canvas->comparison) : NULL;
    if (stack != NULL) panels[figure.panel_count++] = *cycle_stack_panel(stack);
    enum iop_status status = plot_write(&figure, file, diag);
    cycle_stack_free(stack);
    return status;
}

enum iop_status comparison_plot(const struct comparison *comparison, const char *file, struct diag *diag) {
    struct canvas canvas;
    enum iop_status status;
    if (canvas_init(&canvas, comparison))
        status = draw(&canvas, file, diag);
    else
        status = diag_set(diag, IOP_NO_MEMORY, "out of memory while plotting");
    canvas_free(&canvas);
    return status;
}
