/* Designs of sweeps: properties of grids, Latin hypercubes and Sobol sequences. */
#include "analysis/design.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/axis.h"

enum { AXES = 3 };
static const char *const texts[AXES] = {"guests[0].mode=pv,sriov,hvm", "guests[0].queues=1..16/4",
                                        "guests[0].workloads[0].rate=1 kpps..2 kpps/3"};
static struct sweep_axis axes[AXES];
static const struct sweep_axis *list[AXES];

static void enter(void) {
    struct diag diag = {""};
    for (int i = 0; i < AXES; i++) {
        cr_assert_eq(axis_parse(texts[i], &axes[i], &diag), IOP_OK, "%s", diag.message);
        list[i] = &axes[i];
    }
}

static void leave(void) {
    for (int i = 0; i < AXES; i++) free(axes[i].values);
}

TestSuite(design, .init = enter, .fini = leave);

static struct design made(enum design_kind kind, int points, uint64_t seed) {
    struct design design;
    struct diag diag = {""};
    const struct sweep_design config = {kind, points, seed};
    cr_assert_eq(design_make(&config, list, AXES, &design, &diag), IOP_OK, "%s", diag.message);
    return design;
}

/* The rate of a point in its range, from 0 to 1. */
static double rate(const struct design *design, int point) {
    char value[PATH_TEXT_MAX];
    struct quantity read;
    design_value(design, point, 2, value);
    cr_assert_eq(quantity_parse(value, DIM_BIT(DIM_PACKET_RATE), &read, NULL), IOP_OK, "%s", value);
    return read.value / 1000 - 1;
}

static int times(const struct design *design, int axis, const char *wanted) {
    int count = 0;
    for (int i = 0; i < design->count; i++) {
        char value[PATH_TEXT_MAX];
        design_value(design, i, axis, value);
        count += strcmp(value, wanted) == 0;
    }
    return count;
}

Test(design, a_grid_has_each_combination_once) {
    struct design design = made(DESIGN_GRID, 0, 0);
    cr_assert_eq(design.count, 3 * 4 * 3);
    for (int i = 0; i < design.count; i++) {
        char value[AXES][PATH_TEXT_MAX];
        for (int j = 0; j < AXES; j++) design_value(&design, i, j, value[j]);
        cr_expect_str_eq(value[0], axes[0].values[i / 12]);
        cr_expect_str_eq(value[1], axes[1].values[i / 3 % 4]);
        cr_expect_str_eq(value[2], axes[2].values[i % 3]);
    }
    design_free(&design);
}

Test(design, a_hypercube_has_one_point_in_each_part_of_each_axis) {
    enum { N = 90 };
    struct design design = made(DESIGN_LATIN_HYPERCUBE, N, 5);
    bool part[N] = {false};
    for (int i = 0; i < N; i++) {
        int at = (int)(rate(&design, i) * N);
        cr_assert(at >= 0 && at < N);
        cr_expect(!part[at], "two points in part %d", at);
        part[at] = true;
    }
    cr_expect(times(&design, 0, "pv") == 30 && times(&design, 0, "sriov") == 30 && times(&design, 0, "hvm") == 30);
    for (int queues = 1; queues <= 16; queues++) {
        char value[16];
        snprintf(value, sizeof value, "%d", queues);
        int count = times(&design, 1, value);
        cr_expect(count >= 4 && count <= 7, "%d queues: %d times", queues, count); /* 5.6, a part at either end */
    }
    design_free(&design);
}

/* Any number of points gives each value of a list its share, rounded. */
Test(design, a_hypercube_gives_each_value_as_many_points) {
    for (int points = 1; points < 40; points++) {
        struct design design = made(DESIGN_LATIN_HYPERCUBE, points, 1);
        for (int i = 0; i < 3; i++) {
            int count = times(&design, 0, axes[0].values[i]);
            cr_expect(count == points / 3 || count == (points + 2) / 3, "%d of %d points", count, points);
        }
        design_free(&design);
    }
}

