/* One panel of a figure as gnuplot commands. */
#ifndef IOPATH_ANALYSIS_PLOT_PANEL_H
#define IOPATH_ANALYSIS_PLOT_PANEL_H

#include <stdio.h>

#include "analysis/plot.h"

/* `number` keeps the names of the panels' data blocks apart. */
void plot_panel(const struct plot_panel *panel, int number, FILE *out);

/* A gnuplot string literal; line breaks stay line breaks. NULL is the empty string. */
void plot_quote(const char *text, FILE *out);

#endif
