/* Scenarios run with costs drawn from their ranges. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "analysis/prediction.h"
#include "scenarios/scenario.h"

static const char pps_path[] = "guests[web].workloads[flood].pps";

static double pps_of(const struct prediction_plan *plan, int sample, const struct scenario *scenario) {
    struct experiment_result result;
    struct diag diag = {""};
    enum iop_status status = prediction_sample(plan, sample, &scenario->model, &scenario->run, &result, &diag);
    cr_assert_eq(status, IOP_OK, "%s", diag.message);
    double pps = experiment_find(&result, &scenario->model, pps_path)->over.mean;
    experiment_result_free(&result);
    return pps;
}

static struct scenario *quick(void) {
    struct diag diag = {""};
    struct scenario *scenario = scenario_load("tutorial/01-first-run", NULL, 0, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    scenario->run.duration = 2 * SIM_MS;
    scenario->run.warmup_auto = false;
    scenario->run.warmup = SIM_MS;
    return scenario;
}

Test(prediction, samples_differ_and_repeat) {
    struct scenario *scenario = quick();
    struct prediction_plan plan;
    struct diag diag = {""};
    cr_assert_eq(prediction_plan_make(8, 1, &plan, &diag), IOP_OK);
    double pps[8];
    int distinct = 0;
    for (int i = 0; i < 8; i++) {
        pps[i] = pps_of(&plan, i, scenario);
        if (i > 0 && fabs(pps[i] / pps[0] - 1) > 0.005) distinct++;
    }
    cr_expect_gt(distinct, 4);
    cr_expect(pps_of(&plan, 3, scenario) == pps[3]);
    prediction_plan_free(&plan);
    scenario_free(scenario);
}

/* With all costs at their values, by ranges without width, the samples differ by the seed only. */
Test(prediction, costs_without_ranges_stay_as_they_are) {
    struct scenario *scenario = quick();
    struct prediction_plan plan;
    struct diag diag = {""};
    for (int i = 0; i < COST_COUNT_; i++) {
        struct cost_value *cost = &scenario->model.host.costs.values[i];
        cost->low = cost->high = cost->value;
    }
    cr_assert_eq(prediction_plan_make(2, 1, &plan, &diag), IOP_OK);
    double one = pps_of(&plan, 0, scenario), other = pps_of(&plan, 1, scenario);
    cr_expect(fabs(one / other - 1) < 0.02, "%g, %g", one, other);
    prediction_plan_free(&plan);
    scenario_free(scenario);
}

Test(prediction, the_interval_holds_nine_tenths) {
    double values[101], low, high;
    for (int i = 0; i <= 100; i++) values[i] = (i * 37) % 101;
    prediction_interval(values, 101, &low, &high);
    cr_expect_float_eq(low, 5, 1e-9);
    cr_expect_float_eq(high, 95, 1e-9);
}
