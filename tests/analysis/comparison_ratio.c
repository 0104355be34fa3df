/* Intervals of ratios, from replications in pairs. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "analysis/comparison.h"

static void compare(const char *sweep_mode, const struct setting *settings, int count, struct comparison *comparison) {
    enum mode modes[2] = {MODE_PV, mode_find(sweep_mode)};
    char file[600];
    scenario_path("tutorial/02-compare-modes", file, sizeof file);
    const struct comparison_request request = {
        .file = file, .settings = settings, .setting_count = count, .mode_count = 2, .modes = modes};
    const struct crew crew = {.jobs = 1};
    struct diag diag = {""};
    cr_assert_eq(comparison_plan(&request, comparison, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(comparison_run(comparison, &crew, &diag), IOP_OK, "%s", diag.message);
}

static const struct setting poisson[] = {{"run.duration", "2 ms"},
                                         {"run.warmup", "1 ms"},
                                         {"guests[0].workloads[0].rate", "100 kpps"},
                                         {"guests[0].workloads[0].arrivals", "poisson"}};

/* The same model under the same seeds: the ratio is 1 and nothing else. */
Test(comparison_ratio, of_identical_points_is_1_without_width) {
    struct comparison comparison;
    compare("pvhvm", poisson, 4, &comparison);
    struct comparison_point twin = comparison.points[0];
    struct interval over;
    cr_expect_not(comparison_ratio_interval(&comparison, &comparison.points[0], &over), "the reference itself");
    cr_assert(comparison_ratio_interval(&comparison, &twin, &over));
    cr_expect(over.mean == 1 && over.low == 1 && over.high == 1, "%g %g %g", over.mean, over.low, over.high);
    comparison_free(&comparison);
}

static double half_width(const double *of, const double *to, int count) {
    struct interval over = student_factor(of, to, count);
    return (over.high - over.low) / 2;
}

/* Both modes deliver what is offered: how many arrive is chance that they share, and pairing takes it out. */
Test(comparison_ratio, pairs_remove_the_chance_that_points_share) {
    struct comparison comparison;
    compare("sriov", poisson, 4, &comparison);
    const struct comparison_point *pv = &comparison.points[0], *sriov = &comparison.points[1];
    struct interval over;
    cr_assert(comparison_ratio_interval(&comparison, sriov, &over));
    double ratio = comparison_ratio(&comparison, sriov);
    cr_expect(over.low <= ratio && ratio <= over.high && over.high > over.low);
    const struct metric pps = {.kind = METRIC_PPS, .guest = 0, .workload = 0};
    const double *one = experiment_values(&pv->result, experiment_find_metric(&pv->result, &pps)),
                 *other = experiment_values(&sriov->result, experiment_find_metric(&sriov->result, &pps));
    int count = pv->result.replications;
    double shifted[16]; /* every replication against the next one: nothing is shared */
    for (int i = 0; i < count; i++) shifted[i] = one[(i + 1) % count];
    double paired = half_width(other, one, count), unpaired = half_width(other, shifted, count);
    cr_expect_float_eq((over.high - over.low) / 2, paired, 1e-12);
    cr_expect_lt(paired, unpaired / sqrt(2), "%g against %g: pairing halves the variance at least", paired, unpaired);
    comparison_free(&comparison);
}

Test(comparison_ratio, one_replication_has_no_interval) {
    static const struct setting once[] = {{"run.duration", "2 ms"}, {"run.warmup", "1 ms"}, {"run.replications", "1"}};
    struct comparison comparison;
    struct interval over;
    compare("pvhvm", once, 3, &comparison);
    cr_expect(isfinite(comparison_ratio(&comparison, &comparison.points[1])));
    cr_expect_not(comparison_ratio_interval(&comparison, &comparison.points[1], &over));
    comparison_free(&comparison);
}
