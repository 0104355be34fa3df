/* Prediction intervals that own up to the model's error. */
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/validation.h"

enum { ROWS_MIN = 10 };
#define COVERAGE 0.9

/* How far a published value lies outside the interval of costs, as a logarithm; below 0 inside. */
static double score(const struct validation_row *row) {
    return fmax(log(row->cost_low / row->expected.value), log(row->expected.value / row->cost_high));
}

static bool has_score(const struct validation_row *row) {
    return row->has_interval && row->cost_low > 0 && row->expected.value > 0;
}

/* The score that COVERAGE of the rows of other publications stay below; `without` NULL: of all rows. */
static double quantile(const struct validation *validation, const char *without, double *scores) {
    size_t count = 0;
    for (int i = 0; i < validation->row_count; i++) {
        const struct validation_row *row = &validation->rows[i];
        if (has_score(row) && (without == NULL || strcmp(row->publication, without) != 0)) scores[count++] = score(row);
    }
    if (count < ROWS_MIN) return 0;
    gsl_sort(scores, 1, count);
    size_t rank = (size_t)ceil(COVERAGE * (double)(count + 1));
    return fmax(scores[(rank < count ? rank : count) - 1], 0);
}

void validation_widen(struct validation *validation) {
    double *scores = calloc((size_t)validation->row_count + 1, sizeof *scores);
    validation->model_error = scores != NULL ? exp(quantile(validation, NULL, scores)) : 1;
    for (int i = 0; i < validation->row_count; i++) {
        struct validation_row *row = &validation->rows[i];
        if (!row->has_interval) continue;
        double factor = has_score(row) && scores != NULL ? exp(quantile(validation, row->publication, scores)) : 1;
        row->low = row->cost_low / factor;
        row->high = row->cost_high * factor;
        double published = row->expected.value;
        row->inside_costs = row->cost_low <= published && published <= row->cost_high;
        row->inside = row->low <= published && published <= row->high;
    }
    free(scores);
}
