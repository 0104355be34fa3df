#include "analysis/design.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/content_hash.h"
#include "analysis/latin_hypercube.h"
#include "analysis/sobol_sequence.h"
#include "scenarios/axis.h"

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory for the design of a sweep");
}

static enum iop_status make_grid(struct design *design, struct diag *diag) {
    design->stride = calloc((size_t)design->axis_count + 1, sizeof *design->stride);
    if (design->stride == NULL) return no_memory(diag);
    design->count = 1;
    for (int i = design->axis_count - 1; i >= 0; i--) {
        const struct sweep_axis *axis = design->axes[i];
        if (axis->count == 0)
            return diag_set(diag, IOP_INVALID,
                            "%s: the range says no steps, which a grid needs; other designs are latin-hypercube and "
                            "sobol",
                            axis->path);
        design->stride[i] = design->count;
        if (axis->count > DESIGN_GRID_MAX / design->count)
            return diag_set(diag, IOP_INVALID, "the sweep has more than %d points", DESIGN_GRID_MAX);
        design->count *= axis->count;
    }
    return IOP_OK;
}

static enum iop_status make_sample(struct design *design, struct diag *diag) {
    const struct sweep_design *config = &design->config;
    if (design->axis_count == 0)
        return diag_set(diag, IOP_INVALID, "there is no axis: a %s design needs a `sweep` or --grid",
                        design_name(config->kind));
    if (config->kind == DESIGN_SOBOL && design->axis_count > SOBOL_DIMENSIONS_MAX)
        return diag_set(diag, IOP_INVALID, "%d axes; a sobol design has at most %d", design->axis_count,
                        SOBOL_DIMENSIONS_MAX);
    design->count = config->points;
    design->rows = calloc((size_t)design->count * (size_t)design->axis_count, sizeof *design->rows);
    if (design->rows == NULL) return no_memory(diag);
    if (config->kind == DESIGN_SOBOL)
        return sobol_sequence(design->count, design->axis_count, config->seed, SOBOL_FROM_ORIGIN, design->rows, diag);
    latin_hypercube(design->count, design->axis_count, config->seed, design->rows);
    return IOP_OK;
}

enum iop_status design_make(const struct sweep_design *config, const struct sweep_axis *const *axes, int axis_count,
                            struct design *design, struct diag *diag) {
    *design = (struct design){.config = *config, .axes = axes, .axis_count = axis_count};
    enum iop_status status = config->kind == DESIGN_GRID ? make_grid(design, diag) : make_sample(design, diag);
    if (status != IOP_OK) design_free(design);
    return status;
}

void design_free(struct design *design) {
    free(design->stride);
    free(design->rows);
    *design = (struct design){.count = 0};
}

/* Of a hypercube whole parts go to a value, so that the counts differ by one at most whatever the places within. */
static int list_index(const struct design *design, double u, int values) {
    double n = design->config.points;
    int index =
        design->config.kind == DESIGN_LATIN_HYPERCUBE ? (int)floor(floor(u * n) * values / n) : (int)floor(u * values);
    return index < values ? index : values - 1;
}

void design_value(const struct design *design, int point, int axis, char value[PATH_TEXT_MAX]) {
    const struct sweep_axis *of = design->axes[axis];
    if (design->config.kind == DESIGN_GRID) {
        memcpy(value, of->values[point / design->stride[axis] % of->count], PATH_TEXT_MAX);
        return;
    }
    double u = design->rows[(size_t)point * (size_t)design->axis_count + (size_t)axis];
    if (of->range.given)
        axis_sample(of, u, value);
    else
        memcpy(value, of->values[list_index(design, u, of->count)], PATH_TEXT_MAX);
}

struct fingerprint {
    uint64_t hash;
    int point;
};

static int compare(const void *a, const void *b) {
    const struct fingerprint *one = a, *other = b;
    if (one->hash != other->hash) return one->hash < other->hash ? -1 : 1;
    return (one->point > other->point) - (one->point < other->point);
}

enum iop_status design_mark_repeated(const struct design *design, bool *repeated, struct diag *diag) {
    memset(repeated, 0, (size_t)design->count * sizeof *repeated);
    if (design->config.kind == DESIGN_GRID) return IOP_OK;
    struct fingerprint *prints = calloc((size_t)design->count, sizeof *prints);
    if (prints == NULL) return no_memory(diag);
    for (int i = 0; i < design->count; i++) {
        prints[i] = (struct fingerprint){FNV1A_64_START, i};
        for (int j = 0; j < design->axis_count; j++) {
            char value[PATH_TEXT_MAX];
            design_value(design, i, j, value);
            prints[i].hash = fnv1a_64(prints[i].hash, value, strlen(value) + 1);
        }
    }
    qsort(prints, (size_t)design->count, sizeof *prints, compare);
    for (int i = 1; i < design->count; i++)
        if (prints[i].hash == prints[i - 1].hash) repeated[prints[i].point] = true;
    free(prints);
    return IOP_OK;
}
