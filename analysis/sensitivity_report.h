/* A sensitivity analysis as table, JSON, CSV and figure. */
#ifndef IOPATH_ANALYSIS_SENSITIVITY_REPORT_H
#define IOPATH_ANALYSIS_SENSITIVITY_REPORT_H

#include "analysis/report.h"
#include "analysis/sensitivity.h"

/* `about` says what was analysed: version, scenario, settings, content hash; its result is not used. */
enum iop_status sensitivity_table(const struct report *about, const struct sensitivity *sensitivity, FILE *out,
                                  struct diag *diag);
enum iop_status sensitivity_json(const struct report *about, const struct sensitivity *sensitivity, FILE *out,
                                 struct diag *diag);

/* One row per cost with indices, each with its whole context. */
enum iop_status sensitivity_csv(const struct report *about, const struct sensitivity *sensitivity, FILE *out,
                                struct diag *diag);

/* Bars of both indices of the costs that matter most, into a file that ends in .svg, .png or .pdf. */
enum iop_status sensitivity_plot(const struct report *about, const struct sensitivity *sensitivity, const char *file,
                                 struct diag *diag);

#endif
