#include "analysis/plot_panel.h"

#include <math.h>
#include <string.h>

#include "analysis/units.h"

/* Okabe-Ito and darker kin. Light colours are filled, dark ones take turns between filled and hatched, so
 * that neighbours differ in lightness or in texture when printed in grey. */
static const struct fill {
    const char *colour;
    int pattern; /* gnuplot's: 3 filled, 1 crossed, 2 dense, 4 to 7 hatched */
} fills[] = {
    {"#0072b2", 3}, {"#e69f00", 3}, {"#007a59", 1}, {"#d55e00", 6}, {"#56b4e9", 3}, {"#9a3b73", 5},
    {"#f0e442", 3}, {"#333333", 4}, {"#005e45", 3}, {"#0072b2", 2}, {"#d55e00", 3}, {"#6b4a00", 1},
    {"#cc79a7", 3}, {"#004469", 4}, {"#999999", 2}, {"#dddddd", 3},
};
enum { FILL_COUNT = sizeof fills / sizeof fills[0] };
/* Lines have no texture but dashes and point shapes: only colours that are not too light. */
static const char *const line_colours[] = {"#0072b2", "#e69f00", "#007a59", "#d55e00", "#56b4e9", "#9a3b73", "#333333"};
enum { LINE_COLOUR_COUNT = sizeof line_colours / sizeof line_colours[0] };
static const int points[] = {7, 5, 9, 13, 11, 6, 4, 8};

const char *plot_line_colour(int number) { return line_colours[number % LINE_COLOUR_COUNT]; }

int plot_point(int number) { return points[number % 8]; }

void plot_quote(const char *text, FILE *out) {
    putc('"', out);
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '\n')
            fputs("\\n", out);
        else if ((unsigned char)*text < ' ')
            putc(' ', out);
        else {
            if (*text == '"' || *text == '\\') putc('\\', out);
            putc(*text, out);
        }
    }
    putc('"', out);
}

struct extent {
    double least, most; /* of the values above 0; least > most: there are none */
};

static struct extent y_extent(const struct plot_panel *panel) {
    struct extent extent = {INFINITY, 0};
    for (int s = 0; s < panel->series_count; s++)
        for (int i = 0; i < panel->series[s].count; i++) {
            const struct plot_value *value = &panel->series[s].values[i];
            if (!value->present || value->y <= 0) continue;
            extent.least = fmin(extent.least, value->y);
            extent.most = fmax(extent.most, fmax(value->y, value->high));
        }
    return extent;
}

static int is_logarithmic(const struct extent *extent) { return extent->most > PLOT_LOG_RATIO * extent->least; }

/* The distance of about five tics, of the form 1, 2 or 5 times a power of ten. */
static double tic_step(double most) {
    double step = pow(10, floor(log10(most / 5)));
    if (most / step > 25) return 10 * step;
    return most / step > 12 ? 5 * step : most / step > 6 ? 2 * step : step;
}

bool plot_is_positive(const struct plot_value *value) { return value->present && value->x > 0 && value->y > 0; }

void plot_print_point(const struct plot_value *value, FILE *out) {
    double low = value->low > 0 ? value->low : value->y, high = fmax(value->high, value->y);
    fprintf(out, "%.17g %.17g %.17g %.17g", value->x, value->y, low, high);
}

/* "1.50 M" as a tic is "1.5 M". */
void plot_tic(const struct plot_panel *panel, double value, FILE *out) {
    char text[UNITS_TEXT], number[UNITS_TEXT];
    if (strcmp(panel->unit, "s") == 0)
        units_time(value, text);
    else
        units_si(value, "", text);
    size_t digits = strcspn(text, " "), kept = digits;
    if (memchr(text, '.', digits) != NULL) {
        while (text[kept - 1] == '0') kept--;
        if (text[kept - 1] == '.') kept--;
    }
    snprintf(number, sizeof number, "%.*s%s", (int)kept, text, text + digits);
    fprintf(out, "\"%s\" %.12g", number, value);
}

static void print_tic(const struct plot_panel *panel, double value, int *printed, FILE *out) {
    if ((*printed)++ > 0) fputs(", ", out);
    plot_tic(panel, value, out);
}

