/* A limit that a result has to keep: "latency_p99 <= 500 us". */
#ifndef IOPATH_ANALYSIS_LIMIT_H
#define IOPATH_ANALYSIS_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/student.h"
#include "scenarios/scenario.h"
#include "sim/diag.h"

enum limit_relation { LIMIT_BELOW, LIMIT_AT_MOST, LIMIT_ABOVE, LIMIT_AT_LEAST };

struct limit {
    char metric[PATH_TEXT_MAX]; /* a contract path, the name of a metric of the workload in question, or "lost" */
    enum limit_relation relation;
    double value; /* SI base unit of the metric; of lost a share */
};

/* The name of the share of what a workload offers that is not delivered: no metric of the model, which counts where
 * losses happen. */
#define LIMIT_LOST "lost"

/* Reads METRIC < QUANTITY, <=, > or >=. Metric and unit are checked here; whether a result has the metric is not. */
enum iop_status limit_parse(const char *text, struct limit *limit, struct diag *diag);

/* "<", "<=", ">", ">=" */
const char *limit_relation_text(enum limit_relation relation);

/* Unit of a limit's metric as in the metric table: "s", "1/s", "bit/s", "1". */
const char *limit_unit(const struct limit *limit);

/* "latency_p99 <= 500 us" */
void limit_text(const struct limit *limit, char *out, size_t size);

/* On which side of its limit a metric is, as far as the interval of its mean can tell. */
enum limit_side { LIMIT_KEPT, LIMIT_BROKEN, LIMIT_UNDECIDED };
enum limit_side limit_judge(const struct limit *limit, const struct interval *over);

#endif
