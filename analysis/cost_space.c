#include "analysis/cost_space.h"

#include <math.h>

void cost_space_of(const struct cost_set *costs, struct cost_space *space) {
    space->count = 0;
    for (int i = 0; i < COST_COUNT_; i++) {
        const struct cost_value *value = &costs->values[i];
        if (cost_parameter((enum cost)i)->unit == COST_SETTING || value->low >= value->high) continue;
        space->axes[space->count++] =
            (struct cost_axis){.cost = (enum cost)i, .low = value->low, .value = value->value, .high = value->high};
    }
}

/* Inverse of the distribution function of a triangle over [low, high] that peaks at `peak`. */
static double triangular(double low, double peak, double high, double u) {
    double width = high - low, before = (peak - low) / width;
    if (u < before) return low + sqrt(u * width * (peak - low));
    return high - sqrt((1 - u) * width * (high - peak));
}

double cost_axis_quantile(const struct cost_axis *axis, double u) {
    if (axis->low <= 0) return triangular(axis->low, axis->value, axis->high, u);
    double drawn = exp(triangular(log(axis->low), log(axis->value), log(axis->high), u));
    return fmin(fmax(drawn, axis->low), axis->high); /* exp and log may leave the range by a rounding */
}

void cost_space_place(const struct cost_space *space, const double *u, struct cost_set *costs) {
    for (int i = 0; i < space->count; i++)
        costs->values[space->axes[i].cost].value = cost_axis_quantile(&space->axes[i], u[i]);
}
