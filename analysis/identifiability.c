#include "analysis/identifiability.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

/* Differences of a discrete-event model have errors of some thousandths. */
static const double INDISTINCT = 0.01;
/* Shares of a parameter in the indistinct directions: less is noise. */
static const double TOGETHER = 0.05;

/* Columns of length 1, their lengths in `lengths`. */
static void scale(gsl_matrix *jacobian, double *lengths) {
    for (size_t i = 0; i < jacobian->size2; i++) {
        gsl_vector_view column = gsl_matrix_column(jacobian, i);
        lengths[i] = gsl_blas_dnrm2(&column.vector);
        gsl_vector_scale(&column.vector, 1 / lengths[i]);
    }
}

static double projection(const gsl_matrix *v, size_t rank, size_t i, size_t j) {
    double sum = 0;
    for (size_t k = rank; k < v->size2; k++) sum += gsl_matrix_get(v, i, k) * gsl_matrix_get(v, j, k);
    return sum;
}

/* The group spreads from one of its members to all that share an indistinct direction with it. */
static void spread(const gsl_matrix *v, size_t rank, size_t from, struct identifiability *result) {
    for (size_t j = 0; j < v->size1; j++) {
        if (result->group[j] >= 0 || fabs(projection(v, rank, from, j)) < TOGETHER) continue;
        result->group[j] = result->group[from];
        spread(v, rank, j, result);
    }
}

static void find_groups(const gsl_matrix *v, size_t rank, struct identifiability *result) {
    for (size_t i = 0; i < v->size1; i++) {
        if (result->group[i] >= 0 || projection(v, rank, i, i) < TOGETHER) continue;
        result->group[i] = result->group_count++;
        spread(v, rank, i, result);
    }
}

static void find_variances(const gsl_matrix *v, const gsl_vector *s, size_t rank, const double *lengths,
                           struct identifiability *result) {
    for (size_t i = 0; i < v->size1; i++) {
        double sum = 0;
        for (size_t k = 0; k < rank; k++) sum += pow(gsl_matrix_get(v, i, k) / gsl_vector_get(s, k), 2);
        result->variance[i] = sum / (lengths[i] * lengths[i]);
    }
}

enum iop_status identifiability_of(const gsl_matrix *jacobian, struct identifiability *result, struct diag *diag) {
    size_t rows = jacobian->size1, count = jacobian->size2;
    *result = (struct identifiability){.count = (int)count};
    result->variance = calloc(count, sizeof *result->variance);
    result->group = calloc(count, sizeof *result->group);
    double *lengths = calloc(count, sizeof *lengths);
    gsl_matrix *u = gsl_matrix_alloc(rows, count), *v = gsl_matrix_alloc(count, count);
    gsl_vector *s = gsl_vector_alloc(count);
    enum iop_status status = IOP_OK;
    if (result->variance == NULL || result->group == NULL || lengths == NULL || u == NULL || v == NULL || s == NULL) {
        status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    } else {
        for (size_t i = 0; i < count; i++) result->group[i] = -1;
        gsl_matrix_memcpy(u, jacobian);
        scale(u, lengths);
        gsl_linalg_SV_decomp_jacobi(u, v, s);
        size_t rank = 0;
        while (rank < count && gsl_vector_get(s, rank) > INDISTINCT * gsl_vector_get(s, 0)) rank++;
        result->rank = (int)rank;
        find_groups(v, rank, result);
        find_variances(v, s, rank, lengths, result);
    }
    free(lengths);
    gsl_matrix_free(u);
    gsl_matrix_free(v);
    gsl_vector_free(s);
    if (status != IOP_OK) identifiability_free(result);
    return status;
}

void identifiability_free(struct identifiability *result) {
    free(result->variance);
    free(result->group);
    *result = (struct identifiability){0};
}
