/* What data say of the parameters of a least-squares fit, and what they cannot tell apart.
 *
 * J is the matrix of the derivatives of the weighted residuals, one column per parameter, scaled to columns of length
 * 1. Directions in which it does nearly nothing (singular values below INDISTINCT of the largest) are those in which
 * the parameters may be changed together without the data noticing. Parameters are grouped by the projection P on
 * these directions: i and j belong together if |P_ij| is not small, which, unlike single vectors, does not depend on
 * the basis that a decomposition happens to choose (Belsley, Kuh, Welsch: Regression Diagnostics, 1980, chapter 3).
 * In the other directions the covariance is (J^T J)^-1. */
#ifndef IOPATH_ANALYSIS_IDENTIFIABILITY_H
#define IOPATH_ANALYSIS_IDENTIFIABILITY_H

#include <gsl/gsl_matrix.h>

#include "sim/diag.h"

struct identifiability {
    int count;        /* parameters */
    int rank;         /* directions in which the data tell something */
    double *variance; /* of each, for residuals of variance 1 */
    int *group;       /* number of the group that it cannot be told apart from, from 0 on; -1: it is determined */
    int group_count;
};

/* `jacobian` has at least as many rows as columns, and no column of zeros. */
enum iop_status identifiability_of(const gsl_matrix *jacobian, struct identifiability *result, struct diag *diag);
void identifiability_free(struct identifiability *result);

#endif
