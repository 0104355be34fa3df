/* Measurements that costs are fitted to: a metric of a scenario and what was measured, row by row of a CSV file.
 *
 *     scenario   file, seen from the folder of the data, or a name of the catalog
 *     metric     contract path, such as guests[web].workloads[flood].pps
 *     value      what was measured, above 0
 *     unit       as in scenario files (scenarios/units.h); empty: a plain number, or 1/s
 *     weight     of the row's squared error, above 0; 1 when empty
 *     error      relative standard deviation of the value, such as 0.02 or 2 %; instead of weights
 *     source     row of the bibliography, or any text
 *     set        settings of this row: PATH=VALUE;PATH=VALUE
 *
 * A row may also be the time of a sum of costs (analysis/exit_counts.h); then no scenario is run for it. */
#ifndef IOPATH_ANALYSIS_CALIBRATION_DATA_H
#define IOPATH_ANALYSIS_CALIBRATION_DATA_H

#include <stdbool.h>

#include "models/costs.h"
#include "scenarios/scenario.h"
#include "scenarios/units.h"

enum { OBSERVED_COSTS_MAX = 3, CALIBRATION_ROWS_MAX = 10000 };

struct calibration_row {
    char id[TEXT_MAX]; /* "own.csv:3", or "exits HLT" */
    int line;          /* of the data file; 0: from elsewhere */
    int metric_column, unit_column;
    char scenario[TEXT_MAX]; /* as the data name it; "": the time of `costs`, at the base set's clock */
    char file[TEXT_MAX];     /* where it was found */
    char metric[PATH_TEXT_MAX];
    double measured; /* SI units */
    enum dimension dimension;
    double weight; /* of the squared error: 1 / error^2 where errors are given */
    char source[64];
    int setting_count;
    struct setting *settings;
    int cost_count;
    enum cost costs[OBSERVED_COSTS_MAX];
};

struct calibration_data {
    char path[TEXT_MAX];
    bool has_errors; /* weights are 1 / error^2 */
    int count, room;
    struct calibration_row *rows;
};

/* An empty path gives no rows. On failure the data are empty; the message says file:line:column. */
enum iop_status calibration_data_read(const char *path, struct calibration_data *data, struct diag *diag);

/* Appends a copy of `row`, whose settings it takes over. */
enum iop_status calibration_data_add(struct calibration_data *data, const struct calibration_row *row,
                                     struct diag *diag);
void calibration_data_free(struct calibration_data *data);

#endif
