#include "analysis/precision.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "models/result.h"

static const enum metric_kind counted[] = {METRIC_PPS,          METRIC_THROUGHPUT,  METRIC_IOPS,
                                           METRIC_TRANSACTIONS, METRIC_RTT_MEAN,    METRIC_LATENCY_MEAN,
                                           METRIC_LATENCY_P50,  METRIC_LATENCY_P90, METRIC_LATENCY_P99,
                                           METRIC_LATENCY_P999, METRIC_FORK_TIME,   METRIC_BOOT_TIME};

bool precision_counts(const char *name) {
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
        if (strcmp(metric_name(counted[i]), name) == 0) return true;
    size_t length = strlen(name); /* "cpu[dom0].cores" */
    return length > 6 && strcmp(name + length - 6, ".cores") == 0;
}

bool precision_reached(const struct interval *over, int replications, double precision) {
    if (replications < 2) return false;
    return (over->high - over->low) / 2 <= precision * fabs(over->mean);
}

int precision_next(int replications) {
    int next = replications + (replications + 1) / 2;
    if (next < 3) next = 3;
    return next < PRECISION_CAP ? next : PRECISION_CAP;
}
