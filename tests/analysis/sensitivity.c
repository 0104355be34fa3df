/* Which costs a result depends on, where the answer is known. */
#include "analysis/sensitivity.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/chosen_metric.h"
#include "analysis/sensitivity_report.h"
#include "made_up.h"
#include "scenarios/scenario.h"

static struct scenario *scenario;
static struct sensitivity found;

static void given_scenario(void) {
    const struct setting settings[] = {{"run.duration", "1 ms"}, {"run.warmup", "500 us"}};
    struct diag diag = {""};
    scenario = scenario_load("tutorial/01-first-run", settings, 2, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
}

static void free_scenario(void) { scenario_free(scenario); }

TestSuite(sensitivity, .init = given_scenario, .fini = free_scenario);

static void no_ranges(void) {
    for (int i = 0; i < COST_COUNT_; i++) {
        struct cost_value *cost = &scenario->model.host.costs.values[i];
        cost->low = cost->high = cost->value;
    }
}

static void given_range(enum cost cost, double low, double value, double high, enum provenance how) {
    struct cost_value *at = &scenario->model.host.costs.values[cost];
    at->low = low;
    at->value = value;
    at->high = high;
    at->how = how;
}

static enum iop_status analyse(const char *metric, int samples, int jobs, struct diag *diag) {
    const struct sensitivity_request request = {&scenario->model, &scenario->run, metric, samples};
    const struct crew crew = {.jobs = jobs};
    return sensitivity_run(&request, &crew, &found, diag);
}

static void analysed(const char *metric, int samples) {
    struct diag diag = {""};
    cr_assert_eq(analyse(metric, samples, 2, &diag), IOP_OK, "%s", diag.message);
}

/* One cost varies: it holds all of the variance. */
Test(sensitivity, the_only_uncertain_cost_holds_all) {
    no_ranges();
    given_range(COST_UDP_SEND, 600, 900, 1200, PROV_DERIVED);
    analysed(NULL, 64);
    cr_assert_eq(found.row_count, 1);
    cr_expect_str_eq(found.path, "guests[web].workloads[flood].pps");
    cr_expect_float_eq(found.rows[0].index.first.value, 1, 0.1, "%g", found.rows[0].index.first.value);
    cr_expect_float_eq(found.rows[0].index.total.value, 1, 0.1, "%g", found.rows[0].index.total.value);
    cr_expect_eq(found.next, 0);
    cr_expect(found.low < found.metric.value && found.metric.value < found.high);
    cr_expect_eq(found.runs, 1 + 2 + 64 * 3);
}

/* The sending thread does the work of both for every packet: its rate depends on their sum, so that equal ranges have
 * equal parts, and next to no interaction. What the device does meanwhile has no part in the rate. */
Test(sensitivity, costs_of_equal_ranges_hold_equal_parts) {
    no_ranges();
    given_range(COST_UDP_SEND, 600, 900, 1200, PROV_MEASURED);
    given_range(COST_SOCKET_SEND, 600, 900, 1200, PROV_ASSUMED);
    given_range(COST_DOORBELL, 200e-9, 226e-9, 400e-9, PROV_ASSUMED);
    given_range(COST_GRANT_COPY, 900, 1000, 1100, PROV_ASSUMED);
    analysed("pps", 256);
    cr_assert_eq(found.row_count, 3);
    for (int i = 0; i < 2; i++) {
        cr_expect_float_eq(found.rows[i].index.first.value, 0.5, 0.07, "%g", found.rows[i].index.first.value);
        cr_expect_float_eq(found.rows[i].index.total.value, 0.5, 0.07, "%g", found.rows[i].index.total.value);
    }
    cr_expect_eq(found.rows[2].axis.cost, COST_DOORBELL);
    cr_expect_lt(found.rows[2].index.total.high, 0.01);
    cr_expect_eq(found.rows[found.next].axis.cost, COST_SOCKET_SEND, "the other one is measured");
    cr_expect_float_eq(found.narrower, 1 - sqrt(0.5), 0.06, "%g", found.narrower);
    cr_expect_eq(found.no_effect_count, 1);
    cr_expect_eq(found.no_effect[0], COST_GRANT_COPY, "a virtual function has no grants");
}

Test(sensitivity, does_not_depend_on_threads) {
    struct diag diag = {""};
    no_ranges();
    given_range(COST_UDP_SEND, 600, 900, 1200, PROV_DERIVED);
    given_range(COST_DRIVER_TX, 600, 900, 1200, PROV_DERIVED);
    cr_assert_eq(analyse(NULL, 8, 1, &diag), IOP_OK);
    struct sensitivity *alone = malloc(sizeof *alone);
    *alone = found;
    cr_assert_eq(analyse(NULL, 8, 3, &diag), IOP_OK);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(alone->rows[i].axis.cost, found.rows[i].axis.cost);
        cr_expect_eq(memcmp(&alone->rows[i].index, &found.rows[i].index, sizeof found.rows[i].index), 0);
    }
    free(alone);
}

