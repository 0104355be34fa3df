/* Bars of the indices: the total one of each cost beside its first-order one. */
#include "analysis/plot.h"
#include "analysis/sensitivity_report.h"

enum { BARS_MAX = 12 };

/* A share too small to be seen is left out: it would only make the axis logarithmic. */
static struct plot_value bar(const struct sobol_share *share, double largest) {
    return (struct plot_value){
        .present = share->value * PLOT_LOG_RATIO > largest, .y = share->value, .low = share->low, .high = share->high};
}

/* The largest that any bar or interval reaches. */
static double reach(const struct sensitivity *sensitivity) {
    double largest = 0;
    for (int i = 0; i < sensitivity->row_count; i++) {
        const struct sobol_index *index = &sensitivity->rows[i].index;
        if (index->total.high > largest) largest = index->total.high;
        if (index->first.high > largest) largest = index->first.high;
    }
    return largest;
}

enum iop_status sensitivity_plot(const struct report *about, const struct sensitivity *sensitivity, const char *file,
                                 struct diag *diag) {
    if (!(sensitivity->variance > 0))
        return diag_set(diag, IOP_INVALID, "%s: there is nothing to plot: no cost changes %s", file, sensitivity->path);
    const char *names[BARS_MAX];
    struct plot_value first[BARS_MAX], total[BARS_MAX];
    double largest = reach(sensitivity);
    int count = 0;
    for (; count < sensitivity->row_count && count < BARS_MAX; count++) {
        const struct sensitivity_row *row = &sensitivity->rows[count];
        names[count] = cost_parameter(row->axis.cost)->name;
        first[count] = bar(&row->index.first, largest);
        total[count] = bar(&row->index.total, largest);
        if (!total[count].present && count > 0) break;
    }
    const struct plot_series series[] = {{"total index", total, count}, {"first-order index", first, count}};
    const struct plot_panel panel = {.kind = PANEL_BARS,
                                     .width = PANEL_FULL,
                                     .title = sensitivity->path,
                                     .y_label = "share of the variance",
                                     .unit = "",
                                     .category_count = count,
                                     .categories = names,
                                     .series_count = 2,
                                     .series = series};
    const struct figure figure = {about->scenario->name, 1, &panel};
    return plot_write(&figure, file, diag);
}
