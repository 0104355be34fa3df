#include "analysis/calibration_intervals.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/fit_parameters.h"
#include "analysis/identifiability.h"
#include "scenarios/schema.h"

/* Of the residuals with all weights. 0 degrees of freedom: nothing is known of it. */
struct spread {
    double variance, freedom;
};

static struct spread spread_of(const struct fit_problem *problem, const struct calibration *calibration, int rank) {
    double squares = 0, noise = 0, rows = 0;
    for (int i = 0; i < problem->rows; i++) {
        const struct calibration_row *row = &problem->data->rows[i];
        double weight = problem->robust[i] * row->weight;
        double off = calibration->rows[i].after > 0 ? log(calibration->rows[i].after / row->measured) : 0;
        squares += weight * off * off;
        noise += weight * pow(calibration_runs_noise(problem->runs, i), 2);
        rows += problem->robust[i];
    }
    double freedom = rows - rank;
    if (freedom < 0.5) return (struct spread){0, 0};
    double variance = fmax(squares / freedom, noise / rows);
    return (struct spread){problem->data->has_errors ? fmax(variance, 1) : variance, freedom};
}

/* Inside of the range, which is also what is said where nothing is known. */
static void set_interval(struct fitted_cost *cost, double variance, struct spread spread) {
    const struct cost_axis *axis = &cost->axis;
    if (cost->state != FIT_DETERMINED) return;
    double y = fit_y(axis, cost->after),
           half = gsl_cdf_tdist_Pinv(0.975, spread.freedom) * sqrt(variance * spread.variance);
    cost->ends_at_low = y - half <= fit_y(axis, axis->low);
    cost->ends_at_high = y + half >= fit_y(axis, axis->high);
    cost->low = fmin(fit_value(axis, y - half), cost->after);
    cost->high = fmax(fit_value(axis, y + half), cost->after);
}

static void mark_bounds(struct fitted_cost *cost) {
    const struct cost_axis *axis = &cost->axis;
    const double near = 0.005; /* of the range */
    double low = fit_y(axis, axis->low), width = fit_y(axis, axis->high) - low;
    double share = (fit_y(axis, cost->after) - low) / width;
    cost->at_low = share < near;
    cost->at_high = share > 1 - near;
}

static void add_source(struct fitted_cost *cost, const char *source) {
    if (!is_source_id(source) || strlen(source) >= SOURCE_ID_MAX || cost->sources == COST_SOURCES_MAX) return;
    for (int i = 0; i < cost->sources; i++)
        if (strcmp(cost->source[i], source) == 0) return;
    memcpy(cost->source[cost->sources++], source, strlen(source) + 1);
}

/* Ids of the rows that depend on a cost by a hundredth of its change at least. */
static void add_sources(const struct fit_problem *problem, const gsl_matrix *jacobian, size_t column,
                        struct fitted_cost *cost) {
    const double least = 0.01;
    double scale = cost->axis.low > 0 ? 1 : cost->after;
    for (int row = 0; row < problem->rows; row++)
        if (fabs(gsl_matrix_get(jacobian, (size_t)row, column)) * scale >= least)
            add_source(cost, problem->data->rows[row].source);
}

static void weigh(const struct fit_problem *problem, gsl_matrix *jacobian) {
    for (int row = 0; row < problem->rows; row++)
        for (int i = 0; i < problem->count; i++)
            *gsl_matrix_ptr(jacobian, (size_t)row, (size_t)i) *= problem->weights[row] * sqrt(problem->robust[row]);
}

/* A cost that has lost its effect at the values of the fit has a column of zeros: it is left as one that nothing is
 * known of. Returns the columns that remain. */
static int drop_columns(const struct fit_problem *problem, gsl_matrix *jacobian, struct calibration *calibration,
                        int *kept) {
    int count = 0;
    for (int i = 0; i < problem->count; i++) {
        gsl_vector_view column = gsl_matrix_column(jacobian, (size_t)i);
        if (gsl_vector_isnull(&column.vector)) {
            calibration->costs[problem->active[i]].state = FIT_NO_INTERVAL;
            continue;
        }
        gsl_vector_view to = gsl_matrix_column(jacobian, (size_t)count);
        if (count != i) gsl_vector_memcpy(&to.vector, &column.vector);
        kept[count++] = problem->active[i];
    }
    return count;
}

static enum iop_status fill(const struct fit_problem *problem, gsl_matrix *jacobian, struct calibration *calibration,
                            struct diag *diag) {
    int kept[COST_COUNT_];
    int count = drop_columns(problem, jacobian, calibration, kept);
    if (count == 0) return IOP_OK;
    struct identifiability known;
    gsl_matrix_view part = gsl_matrix_submatrix(jacobian, 0, 0, (size_t)problem->rows, (size_t)count);
    enum iop_status status = identifiability_of(&part.matrix, &known, diag);
    if (status != IOP_OK) return status;
    struct spread spread = spread_of(problem, calibration, known.rank);
    calibration->group_count = known.group_count;
    for (int i = 0; i < count; i++) {
        struct fitted_cost *cost = &calibration->costs[kept[i]];
        cost->group = known.group[i];
        if (cost->group >= 0)
            cost->state = FIT_INDISTINCT;
        else if (spread.freedom <= 0)
            cost->state = FIT_NO_INTERVAL;
        set_interval(cost, known.variance[i], spread);
        mark_bounds(cost);
    }
    identifiability_free(&known);
    return IOP_OK;
}

enum iop_status calibration_intervals(const struct fit_problem *problem, struct calibration *calibration,
                                      struct diag *diag) {
    gsl_matrix *jacobian = gsl_matrix_calloc((size_t)problem->rows, (size_t)problem->count);
    if (jacobian == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = fit_problem_jacobian(problem, problem->values, jacobian, diag);
    for (int i = 0; i < problem->count && status == IOP_OK; i++)
        add_sources(problem, jacobian, (size_t)i, &calibration->costs[problem->active[i]]);
    weigh(problem, jacobian);
    if (status == IOP_OK) status = fill(problem, jacobian, calibration, diag);
    gsl_matrix_free(jacobian);
    return status;
}
