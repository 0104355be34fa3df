/* Points with names, such as cost against latency. */
#include <math.h>

#include "analysis/plot_panel.h"

struct range {
    double least, most;
};

static void widen(struct range *range, double value) {
    if (!(value > 0)) return;
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

static void find_ranges(const struct plot_panel *panel, struct range *x, struct range *y) {
    *x = *y = (struct range){INFINITY, 0};
    for (int s = 0; s < panel->series_count; s++)
        for (int i = 0; i < panel->series[s].count; i++) {
            const struct plot_value *value = &panel->series[s].values[i];
            if (!plot_is_positive(value)) continue;
            widen(x, value->x);
            widen(y, value->y);
            widen(y, value->low);
            widen(y, value->high);
        }
    widen(y, panel->limit);
}

/* 1, 2 and 5 times the powers of ten, so that a range of less than one has tics. */
static void print_axis(char axis, const char *unit, struct range range, FILE *out) {
    static const double steps[] = {1, 2, 5};
    const struct plot_panel as = {.unit = unit};
    const char *separator = "";
    bool wide = range.most > 100 * range.least;
    fprintf(out, "set logscale %c\nset %crange [%g:%g]\nset %ctics (", axis, axis, range.least, range.most, axis);
    for (int e = (int)floor(log10(range.least)); pow(10, e) <= range.most; e++)
        for (int i = 0; i < (wide ? 1 : 3); i++) {
            double tic = steps[i] * pow(10, e);
            if (tic < range.least || tic > range.most) continue;
            fputs(separator, out);
            plot_tic(&as, tic, out);
            separator = ", ";
        }
    fputs(")\n", out);
}

static bool print_data(const struct plot_panel *panel, int number, int s, FILE *out) {
    const struct plot_series *series = &panel->series[s];
    bool any = false;
    fprintf(out, "$p%ds%d << END\n", number, s);
    for (int i = 0; i < series->count; i++) {
        const struct plot_value *value = &series->values[i];
        if (!plot_is_positive(value)) continue;
        any = true;
        plot_print_point(value, out);
        putc(' ', out);
        plot_quote(panel->categories[i], out);
        putc('\n', out);
    }
    fputs("END\n", out);
    return any;
}

void plot_points(const struct plot_panel *panel, int number, FILE *out) {
    struct range x, y;
    find_ranges(panel, &x, &y);
    if (x.most <= 0) return;
    print_axis('x', "", (struct range){x.least / 1.3, x.most * 1.6}, out); /* room for the names */
    print_axis('y', panel->unit, (struct range){y.least / 1.5, y.most * 1.5}, out);
    fputs("set grid xtics ytics lc '#dddddd' lt 1\nset key on outside bottom center horizontal samplen 2\n", out);
    static const double heights[] = {0.55, -0.55, 0};
    bool any[16] = {false};
    for (int s = 0; s < panel->series_count && s < 16; s++) any[s] = print_data(panel, number, s, out);
    fputs("plot ", out);
    const char *separator = "";
    if (panel->limit > 0) {
        fprintf(out, "%.17g with lines lc '#666666' dt 2 title ", panel->limit);
        plot_quote("objective", out);
        separator = ", ";
    }
    for (int s = 0; s < panel->series_count && s < 16; s++) {
        if (!any[s]) continue;
        fprintf(out, "%s$p%ds%d using 1:2:3:4 with yerrorbars lc '%s' pt %d ps 0.9 title ", separator, number, s,
                plot_line_colour(s), plot_point(s));
        plot_quote(panel->series[s].label, out);
        fprintf(out, ", $p%ds%d using 1:2:5 with labels left offset 0.8,%g font ',8' tc '#333333' notitle", number, s,
                heights[s % 3]); /* points of several series often coincide */
        separator = ", ";
    }
    putc('\n', out);
}
