/* One result with what it came from, and the three forms it is reported in.
 *
 * The writers print into the caller's stream and leave its error state to the caller. */
#ifndef IOPATH_ANALYSIS_REPORT_H
#define IOPATH_ANALYSIS_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "analysis/expectation.h"
#include "analysis/uncertainty.h"
#include "scenarios/scenario.h"

struct report {
    const char *version; /* of the program */
    const struct scenario *scenario;
    const struct setting *settings; /* applied to the scenario file: --set, then swept values */
    int setting_count;
    uint64_t content_hash;
    const struct experiment_result *result;
    const double *bases; /* of the expectations (analysis/expectation.h); NULL: only absolute ones are shown */
    const struct uncertainty *uncertainty; /* of the result; NULL: not asked for */
};

/* For a terminal: what was run, each workload, losses, CPU by domain, rates, bottleneck, bounds, checks. */
enum iop_status report_table(const struct report *report, FILE *out, struct diag *diag);

/* The contract's result JSON. */
enum iop_status report_json(const struct report *report, FILE *out, struct diag *diag);

/* The same as a value, for larger documents. NULL when out of memory. */
struct json_t *report_to_json(const struct report *report);

/* The prediction interval of estimate `index` of the result; NULL when there is none. */
const struct uncertain_range *report_range(const struct report *report, int index);

/* How expectation `index` of the scenario turned out; false when there is nothing to compare. */
bool report_outcome(const struct report *report, int index, struct outcome *outcome);

/* One row per metric, each with its whole context. `replication` is "all": rows are means over all of
 * them. `swept` holds the settings as PATH=VALUE, joined by semicolons. Rows of a
 * report with prediction intervals have three columns more, whose heading the second one has. */
void report_csv_heading(FILE *out);
void report_csv_heading_uncertain(FILE *out);
void report_csv_rows(const struct report *report, FILE *out);

/* The column `swept` alone, cut where it does not fit. */
void report_swept(const struct report *report, char *out, size_t size);

#endif