/* Labels are written here and not by gnuplot, which cannot say "1.5 M" and "20 us". */
static void print_y_axis(const struct plot_panel *panel, const struct extent *extent, double room, FILE *out) {
    int printed = 0;
    if (extent->most <= 0 || extent->least > extent->most) {
        fputs("unset logscale y\nset yrange [0:1]\n", out);
        return;
    }
    bool logarithmic = is_logarithmic(extent);
    double low = logarithmic ? extent->least / 3 : 0;
    double high = logarithmic ? extent->most * pow(extent->most / low, room) : extent->most * (1 + room);
    fprintf(out, "%s logscale y\nset yrange [%g:%g]\nset ytics (", logarithmic ? "set" : "unset", low, high);
    if (logarithmic)
        for (double tic = pow(10, ceil(log10(low))); tic <= high; tic *= 10) print_tic(panel, tic, &printed, out);
    else
        for (int i = 0; i * tic_step(extent->most) <= high; i++)
            print_tic(panel, i * tic_step(extent->most), &printed, out);
    fputs(")\n", out);
}

static void print_common(const struct plot_panel *panel, FILE *out) {
    fputs("set border 3 lc '#444444'\nset tics nomirror out\nset grid ytics lc '#dddddd' lt 1\n", out);
    fputs("set title ", out);
    plot_quote(panel->title, out);
    fputs("\nset xlabel ", out);
    plot_quote(panel->x_label, out);
    fputs("\nset ylabel ", out);
    plot_quote(panel->y_label, out);
    fputs("\nset key off\n", out);
}

static void print_categories(const struct plot_panel *panel, FILE *out) {
    fputs("set xtics scale 0 (", out);
    for (int i = 0; i < panel->category_count; i++) {
        if (i > 0) fputs(", ", out);
        plot_quote(panel->categories[i], out);
        fprintf(out, " %d", i);
    }
    fprintf(out, ")\nset xrange [-0.6:%g]\n", panel->category_count - 0.4);
}

/* Many or long names do not fit side by side. */
static void rotate_categories(const struct plot_panel *panel, FILE *out) {
    size_t letters = 0;
    for (int i = 0; i < panel->category_count; i++) {
        size_t own = strcspn(panel->categories[i], "\n");
        if (own > letters) letters = own;
    }
    size_t room = panel->width == PANEL_FULL ? 110 : 42;
    if (letters * (size_t)panel->category_count > room) fputs("set xtics rotate by 35 right\n", out);
}

static const char *value_text(const struct plot_panel *panel, double value, char out[UNITS_TEXT]) {
    if (strcmp(panel->unit, "s") == 0) return units_time(value, out);
    return units_si(value, "", out);
}

static void print_bar_data(const struct plot_panel *panel, int number, FILE *out) {
    double step = 0.8 / panel->series_count;
    for (int s = 0; s < panel->series_count; s++) {
        fprintf(out, "$p%ds%d << END\n", number, s);
        for (int i = 0; i < panel->series[s].count; i++) {
            const struct plot_value *value = &panel->series[s].values[i];
            double x = i - 0.4 + step * (s + 0.5);
            char text[UNITS_TEXT];
            if (!value->present || value->y <= 0) continue;
            double low = value->low > 0 ? value->low : value->y * 1e-3;
            fprintf(out, "%.6g %.17g %.17g %.17g \"%s\"\n", x, value->y, low, value->high,
                    value_text(panel, value->y, text));
        }
        fputs("END\n", out);
    }
}

/* gnuplot refuses to plot a data block without a row. */
static int has_rows(const struct plot_series *series) {
    for (int i = 0; i < series->count; i++)
        if (series->values[i].present && series->values[i].y > 0) return 1;
    return 0;
}

