#include <criterion/criterion.h>
#include <string.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result first, second;

static void given_mixture(void) {
    given_host(&config, "ec2-ivybridge");
    config.host.network.jitter_s = 5e-6;
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        if (takes_whole_host((enum mode)mode)) continue;
        int guest = given_guest(&config, (enum mode)mode, mode % 2);
        struct workload_config *work = given_stream(&config, guest, DIRECTION_BOTH, 200);
        work->rate_pps = 30e3;
        work->arrivals = ARRIVALS_POISSON;
        given_transactions(&config, guest, WORK_TCP_RR)->concurrency = 3;
    }
    config.servers = 2;
}

static void run(uint64_t seed, uint32_t replication, struct run_result *result) {
    struct diag diag = {0};
    cr_assert_eq(try_run(&config, seed, replication, SIM_MS, 5 * SIM_MS, result, &diag), IOP_OK, "%s", diag.message);
}

static bool same(const struct run_result *a, const struct run_result *b) {
    return a->metric_count == b->metric_count && a->events == b->events &&
           memcmp(a->metrics, b->metrics, (size_t)a->metric_count * sizeof *a->metrics) == 0 &&
           a->charge_count == b->charge_count &&
           memcmp(a->charges, b->charges, (size_t)a->charge_count * sizeof *a->charges) == 0 &&
           a->resource_count == b->resource_count &&
           memcmp(a->resources, b->resources, (size_t)a->resource_count * sizeof *a->resources) == 0 &&
           memcmp(a->series, b->series, sizeof a->series) == 0;
}

Test(determinism, the_same_seed_and_replication_give_the_same_bytes) {
    given_mixture();
    run(17, 3, &first);
    run(17, 3, &second);
    cr_expect_gt(first.metric_count, 50);
    cr_expect(same(&first, &second));
}

Test(determinism, what_ran_before_in_the_process_does_not_matter) {
    given_mixture();
    run(17, 3, &first);
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_HVM, 0), DIRECTION_BOTH, 1518)->flows = 3;
    run(99, 1, &second);
    struct bound bound;
    int count;
    cr_assert_eq(model_bounds(&config, &bound, 1, &count, NULL), IOP_OK);
    given_mixture();
    run(17, 3, &second);
    cr_expect(same(&first, &second));
}

Test(determinism, models_that_run_side_by_side_do_not_meet) {
    given_mixture();
    run(5, 1, &first);
    struct model *a = model_new(&config, 5, 1, NULL), *b = model_new(&config, 5, 2, NULL);
    cr_assert(a != NULL && b != NULL);
    cr_assert_eq(model_run(b, SIM_MS, 5 * SIM_MS, &second, NULL), IOP_OK);
    cr_assert_eq(model_run(a, SIM_MS, 5 * SIM_MS, &second, NULL), IOP_OK);
    cr_expect(same(&first, &second));
    model_free(a);
    model_free(b);
}

Test(determinism, another_seed_or_replication_gives_other_arrivals) {
    given_mixture();
    run(17, 3, &first);
    run(18, 3, &second);
    cr_expect_not(same(&first, &second));
    run(17, 4, &second);
    cr_expect_not(same(&first, &second));
}

/* A longer run begins like a shorter one: the seam between warm-up and measurement leaves no trace. */
Test(determinism, where_the_warm_up_ends_does_not_change_the_run) {
    given_mixture();
    struct diag diag = {0};
    cr_assert_eq(try_run(&config, 17, 3, SIM_MS, 5 * SIM_MS, &first, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(try_run(&config, 17, 3, 4 * SIM_MS, 2 * SIM_MS, &second, &diag), IOP_OK, "%s", diag.message);
    cr_expect_eq(first.events, second.events);
    cr_expect_arr_eq(first.series, second.series, sizeof first.series);
}
