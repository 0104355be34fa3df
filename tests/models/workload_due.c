/* Requests that are due, whether their socket or slot has been free for them or not. */
#include "models/workload/due.h"

#include <criterion/criterion.h>
#include <math.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static struct workload_config *given_sockets(double rate, int concurrency, enum arrivals arrivals) {
    given_plain_host(&config);
    struct workload_config *work = given_transactions(&config, given_guest(&config, MODE_SRIOV, 0), WORK_UDP_RR);
    work->rate_pps = rate;
    work->concurrency = concurrency;
    work->arrivals = arrivals;
    return work;
}

/* A disk that takes 100 us, for one request after the other. */
static struct workload_config *given_slow_disk(double rate, enum arrivals arrivals) {
    given_plain_host(&config);
    struct workload_config *work = given_block(&config, given_guest(&config, MODE_NATIVE, 0), 100e-6);
    work->rate_pps = rate;
    work->arrivals = arrivals;
    return work;
}

static double offered(sim_time duration) {
    run_for(&config, duration, &result);
    return metric_of(&result, METRIC_OFFERED_PPS, 0, 0);
}

Test(due, constant_requests_come_at_exactly_their_rate) {
    given_sockets(40e3, 4, ARRIVALS_CONSTANT);
    cr_expect_float_eq(offered(50 * SIM_MS) * 50e-3, 2000, 4, "but for those in flight");
    given_slow_disk(4e3, ARRIVALS_CONSTANT);
    cr_expect_float_eq(offered(50 * SIM_MS) * 50e-3, 200, 2);
}

/* Beyond what the path can do, what is due stays the rate: 99.9 % within 3.29 standard deviations of the count. */
Test(due, requests_nobody_is_free_for_are_due_all_the_same) {
    const double rate = 20e3, count = rate * 0.1;
    given_slow_disk(rate, ARRIVALS_POISSON);
    cr_expect_float_eq(offered(100 * SIM_MS) * 0.1, count, 3.29 * sqrt(count));
    cr_expect_lt(metric_of(&result, METRIC_IOPS, 0, 0), 10e3);
    given_sockets(1e6, 1, ARRIVALS_CONSTANT);
    cr_expect_float_eq(offered(20 * SIM_MS), 1e6, 1e3);
    cr_expect_lt(metric_of(&result, METRIC_TRANSACTIONS, 0, 0), 100e3);
}

/* However many chance lets come, and however many are in flight at the ends. */
Test(due, a_path_that_keeps_up_answers_what_is_due) {
    given_sockets(50e3, 16, ARRIVALS_POISSON);
    double due = offered(20 * SIM_MS) * 20e-3, answered = metric_of(&result, METRIC_TRANSACTIONS, 0, 0) * 20e-3;
    cr_expect_gt(fabs(due - 1000), 10, "seed 1 happens to draw %g: chance must have its say in this test", due);
    cr_expect_float_eq(due, answered, 2, "%g due, %g answered", due, answered);
}

Test(due, is_of_open_loops_only) {
    given_sockets(0, 4, ARRIVALS_CONSTANT);
    run_for(&config, 5 * SIM_MS, &result);
    for (int i = 0; i < result.metric_count; i++) cr_expect_neq(result.metrics[i].kind, METRIC_OFFERED_PPS);
}
