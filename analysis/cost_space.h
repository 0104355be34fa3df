/* The costs that a host's results rest on, as a space to sample: one axis per uncertain parameter.
 *
 * A catalog's range says between which bounds a cost lies, and its value is the best estimate: half of the draws lie on
 * either side of it. On each side the density falls linearly towards the bound (a double triangle), of the
 * logarithm where low is above 0, as costs of different machines differ by factors. Were the value the mode and not the
 * median, as in the usual triangle, ranges that reach further up than down would draw the many costs of a path upwards
 * together. Settings, which a kernel or a device is configured with, are known and no axes. */
#ifndef IOPATH_ANALYSIS_COST_SPACE_H
#define IOPATH_ANALYSIS_COST_SPACE_H

#include <stdbool.h>

#include "models/costs.h"

struct cost_axis {
    enum cost cost;
    double low, value, high; /* in the unit of the parameter; low < high */
};

struct cost_space {
    int count;
    struct cost_axis axes[COST_COUNT_];
};

/* All parameters with a range that are no settings, in the order of COST_TABLE. */
void cost_space_of(const struct cost_set *costs, struct cost_space *space);

/* The value below which a share `u` of the distribution lies, 0 <= u <= 1. */
double cost_axis_quantile(const struct cost_axis *axis, double u);

/* Puts the point of the space whose coordinates are the shares `u`, one per axis, into a cost set. */
void cost_space_place(const struct cost_space *space, const double *u, struct cost_set *costs);

#endif
