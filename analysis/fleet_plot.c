/* Racks over time as a heat map: their CPUs, the busiest part of a host, their uplinks. */
#include <stdlib.h>

#include "analysis/fleet_report.h"
#include "analysis/plot.h"

enum { COLUMNS_MAX = 96, RACKS_MAX = 64, NAME_BYTES = 24 };

struct cells {
    int columns, racks;
    char (*times)[NAME_BYTES];
    const char **time_names;
    struct plot_value *values;  /* [heat][rack][column] */
    struct plot_series *series; /* [heat][rack] */
};

/* Every how many hours a column is named, so that a dozen are. */
static double hours_between_names(double duration_s) {
    static const double steps[] = {0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 168};
    for (size_t i = 0; i + 1 < sizeof steps / sizeof *steps; i++)
        if (duration_s / 3600 / steps[i] <= 13) return steps[i];
    return steps[sizeof steps / sizeof *steps - 1];
}

static void name_columns(const struct fleet_result *result, struct cells *cells) {
    double step = hours_between_names(result->duration_s), next = 0;
    for (int c = 0; c < cells->columns; c++) {
        double hour = result->duration_s / 3600 * c / cells->columns;
        cells->time_names[c] = "";
        if (hour + 1e-9 < next) continue;
        snprintf(cells->times[c], NAME_BYTES, "%g h", next);
        cells->time_names[c] = cells->times[c];
        next += step;
    }
}

/* Means over the time of a column; of more racks than can be seen, every n-th. */
static void fill(const struct fleet_result *result, struct cells *cells) {
    const struct fleet *fleet = result->fleet;
    int stride = (fleet->rack_count + RACKS_MAX - 1) / RACKS_MAX;
    for (int kind = 0; kind < FLEET_HEATS; kind++)
        for (int r = 0; r < cells->racks; r++) {
            struct plot_value *row = &cells->values[(kind * cells->racks + r) * cells->columns];
            for (int e = 0; e < result->epoch_count; e++) {
                const struct fleet_epoch *epoch = &result->epochs[e];
                int column = (int)(epoch->from_s / result->duration_s * cells->columns + 1e-9);
                struct plot_value *cell = &row[column < cells->columns ? column : cells->columns - 1];
                double seconds = epoch->to_s - epoch->from_s;
                float heat = result->heat[(e * fleet->rack_count + r * stride) * FLEET_HEATS + kind];
                cell->present = true;
                cell->x += seconds; /* until the mean is known */
                cell->y += (double)heat * seconds;
            }
            for (int c = 0; c < cells->columns; c++)
                if (row[c].present) row[c].y /= row[c].x;
            cells->series[kind * cells->racks + r] =
                (struct plot_series){fleet->racks[r * stride].name, row, cells->columns};
        }
}

static enum iop_status draw(const struct fleet_report *report, const struct cells *cells, const char *file,
                            struct diag *diag) {
    static const char *const titles[FLEET_HEATS] = {"CPUs of the hosts", "busiest part of a host", "uplink"};
    struct plot_panel panels[FLEET_HEATS];
    for (int kind = 0; kind < FLEET_HEATS; kind++)
        panels[kind] = (struct plot_panel){.kind = PANEL_HEATMAP,
                                           .width = PANEL_FULL,
                                           .title = titles[kind],
                                           .y_label = "utilization",
                                           .unit = "",
                                           .category_count = cells->columns,
                                           .categories = cells->time_names,
                                           .series_count = cells->racks,
                                           .series = &cells->series[kind * cells->racks]};
    const struct figure figure = {report->scenario->name, FLEET_HEATS, panels};
    return plot_write(&figure, file, diag);
}

enum iop_status fleet_report_plot(const struct fleet_report *report, const char *file, struct diag *diag) {
    const struct fleet_result *result = report->result;
    int racks = result->fleet->rack_count, columns = result->epoch_count;
    struct cells cells = {.columns = columns < COLUMNS_MAX ? columns : COLUMNS_MAX};
    int stride = (racks + RACKS_MAX - 1) / RACKS_MAX;
    cells.racks = (racks + stride - 1) / stride;
    size_t all = (size_t)(FLEET_HEATS * cells.racks);
    cells.times = calloc((size_t)cells.columns + 1, sizeof *cells.times);
    cells.time_names = calloc((size_t)cells.columns + 1, sizeof *cells.time_names);
    cells.values = calloc(all * (size_t)cells.columns + 1, sizeof *cells.values);
    cells.series = calloc(all + 1, sizeof *cells.series);
    enum iop_status status = IOP_NO_MEMORY;
    if (cells.times == NULL || cells.time_names == NULL || cells.values == NULL || cells.series == NULL)
        diag_set(diag, IOP_NO_MEMORY, "out of memory");
    else {
        name_columns(result, &cells);
        fill(result, &cells);
        status = draw(report, &cells, file, diag);
    }
    free(cells.times);
    free(cells.time_names);
    free(cells.values);
    free(cells.series);
    return status;
}
