/* Replications of the real model. */
#include "analysis/experiment.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/catalog.h"
#include "scenarios/scenario.h"

static struct scenario *first_run(void) {
    char path[600], folder[400];
    struct diag diag = {""};
    cr_assert_eq(data_path("scenarios/tutorial", folder, sizeof folder, &diag), IOP_OK, "%s", diag.message);
    snprintf(path, sizeof path, "%s/01-first-run.yaml", folder);
    struct scenario *scenario = scenario_load(path, NULL, 0, &diag);
    cr_assert(scenario != NULL, "%s", diag.message);
    scenario->run.duration = 5 * SIM_MS;
    scenario->run.replications = 3;
    scenario->run.warmup_auto = false;
    scenario->run.warmup = SIM_MS;
    return scenario;
}

static void run_with(const struct scenario *scenario, int jobs, struct experiment_result *result) {
    struct diag diag = {""};
    const struct crew crew = {.jobs = jobs};
    cr_assert_eq(experiment_run(&scenario->model, &scenario->run, &crew, result, &diag), IOP_OK, "%s", diag.message);
}

static void run(const struct scenario *scenario, struct experiment_result *result) { run_with(scenario, 1, result); }

static const char pps_path[] = "guests[web].workloads[flood].pps";

Test(experiment, same_seed_same_numbers) {
    struct scenario *scenario = first_run();
    struct experiment_result one, two;
    run(scenario, &one);
    run(scenario, &two);
    cr_assert_eq(one.estimate_count, two.estimate_count);
    for (int i = 0; i < one.estimate_count; i++)
        cr_expect(memcmp(&one.estimates[i].over, &two.estimates[i].over, sizeof one.estimates[i].over) == 0);
    cr_expect_eq(one.events, two.events);
    cr_expect_eq(one.charge_count, two.charge_count);
    experiment_result_free(&one);
    experiment_result_free(&two);
    scenario_free(scenario);
}

Test(experiment, estimates_are_the_means_of_their_values) {
    struct scenario *scenario = first_run();
    struct experiment_result result;
    run(scenario, &result);
    for (int i = 0; i < result.estimate_count; i++) {
        const double *values = experiment_values(&result, &result.estimates[i]);
        double sum = 0;
        int seen = 0;
        for (int r = 0; r < result.replications; r++)
            if (!isnan(values[r])) sum += values[r], seen++;
        double mean = result.estimates[i].over.mean;
        cr_expect(seen > 0 && fabs(sum / seen - mean) <= 1e-9 * fabs(mean), "%d: %g is not %g", i, sum / seen, mean);
    }
    experiment_result_free(&result);
    scenario_free(scenario);
}

/* More replications than a batch, on one thread and on several. */
Test(experiment, threads_do_not_change_a_bit) {
    struct scenario *scenario = first_run();
    scenario->run.replications = 40;
    scenario->run.duration = SIM_MS;
    scenario->run.warmup_auto = true;
    struct experiment_result one, several;
    run_with(scenario, 1, &one);
    run_with(scenario, 3, &several);
    cr_assert_eq(one.estimate_count, several.estimate_count);
    for (int i = 0; i < one.estimate_count; i++)
        cr_expect(memcmp(&one.estimates[i].over, &several.estimates[i].over, sizeof one.estimates[i].over) == 0);
    cr_assert_eq(one.charge_count, several.charge_count);
    for (int i = 0; i < one.charge_count; i++)
        cr_expect(one.charges[i].cycles_per_packet == several.charges[i].cycles_per_packet);
    cr_expect_eq(one.events, several.events);
    cr_expect_eq(one.replications, 40);
    experiment_result_free(&one);
    experiment_result_free(&several);
    scenario_free(scenario);
}

Test(experiment, adds_up_over_replications) {
    struct scenario *scenario = first_run();
    struct experiment_result result;
    run(scenario, &result);
    cr_expect_eq(result.replications, 3);
    cr_expect_eq(result.warmup, SIM_MS);
    cr_expect(fabs(result.simulated_s - 3 * 0.006) < 1e-9, "%g", result.simulated_s);
    cr_expect(result.events > 0 && result.wall_s >= 0 && result.conserved);
    const struct estimate *pps = experiment_find(&result, &scenario->model, pps_path);
    cr_assert_not_null(pps);
    cr_expect(pps->over.low <= pps->over.mean && pps->over.mean <= pps->over.high && pps->over.mean > 0);
    cr_expect_null(experiment_find(&result, &scenario->model, "guests[web].workloads[flood].iops"));
    for (int i = 1; i < result.resource_count; i++)
        cr_expect(result.resources[i - 1].utilization >= result.resources[i].utilization);
    cr_expect_eq(result.bound_count, 1);
    experiment_result_free(&result);
    scenario_free(scenario);
}

struct calls {
    int count, last_done, total, stop_at;
};

static int count_calls(void *user, int done, int total) {
    struct calls *calls = user;
    cr_expect(done <= total);
    cr_expect(done >= calls->last_done, "progress went back");
    calls->last_done = done;
    calls->total = total;
    return done == calls->stop_at;
}

Test(experiment, automatic_warmup_takes_a_pilot_run) {
    struct scenario *scenario = first_run();
    struct experiment_result result;
    struct calls calls = {.stop_at = -1};
    const struct crew crew = {1, count_calls, &calls};
    scenario->run.warmup_auto = true;
    cr_assert_eq(experiment_run(&scenario->model, &scenario->run, &crew, &result, NULL), IOP_OK);
    cr_expect_eq(calls.total, 4);
    cr_expect_eq(calls.last_done, 4);
    cr_expect(result.warmup >= 0 && result.warmup <= scenario->run.duration / 2);
    experiment_result_free(&result);
    scenario_free(scenario);
}

Test(experiment, stops_between_replications) {
    struct scenario *scenario = first_run();
    struct experiment_result result;
    struct calls calls = {.stop_at = 1};
    struct diag diag = {""};
    const struct crew crew = {1, count_calls, &calls};
    cr_expect_eq(experiment_run(&scenario->model, &scenario->run, &crew, &result, &diag), IOP_INTERRUPTED);
    cr_expect_str_eq(diag.message, "interrupted after 1 of 3 runs");
    cr_expect_null(result.estimates);
    experiment_result_free(&result); /* allowed after a failure */
    scenario_free(scenario);
}

Test(experiment, needs_a_replication) {
    struct scenario *scenario = first_run();
    struct experiment_result result;
    struct diag diag = {""};
    scenario->run.replications = 0;
    const struct crew crew = {.jobs = 1};
    cr_expect_eq(experiment_run(&scenario->model, &scenario->run, &crew, &result, &diag), IOP_INVALID);
    scenario_free(scenario);
}
