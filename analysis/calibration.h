/* Costs fitted to measurements: nonlinear least squares over the simulator.
 *
 * The residual of a row is sqrt(weight) * log(predicted / measured). GSL's trust-region solver minimizes the sum of
 * squares (Levenberg-Marquardt, More's scaling; J. J. More, Lecture Notes in Mathematics 630, 1978) over the free
 * variables of analysis/fit_parameters.h. The Jacobian comes from central differences, whose runs are tasks of one
 * crew. All is deterministic: the same data, seed and ranges give the same costs for any number of threads.
 *
 * Intervals are Student's, from the covariance s^2 (J^T J)^-1 of y and carried over to the unit of the cost, which
 * makes those of logarithms asymmetric; they end at the range, beyond which nothing was looked for. s^2 is the mean
 * square of the residuals, at least the noise that the replications of the simulator itself have and, where the rows
 * state their errors, at least 1.
 *
 * The robust fit has Cauchy's loss by iteratively reweighted least squares: weights 1 / (1 + (r / (2.385 s))^2), s from
 * the median absolute residual (Holland, Welsch, Communications in Statistics A6, 1977). */
#ifndef IOPATH_ANALYSIS_CALIBRATION_H
#define IOPATH_ANALYSIS_CALIBRATION_H

#include "analysis/calibration_data.h"
#include "analysis/calibration_runs.h"
#include "analysis/cost_space.h"
#include "analysis/crew.h"

struct calibration_request {
    const struct calibration_data *data;
    const struct cost_set *base;
    const struct cost_space *parameters; /* fit_parameters_parse */
    struct calibration_seed seed;
    bool robust;
    const struct crew *crew;
    void (*told)(void *user, int iteration,
                 double rms); /* after each iteration, root mean square residual; may be NULL */
    void *told_user;
};

enum fit_state {
    FIT_DETERMINED,
    FIT_INDISTINCT,  /* not told apart from the others of its group: the interval is its range */
    FIT_NO_INTERVAL, /* as many rows as parameters: the interval is its range */
    FIT_NO_EFFECT,   /* no row depends on it: it stays as it is */
    FIT_OWN_VALUES,  /* the scenarios' cost sets have values of their own: it stays as it is */
};

struct fitted_cost {
    struct cost_axis axis; /* with the value before */
    double after, low, high;
    enum fit_state state;
    int group;                      /* of those not told apart, or -1 */
    bool at_low, at_high;           /* the estimate is at an end of its range */
    bool ends_at_low, ends_at_high; /* so does the interval */
    int sources;
    char source[COST_SOURCES_MAX][SOURCE_ID_MAX]; /* of rows that depend on it */
};

struct fitted_row {
    double before, after; /* predicted */
    double robust_weight; /* 1 without --robust */
};

struct fit_error { /* of |predicted / measured - 1| over the rows */
    double rms, median;
};

struct calibration {
    int cost_count, row_count, group_count;
    struct fitted_cost costs[COST_COUNT_];
    struct fitted_row *rows;
    struct fit_error before, after;
    int iterations, runs;
    bool robust, converged;
};

/* Fails with IOP_INVALID if rows cannot be run, none depends on any of the parameters, or there are fewer rows than
 * parameters they depend on. IOP_CHECK_FAILED comes with complete results: the fit has not converged. */
enum iop_status calibration_run(const struct calibration_request *request, struct calibration *calibration,
                                struct diag *diag);
void calibration_free(struct calibration *calibration);

#endif
