/* A plane of cells whose colour is the value, such as a rate over two swept keys.
 *
 * The palette is cividis (J. R. Nunez, C. R. Anderton, R. S. Renslow, PLoS ONE 13(7), 2018, e0199239): even steps of
 * perceived lightness, so that it reads the same in grey and to readers who see fewer colours. */
#include <math.h>
#include <string.h>

#include "analysis/plot_panel.h"
#include "analysis/units.h"

enum { CELLS_WITH_TEXT = 80 }; /* more of them are too small to read */

static const char palette[] =
    "set palette defined (0 '#00224e', 1 '#123570', 2 '#3b496c', 3 '#575d6d', 4 '#707173', 5 '#8a8678', 6 '#a59c74', "
    "7 '#c3b369', 8 '#e1cc55', 9 '#fee838')\n";

struct scale {
    double least, most;
    bool logarithmic;
};

static struct scale scale_of(const struct plot_panel *panel) {
    struct scale scale = {INFINITY, -INFINITY, false};
    for (int s = 0; s < panel->series_count; s++)
        for (int i = 0; i < panel->category_count; i++) {
            const struct plot_value *value = &panel->series[s].values[i];
            if (!value->present) continue;
            scale.least = fmin(scale.least, value->y);
            scale.most = fmax(scale.most, value->y);
        }
    scale.logarithmic = scale.least > 0 && scale.most > PLOT_LOG_RATIO * scale.least;
    return scale;
}

/* 0 to 1: darkest to lightest. */
static double lightness(const struct scale *scale, double value) {
    if (!(scale->most > scale->least)) return 1;
    if (scale->logarithmic) return log(value / scale->least) / log(scale->most / scale->least);
    return (value - scale->least) / (scale->most - scale->least);
}

static void print_names(const struct plot_panel *panel, FILE *out) {
    fputs("set xtics scale 0 (", out);
    for (int i = 0; i < panel->category_count; i++) {
        fputs(i > 0 ? ", " : "", out);
        plot_quote(panel->categories[i], out);
        fprintf(out, " %d", i);
    }
    fprintf(out, ")\nset xrange [-0.5:%g]\nset ytics scale 0 (", panel->category_count - 0.5);
    for (int s = 0; s < panel->series_count; s++) {
        fputs(s > 0 ? ", " : "", out);
        plot_quote(panel->series[s].label, out);
        fprintf(out, " %d", s);
    }
    fprintf(out, ")\nset yrange [-0.5:%g]\n", panel->series_count - 0.5);
}

/* Five tics, as the values are written elsewhere. */
static void print_scale(const struct plot_panel *panel, const struct scale *scale, FILE *out) {
    double most = scale->most > scale->least ? scale->most : scale->least + fmax(fabs(scale->least), 1) * 1e-6;
    fprintf(out, "%s logscale cb\nset cbrange [%.17g:%.17g]\nset cbtics (", scale->logarithmic ? "set" : "unset",
            scale->least, most);
    for (int i = 0; i < 5; i++) {
        double share = i / 4.0;
        double value = scale->logarithmic ? scale->least * pow(most / scale->least, share)
                                          : scale->least + (most - scale->least) * share;
        fputs(i > 0 ? ", " : "", out);
        plot_tic(panel, value, out);
    }
    fputs(")\n", out);
}

static void print_cells(const struct plot_panel *panel, int number, FILE *out) {
    fprintf(out, "$p%dcells << END\n", number);
    for (int s = 0; s < panel->series_count; s++)
        for (int i = 0; i < panel->category_count; i++) {
            const struct plot_value *value = &panel->series[s].values[i];
            if (value->present)
                fprintf(out, "%d %d %g %g %g %g %.17g\n", i, s, i - 0.5, i + 0.5, s - 0.5, s + 0.5, value->y);
        }
    fputs("END\n", out);
}

/* Light text on dark cells, dark text on light ones. */
static void print_texts(const struct plot_panel *panel, const struct scale *scale, FILE *out) {
    if (panel->series_count * panel->category_count > CELLS_WITH_TEXT) return;
    for (int s = 0; s < panel->series_count; s++)
        for (int i = 0; i < panel->category_count; i++) {
            const struct plot_value *value = &panel->series[s].values[i];
            char text[UNITS_TEXT];
            if (!value->present) continue;
            bool seconds = strcmp(panel->unit, "s") == 0;
            fputs("set label ", out);
            plot_quote(seconds ? units_time(value->y, text) : units_si(value->y, "", text), out);
            fprintf(out, " at %d,%d center front font ',9' tc rgb '%s'\n", i, s,
                    lightness(scale, value->y) < 0.5 ? "#ffffff" : "#000000");
        }
}

void plot_heatmap(const struct plot_panel *panel, int number, FILE *out) {
    struct scale scale = scale_of(panel);
    if (scale.least > scale.most) return;
    fputs("unset grid\n", out);
    fputs(palette, out);
    print_names(panel, out);
    print_scale(panel, &scale, out);
    print_cells(panel, number, out);
    print_texts(panel, &scale, out);
    fprintf(out, "plot $p%dcells using 1:2:3:4:5:6:7 with boxxyerror fs solid noborder lc palette notitle\n", number);
}
