/* Figures drawn by gnuplot: panels of bars, lines or stacks, written as SVG, PNG or PDF.
 *
 * Readable in colour and in grey: the Okabe-Ito palette (M. Okabe, K. Ito, Color Universal Design, 2008)
 * with a fill pattern, a point shape and a dash pattern of its own for each series. gnuplot runs without a
 * shell and without the user's settings; the file appears whole or not at all. */
#ifndef IOPATH_ANALYSIS_PLOT_H
#define IOPATH_ANALYSIS_PLOT_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/diag.h"

enum panel_kind {
    PANEL_BARS,    /* a group of bars per category, one bar per series, error bars, values above */
    PANEL_LINES,   /* a line per series over a numeric x, intervals as error bars */
    PANEL_STACK,   /* a bar per category, stacked from all series */
    PANEL_EQUAL,   /* points y against x on equal logarithmic axes, with the line y = x and bands around it */
    PANEL_POINTS,  /* points y against x on logarithmic axes, each with the name of its category */
    PANEL_HEATMAP, /* a cell per category (x) and series (y), coloured by value; few cells have it written in them */
};

enum panel_width { PANEL_SHARED, PANEL_FULL }; /* shares a row with its neighbours, or has one of its own */

/* One number of a series: of category i (bars, stacks), or at x (lines, points). */
struct plot_value {
    bool present; /* false: nothing is drawn */
    double x, y, low, high;
};

struct plot_series {
    const char *label; /* NULL: not in the legend */
    const struct plot_value *values;
    int count; /* bars, stacks and named points: one per category */
};

struct plot_panel {
    enum panel_kind kind;
    enum panel_width width;
    const char *title, *x_label, *y_label; /* NULL: none */
    const char *unit;                      /* of y, for the values above bars: "pps", "bit/s", "s", "" */
    double bands[2];                       /* PANEL_EQUAL: relative half-widths, the narrow one first */
    double limit;                          /* PANEL_POINTS: a line at this y; 0: none */
    int category_count;
    const char *const *categories;
    const char *const *notes; /* stacks: a text above each bar, or NULL */
    int series_count;
    const struct plot_series *series;
};

struct figure {
    const char *title;
    int panel_count;
    const struct plot_panel *panels;
};

/* Whether `file` could be drawn: its extension is known and gnuplot is there. To know before a long run. */
enum iop_status plot_check(const char *file, struct diag *diag);

enum iop_status plot_write(const struct figure *figure, const char *file, struct diag *diag);

/* The figure as an SVG element for an HTML page: without prolog, ids begin with `prefix`, which no other figure of the
 * page may have. */
enum iop_status plot_svg(const struct figure *figure, const char *prefix, FILE *out, struct diag *diag);

/* The gnuplot script of a figure, as plot_write feeds it, for the extension of `file`. */
enum iop_status plot_script(const struct figure *figure, const char *file, FILE *out, struct diag *diag);

/* From this ratio of the largest to the smallest value on, an axis is logarithmic. */
#define PLOT_LOG_RATIO 30.0

#endif
