#include "analysis/fit_problem.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fit_parameters.h"

/* Of a row whose metric has no value at such costs: far enough to turn the solver back. */
static const double no_value = 5;

static enum iop_status no_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory"); }

enum iop_status fit_problem_init(struct fit_problem *problem, const struct calibration_request *request,
                                 struct diag *diag) {
    int rows = request->data->count;
    *problem = (struct fit_problem){.data = request->data,
                                    .parameters = request->parameters,
                                    .crew = request->crew,
                                    .rows = rows,
                                    .count = request->parameters->count};
    for (int i = 0; i < problem->count; i++) {
        problem->active[i] = i;
        problem->values[i] = request->parameters->axes[i].value;
    }
    problem->robust = calloc((size_t)rows + 1, sizeof *problem->robust);
    problem->weights = calloc((size_t)rows + 1, sizeof *problem->weights);
    if (problem->robust == NULL || problem->weights == NULL) return no_memory(diag);
    for (int i = 0; i < rows; i++) {
        problem->robust[i] = 1;
        problem->weights[i] = sqrt(request->data->rows[i].weight);
    }
    problem->runs = calibration_runs_new(request->data, request->base, request->parameters, request->seed, diag);
    return problem->runs != NULL ? IOP_OK : IOP_INVALID;
}

void fit_problem_fini(struct fit_problem *problem) {
    calibration_runs_free(problem->runs);
    free(problem->robust);
    free(problem->weights);
}

void fit_problem_values(const struct fit_problem *problem, const gsl_vector *z, double *values) {
    if (values != problem->values) memcpy(values, problem->values, sizeof problem->values);
    for (int i = 0; i < problem->count; i++) {
        const struct cost_axis *axis = &problem->parameters->axes[problem->active[i]];
        values[problem->active[i]] = fit_value(axis, fit_y_of_z(axis, gsl_vector_get(z, (size_t)i)));
    }
}

/* --- residuals --- */

enum iop_status fit_problem_residuals(const struct fit_problem *problem, const gsl_vector *z, double *residuals,
                                      struct diag *diag) {
    double values[COST_COUNT_];
    fit_problem_values(problem, z, values);
    enum iop_status status = calibration_runs_evaluate(problem->runs, 1, values, problem->crew, residuals, diag);
    for (int i = 0; i < problem->rows; i++) {
        double off = residuals[i] > 0 ? log(residuals[i] / problem->data->rows[i].measured) : no_value;
        residuals[i] = problem->weights[i] * off;
    }
    return status;
}

int fit_problem_f(const gsl_vector *z, void *user, gsl_vector *f) {
    struct fit_problem *problem = user;
    double *residuals = calloc((size_t)problem->rows, sizeof *residuals);
    problem->status =
        residuals == NULL ? no_memory(&problem->diag) : fit_problem_residuals(problem, z, residuals, &problem->diag);
    for (int i = 0; i < problem->rows && problem->status == IOP_OK; i++)
        gsl_vector_set(f, (size_t)i, sqrt(problem->robust[i]) * residuals[i]);
    free(residuals);
    return problem->status == IOP_OK ? GSL_SUCCESS : GSL_EBADFUNC;
}

/* --- Jacobian --- */

/* The two points of each active parameter's difference, one after the other, and the widths in y between them. */
static void place_points(const struct fit_problem *problem, const double *values, double *points, double *widths) {
    size_t all = (size_t)problem->parameters->count;
    for (int i = 0; i < problem->count; i++) {
        int own = problem->active[i];
        const struct cost_axis *axis = &problem->parameters->axes[own];
        double *up = points + 2 * (size_t)i * all, *down = up + all;
        memcpy(up, values, all * sizeof *values);
        memcpy(down, values, all * sizeof *values);
        double y = fit_y(axis, values[own]), step = fit_step(axis, values[own]);
        up[own] = fit_value(axis, y + step);
        down[own] = fit_value(axis, y - step);
        widths[i] = fit_y(axis, up[own]) - fit_y(axis, down[own]);
    }
}

static double derivative(double up, double down, double width) {
    return up > 0 && down > 0 && width > 0 ? log(up / down) / width : 0;
}

enum iop_status fit_problem_jacobian(const struct fit_problem *problem, const double *values, gsl_matrix *jacobian,
                                     struct diag *diag) {
    size_t points = 2 * (size_t)problem->count, rows = (size_t)problem->rows;
    double *places = calloc(points * (size_t)problem->parameters->count, sizeof *places);
    double *predicted = calloc(points * rows, sizeof *predicted);
    double widths[COST_COUNT_];
    enum iop_status status = places == NULL || predicted == NULL ? no_memory(diag) : IOP_OK;
    if (status == IOP_OK) {
        place_points(problem, values, places, widths);
        status = calibration_runs_evaluate(problem->runs, (int)points, places, problem->crew, predicted, diag);
    }
    for (size_t i = 0; i < (size_t)problem->count && status == IOP_OK; i++)
        for (size_t row = 0; row < rows; row++)
            gsl_matrix_set(jacobian, row, i,
                           derivative(predicted[2 * i * rows + row], predicted[(2 * i + 1) * rows + row], widths[i]));
    free(places);
    free(predicted);
    return status;
}

int fit_problem_df(const gsl_vector *z, void *user, gsl_matrix *jacobian) {
    struct fit_problem *problem = user;
    double values[COST_COUNT_];
    fit_problem_values(problem, z, values);
    problem->status = fit_problem_jacobian(problem, values, jacobian, &problem->diag);
    if (problem->status != IOP_OK) return GSL_EBADFUNC;
    for (int i = 0; i < problem->count; i++) {
        double slope = fit_slope(&problem->parameters->axes[problem->active[i]], gsl_vector_get(z, (size_t)i));
        for (int row = 0; row < problem->rows; row++) {
            double *entry = gsl_matrix_ptr(jacobian, (size_t)row, (size_t)i);
            *entry *= slope * problem->weights[row] * sqrt(problem->robust[row]);
        }
    }
    return GSL_SUCCESS;
}
