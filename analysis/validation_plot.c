/* The figure of a validation: predicted against published, a panel for each unit. */
#include <stdlib.h>
#include <string.h>

#include "analysis/plot.h"
#include "analysis/validation.h"

static const struct {
    const char *unit, *title;
} panels_of[] = {
    {"1/s", "rates"}, {"bit/s", "throughput"}, {"s", "times"}, {"1", "CPUs and shares"}, {"ratio", "ratios"}};
enum { UNITS = sizeof panels_of / sizeof *panels_of };

/* The points of one kind of I/O in one unit, into the places of all rows. */
static int fill(const struct validation *validation, const char *unit, enum validation_io io,
                struct plot_value *values) {
    int count = 0;
    for (int i = 0; i < validation->row_count; i++) {
        const struct validation_row *row = &validation->rows[i];
        if (row->io != io || strcmp(validation_unit(row), unit) != 0) continue;
        double low = row->has_interval ? row->low : row->predicted,
               high = row->has_interval ? row->high : row->predicted;
        values[count++] = (struct plot_value){true, row->expected.value, row->predicted, low, high};
    }
    return count;
}

/* To a file, or as SVG of a page where `page` is not NULL. */
static enum iop_status draw(const struct validation *validation, const char *name, FILE *page, struct diag *diag) {
    size_t rows = (size_t)validation->row_count;
    struct plot_value *values = calloc(rows * UNITS * VALIDATION_IO_COUNT + 1, sizeof *values);
    if (values == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory while plotting");
    struct plot_series series[UNITS][VALIDATION_IO_COUNT];
    struct plot_panel panels[UNITS];
    struct figure figure = {"Predicted against published", 0, panels};
    struct plot_value *next = values;
    for (int u = 0; u < UNITS; u++) {
        int points = 0;
        for (enum validation_io io = 0; io < VALIDATION_IO_COUNT; io++) {
            int count = fill(validation, panels_of[u].unit, io, next);
            series[u][io] = (struct plot_series){validation_io_name(io), next, count};
            next += count;
            points += count;
        }
        if (points == 0) continue;
        bool bare = strcmp(panels_of[u].unit, "1") == 0 || strcmp(panels_of[u].unit, "ratio") == 0;
        panels[figure.panel_count++] = (struct plot_panel){.kind = PANEL_EQUAL,
                                                           .width = PANEL_SHARED,
                                                           .title = panels_of[u].title,
                                                           .x_label = "published",
                                                           .y_label = "predicted",
                                                           .unit = bare ? "" : panels_of[u].unit,
                                                           .bands = {0.1, 0.25},
                                                           .series_count = VALIDATION_IO_COUNT,
                                                           .series = series[u]};
    }
    enum iop_status status = page != NULL ? plot_svg(&figure, name, page, diag) : plot_write(&figure, name, diag);
    free(values);
    return status;
}

enum iop_status validation_plot(const struct validation *validation, const char *file, struct diag *diag) {
    return draw(validation, file, NULL, diag);
}

enum iop_status validation_svg(const struct validation *validation, const char *prefix, FILE *out, struct diag *diag) {
    return draw(validation, prefix, out, diag);
}
