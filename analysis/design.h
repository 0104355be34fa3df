/* Designs: which values of its axes each point of a sweep has.
 *
 * A grid is the cartesian product of the axes' values, the last axis fastest. A Latin hypercube (latin_hypercube.h)
 * and a Sobol sequence (sobol_sequence.h) lie in the whole space of the axes at once: a range is taken at any place,
 * and a list gives each of its values an equal part. Of n points of a hypercube each value of a list of k stands in
 * n / k, rounded down or up; of a Sobol sequence in about as many. A longer Sobol sequence begins with the shorter
 * one of the same seed and axes; a hypercube of another number of points is another one. */
#ifndef IOPATH_ANALYSIS_DESIGN_H
#define IOPATH_ANALYSIS_DESIGN_H

#include "scenarios/scenario.h"

enum { DESIGN_GRID_MAX = 10000000 }; /* points of a grid */

struct design {
    struct sweep_design config;
    const struct sweep_axis *const *axes;
    int axis_count;
    int count;    /* of points */
    int *stride;  /* of a grid: points between two values of an axis */
    double *rows; /* of the others: rows[point * axis_count + axis], in [0, 1) */
};

/* The axes must outlive the design. Fails if a grid has a range without steps or too many points, and if another
 * design has no axis, or more axes than Sobol sequences have dimensions. */
enum iop_status design_make(const struct sweep_design *config, const struct sweep_axis *const *axes, int axis_count,
                            struct design *design, struct diag *diag);
void design_free(struct design *design);

/* The value of an axis at a point. */
void design_value(const struct design *design, int point, int axis, char value[PATH_TEXT_MAX]);

/* Marks points whose values are all those of an earlier one, as whole numbers and lists of values make them;
 * `repeated` has room for all points. Grids have none. */
enum iop_status design_mark_repeated(const struct design *design, bool *repeated, struct diag *diag);

#endif
