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

/* Inverse of the distribution function of a double triangle with median `value`: from there a side's density falls to 0
 * at its bound, so that a share s of that side lies beyond 1 - sqrt(s) of it. */
static double double_triangle(double low, double value, double high, double u) {
    return u < 0.5 ? low + (value - low) * sqrt(2 * u) : high - (high - value) * sqrt(2 * (1 - u));
}

double cost_axis_quantile(const struct cost_axis *axis, double u) {
    if (u <= 0) return axis->low; /* the ends exactly, whatever exp and log round */
    if (u >= 1) return axis->high;
    if (axis->low <= 0) return double_triangle(axis->low, axis->value, axis->high, u);
    double drawn = exp(double_triangle(log(axis->low), log(axis->value), log(axis->high), u));
    return fmin(fmax(drawn, axis->low), axis->high); /* exp and log may leave the range by a rounding */
}

void cost_space_place(const struct cost_space *space, const double *u, struct cost_set *costs) {
    for (int i = 0; i < space->count; i++)
        costs->values[space->axes[i].cost].value = cost_axis_quantile(&space->axes[i], u[i]);
}