static void expect_same_points(const struct design *one, const struct design *other, int count) {
    for (int i = 0; i < count; i++)
        for (int j = 0; j < AXES; j++) {
            char a[PATH_TEXT_MAX], b[PATH_TEXT_MAX];
            design_value(one, i, j, a);
            design_value(other, i, j, b);
            cr_expect_str_eq(a, b, "point %d", i);
        }
}

Test(design, a_longer_sobol_sequence_begins_with_the_shorter_one) {
    struct design few = made(DESIGN_SOBOL, 10, 3), many = made(DESIGN_SOBOL, 100, 3);
    expect_same_points(&few, &many, 10);
    design_free(&few);
    design_free(&many);
}

/* 2^m points of the sequence have one in each of 2^m equal parts of an axis, wherever the shift lets them begin. */
Test(design, a_sobol_sequence_is_even_along_an_axis) {
    enum { N = 64 };
    struct design design = made(DESIGN_SOBOL, N, 3);
    double first = rate(&design, 0);
    bool part[N] = {false};
    for (int i = 0; i < N; i++) {
        double place = rate(&design, i) - first;
        int at = (int)lround((place < 0 ? place + 1 : place) * N) % N;
        cr_expect(!part[at], "two points in part %d", at);
        part[at] = true;
    }
    for (int i = 0; i < 3; i++) cr_expect_float_eq(times(&design, 0, axes[0].values[i]), N / 3.0, 2);
    design_free(&design);
}

Test(design, the_seed_moves_the_points) {
    static const enum design_kind kinds[] = {DESIGN_LATIN_HYPERCUBE, DESIGN_SOBOL};
    for (size_t k = 0; k < 2; k++) {
        struct design one = made(kinds[k], 8, 1), same = made(kinds[k], 8, 1), other = made(kinds[k], 8, 2);
        expect_same_points(&one, &same, 8);
        int equal = 0;
        for (int i = 0; i < 8; i++) equal += rate(&one, i) == rate(&other, i);
        cr_expect_eq(equal, 0);
        design_free(&one);
        design_free(&same);
        design_free(&other);
    }
}

/* Three values of one axis are at most three points, each the first of its kind. */
Test(design, repeated_points_are_marked) {
    struct design design;
    struct diag diag = {""};
    bool repeated[20];
    const struct sweep_design config = {DESIGN_SOBOL, 20, 1};
    cr_assert_eq(design_make(&config, list, 1, &design, &diag), IOP_OK);
    cr_assert_eq(design_mark_repeated(&design, repeated, &diag), IOP_OK);
    int left = 0;
    for (int i = 0; i < 20; i++) left += !repeated[i];
    cr_expect_eq(left, 3);
    cr_expect(!repeated[0]);
    design_free(&design);
}

static void expect_refused(enum design_kind kind, const struct sweep_axis *const *of, int count, const char *why) {
    struct design design;
    struct diag diag = {""};
    const struct sweep_design config = {kind, kind == DESIGN_GRID ? 0 : 4, 1};
    cr_expect_eq(design_make(&config, of, count, &design, &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, why, "%s", diag.message);
}

Test(design, what_cannot_be_is_refused) {
    const struct sweep_axis range = {.path = "run.seed", .range = {.given = true, .from = 1, .to = 2}},
                            wide = {.path = "run.seed", .count = 10000};
    const struct sweep_axis *many[41], *two[] = {&wide, &wide};
    for (int i = 0; i < 41; i++) many[i] = &range;
    expect_refused(
        DESIGN_GRID, many, 1,
        "run.seed: the range says no steps, which a grid needs; other designs are latin-hypercube and sobol");
    expect_refused(DESIGN_SOBOL, many, 0, "there is no axis: a sobol design needs a `sweep` or --grid");
    expect_refused(DESIGN_SOBOL, many, 41, "41 axes; a sobol design has at most 40");
    expect_refused(DESIGN_GRID, two, 2, "the sweep has more than 10000000 points");
}
