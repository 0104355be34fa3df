/* Latin hypercube samples (McKay, Beckman, Conover: A Comparison of Three Methods for Selecting Values of Input
 * Variables, Technometrics 21(2), 1979): each axis is cut into as many equal parts as there are points, and each part
 * holds one. */
#ifndef IOPATH_ANALYSIS_LATIN_HYPERCUBE_H
#define IOPATH_ANALYSIS_LATIN_HYPERCUBE_H

#include <stdint.h>

/* Fills point[i * dimensions + d], each in [0, 1). The same seed gives the same points. */
void latin_hypercube(int points, int dimensions, uint64_t seed, double *point);

#endif
