/* Designs and estimators of Sobol indices, against functions whose indices are known. */
#include "analysis/sobol_indices.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/sobol_design.h"

typedef double function(const double *u, int inputs);

static double *values_of(function *f, const struct sobol_design *design) {
    int points = sobol_design_points(design);
    double u[SOBOL_INPUTS_MAX], *values = calloc((size_t)points, sizeof *values);
    for (int p = 0; p < points; p++) {
        sobol_design_point(design, p, u);
        values[p] = f(u, design->inputs);
    }
    return values;
}

static void indices_of(function *f, int inputs, int samples, uint64_t seed, struct sobol_index *indices) {
    struct sobol_design design;
    struct diag diag = {""};
    cr_assert_eq(sobol_design_of_sequence(inputs, samples, seed, &design, &diag), IOP_OK, "%s", diag.message);
    double *values = values_of(f, &design);
    cr_assert_eq(sobol_indices(inputs, samples, values, seed, indices, &diag), IOP_OK, "%s", diag.message);
    free(values);
    sobol_design_free(&design);
}

static void expect_shares(const struct sobol_index *indices, int inputs, const double *first, const double *total,
                          double tolerance) {
    for (int i = 0; i < inputs; i++) {
        cr_expect_float_eq(indices[i].first.value, first[i], tolerance, "S%d: %g", i + 1, indices[i].first.value);
        cr_expect_float_eq(indices[i].total.value, total[i], tolerance, "ST%d: %g", i + 1, indices[i].total.value);
    }
}

static void expect_inside(const struct sobol_share *share, double known, const char *what, int input) {
    cr_expect(share->low <= known && known <= share->high, "%s%d: %g is not from %g to %g", what, input + 1, known,
              share->low, share->high);
}

/* Ishigami and Homma, First International Symposium on Uncertainty Modeling and Analysis, 1990; a = 7, b = 0.1. */
static double ishigami(const double *u, int inputs) {
    const double pi = acos(-1);
    double x[3];
    cr_assert_eq(inputs, 3);
    for (int i = 0; i < 3; i++) x[i] = pi * (2 * u[i] - 1);
    return sin(x[0]) + 7 * pow(sin(x[1]), 2) + 0.1 * pow(x[2], 4) * sin(x[0]);
}

static const double ishigami_first[] = {0.3139, 0.4424, 0}, ishigami_total[] = {0.5576, 0.4424, 0.2437};

Test(sobol_indices, of_the_ishigami_function_are_as_known) {
    struct sobol_index indices[3];
    indices_of(ishigami, 3, 4096, 1, indices);
    expect_shares(indices, 3, ishigami_first, ishigami_total, 0.01);
}

Test(sobol_indices, intervals_hold_the_known_values) {
    struct sobol_index indices[3];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        indices_of(ishigami, 3, 512, seed, indices);
        for (int i = 0; i < 3; i++) {
            expect_inside(&indices[i].first, ishigami_first[i], "S", i);
            expect_inside(&indices[i].total, ishigami_total[i], "ST", i);
        }
    }
}

Test(sobol_indices, intervals_halve_with_four_times_the_samples) {
    struct sobol_index few[3], many[3];
    indices_of(ishigami, 3, 512, 1, few);
    indices_of(ishigami, 3, 2048, 1, many);
    for (int i = 0; i < 3; i++) {
        double ratio = (many[i].total.high - many[i].total.low) / (few[i].total.high - few[i].total.low);
        cr_expect(ratio > 0.4 && ratio < 0.6, "ST%d: %g", i + 1, ratio);
    }
}

/* Sobol's g-function with a_i = i: the product of (|4 u_i - 2| + a_i) / (1 + a_i), whose partial variances are
 * V_i = 1 / (3 (1 + a_i)^2) and V = prod(1 + V_i) - 1 (Saltelli and Sobol, 1995). */
enum { G_INPUTS = 8 };

static double g_function(const double *u, int inputs) {
    double product = 1;
    for (int i = 0; i < inputs; i++) product *= (fabs(4 * u[i] - 2) + i) / (1 + i);
    return product;
}

Test(sobol_indices, of_the_g_function_are_as_derived) {
    struct sobol_index indices[G_INPUTS];
    double part[G_INPUTS], all = 1, first[G_INPUTS], total[G_INPUTS];
    for (int i = 0; i < G_INPUTS; i++) {
        part[i] = 1 / (3.0 * (1 + i) * (1 + i));
        all *= 1 + part[i];
    }
    for (int i = 0; i < G_INPUTS; i++) {
        first[i] = part[i] / (all - 1);
        total[i] = part[i] * (all / (1 + part[i])) / (all - 1);
    }
    indices_of(g_function, G_INPUTS, 8192, 1, indices);
    expect_shares(indices, G_INPUTS, first, total, 0.02);
}

