/* Points of the Sobol sequence of GSL, shifted by a random vector modulo 1 (Cranley and Patterson, SIAM J. Numer. Anal.
 * 13, 1976), so that the seed matters. */
#ifndef IOPATH_ANALYSIS_SOBOL_SEQUENCE_H
#define IOPATH_ANALYSIS_SOBOL_SEQUENCE_H

#include <stdint.h>

#include "sim/diag.h"

enum { SOBOL_DIMENSIONS_MAX = 40 };

/* Whether the sequence begins with the origin, which GSL leaves out. With it the first 2^m points are the most even
 * (Owen: On dropping the first Sobol' point, MCQMC 2020). */
enum sobol_begin { SOBOL_FROM_ORIGIN, SOBOL_AFTER_ORIGIN };

/* Fills point[i * dimensions + d], each in [0, 1), 1 <= dimensions <= SOBOL_DIMENSIONS_MAX. The first points do not
 * depend on how many there are. */
enum iop_status sobol_sequence(int points, int dimensions, uint64_t seed, enum sobol_begin begin, double *point,
                               struct diag *diag);

#endif
