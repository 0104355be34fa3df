/* One workload over modes, instance types and the values of the scenario's sweep, side by side.
 *
 * The points are the cartesian product, modes fastest. Mode and instance apply to all guests of the file,
 * and the host follows the instance type. Every point is a scenario of its own, read again with its
 * settings; what cannot exist (SR-IOV on m1) is kept with the reason and not run, what a condition of the scenario's
 * `only` leaves out is not there. A range counts by its steps; a `design` is of no concern here. All points run under
 * the same seeds, so that two modes see the same random numbers. */
#ifndef IOPATH_ANALYSIS_COMPARISON_H
#define IOPATH_ANALYSIS_COMPARISON_H

#include "analysis/experiment.h"
#include "analysis/report.h"
#include "scenarios/scenario.h"

struct comparison_request {
    const char *file;
    const struct setting *settings; /* of the command line, for all points */
    int setting_count;
    int mode_count;
    const enum mode *modes; /* none: all modes there are, unless the sweep sets them */
    int instance_count;
    const char *const *instances;                       /* none: as in the file */
    void (*adjust)(void *user, struct run_config *run); /* --seed and the like; may be NULL */
    void *adjust_user;
};

struct comparison_point {
    struct setting *settings; /* all of this point, those for every point first */
    int setting_count;
    int own_first;            /* index of the first setting that is not for every point */
    const char **axis_values; /* one per sweep axis; texts of the base scenario */
    const char *mode;
    char instance[CATALOG_NAME_MAX]; /* "": a guest of a made-up size */
    struct scenario *scenario;       /* NULL: does not exist */
    char reason[512];                /* why it does not */
    uint64_t content_hash;
    bool ran;
    struct experiment_result result;
    int reference; /* point whose rate is 1.0 in the ratios: same but for the mode; -1 if it did not run */
};

struct comparison {
    struct scenario *base; /* without modes, instances and swept values */
    int count;
    struct comparison_point *points;
};

/* Reads and checks all points. IOP_INVALID if none of them exists. */
enum iop_status comparison_plan(const struct comparison_request *request, struct comparison *comparison,
                                struct diag *diag);

/* Runs the points that exist, each a task of the crew. IOP_CHECK_FAILED comes with complete results. */
enum iop_status comparison_run(struct comparison *comparison, const struct crew *crew, struct diag *diag);
void comparison_free(struct comparison *comparison);

/* A point's workloads in one number each, sums over guests for rates, the worst for latencies. */
struct comparison_summary {
    bool has_pps, has_throughput, has_transactions, has_iops, has_latency, has_rtt;
    struct interval pps, throughput, transactions, iops; /* intervals only when one workload has them */
    struct interval latency;                             /* mean; of transactions the round trip */
    double p50, p99;                                     /* NaN: unknown */
    double lost, cores;
    double rate; /* transactions if there are any, else pps */
};
void comparison_summarize(const struct comparison_point *point, struct comparison_summary *summary);
/* Of transactions, else packets, else block requests; NULL: none of them. */
const struct interval *comparison_rate(const struct comparison_summary *summary);

/* Rate over the rate of the reference point; NaN when there is none. */
double comparison_ratio(const struct comparison *comparison, const struct comparison_point *point);

/* The 95 % interval of that ratio, from the replications in pairs: number k of both points saw the same random numbers,
 * so that what chance did to both is in neither (student_factor; Law, Simulation Modeling and Analysis, 5th ed.,
 * section 11.2). Its mean is the geometric one. False without a reference, for the reference itself, with one
 * replication, and where a rate was 0 or not observed. */
bool comparison_ratio_interval(const struct comparison *comparison, const struct comparison_point *point,
                               struct interval *over);

/* The last name of a setting's path: "frame" of guests[0].workloads[0].frame. */
const char *comparison_axis_name(const struct sweep_axis *axis);

/* What tells a point from the others that ran: "c3.8xlarge, 64 B" or with its mode. Parts that are the same
 * for all are left out, but the mode; `skip` is a sweep axis to leave out, or -1. */
enum comparison_label_parts { LABEL_INSTANCE, LABEL_INSTANCE_AND_MODE };
void comparison_label(const struct comparison *comparison, const struct comparison_point *point,
                      enum comparison_label_parts parts, int skip, char *out, size_t size);

/* Points that do not exist, each with the reason, those of one reason together; nothing if all do. */
void comparison_absent(const struct comparison *comparison, FILE *out);

enum iop_status comparison_table(const struct comparison *comparison, FILE *out, struct diag *diag);
/* An array of {"settings": {PATH: VALUE}, "result": …}, or "not_run": REASON in place of the result. */
enum iop_status comparison_json(const struct comparison *comparison, const char *version, FILE *out, struct diag *diag);
void comparison_csv(const struct comparison *comparison, const char *version, FILE *out);

/* Bars of rate, throughput and latency over a stack of cycles per packet; for a numeric sweep, lines. */
enum iop_status comparison_plot(const struct comparison *comparison, const char *file, struct diag *diag);

#endif
