/* Sobol indices: shares of a function's variance, from its values at the points of a design.
 *
 *     first order  S_i  = V[E(f | x_i)] / V[f]        what would go if input i were known
 *     total        ST_i = E[V(f | all but x_i)] / V[f]  what would stay if all others were known
 *
 * (I. M. Sobol, Mathematical Modelling and Computational Experiments 1, 1993; Homma and Saltelli, Reliability
 * Engineering and System Safety 52, 1996). S_i <= ST_i; the difference is what the input does together with others.
 * Estimators, with V the variance of all values at A and B and the mean m of these:
 *
 *     S_i  = 1/n sum (f(B) - m) (f(AB_i) - f(A)) / V   Saltelli et al. 2010, Table 2 (b); less m it varies less
 *     ST_i = 1/(2n) sum (f(A) - f(AB_i))^2 / V         Jansen, Computer Physics Communications 117, 1999
 *
 * An estimate of S_i may come out below 0 or above ST_i by the error of sampling, which the interval shows. */
#ifndef IOPATH_ANALYSIS_SOBOL_INDICES_H
#define IOPATH_ANALYSIS_SOBOL_INDICES_H

#include <stdint.h>

#include "sim/diag.h"

struct sobol_share {
    double value, low, high; /* low to high: 95 % */
};

struct sobol_index {
    struct sobol_share first, total; /* all 0 when the function does not vary */
};

/* Of a function whose values at all points of a design (analysis/sobol_design.h) are given, the indices of all inputs,
 * with intervals from 1000 bootstrap resamples of the design's rows (percentiles; Archer, Saltelli, Sobol, Journal of
 * Statistical Computation and Simulation 58, 1997). The same seed gives the same intervals. */
enum iop_status sobol_indices(int inputs, int samples, const double *values, uint64_t seed, struct sobol_index *indices,
                              struct diag *diag);

/* The same total effects as parts of the variance, not divided by it, from the values at A and the AB_i alone. */
void sobol_total_effects(int inputs, int samples, const double *values, double *effects);

#endif
