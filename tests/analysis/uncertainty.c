/* Prediction intervals of all metrics of a result. */
#include "analysis/uncertainty.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "scenarios/scenario.h"

enum { SAMPLES = 12 };

static struct scenario *scenario;
static struct experiment_result result;

static void given_result(void) {
    const struct setting settings[] = {
        {"run.duration", "2 ms"}, {"run.warmup", "1 ms"}, {"run.replications", "1"}, {"run.seed", "3"}};
    struct diag diag = {""};
    scenario = scenario_load("tutorial/01-first-run", settings, 4, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    const struct crew alone = {.jobs = 1};
    cr_assert_eq(experiment_run(&scenario->model, &scenario->run, &alone, &result, &diag), IOP_OK, "%s", diag.message);
}

static void free_result(void) {
    experiment_result_free(&result);
    scenario_free(scenario);
}

TestSuite(uncertainty, .init = given_result, .fini = free_result);

static struct uncertainty sampled(int jobs) {
    struct uncertainty uncertainty;
    struct diag diag = {""};
    const struct crew crew = {.jobs = jobs};
    enum iop_status status =
        uncertainty_run(&scenario->model, &scenario->run, SAMPLES, &crew, &result, &uncertainty, &diag);
    cr_assert_eq(status, IOP_OK, "%s", diag.message);
    return uncertainty;
}

/* The interval of a metric is that of the single samples. */
Test(uncertainty, has_the_interval_of_each_metric) {
    struct uncertainty uncertainty = sampled(1);
    cr_expect_eq(uncertainty.count, result.estimate_count);
    struct prediction_plan plan;
    struct diag diag = {""};
    cr_assert_eq(prediction_plan_make(SAMPLES, scenario->run.seed, &plan, &diag), IOP_OK);
    double values[SAMPLES], low, high;
    for (int i = 0; i < SAMPLES; i++) {
        struct experiment_result one;
        cr_assert_eq(prediction_sample(&plan, i, &scenario->model, &scenario->run, &one, &diag), IOP_OK);
        values[i] = experiment_find_metric(&one, &result.estimates[0].metric)->over.mean;
        experiment_result_free(&one);
    }
    prediction_interval(values, SAMPLES, &low, &high);
    cr_expect(uncertainty.ranges[0].low == low && uncertainty.ranges[0].high == high);
    cr_expect_lt(low, high);
    prediction_plan_free(&plan);
    uncertainty_free(&uncertainty);
}

Test(uncertainty, does_not_depend_on_threads) {
    struct uncertainty one = sampled(1), three = sampled(3);
    for (int i = 0; i < one.count; i++)
        cr_expect(one.ranges[i].low == three.ranges[i].low && one.ranges[i].high == three.ranges[i].high, "%d", i);
    uncertainty_free(&one);
    uncertainty_free(&three);
}

/* A metric that the samples do not have (of another workload, say) has no interval. */
Test(uncertainty, leaves_open_what_no_sample_observed) {
    result.estimates[1].metric.workload = 7;
    struct uncertainty uncertainty = sampled(1);
    cr_expect(isnan(uncertainty.ranges[1].low) && isnan(uncertainty.ranges[1].high));
    cr_expect(isfinite(uncertainty.ranges[0].low));
    uncertainty_free(&uncertainty);
}

static int stop_at_once(void *user, int done, int total) {
    (void)user, (void)total;
    return done >= 2;
}

Test(uncertainty, stops_when_asked) {
    struct uncertainty uncertainty;
    struct diag diag = {""};
    const struct crew crew = {.jobs = 1, .progress = stop_at_once};
    cr_expect_eq(uncertainty_run(&scenario->model, &scenario->run, SAMPLES, &crew, &result, &uncertainty, &diag),
                 IOP_INTERRUPTED);
    cr_expect_null(uncertainty.ranges);
    uncertainty_free(&uncertainty);
}
