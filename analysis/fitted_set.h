/* A cost set of fitted costs, as a file of the catalog's form: the costs that were fitted, on a base. */
#ifndef IOPATH_ANALYSIS_FITTED_SET_H
#define IOPATH_ANALYSIS_FITTED_SET_H

#include <stdio.h>

#include "analysis/calibration.h"

struct fitted_set {
    const char *file;           /* that is written: the set's name is its own without folder and ending */
    const char *base;           /* name of the catalog, or path as seen from here */
    const struct cost_set *set; /* of the base */
    const struct calibration *calibration;
};

/* A base that is a path is written as seen from the file: by its own name if both are in one folder, else whole. */
enum iop_status fitted_set_write(const struct fitted_set *fitted, FILE *out, struct diag *diag);

#endif