/* All ranges of the catalog: more costs matter to some metric than the design takes. Those that make up the work of the
 * sending thread are among the kept. */
Test(sensitivity, screening_keeps_what_matters) {
    analysed(NULL, 4);
    cr_expect_eq(found.row_count, SOBOL_INPUTS_MAX);
    cr_expect_gt(found.left_out_count, 0);
    cr_expect_eq(found.no_effect_count + found.left_out_count + found.row_count, found.uncertain);
    int candidates = found.left_out_count + found.row_count;
    cr_expect_eq(found.runs,
                 1 + 2 * found.uncertain + SCREENING_SAMPLES * (candidates + 1) + 4 * (SOBOL_INPUTS_MAX + 2));
    const enum cost expected[] = {COST_UDP_SEND, COST_SOCKET_SEND, COST_DRIVER_TX, COST_APP_SEND, COST_SYSCALL};
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        int at = 0;
        while (at < found.row_count && found.rows[at].axis.cost != expected[k]) at++;
        cr_expect_lt(at, found.row_count, "%s", cost_parameter(expected[k])->name);
    }
    for (int i = 1; i < found.row_count; i++)
        cr_expect_geq(found.rows[i - 1].index.total.value, found.rows[i].index.total.value);
    for (int i = 1; i < found.left_out_count; i++) cr_expect_geq(found.left_out[i - 1].share, found.left_out[i].share);
    cr_expect(sensitivity_left_out_share(&found) < 0.02, "%g", sensitivity_left_out_share(&found));
}

Test(sensitivity, a_result_that_no_cost_changes_has_no_indices) {
    no_ranges();
    given_range(COST_UDP_SEND, 600, 900, 1200, PROV_DERIVED);
    analysed("rates.grant_ops", 4);
    cr_expect_eq(found.variance, 0);
    cr_expect_eq(found.next, -1);
    no_ranges();
    analysed(NULL, 4);
    cr_expect_eq(found.row_count, 0);
    cr_expect_eq(found.uncertain, 0);
    cr_expect_eq(found.mean, found.metric.value);
}

Test(sensitivity, an_unknown_metric_is_an_error) {
    struct diag diag = {""};
    no_ranges();
    cr_expect_eq(analyse("guests[web].workloads[flood].ppps", 4, 1, &diag), IOP_INVALID);
    cr_expect(strstr(diag.message, "did you mean 'guests[web].workloads[flood].pps'?") != NULL, "%s", diag.message);
}

static int stop_after_two(void *user, int done, int total) {
    (void)user;
    cr_expect_leq(done, total);
    return done >= 2;
}

Test(sensitivity, stops_when_asked) {
    const struct sensitivity_request request = {&scenario->model, &scenario->run, NULL, 4};
    const struct crew crew = {.jobs = 1, .progress = stop_after_two};
    struct diag diag = {""};
    cr_expect_eq(sensitivity_run(&request, &crew, &found, &diag), IOP_INTERRUPTED);
    cr_expect(strstr(diag.message, "interrupted after 2 of") != NULL, "%s", diag.message);
}

/* --- which metric is meant --- */

Test(chosen_metric, is_the_main_rate_a_path_or_a_name) {
    struct made_up made_up;
    made_up_init(&made_up);
    const struct model_config *model = &made_up.scenario->model;
    struct diag diag = {""};
    const struct experiment_result *result = &made_up.result;
    cr_expect_eq(chosen_metric(result, model, NULL, &diag)->metric.kind, METRIC_PPS);
    cr_expect_eq(chosen_metric(result, model, "latency_p99", &diag)->metric.kind, METRIC_LATENCY_P99);
    cr_expect_eq(chosen_metric(result, model, "cpu[dom0].share[bridge]", &diag)->over.mean, 0.4);
    cr_expect_null(chosen_metric(result, model, "latncy_p99", &diag));
    cr_expect(strstr(diag.message, "--metric: 'latncy_p99' is not in the result; did you mean 'latency_p99'?") != NULL,
              "%s", diag.message);
    diag = (struct diag){""};
    cr_expect_null(chosen_metric(result, model, "nothing like it", &diag));
    cr_expect(strstr(diag.message, "shows what is") != NULL, "%s", diag.message);
    made_up_free(&made_up);
}

/* A block workload is counted in requests, whatever else the result has. */
Test(chosen_metric, requests_come_before_frames) {
    struct made_up made_up;
    made_up_init(&made_up);
    made_up.result.estimates[2].metric.kind = METRIC_IOPS;
    struct diag diag = {""};
    cr_expect_eq(chosen_metric(&made_up.result, &made_up.scenario->model, NULL, &diag)->metric.kind, METRIC_IOPS);
    for (int i = 0; i < made_up.result.estimate_count; i++) made_up.result.estimates[i].metric.kind = METRIC_EXITS;
    cr_expect_null(chosen_metric(&made_up.result, &made_up.scenario->model, NULL, &diag));
    made_up_free(&made_up);
}