/* Error bars and values come after all bars, so that no neighbour covers them. */
static void print_bar_marks(const struct plot_panel *panel, int number, FILE *out) {
    const char *style = panel->series_count * panel->category_count > 8 ? "rotate by 90 left offset 0,0.5 font ',8'"
                                                                        : "offset 0,0.6 font ',9'";
    for (int s = 0; s < panel->series_count; s++) {
        if (!has_rows(&panel->series[s])) continue;
        fprintf(out,
                ", $p%ds%d using 1:3:(0):($4-$3) with vectors heads size graph 0.012,90 lc '#222222' lw 1.2 notitle",
                number, s);
        fprintf(out, ", $p%ds%d using 1:4:5 with labels %s notitle", number, s, style);
    }
}

static void print_bars(const struct plot_panel *panel, int number, FILE *out) {
    struct extent extent = y_extent(panel);
    print_categories(panel, out);
    rotate_categories(panel, out);
    print_y_axis(panel, &extent, panel->series_count * panel->category_count > 8 ? 0.25 : 0.15, out);
    fprintf(out, "set boxwidth %g\n", 0.8 / panel->series_count * 0.92);
    if (panel->series_count > 1) fputs("set key on outside bottom center horizontal samplen 2\n", out);
    print_bar_data(panel, number, out);
    const char *separator = "plot ";
    for (int s = 0; s < panel->series_count; s++) {
        if (!has_rows(&panel->series[s])) continue;
        fprintf(out, "%s$p%ds%d using 1:2 with boxes fs ", separator, number, s);
        if (panel->series_count > 1)
            fprintf(out, "pattern %d", fills[s % FILL_COUNT].pattern);
        else
            fputs("solid 0.85", out);
        fprintf(out, " border lc '#222222' lc '%s' title ", fills[s % FILL_COUNT].colour);
        plot_quote(panel->series[s].label, out);
        separator = ", ";
    }
    print_bar_marks(panel, number, out);
    putc('\n', out);
}

static void print_line_data(const struct plot_panel *panel, int number, FILE *out) {
    for (int s = 0; s < panel->series_count; s++) {
        fprintf(out, "$p%ds%d << END\n", number, s);
        for (int i = 0; i < panel->series[s].count; i++) {
            const struct plot_value *value = &panel->series[s].values[i];
            if (value->present && value->y > 0)
                fprintf(out, "%.17g %.17g %.17g %.17g\n", value->x, value->y,
                        value->low > 0 ? value->low : value->y * 1e-3, value->high);
        }
        fputs("END\n", out);
    }
}

static const struct plot_series *longest_series(const struct plot_panel *panel) {
    const struct plot_series *longest = &panel->series[0];
    for (int s = 0; s < panel->series_count; s++)
        if (panel->series[s].count > longest->count) longest = &panel->series[s];
    return longest;
}

/* Where a value stands on the axis, from 0 to 1. */
static double x_position(double x, double least, double most, bool logarithmic) {
    if (most <= least) return 0;
    return logarithmic ? log(x / least) / log(most / least) : (x - least) / (most - least);
}

static void print_x_tic(double x, bool labelled, FILE *out) {
    char text[UNITS_TEXT] = "";
    if (labelled && fabs(x) < 100000 && x == floor(x))
        snprintf(text, sizeof text, "%g", x); /* 1514 B, not 1.51 kB */
    else if (labelled)
        units_si(x, "", text);
    fprintf(out, "\"%s\" %.17g", text, x);
}

/* Tics stand at the swept values themselves: they are few, and they are what was simulated. Labels that
 * would run into the next one to the right are left out. */
static void print_x_axis(const struct plot_panel *panel, FILE *out) {
    const struct plot_series *series = longest_series(panel);
    const double room = 0.14;
    double least = INFINITY, most = -INFINITY, next = INFINITY;
    for (int i = 0; i < series->count; i++) {
        least = fmin(least, series->values[i].x);
        most = fmax(most, series->values[i].x);
    }
    bool logarithmic = least > 0 && most > 8 * least;
    fputs("set xtics (", out);
    for (int i = series->count - 1; i >= 0; i--) {
        double position = x_position(series->values[i].x, least, most, logarithmic);
        bool labelled = fabs(next - position) >= room;
        if (labelled) next = position;
        print_x_tic(series->values[i].x, labelled, out);
        if (i > 0) fputs(", ", out);
    }
    fputs(")\n", out);
    double margin = 0.05 * (most - least) + 1e-9;
    if (logarithmic)
        fprintf(out, "set logscale x\nset xrange [%g:%g]\n", least / 1.2, most * 1.2);
    else
        fprintf(out, "set xrange [%g:%g]\n", least - margin, most + margin);
}

