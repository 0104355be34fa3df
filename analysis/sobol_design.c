#include "analysis/sobol_design.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/latin_hypercube.h"

static enum iop_status no_memory(int samples, struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory for %d samples", samples);
}

static enum iop_status allocate(int inputs, int samples, struct sobol_design *design, struct diag *diag) {
    *design = (struct sobol_design){.inputs = inputs, .samples = samples};
    design->rows = calloc((size_t)samples * 2 * (size_t)inputs + 1, sizeof *design->rows);
    return design->rows != NULL ? IOP_OK : no_memory(samples, diag);
}

enum iop_status sobol_design_of_sequence(int inputs, int samples, uint64_t seed, struct sobol_design *design,
                                         struct diag *diag) {
    enum iop_status status = allocate(inputs, samples, design, diag);
    if (status != IOP_OK) return status;
    status = sobol_sequence(samples, 2 * inputs, seed, SOBOL_AFTER_ORIGIN, design->rows, diag);
    if (status != IOP_OK) sobol_design_free(design);
    return status;
}

enum iop_status sobol_design_of_hypercube(int inputs, int samples, uint64_t seed, struct sobol_design *design,
                                          struct diag *diag) {
    enum iop_status status = allocate(inputs, samples, design, diag);
    if (status == IOP_OK) latin_hypercube(samples, 2 * inputs, seed, design->rows);
    return status;
}

void sobol_design_free(struct sobol_design *design) {
    free(design->rows);
    design->rows = NULL;
}

int sobol_design_radial_points(const struct sobol_design *design) { return design->samples * (design->inputs + 1); }

int sobol_design_points(const struct sobol_design *design) { return design->samples * (design->inputs + 2); }

void sobol_design_point(const struct sobol_design *design, int point, double *u) {
    int k = design->inputs, sample = point / design->samples, row = point % design->samples;
    const double *a = &design->rows[(size_t)row * 2 * (size_t)k], *b = a + k;
    memcpy(u, sample == k + 1 ? b : a, (size_t)k * sizeof *u);
    if (sample >= 1 && sample <= k) u[sample - 1] = b[sample - 1];
}
