#include "analysis/calibration.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/calibration_intervals.h"
#include "analysis/fit_parameters.h"
#include "analysis/fit_problem.h"

enum { ITERATIONS_MAX = 60, REWEIGHTINGS_MAX = 15 };

static enum iop_status no_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory"); }

/* --- which parameters there is anything to say about --- */

static bool has_effect(const gsl_matrix *jacobian, int column) {
    for (size_t row = 0; row < jacobian->size1; row++)
        if (gsl_matrix_get(jacobian, row, (size_t)column) != 0) return true;
    return false;
}

/* Under common random numbers a cost that is not used changes nothing at all. */
static enum iop_status choose_active(struct fit_problem *problem, struct calibration *calibration, struct diag *diag) {
    int all = problem->count;
    gsl_matrix *jacobian = gsl_matrix_calloc((size_t)problem->rows, (size_t)all);
    if (jacobian == NULL) return no_memory(diag);
    enum iop_status status = fit_problem_jacobian(problem, problem->values, jacobian, diag);
    problem->count = 0;
    for (int i = 0; i < all && status == IOP_OK; i++) {
        struct fitted_cost *cost = &calibration->costs[i];
        if (has_effect(jacobian, i))
            problem->active[problem->count++] = i;
        else
            cost->state = calibration_runs_enters(problem->runs, i) ? FIT_NO_EFFECT : FIT_OWN_VALUES;
    }
    gsl_matrix_free(jacobian);
    if (status != IOP_OK) return status;
    if (problem->count == 0)
        return diag_set(diag, IOP_INVALID, "no row of the data depends on %s: %s",
                        all > 1 ? "any of the costs to fit" : "the cost to fit",
                        calibration->costs[0].state == FIT_OWN_VALUES
                            ? "the cost sets of the scenarios have values of their own, not those of the base"
                            : "nothing that the scenarios do takes it, or something else limits them");
    if (problem->rows < problem->count)
        return diag_set(diag, IOP_INVALID, "%d row%s cannot give %d costs; at least as many rows as costs are needed",
                        problem->rows, problem->rows > 1 ? "s" : "", problem->count);
    return IOP_OK;
}

/* --- the fit --- */

struct listener {
    const struct calibration_request *request;
    int iterations_before, iterations;
};

static void tell(size_t iteration, void *user, const gsl_multifit_nlinear_workspace *workspace) {
    struct listener *listener = user;
    listener->iterations = listener->iterations_before + (int)iteration;
    if (listener->request->told == NULL) return;
    const gsl_vector *residuals = gsl_multifit_nlinear_residual(workspace);
    double sum = 0;
    for (size_t i = 0; i < residuals->size; i++) sum += pow(gsl_vector_get(residuals, i), 2);
    listener->request->told(listener->request->told_user, listener->iterations, sqrt(sum / (double)residuals->size));
}

/* From z on, into z. No progress means that the steps are below what the simulator resolves: it is an end. */
static enum iop_status minimize(struct fit_problem *problem, gsl_vector *z, struct listener *listener, bool *converged,
                                struct diag *diag) {
    const double step = 1e-4, gradient = 1e-8, reduction = 0;
    gsl_multifit_nlinear_parameters solver = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_fdf system = {.f = fit_problem_f,
                                       .df = fit_problem_df,
                                       .n = (size_t)problem->rows,
                                       .p = (size_t)problem->count,
                                       .params = problem};
    gsl_multifit_nlinear_workspace *workspace =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &solver, system.n, system.p);
    if (workspace == NULL) return no_memory(diag);
    int info = 0, outcome = gsl_multifit_nlinear_init(z, &system, workspace);
    if (outcome == GSL_SUCCESS)
        outcome =
            gsl_multifit_nlinear_driver(ITERATIONS_MAX, step, gradient, reduction, tell, listener, &info, workspace);
    bool at_end = outcome == GSL_ENOPROG || info == GSL_ENOPROG; /* in the first iteration, GSL says it by `info` */
    *converged = outcome == GSL_SUCCESS || at_end;
    if (problem->status == IOP_OK) gsl_vector_memcpy(z, gsl_multifit_nlinear_position(workspace));
    gsl_multifit_nlinear_free(workspace);
    listener->iterations_before = listener->iterations;
    if (problem->status != IOP_OK) return diag_set(diag, problem->status, "%s", problem->diag.message);
    if (*converged || outcome == GSL_EMAXITER) return IOP_OK;
    return diag_set(diag, IOP_INVALID, "the fit failed: %s", gsl_strerror(outcome));
}

