/* Results as one HTML page that needs nothing else: tables, figures as SVG inside of it, sources. Readable on paper. */
#ifndef IOPATH_ANALYSIS_HTML_REPORT_H
#define IOPATH_ANALYSIS_HTML_REPORT_H

#include <stdio.h>

#include "analysis/results.h"

/* For each file a section: of a store and of the JSON of run and compare what was run, the points with their main
 * metrics and intervals, figures, and the publications that the cost set cites; of a validation its rows, medians and
 * figure. `version` is of the program that writes the page. Figures need gnuplot: without it IOP_IO. */
enum iop_status html_report(const char *const *files, int count, const struct store_filter *filters, int filter_count,
                            const char *version, FILE *out, struct diag *diag);

#endif
