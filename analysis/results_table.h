/* Kept results as a table: a row for each workload of each point, with its main metrics. */
#ifndef IOPATH_ANALYSIS_RESULTS_TABLE_H
#define IOPATH_ANALYSIS_RESULTS_TABLE_H

#include "analysis/results.h"

enum results_form { RESULTS_ALIGNED, RESULTS_CSV, RESULTS_JSON, RESULTS_HTML };

/* What points differ in, then rate, half-width of its interval, throughput, times and the CPUs that the whole machine
 * keeps busy. With `compared` also the ratio of the rate to that of pv, or else the first, among those that differ from
 * it in nothing but the mode. The aligned form has what all rows share above the table. */
enum iop_status results_table(const struct results *results, enum results_form form, bool compared, FILE *out,
                              struct diag *diag);

#endif