/* Sets *far if one of the free variables is so far out that its cost hardly depends on it. */
static void pull_inside(gsl_vector *z, bool *far) {
    const double outside = 4, inside = 2.2; /* 98 % and 90 % of the range */
    *far = false;
    for (size_t i = 0; i < z->size; i++) {
        double at = gsl_vector_get(z, i);
        *far = *far || fabs(at) > outside;
        gsl_vector_set(z, i, fmin(fmax(at, -inside), inside));
    }
}

static enum iop_status size_of(struct fit_problem *problem, const gsl_vector *z, double *size, struct diag *diag) {
    gsl_vector *residuals = gsl_vector_alloc((size_t)problem->rows);
    if (residuals == NULL) return no_memory(diag);
    fit_problem_f(z, problem, residuals);
    *size = gsl_blas_dnrm2(residuals);
    gsl_vector_free(residuals);
    return problem->status == IOP_OK ? IOP_OK : diag_set(diag, problem->status, "%s", problem->diag.message);
}

/* At an end of a range the slope of the logistic curve vanishes and the solver stays: what ends there is begun again
 * from inside, and the better of the two is taken. */
static enum iop_status minimize_twice(struct fit_problem *problem, gsl_vector *z, struct listener *listener,
                                      bool *converged, struct diag *diag) {
    enum iop_status status = minimize(problem, z, listener, converged, diag);
    gsl_vector *again = status == IOP_OK ? gsl_vector_alloc(z->size) : NULL;
    if (again == NULL) return status != IOP_OK ? status : no_memory(diag);
    gsl_vector_memcpy(again, z);
    bool far, other = false;
    double before = 0, after = 0;
    pull_inside(again, &far);
    if (far) {
        status = minimize(problem, again, listener, &other, diag);
        if (status == IOP_OK) status = size_of(problem, z, &before, diag);
        if (status == IOP_OK) status = size_of(problem, again, &after, diag);
        if (status == IOP_OK && after < before) {
            gsl_vector_memcpy(z, again);
            *converged = other;
        }
    }
    gsl_vector_free(again);
    return status;
}

/* Scale of the residuals: from the median of their absolute values, less the smallest, which the parameters took. */
static double robust_scale(const struct fit_problem *problem, double *sizes) {
    const double normal = 1.4826, least = 1e-3; /* below a thousandth it is the simulator's noise */
    size_t skipped = (size_t)problem->count - 1, count = (size_t)problem->rows - skipped;
    gsl_sort(sizes, 1, (size_t)problem->rows);
    double weights = 0;
    for (int i = 0; i < problem->rows; i++) weights += problem->data->rows[i].weight;
    double median = gsl_stats_median_from_sorted_data(sizes + skipped, 1, count);
    return fmax(normal * median, least * sqrt(weights / problem->rows));
}

/* Returns the largest change of a weight. */
static enum iop_status reweight(struct fit_problem *problem, const gsl_vector *z, double *change, struct diag *diag) {
    const double cauchy = 2.385;
    double *residuals = calloc((size_t)problem->rows, 2 * sizeof *residuals), *sizes = residuals + problem->rows;
    if (residuals == NULL) return no_memory(diag);
    enum iop_status status = fit_problem_residuals(problem, z, residuals, diag);
    for (int i = 0; i < problem->rows; i++) sizes[i] = fabs(residuals[i]);
    double scale = robust_scale(problem, sizes);
    *change = 0;
    for (int i = 0; i < problem->rows && status == IOP_OK; i++) {
        double weight = 1 / (1 + pow(residuals[i] / (cauchy * scale), 2));
        *change = fmax(*change, fabs(weight - problem->robust[i]));
        problem->robust[i] = weight;
    }
    free(residuals);
    return status;
}

static enum iop_status fit(struct fit_problem *problem, const struct calibration_request *request, gsl_vector *z,
                           struct calibration *calibration, struct diag *diag) {
    const double settled = 0.01;
    struct listener listener = {.request = request};
    bool far;
    enum iop_status status = minimize_twice(problem, z, &listener, &calibration->converged, diag);
    for (int round = 0; request->robust && status == IOP_OK && round < REWEIGHTINGS_MAX; round++) {
        double change;
        status = reweight(problem, z, &change, diag);
        if (status != IOP_OK || change < settled) break;
        pull_inside(z, &far); /* where the rows that count less now may have driven it out */
        status = minimize_twice(problem, z, &listener, &calibration->converged, diag);
    }
    calibration->iterations = listener.iterations;
    return status;
}

