/* Which costs are fitted, and the coordinates in which they are.
 *
 * A cost with low above 0 is fitted by its logarithm y, as costs of different machines differ by factors; one with low
 * = 0 by its value. y is held between those of low and high by a logistic curve of the free variable z,
 *
 *     y = y_low + (y_high - y_low) / (1 + exp(-z)),
 *
 * (Johnson, Biometrika 36, 1949, the S_B transform), so that the least-squares problem has no constraints. */
#ifndef IOPATH_ANALYSIS_FIT_PARAMETERS_H
#define IOPATH_ANALYSIS_FIT_PARAMETERS_H

#include "analysis/cost_space.h"
#include "sim/diag.h"

/* Axes of the costs that `names` lists: "netback.tx,bridge.*". A wildcard takes what has a range in `costs` and is no
 * setting; a cost without a range that is named is an error. Each is taken once, in the order of COST_TABLE. */
enum iop_status fit_parameters_parse(const char *names, const struct cost_set *costs, struct cost_space *parameters,
                                     struct diag *diag);

double fit_y(const struct cost_axis *axis, double value); /* value is within low and high */
double fit_value(const struct cost_axis *axis, double y); /* within low and high, whatever y */
double fit_z(const struct cost_axis *axis, double value); /* a value at a bound is taken a hundredth inside */
double fit_y_of_z(const struct cost_axis *axis, double z);
double fit_slope(const struct cost_axis *axis, double z); /* dy/dz */

/* Half of a step of y for a central difference: 20 % of the cost, but no more than a quarter of the range. A cost that
 * is a hundredth of a packet's work changes a rate by no more than runs of some thousand packets resolve; the error of
 * so wide a difference is that of the third derivative, which is small for rates as functions of costs. */
double fit_step(const struct cost_axis *axis, double value);

#endif