static double far_from_zero(const double *u, int inputs) { return 1e6 + u[0] + 2 * u[inputs - 1]; }

/* A sum has no interactions; its parts stand like the squares, 1 to 4. A large mean costs no digits. */
Test(sobol_indices, of_a_sum_are_the_same_of_both_orders) {
    struct sobol_index indices[SOBOL_INPUTS_MAX];
    double first[SOBOL_INPUTS_MAX] = {[0] = 0.2, [SOBOL_INPUTS_MAX - 1] = 0.8};
    indices_of(far_from_zero, SOBOL_INPUTS_MAX, 1024, 2, indices);
    expect_shares(indices, SOBOL_INPUTS_MAX, first, first, 0.02);
    for (int i = 1; i < SOBOL_INPUTS_MAX - 1; i++) cr_expect_eq(indices[i].total.high, 0, "input %d does nothing", i);
}

static double constant(const double *u, int inputs) { return 3 + 0 * u[inputs - 1]; }

Test(sobol_indices, of_a_constant_are_nothing) {
    struct sobol_index indices[2];
    const double none[] = {0, 0};
    indices_of(constant, 2, 16, 1, indices);
    expect_shares(indices, 2, none, none, 0);
}

/* With inputs far beyond those of the sequence: f = sum w_i u_i has the effects w_i^2 / 12. */
Test(sobol_indices, radial_effects_come_from_any_number_of_inputs) {
    enum { INPUTS = 60, SAMPLES = 200 };
    struct sobol_design design;
    struct diag diag = {""};
    cr_assert_eq(sobol_design_of_hypercube(INPUTS, SAMPLES, 1, &design, &diag), IOP_OK);
    int points = sobol_design_radial_points(&design);
    double *values = calloc((size_t)points, sizeof *values), effects[INPUTS], u[INPUTS];
    for (int p = 0; p < points; p++) {
        sobol_design_point(&design, p, u);
        for (int i = 0; i < INPUTS; i++) values[p] += (i % 3) * u[i];
    }
    sobol_total_effects(INPUTS, SAMPLES, values, effects);
    for (int i = 0; i < INPUTS; i++) {
        double known = (i % 3) * (i % 3) / 12.0;
        cr_expect_float_eq(effects[i], known, 0.35 * known + 1e-12, "input %d: %g", i, effects[i]);
    }
    free(values);
    sobol_design_free(&design);
}

Test(sobol_design, mixes_one_input_of_b_into_a) {
    enum { K = 3, N = 8 };
    struct sobol_design design;
    struct diag diag = {""};
    double a[K], b[K], mixed[K];
    cr_assert_eq(sobol_design_of_sequence(K, N, 1, &design, &diag), IOP_OK);
    cr_expect_eq(sobol_design_points(&design), N * (K + 2));
    for (int j = 0; j < N; j++) {
        sobol_design_point(&design, j, a);
        sobol_design_point(&design, (K + 1) * N + j, b);
        for (int i = 0; i < K; i++) {
            sobol_design_point(&design, (i + 1) * N + j, mixed);
            for (int d = 0; d < K; d++)
                cr_expect_eq(mixed[d], d == i ? b[d] : a[d], "row %d, AB_%d, input %d", j, i, d);
            cr_expect(a[i] >= 0 && a[i] < 1 && a[i] != b[i]);
        }
    }
    sobol_design_free(&design);
}

Test(sobol_design, depends_on_the_seed_only) {
    struct sobol_design one, again, other;
    struct diag diag = {""};
    cr_assert_eq(sobol_design_of_sequence(2, 4, 1, &one, &diag), IOP_OK);
    cr_assert_eq(sobol_design_of_sequence(2, 4, 1, &again, &diag), IOP_OK);
    cr_assert_eq(sobol_design_of_sequence(2, 4, 2, &other, &diag), IOP_OK);
    cr_expect_arr_eq(one.rows, again.rows, 16 * sizeof *one.rows);
    cr_expect_arr_neq(one.rows, other.rows, 16 * sizeof *one.rows);
    sobol_design_free(&one);
    sobol_design_free(&again);
    sobol_design_free(&other);
}
