/* The least-squares problem of a calibration: residuals and Jacobian as GSL asks for them (analysis/calibration.h says
 * what they are). */
#ifndef IOPATH_ANALYSIS_FIT_PROBLEM_H
#define IOPATH_ANALYSIS_FIT_PROBLEM_H

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>

#include "analysis/calibration.h"

struct fit_problem {
    const struct calibration_data *data;
    const struct cost_space *parameters;
    const struct crew *crew;
    struct calibration_runs *runs;
    int rows;
    int count;                  /* parameters that are fitted */
    int active[COST_COUNT_];    /* which of all */
    double values[COST_COUNT_]; /* of all parameters, at first those of the base */
    double *robust;             /* factor of each row's weight */
    double *weights;            /* square roots of the rows' weights */
    enum iop_status status;     /* of a failure inside of GSL's callbacks */
    struct diag diag;
};

enum iop_status fit_problem_init(struct fit_problem *problem, const struct calibration_request *request,
                                 struct diag *diag);
void fit_problem_fini(struct fit_problem *problem); /* allowed after a failure */

/* Derivatives of log(predicted) by y of the active parameters, without weights, at `values` of all parameters. */
enum iop_status fit_problem_jacobian(const struct fit_problem *problem, const double *values, gsl_matrix *jacobian,
                                     struct diag *diag);

/* The values of all parameters at z of the active ones. */
void fit_problem_values(const struct fit_problem *problem, const gsl_vector *z, double *values);

/* The residuals at z with the rows' own weights only. */
enum iop_status fit_problem_residuals(const struct fit_problem *problem, const gsl_vector *z, double *residuals,
                                      struct diag *diag);

/* GSL's callbacks; `user` is the problem. */
int fit_problem_f(const gsl_vector *z, void *user, gsl_vector *f);
int fit_problem_df(const gsl_vector *z, void *user, gsl_matrix *jacobian);

#endif
