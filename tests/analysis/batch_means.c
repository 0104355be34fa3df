/* Batch means: what a batch measures, and whether batches that depend on each other are found out. */
#include "analysis/batch_means.h"

#include <criterion/criterion.h>
#include <math.h>

#include "scenarios/scenario.h"
#include "sim/random.h"

enum { BATCHES = 20 };

static struct scenario *poisson_path(void) {
    static const struct setting settings[] = {{"guests[0].workloads[0].rate", "600 kpps"},
                                              {"guests[0].workloads[0].arrivals", "poisson"},
                                              {"run.warmup", "1 ms"},
                                              {"run.duration", "40 ms"}};
    struct diag diag = {""};
    struct scenario *scenario = scenario_load("tutorial/01-first-run", settings, 4, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    return scenario;
}

static void run(const struct scenario *scenario, int replications, int batches, struct experiment_result *result) {
    struct diag diag = {""};
    const struct crew crew = {.jobs = 2};
    struct run_config config = scenario->run;
    config.replications = replications;
    config.batches = batches;
    cr_assert_eq(experiment_run(&scenario->model, &config, &crew, result, &diag), IOP_OK, "%s", diag.message);
}

/* Batches are parts of the same run: counts add up, and so do CPU time and events. */
Test(batch_means, batches_add_up_to_the_run_they_are_cut_from) {
    static const enum metric_kind kinds[] = {METRIC_PPS, METRIC_OFFERED_PPS, METRIC_INTERRUPTS, METRIC_CPU_CORES};
    struct scenario *scenario = poisson_path();
    struct experiment_result whole, cut;
    run(scenario, 1, 0, &whole);
    run(scenario, 1, BATCHES, &cut);
    cr_expect_eq(experiment_observations(&whole), 1);
    cr_expect_eq(experiment_observations(&cut), BATCHES);
    cr_expect_eq(whole.events, cut.events);
    cr_expect_eq(whole.simulated_s, cut.simulated_s);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int i = 0; i < whole.estimate_count; i++) {
            const struct estimate *one = &whole.estimates[i], *other = experiment_find_metric(&cut, &one->metric);
            if (one->metric.kind != kinds[k]) continue;
            cr_assert_not_null(other);
            /* Which CPU time is a row's is known to within the packets under way when a batch ends. */
            double part = kinds[k] == METRIC_CPU_CORES ? 1e-3 : 1e-9;
            cr_expect_float_eq(one->over.mean, other->over.mean, part * one->over.mean, "%s: %.12g is not %.12g",
                               metric_name(kinds[k]), one->over.mean, other->over.mean);
            cr_expect(one->over.low == one->over.high && other->over.low < other->over.high);
        }
    experiment_result_free(&whole);
    experiment_result_free(&cut);
    scenario_free(scenario);
}

/* One long run in batches knows a mean about as well as many short ones, and both agree. */
Test(batch_means, agree_with_replications) {
    struct scenario *scenario = poisson_path();
    const char *path = "guests[web].workloads[flood].latency_mean";
    struct experiment_result batches, replications;
    run(scenario, 1, BATCHES, &batches);
    scenario->run.duration /= BATCHES;
    run(scenario, BATCHES, 0, &replications);
    struct interval one = experiment_find(&batches, &scenario->model, path)->over,
                    other = experiment_find(&replications, &scenario->model, path)->over;
    double half = (one.high - one.low) / 2, its = (other.high - other.low) / 2;
    cr_expect(fabs(one.mean - other.mean) < half + its, "%g +- %g, %g +- %g", one.mean, half, other.mean, its);
    cr_expect(half < 2 * its && its < 2 * half, "%g and %g wide", half, its);
    experiment_result_free(&batches);
    experiment_result_free(&replications);
    scenario_free(scenario);
}

Test(batch_means, threads_do_not_change_a_bit) {
    struct scenario *scenario = poisson_path();
    scenario->run.duration /= 4;
    struct experiment_result one, several;
    const struct crew alone = {.jobs = 1};
    scenario->run.replications = 3;
    scenario->run.batches = 8;
    cr_assert_eq(experiment_run(&scenario->model, &scenario->run, &alone, &one, NULL), IOP_OK);
    run(scenario, 3, 8, &several);
    for (int i = 0; i < one.estimate_count; i++)
        cr_expect(one.estimates[i].over.low == several.estimates[i].over.low &&
                  one.estimates[i].over.mean == several.estimates[i].over.mean);
    experiment_result_free(&one);
    experiment_result_free(&several);
    scenario_free(scenario);
}

/* Means that follow each other with the correlation `rho`. */
static void correlated(uint32_t replication, double rho, double *means, int count) {
    struct random_stream stream;
    random_stream_init(&stream, 1, replication, 1);
    double last = 0;
    for (int i = 0; i < count; i++) {
        double noise = -6; /* twelve uniform numbers: all but normal */
        for (int j = 0; j < 12; j++) noise += random_uniform(&stream);
        means[i] = last = rho * last + noise;
    }
}

static int found(double rho, int batches) {
    int count = 0;
    for (uint32_t r = 1; r <= 1000; r++) {
        double means[100];
        correlated(r, rho, means, batches);
        struct batch_test test = batch_test(means, 1, batches);
        cr_assert(test.made);
        count += test.correlated;
    }
    return count;
}

/* Of 1,000 tests 10 are expected to err, up to 23 with a probability of 99.99 % (binomial). */
Test(batch_means, independent_means_are_rarely_called_correlated) {
    int wrong = found(0, 30);
    cr_expect(wrong <= 23, "%d of 1000", wrong);
}

Test(batch_means, correlated_means_are_found) {
    cr_expect_gt(found(0.6, 100), 990);
    cr_expect_gt(found(0.8, 30), 900);
}

Test(batch_means, estimate_is_the_correlation) {
    enum { LONG = 4000 };
    static double means[LONG];
    correlated(1, 0.5, means, LONG);
    struct batch_test test = batch_test(means, 1, LONG);
    cr_expect_float_eq(test.correlation, 0.5, 0.06);
    test = batch_test(means, 40, LONG / 40);
    cr_expect_float_eq(test.correlation, 0.5, 0.08);
}

Test(batch_means, what_cannot_be_tested_is_not) {
    double means[20] = {0};
    cr_expect_not(batch_test(means, 1, 20).made, "all the same");
    means[3] = NAN;
    cr_expect_not(batch_test(means, 1, 20).made, "not observed");
    for (int i = 0; i < 20; i++) means[i] = i;
    cr_expect_not(batch_test(means, 1, BATCHES_TESTED_LEAST - 1).made);
    cr_expect(batch_test(means, 1, 20).correlated);
}
