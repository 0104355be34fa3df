/* Points against the line of equality, such as predictions against measurements. */
#include <math.h>

#include "analysis/plot_panel.h"

struct range {
    double least, most;
};

static struct range extent(const struct plot_panel *panel) {
    struct range range = {INFINITY, 0};
    for (int s = 0; s < panel->series_count; s++)
        for (int i = 0; i < panel->series[s].count; i++) {
            const struct plot_value *value = &panel->series[s].values[i];
            if (!plot_is_positive(value)) continue;
            range.least = fmin(range.least, fmin(value->x, value->y));
            range.most = fmax(range.most, fmax(value->x, value->y));
        }
    return range;
}

static void print_axis(const struct plot_panel *panel, char axis, struct range range, FILE *out) {
    fprintf(out, "set logscale %c\nset %crange [%g:%g]\nset %ctics (", axis, axis, range.least, range.most, axis);
    const char *separator = "";
    int decades = (int)ceil(log10(range.most / range.least)), step = decades > 6 ? 2 : 1;
    for (int e = (int)ceil(log10(range.least)); pow(10, e) <= range.most; e += step, separator = ", ") {
        fputs(separator, out);
        plot_tic(panel, pow(10, e), out);
    }
    fputs(")\n", out);
}

static bool print_points(const struct plot_series *series, int number, int s, FILE *out) {
    bool any = false;
    fprintf(out, "$p%ds%d << END\n", number, s);
    for (int i = 0; i < series->count; i++) {
        const struct plot_value *value = &series->values[i];
        if (!plot_is_positive(value)) continue;
        any = true;
        plot_print_point(value, out);
        putc('\n', out);
    }
    fputs("END\n", out);
    return any;
}

void plot_equal(const struct plot_panel *panel, int number, FILE *out) {
    struct range range = extent(panel);
    if (range.most <= 0) return;
    range.least /= 2;
    range.most *= 2;
    print_axis(panel, 'x', range, out);
    print_axis(panel, 'y', range, out);
    fputs("set grid xtics ytics lc '#dddddd' lt 1\nset key on inside top left Left reverse samplen 1.5\n", out);
    bool any[16] = {false};
    for (int s = 0; s < panel->series_count && s < 16; s++) any[s] = print_points(&panel->series[s], number, s, out);
    const double narrow = 1 + panel->bands[0], wide = 1 + panel->bands[1];
    fprintf(out, "set samples 2\nplot '+' using 1:($1/%g):($1*%g) with filledcurves fc '#e8e8e8' title ", wide, wide);
    char label[32];
    snprintf(label, sizeof label, "%g %%", 100 * panel->bands[1]);
    plot_quote(label, out);
    fprintf(out, ", '+' using 1:($1/%g):($1*%g) with filledcurves fc '#c8c8c8' title ", narrow, narrow);
    snprintf(label, sizeof label, "%g %%", 100 * panel->bands[0]);
    plot_quote(label, out);
    fputs(", x with lines lc '#666666' notitle", out);
    for (int s = 0; s < panel->series_count && s < 16; s++) {
        if (!any[s]) continue;
        fprintf(out, ", $p%ds%d using 1:2:3:4 with yerrorbars lc '%s' pt %d ps 0.9 title ", number, s,
                plot_line_colour(s), plot_point(s));
        plot_quote(panel->series[s].label, out);
    }
    putc('\n', out);
}
