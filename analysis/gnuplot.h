/* Runs gnuplot on a script, without a shell. */
#ifndef IOPATH_ANALYSIS_GNUPLOT_H
#define IOPATH_ANALYSIS_GNUPLOT_H

#include <stdio.h>

#include "sim/diag.h"

/* Whether a gnuplot can be started. */
enum iop_status gnuplot_check(struct diag *diag);

/* Feeds `script` (a file open for reading, at its start) and sends the figure to `out`. What gnuplot
 * complains about ends up in the diag. */
enum iop_status gnuplot_run(FILE *script, FILE *out, struct diag *diag);

#endif
