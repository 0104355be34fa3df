/* What came of a fleet, for people (tables), programs (JSON, CSV) and as a figure.
 *
 * CSV has rows of one kind: of flows, of instances, of resources, of racks or of epochs. */
#ifndef IOPATH_ANALYSIS_FLEET_REPORT_H
#define IOPATH_ANALYSIS_FLEET_REPORT_H

#include <stdio.h>

#include "analysis/fleet_demands.h"
#include "analysis/fleet_result.h"
#include "analysis/fleet_upgrade.h"
#include "analysis/table.h"

enum fleet_rows {
    FLEET_ROWS_FLOWS,
    FLEET_ROWS_INSTANCES,
    FLEET_ROWS_RESOURCES,
    FLEET_ROWS_RACKS,
    FLEET_ROWS_EPOCHS,
    FLEET_ROWS_COUNT
};
extern const char *const fleet_rows_names[FLEET_ROWS_COUNT];

struct fleet_report {
    const char *version; /* of the program */
    const struct fleet_scenario *scenario;
    const struct fleet_probes *probes;
    const struct fleet_result *result;
    int upgrade_count;
    const struct fleet_upgrade_outcome *upgrades; /* upgrade_count + 1: without any, then each by itself */
};

enum iop_status fleet_report_table(const struct fleet_report *report, FILE *out, struct diag *diag);
enum iop_status fleet_report_json(const struct fleet_report *report, FILE *out, struct diag *diag);
enum iop_status fleet_report_csv(const struct fleet_report *report, enum fleet_rows rows, FILE *out, struct diag *diag);

/* A heat map of racks over time: CPUs, the busiest part of a host, the uplink. */
enum iop_status fleet_report_plot(const struct fleet_report *report, const char *file, struct diag *diag);

/* The rows of one kind, resources fullest first; NULL: out of memory. table_free(). */
struct table *fleet_rows(const struct fleet_report *report, enum fleet_rows rows);

/* Resources in the order of how long they were full, then how much they were used; those that were used at all.
 * Returns their number; free(*order). -1: out of memory. */
int fleet_rank(const struct fleet_result *result, int **order);

#endif
