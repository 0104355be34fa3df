/* One panel of a figure as gnuplot commands. */
#ifndef IOPATH_ANALYSIS_PLOT_PANEL_H
#define IOPATH_ANALYSIS_PLOT_PANEL_H

#include <stdio.h>

#include "analysis/plot.h"

/* `number` keeps the names of the panels' data blocks apart. */
void plot_panel(const struct plot_panel *panel, int number, FILE *out);

/* A gnuplot string literal; line breaks stay line breaks. NULL is the empty string. */
void plot_quote(const char *text, FILE *out);

/* Colour and gnuplot's point type of series `number`: distinct in colour and in grey. */
const char *plot_line_colour(int number);
int plot_point(int number);

/* On two logarithmic axes: whether a value can stand there; its x, y and the ends of its error bar. */
bool plot_is_positive(const struct plot_value *value);
void plot_print_point(const struct plot_value *value, FILE *out);

/* A tic's text and place, "1.5 M" 1500000, in the unit of the panel. */
void plot_tic(const struct plot_panel *panel, double value, FILE *out);

/* The commands of a PANEL_EQUAL, those that all panels share not included. */
void plot_equal(const struct plot_panel *panel, int number, FILE *out);
/* The same of a PANEL_POINTS, and of a PANEL_HEATMAP. */
void plot_points(const struct plot_panel *panel, int number, FILE *out);
void plot_heatmap(const struct plot_panel *panel, int number, FILE *out);

#endif
