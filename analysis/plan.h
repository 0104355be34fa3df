/* Which instances, how many, at what cost: a demand answered by simulation.
 *
 * For each allowed type and mode an instance, with those that the demand lets share its host (per_host, neighbours), is
 * searched for the highest load at which the objective is kept (analysis/capacity.h). As many instances as carry the
 * load of the last year with its headroom then share that load evenly, which is assumed to be possible, and one of them
 * is simulated under its share. If it breaks the objective there, a few more instances are tried, and then the option
 * is out. Options are ranked by cost, then by latency.
 *
 * A capacity has two kinds of intervals. That of the search is between a load at which replications show with 95 %
 * confidence that all limits are kept and one at which they do not. Where a far host could not send more than the wire
 * takes, and all of that is carried well, the capacity is what arrived, from the lower to the upper end of its 95 %
 * interval. With samples there is that of the costs as well (analysis/prediction.h): the search is repeated with costs
 * drawn from their ranges, and 90 % of what comes out lies in it. */
#ifndef IOPATH_ANALYSIS_PLAN_H
#define IOPATH_ANALYSIS_PLAN_H

#include <stdio.h>

#include "analysis/capacity.h"
#include "analysis/uncertainty.h"
#include "scenarios/demand.h"

enum plan_latency { PLAN_MEAN, PLAN_P50, PLAN_P90, PLAN_P99, PLAN_P999, PLAN_LATENCIES };

struct plan_option {
    struct instance_type type;
    enum mode mode;         /* MODE_NONE: there is none that it could run */
    int per_host;           /* instances that share a machine */
    double hour;            /* price of an instance */
    char reason[TEXT_MAX];  /* why it is not ranked; "": it is */
    struct capacity search; /* of one instance */
    /* of one instance, 1/s: the interval of the search, whose lower end is planned with */
    double capacity, capacity_high;
    struct uncertain_range predicted; /* the capacity's, by the costs; NAN without samples; low is 0 where no load kept
                                         the limits */
    double count, count_low, count_high; /* instances, whole numbers; of `predicted`, INFINITY for a capacity of 0 */
    double share;                        /* load of each, 1/s */
    double headroom;                     /* capacity of all beyond the load, relative to it */
    struct interval latency[PLAN_LATENCIES]; /* under its share, s; NAN: not observed */
    char bottleneck[NAME_MAX_BYTES * 2];     /* under its share */
    double utilization;                      /* of it */
};

struct plan {
    const struct demand *demand;
    enum workload_kind kind;
    double today, load;          /* all instances together, 1/s: now, and at the end of the years */
    double required;             /* the latter with headroom */
    enum plan_latency objective; /* by which equal costs are ranked: the demand's strictest percentile, or p99 */
    int samples;
    int count, ranked; /* those that are ranked come first, the cheapest at the top */
    struct plan_option *options;
};

/* All options, of which those that cannot be have their reason already. IOP_INVALID if none can. `demand` must outlive
 * the plan; plan_free is allowed either way. */
enum iop_status plan_make(const struct demand *demand, struct plan *plan, struct diag *diag);

/* Searches, counts and ranks; options are spread over the threads of `crew`, and what comes out does not depend on how
 * many there are. samples: of the costs' ranges, 0 for none. That no option is ranked is no failure. */
enum iop_status plan_run(struct plan *plan, int samples, const struct crew *crew, struct diag *diag);
void plan_free(struct plan *plan);

/* Cost of all instances of an option in an hour; a month has PLAN_MONTH_HOURS of them. */
double plan_cost(const struct plan_option *option);
#define PLAN_MONTH_HOURS 730.0

/* "latency_p99" */
const char *plan_latency_name(enum plan_latency latency);

/* An objective as a limit of a result. */
struct limit plan_limit(const struct demand_objective *objective);

/* All limits of a plan: the objective, and of what is lost at most 1 % where it does not say. Returns how many. */
int plan_limits(const struct plan *plan, struct limit limits[OBJECTIVES_MAX + 1]);

/* `version` of the program, for what programs read. */
enum iop_status plan_table(const struct plan *plan, FILE *out, struct diag *diag);
enum iop_status plan_json(const struct plan *plan, const char *version, FILE *out, struct diag *diag);
enum iop_status plan_csv(const struct plan *plan, const char *version, FILE *out, struct diag *diag);

/* Cost against latency, a point for each ranked option; IOP_INVALID where there is none. */
enum iop_status plan_plot(const struct plan *plan, const char *file, struct diag *diag);

#endif
