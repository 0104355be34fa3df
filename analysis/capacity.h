/* The highest load of a workload at which a result keeps its limits.
 *
 * The offered load is the rate of one workload, all else stays as it is. The search begins a little above the
 * operational bound (model_bounds) and halves the load until the limits are kept, so that it finds the highest such
 * region even where low loads have longer latencies; then it bisects on a logarithmic scale. At each load replications
 * are added until the 95 % interval of every limited metric lies on one side of its limit; limits that are still
 * undecided after CAPACITY_REPLICATIONS count as not kept, and the result says so.
 * (A test that looks several times errs more often than one that looks once; what it says near the limit has less than
 * 95 % confidence.) All loads see the same random numbers.
 *
 * A limit of lost holds in any case, 1 % unless another one is given: beyond what it can deliver a path has no load. */
#ifndef IOPATH_ANALYSIS_CAPACITY_H
#define IOPATH_ANALYSIS_CAPACITY_H

#include <stdio.h>

#include "analysis/experiment.h"
#include "analysis/limit.h"
#include "analysis/report.h"
#include "scenarios/scenario.h"

enum { LIMITS_MAX = 8, CAPACITY_REPLICATIONS = 60 };

struct capacity_load {
    double offered; /* the workload's rate, 1/s; 0: no such load was met */
    bool undecided; /* the replications allowed did not tell on which side of a limit it is */
    int replications;
    struct interval delivered;           /* 1/s; NAN where nothing was */
    struct interval limited[LIMITS_MAX]; /* the metric of each limit; NAN: not observed, which breaks it */
    char bottleneck[NAME_MAX_BYTES * 2];
    double utilization; /* of it */
};

enum capacity_outcome {
    CAPACITY_UNKNOWN, /* something failed */
    CAPACITY_FOUND,
    CAPACITY_NEVER_KEPT,  /* no load keeps the limits */
    CAPACITY_ALWAYS_KEPT, /* the load has no effect on them */
};

struct capacity {
    enum capacity_outcome outcome;
    int guest, workload; /* whose rate is searched */
    int limit_count;
    struct limit limits[LIMITS_MAX];   /* as asked, then the one of lost if it was not */
    double bound;                      /* what operational analysis allows, 1/s */
    double precision;                  /* relative, of the bracket */
    int loads;                         /* tried */
    struct capacity_load kept, broken; /* the highest that keeps the limits, the lowest above it that does not */
};

struct capacity_request {
    const char
        *load; /* "offered_pps" or "rate": of the first workload; guests[G].workloads[W] before it: of that one */
    int limit_count;
    const struct limit *limits;
    double precision; /* 0: that of the scenario's run, or 1 % */
    int together;     /* guests from that of the load on whose workload of the same number has the same rate, as copies
                         of a guest have; 0 and 1: it alone */
};

/* IOP_INVALID: the workload has no rate that could be searched, or a limit's metric is not in its results.
 * IOP_CHECK_FAILED: no load keeps the limits, or every load does; `capacity` then has the loads that say so, and the
 * message names the limit. `crew` is for the replications of each load. */
enum iop_status capacity_find(const struct scenario *scenario, const struct capacity_request *request,
                              const struct crew *crew, struct capacity *capacity, struct diag *diag);

/* The two loads with all limited metrics. `report` has the context; its result is not looked at. */
enum iop_status capacity_table(const struct report *report, const struct capacity *capacity, FILE *out,
                               struct diag *diag);
enum iop_status capacity_json(const struct report *report, const struct capacity *capacity, FILE *out,
                              struct diag *diag);
enum iop_status capacity_csv(const struct report *report, const struct capacity *capacity, FILE *out,
                             struct diag *diag);

#endif