static void print_lines(const struct plot_panel *panel, int number, FILE *out) {
    struct extent extent = y_extent(panel);
    print_x_axis(panel, out);
    print_y_axis(panel, &extent, 0.1, out);
    fputs("set key on outside bottom center horizontal samplen 4\n", out);
    print_line_data(panel, number, out);
    const char *separator = "plot ";
    for (int s = 0; s < panel->series_count; s++) {
        if (!has_rows(&panel->series[s])) continue;
        fprintf(out, "%s$p%ds%d using 1:2:3:4 with yerrorlines lc '%s' lw 2 dt %d pt %d ps 0.9 title ", separator,
                number, s, plot_line_colour(s), s % 5 + 1, plot_point(s));
        plot_quote(panel->series[s].label, out);
        separator = ", ";
    }
    putc('\n', out);
}

static double stack_height(const struct plot_panel *panel, int category) {
    double height = 0;
    for (int s = 0; s < panel->series_count; s++)
        if (panel->series[s].values[category].present) height += panel->series[s].values[category].y;
    return height;
}

static void print_stack_data(const struct plot_panel *panel, int number, FILE *out) {
    for (int s = 0; s < panel->series_count; s++) {
        fprintf(out, "$p%ds%d << END\n", number, s);
        for (int i = 0; i < panel->category_count; i++) {
            double below = 0;
            for (int t = 0; t < s; t++)
                if (panel->series[t].values[i].present) below += panel->series[t].values[i].y;
            const struct plot_value *value = &panel->series[s].values[i];
            if (value->present && value->y > 0)
                fprintf(out, "%d %.17g %g %g %.17g %.17g\n", i, below, i - 0.35, i + 0.35, below, below + value->y);
        }
        fputs("END\n", out);
    }
    fprintf(out, "$p%dtop << END\n", number);
    for (int i = 0; panel->notes != NULL && i < panel->category_count; i++) {
        fprintf(out, "%d %.17g ", i, stack_height(panel, i));
        plot_quote(panel->notes[i], out);
        putc('\n', out);
    }
    fputs("END\n", out);
}

static void print_stack(const struct plot_panel *panel, int number, FILE *out) {
    struct extent extent = {1, 0};
    for (int i = 0; i < panel->category_count; i++) extent.most = fmax(extent.most, stack_height(panel, i));
    extent.least = extent.most; /* a stack starts at 0: never logarithmic */
    print_categories(panel, out);
    rotate_categories(panel, out);
    print_y_axis(panel, &extent, 0.1, out);
    fputs("set key on outside right center vertical reverse Left samplen 2 spacing 1.15 invert\n", out);
    print_stack_data(panel, number, out);
    const char *separator = "plot ";
    for (int s = 0; s < panel->series_count; s++) {
        if (!has_rows(&panel->series[s])) continue;
        fprintf(out, "%s$p%ds%d using 1:2:3:4:5:6 with boxxyerror fs pattern %d border lc '#222222' lc '%s' title ",
                separator, number, s, fills[s % FILL_COUNT].pattern, fills[s % FILL_COUNT].colour);
        plot_quote(panel->series[s].label, out);
        separator = ", ";
    }
    if (panel->notes != NULL) fprintf(out, ", $p%dtop using 1:2:3 with labels offset 0,0.7 notitle", number);
    putc('\n', out);
}

void plot_panel(const struct plot_panel *panel, int number, FILE *out) {
    print_common(panel, out);
    if (panel->kind == PANEL_BARS) print_bars(panel, number, out);
    if (panel->kind == PANEL_LINES) print_lines(panel, number, out);
    if (panel->kind == PANEL_STACK) print_stack(panel, number, out);
    if (panel->kind == PANEL_EQUAL) plot_equal(panel, number, out);
    if (panel->kind == PANEL_POINTS) plot_points(panel, number, out);
    if (panel->kind == PANEL_HEATMAP) plot_heatmap(panel, number, out);
}
