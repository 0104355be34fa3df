#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "models/hardware/wire.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static struct bound bound_of(int number) {
    struct bound bounds[8];
    struct diag diag = {0};
    int count;
    cr_assert_eq(model_bounds(&config, bounds, 8, &count, &diag), IOP_OK, "%s", diag.message);
    cr_assert_lt(number, count);
    return bounds[number];
}

static struct workload_config *given_one(enum mode mode, enum direction direction, int frame_bytes) {
    given_plain_host(&config);
    return given_stream(&config, given_guest(&config, mode, 0), direction, frame_bytes);
}

Test(bounds, without_cpu_costs_the_wire_is_the_bound) {
    for (int frame = 64; frame <= 1518; frame += 1454) {
        given_one(MODE_NATIVE, DIRECTION_TRANSMIT, frame);
        scale_cpu_work(&config, 1e-6);
        struct bound bound = bound_of(0);
        EXPECT_NEAR(bound.pps, 1e10 / (8.0 * (frame + 20)), 1e-4, "%.0f pps", bound.pps);
        cr_expect_str_eq(bound.bottleneck, "wire");
    }
}

Test(bounds, the_wire_carries_both_directions_at_once) {
    given_one(MODE_NATIVE, DIRECTION_BOTH, 1518);
    scale_cpu_work(&config, 1e-6);
    EXPECT_NEAR(bound_of(0).pps, 2e10 / (8.0 * 1538), 1e-4, "%.0f pps", bound_of(0).pps);
}

Test(bounds, an_offered_rate_is_a_bound_in_each_direction) {
    given_one(MODE_NATIVE, DIRECTION_TRANSMIT, 64)->rate_pps = 1000;
    cr_expect_float_eq(bound_of(0).pps, 1000, 1e-9);
    given_one(MODE_NATIVE, DIRECTION_BOTH, 64)->rate_pps = 1000;
    cr_expect_float_eq(bound_of(0).pps, 2000, 1e-9);
    run_for(&config, 20 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), 2000, 0.06, "%g", metric_of(&result, METRIC_PPS, 0, 0));
}

Test(bounds, an_instances_network_limit_is_a_bound) {
    given_one(MODE_SRIOV, DIRECTION_TRANSMIT, 1518);
    config.guests[0].network_bps = 500e6;
    EXPECT_NEAR(bound_of(0).pps, 500e6 / (8.0 * 1538), 1e-4, "%.0f pps", bound_of(0).pps);
}

/* The largest demand by hand: everything netback does for a packet on one thread. */
Test(bounds, name_the_cpu_with_the_largest_demand) {
    given_one(MODE_PV, DIRECTION_TRANSMIT, 64);
    struct bound bound = bound_of(0);
    double cycles = 0;
    const enum cost each[] = {COST_NETBACK_TX, COST_GRANT_COPY, COST_BRIDGE, COST_FILTER, COST_VSWITCH, COST_DRIVER_TX};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) cycles += get_cost(&config, each[i]);
    double seconds = cycles / config.host.clock_hz + 64 / get_cost(&config, COST_COPY_COLD);
    cr_expect_leq(bound.pps, 1 / seconds * (1 + 1e-6), "%.0f pps; netback needs %g us a packet", bound.pps,
                  seconds * 1e6);
    cr_expect_gt(bound.pps, 0.8 / seconds, "and little besides: %.0f pps", bound.pps);
    cr_expect_eq(strncmp(bound.bottleneck, "dom0/", 5), 0, "%s", bound.bottleneck);
}

Test(bounds, a_saturated_path_comes_near_its_bound) {
    given_one(MODE_PV, DIRECTION_TRANSMIT, 64);
    double pps = pps_of_run(&config, 0), bound = bound_of(0).pps;
    cr_expect_leq(pps, bound * (1 + 1e-6));
    cr_expect_gt(pps, 0.9 * bound, "%.0f of %.0f pps", pps, bound);
}

Test(bounds, one_transaction_at_a_time_is_bounded_by_its_latency) {
    given_plain_host(&config);
    given_transactions(&config, given_guest(&config, MODE_NATIVE, 0), WORK_UDP_RR);
    struct bound bound = bound_of(0);
    EXPECT_NEAR(bound.pps, 1 / bound.latency_s, 1e-9, "%g and %g s", bound.pps, bound.latency_s);
    cr_expect_str_eq(bound.bottleneck, "latency");
    cr_expect_gt(bound.latency_s, 2 * config.host.network.one_way_s);
    given_transactions(&config, 0, WORK_PING)->interval_s = 0.1;
    cr_expect_float_eq(bound_of(1).pps, 10, 1e-9, "a ping waits for its interval");
}

/* The rows of the NIC say what the simulated NIC does: with nothing else going on, the run takes as long. */
Test(bounds, the_latency_of_the_tables_is_that_of_a_quiet_run) {
    static const enum mode modes[] = {MODE_NATIVE, MODE_SRIOV, MODE_NITRO};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        given_plain_host(&config);
        config.host.network.jitter_s = 0;
        config.host.nic.low_latency_queue = modes[i] == MODE_NITRO;
        set_cost(&config, COST_EXIT_HLT, 0); /* a limit leaves out what a vCPU that does not halt is spared */
        int guest = given_guest(&config, modes[i], 0);
        config.guests[guest].throttle = THROTTLE_OFF;
        given_transactions(&config, guest, WORK_UDP_RR);
        double latency = bound_of(0).latency_s;
        run_for(&config, 20 * SIM_MS, &result);
        double rtt = metric_of(&result, METRIC_RTT_MEAN, 0, 0);
        EXPECT_NEAR(rtt, latency, 0.006, "%s: %.3f us, by the tables %.3f us", mode_info(modes[i])->name, rtt * 1e6,
                    latency * 1e6);
    }
}

Test(bounds, there_is_one_for_each_workload_in_order) {
    given_plain_host(&config);
    for (int i = 0; i < 2; i++) {
        int guest = given_guest(&config, MODE_SRIOV, 0);
        given_stream(&config, guest, DIRECTION_BOTH, 64);
        given_transactions(&config, guest, WORK_TCP_RR);
    }
    struct bound bounds[3];
    int count;
    cr_assert_eq(model_bounds(&config, bounds, 3, &count, NULL), IOP_OK);
    cr_expect_eq(count, 3, "no more than there is room for");
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(bounds[i].guest, i / 2);
        cr_expect_eq(bounds[i].workload, i % 2);
    }
}
