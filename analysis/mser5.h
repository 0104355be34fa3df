/* Where the warm-up of a run ends, found from its output alone: MSER-5.
 *
 * The series is averaged in batches of five; of the m batches the first d are dropped for which
 *
 *     sum over i >= d of (Y_i - mean of Y_d..Y_m-1)^2 / (m - d)^2
 *
 * is smallest: the squared standard error of the mean of what is kept. A minimum in the second half says
 * that the run is too short to tell, so only the first half is searched.
 * K. P. White, An effective truncation heuristic for bias reduction in simulation output, Simulation 69(6),
 * 1997; batches of five: K. P. White, M. J. Cobb, S. C. Spratt, A comparison of five steady-state
 * truncation heuristics for simulation, Winter Simulation Conference 2000. */
#ifndef IOPATH_ANALYSIS_MSER5_H
#define IOPATH_ANALYSIS_MSER5_H

/* Number of leading observations of `series` to discard, a multiple of 5, at most half of them. */
int mser5(const double *series, int count);

#endif
