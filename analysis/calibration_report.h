/* What a calibration found, for people and for programs. */
#ifndef IOPATH_ANALYSIS_CALIBRATION_REPORT_H
#define IOPATH_ANALYSIS_CALIBRATION_REPORT_H

#include <stdio.h>

#include "analysis/calibration.h"
#include "analysis/exit_counts.h"

struct calibration_report {
    const struct calibration *calibration;
    const struct calibration_data *data;
    const struct cost_set *base;
    const struct exit_counts *exits; /* NULL: none were given */
    const char *file;                /* that the cost set was written to */
};

enum iop_status calibration_report_table(const struct calibration_report *report, FILE *out, struct diag *diag);
enum iop_status calibration_report_json(const struct calibration_report *report, FILE *out, struct diag *diag);

/* "a", "a and b", "a, b and c": the costs of a group that the data cannot tell apart. */
void calibration_group_names(const struct calibration *calibration, int group, char *out, size_t size);

#endif
