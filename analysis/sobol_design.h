/* Where to evaluate a function to learn which of its inputs its variance comes from.
 *
 * Two independent samples A and B of the unit cube, a row per point, and for each input i the sample AB_i: A with the
 * values of input i from B (Saltelli, Annoni, Azzini, Campolongo, Ratto, Tarantola: Variance based sensitivity analysis
 * of model output, Computer Physics Communications 181, 2010, section 3). A row of A and its rows of the AB_i differ in
 * one input each: they are also the radial elementary effects of Campolongo, Saltelli and Cariboni (From screening to
 * quantitative sensitivity analysis, Computer Physics Communications 182, 2011), which need no B.
 *
 * Points are numbered sample by sample: A is 0 to n - 1, AB_i follows from (i + 1) n on, B from (k + 1) n on. */
#ifndef IOPATH_ANALYSIS_SOBOL_DESIGN_H
#define IOPATH_ANALYSIS_SOBOL_DESIGN_H

#include <stdint.h>

#include "analysis/sobol_sequence.h"
#include "sim/diag.h"

/* The dimensions of the Sobol sequence are those of A and of B. */
enum { SOBOL_INPUTS_MAX = SOBOL_DIMENSIONS_MAX / 2 };

struct sobol_design {
    int inputs, samples; /* k and n */
    double *rows;        /* of A and B side by side: rows[2 k j + i], rows[2 k j + k + i] */
};

/* From a Sobol sequence (sobol_sequence.h). 1 <= inputs <= SOBOL_INPUTS_MAX, samples >= 1; powers of 2 fill the cube
 * most evenly. */
enum iop_status sobol_design_of_sequence(int inputs, int samples, uint64_t seed, struct sobol_design *design,
                                         struct diag *diag);

/* From a Latin hypercube: any number of inputs, for screening. */
enum iop_status sobol_design_of_hypercube(int inputs, int samples, uint64_t seed, struct sobol_design *design,
                                          struct diag *diag);
void sobol_design_free(struct sobol_design *design);

/* All points, and those of A and the AB_i alone, which come first. */
int sobol_design_points(const struct sobol_design *design);
int sobol_design_radial_points(const struct sobol_design *design);

/* The inputs of a point, each in [0, 1), into u[0] to u[k - 1]. */
void sobol_design_point(const struct sobol_design *design, int point, double *u);

#endif
