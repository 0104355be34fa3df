/* Costs as random variables: ranges, quantiles, Latin hypercubes. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/cost_space.h"
#include "analysis/latin_hypercube.h"
#include "scenarios/catalog.h"

static struct cost_set costs;
static struct cost_space space;

static void given_costs(void) {
    struct diag diag = {""};
    cr_assert_eq(catalog_costs("ec2-ivybridge", &costs, &diag), IOP_OK, "%s", diag.message);
    cost_space_of(&costs, &space);
}

Test(cost_space, has_an_axis_for_each_range_and_none_for_settings) {
    given_costs();
    int expected = 0;
    for (int i = 0; i < COST_COUNT_; i++)
        if (costs.values[i].low < costs.values[i].high && cost_parameter((enum cost)i)->unit != COST_SETTING)
            expected++;
    cr_expect_eq(space.count, expected);
    for (int i = 0; i < space.count; i++) cr_expect_neq(space.axes[i].cost, COST_NETIF_RING);
}

Test(cost_space, quantiles_rise_from_low_to_high) {
    given_costs();
    for (int i = 0; i < space.count; i++) {
        const struct cost_axis *axis = &space.axes[i];
        const char *name = cost_parameter(axis->cost)->name;
        double last = axis->low;
        for (int k = 0; k <= 20; k++) {
            double value = cost_axis_quantile(axis, k / 20.0);
            cr_expect(value >= last && value <= axis->high, "%s: %g at %d", name, value, k);
            last = value;
        }
        cr_expect(fabs(cost_axis_quantile(axis, 0) / axis->low - 1) < 1e-12 || axis->low == 0, "%s", name);
        cr_expect(fabs(cost_axis_quantile(axis, 1) / axis->high - 1) < 1e-12, "%s", name);
    }
}

/* Half of the draws lie below the value, and a quarter of those in the lower half of their side. */
Test(cost_space, the_value_is_the_median) {
    struct cost_axis wide = {.low = 1, .value = 10, .high = 1000}, from_zero = {.low = 0, .value = 1, .high = 4};
    cr_expect_float_eq(cost_axis_quantile(&wide, 0.5), 10, 1e-9);
    cr_expect_float_eq(cost_axis_quantile(&wide, 0.125), sqrt(10), 1e-9);
    cr_expect_float_eq(cost_axis_quantile(&wide, 0.875), 100, 1e-9);
    cr_expect_float_eq(cost_axis_quantile(&from_zero, 0.5), 1, 1e-12);
    cr_expect_float_eq(cost_axis_quantile(&from_zero, 0.125), 0.5, 1e-12);
}

Test(cost_space, places_a_point) {
    given_costs();
    double *u = calloc((size_t)space.count, sizeof *u);
    for (int i = 0; i < space.count; i++) u[i] = 1;
    struct cost_set *placed = malloc(sizeof *placed);
    *placed = costs;
    cost_space_place(&space, u, placed);
    for (int i = 0; i < COST_COUNT_; i++) {
        bool setting = cost_parameter((enum cost)i)->unit == COST_SETTING;
        double expected = setting ? costs.values[i].value : costs.values[i].high;
        cr_expect(fabs(placed->values[i].value - expected) <= 1e-12 * expected, "%s",
                  cost_parameter((enum cost)i)->name);
    }
    free(placed);
    free(u);
}

Test(latin_hypercube, has_one_point_in_each_part_of_each_axis) {
    enum { POINTS = 40, DIMENSIONS = 30 };
    static double point[POINTS * DIMENSIONS];
    latin_hypercube(POINTS, DIMENSIONS, 5, point);
    int same = 0;
    for (int d = 0; d < DIMENSIONS; d++) {
        int seen[POINTS] = {0};
        for (int i = 0; i < POINTS; i++) seen[(int)(point[i * DIMENSIONS + d] * POINTS)]++;
        for (int i = 0; i < POINTS; i++) cr_expect_eq(seen[i], 1, "axis %d, part %d", d, i);
        same += (int)(point[d] * POINTS) == 0;
    }
    cr_expect_lt(same, DIMENSIONS / 2, "the first point is in the first part of most axes");
}

Test(latin_hypercube, depends_on_the_seed_only) {
    double one[12], again[12], other[12];
    latin_hypercube(4, 3, 1, one);
    latin_hypercube(4, 3, 1, again);
    latin_hypercube(4, 3, 2, other);
    cr_expect_arr_eq(one, again, sizeof one);
    cr_expect_arr_neq(one, other, sizeof one);
}