/* GSL's own handler ends the program; what fails here is reported. */
static enum iop_status fit_active(struct fit_problem *problem, const struct calibration_request *request,
                                  struct calibration *calibration, struct diag *diag) {
    gsl_vector *z = gsl_vector_alloc((size_t)problem->count);
    if (z == NULL) return no_memory(diag);
    for (int i = 0; i < problem->count; i++) {
        const struct cost_axis *axis = &request->parameters->axes[problem->active[i]];
        gsl_vector_set(z, (size_t)i, fit_z(axis, axis->value));
    }
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    enum iop_status status = fit(problem, request, z, calibration, diag);
    gsl_set_error_handler(handler);
    if (status == IOP_OK) fit_problem_values(problem, z, problem->values);
    gsl_vector_free(z);
    return status;
}

/* --- what comes out --- */

static enum iop_status error_of(const struct calibration_data *data, const double *predicted, struct fit_error *error,
                                struct diag *diag) {
    double *errors = calloc((size_t)data->count, sizeof *errors), squares = 0;
    if (errors == NULL) return no_memory(diag);
    for (int i = 0; i < data->count; i++) {
        errors[i] = fabs(predicted[i] / data->rows[i].measured - 1);
        squares += errors[i] * errors[i];
    }
    gsl_sort(errors, 1, (size_t)data->count);
    *error = (struct fit_error){sqrt(squares / data->count),
                                gsl_stats_median_from_sorted_data(errors, 1, (size_t)data->count)};
    free(errors);
    return IOP_OK;
}

static enum iop_status finish(struct fit_problem *problem, struct calibration *calibration, double *predicted,
                              struct diag *diag) {
    enum iop_status status =
        calibration_runs_evaluate(problem->runs, 1, problem->values, problem->crew, predicted, diag);
    if (status == IOP_OK) status = error_of(problem->data, predicted, &calibration->after, diag);
    for (int i = 0; i < problem->rows && status == IOP_OK; i++) {
        calibration->rows[i].after = predicted[i];
        calibration->rows[i].robust_weight = problem->robust[i];
    }
    for (int i = 0; i < problem->count; i++)
        calibration->costs[problem->active[i]].after = problem->values[problem->active[i]];
    if (status == IOP_OK) status = calibration_intervals(problem, calibration, diag);
    calibration->runs = calibration_runs_count(problem->runs);
    return status;
}

static enum iop_status solve(const struct calibration_request *request, struct fit_problem *problem,
                             struct calibration *calibration, double *predicted, struct diag *diag) {
    enum iop_status status = calibration_runs_first(problem->runs, request->crew, predicted, diag);
    if (status == IOP_OK) status = error_of(problem->data, predicted, &calibration->before, diag);
    for (int i = 0; i < problem->rows; i++) calibration->rows[i].before = predicted[i];
    if (status == IOP_OK) status = choose_active(problem, calibration, diag);
    if (status == IOP_OK) status = fit_active(problem, request, calibration, diag);
    if (status == IOP_OK) status = finish(problem, calibration, predicted, diag);
    if (status != IOP_OK || calibration->converged) return status;
    return diag_set(diag, IOP_CHECK_FAILED, "the fit has not converged after %d iterations", calibration->iterations);
}

static void begin(const struct calibration_request *request, struct calibration *calibration) {
    calibration->cost_count = request->parameters->count;
    calibration->row_count = request->data->count;
    calibration->robust = request->robust;
    for (int i = 0; i < calibration->cost_count; i++) {
        const struct cost_axis *axis = &request->parameters->axes[i];
        calibration->costs[i] = (struct fitted_cost){
            .axis = *axis, .after = axis->value, .low = axis->low, .high = axis->high, .group = -1};
    }
}

enum iop_status calibration_run(const struct calibration_request *request, struct calibration *calibration,
                                struct diag *diag) {
    memset(calibration, 0, sizeof *calibration);
    begin(request, calibration);
    struct fit_problem problem;
    enum iop_status status = fit_problem_init(&problem, request, diag);
    calibration->rows = calloc((size_t)request->data->count + 1, sizeof *calibration->rows);
    double *predicted = calloc((size_t)request->data->count + 1, sizeof *predicted);
    if (status == IOP_OK && (calibration->rows == NULL || predicted == NULL)) status = no_memory(diag);
    if (status == IOP_OK) status = solve(request, &problem, calibration, predicted, diag);
    free(predicted);
    fit_problem_fini(&problem);
    if (status != IOP_OK && status != IOP_CHECK_FAILED) calibration_free(calibration);
    return status;
}

void calibration_free(struct calibration *calibration) {
    free(calibration->rows);
    calibration->rows = NULL;
    calibration->row_count = 0;
}
