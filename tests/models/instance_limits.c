/* Limits of instances: bandwidth each way with credits, frames sent plus received, one flow. */
#include <criterion/criterion.h>

#include "models/hardware/wire.h"
#include "scenarios/scenario.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static double wire_bps(double pps, int frame_bytes) { return 8 * pps * (frame_bytes + WIRE_OVERHEAD_BYTES); }

static const enum mode xen_modes[] = {MODE_PV, MODE_HVM, MODE_HVM_PV, MODE_PVHVM, MODE_SRIOV};

static double run_limited(enum mode mode, enum direction direction, double bps) {
    given_plain_host(&config);
    config.host.nic.link_bps = 1e9; /* what arrives is not much more than what dom0 can take */
    given_stream(&config, given_guest(&config, mode, 0), direction, 1518);
    config.guests[0].network_bps = bps;
    run_for(&config, 200 * SIM_MS, &result);
    return metric_of(&result, METRIC_PPS, 0, 0);
}

Test(instance_limits, hold_in_each_direction_in_every_mode) {
    for (size_t i = 0; i < sizeof xen_modes / sizeof *xen_modes; i++)
        for (int direction = DIRECTION_TRANSMIT; direction <= DIRECTION_RECEIVE; direction++) {
            double bps = wire_bps(run_limited(xen_modes[i], (enum direction)direction, 100e6), 1518);
            EXPECT_NEAR(bps, 100e6, 0.03, "%s %s: %g bit/s", mode_info(xen_modes[i])->name,
                        direction_name((enum direction)direction), bps);
        }
}

Test(instance_limits, each_direction_has_its_own) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_SRIOV, 0), DIRECTION_BOTH, 1518);
    config.guests[0].network_bps = 100e6;
    run_for(&config, 100 * SIM_MS, &result);
    double bps = wire_bps(metric_of(&result, METRIC_PPS, 0, 0), 1518);
    EXPECT_NEAR(bps, 200e6, 0.05, "%g bit/s both ways", bps);
}

Test(instance_limits, what_is_received_beyond_waits_first_and_is_then_lost) {
    run_limited(MODE_SRIOV, DIRECTION_RECEIVE, 100e6);
    cr_expect_gt(metric_of(&result, METRIC_LOST_NIC, 0, 0), 0);
    double waits = get_cost(&config, COST_SHAPER_QUEUE) * 8 / 100e6;
    EXPECT_NEAR(metric_of(&result, METRIC_LATENCY_MEAN, 0, 0), waits, 0.1, "%g s; a full queue takes %g s",
                metric_of(&result, METRIC_LATENCY_MEAN, 0, 0), waits);
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_SRIOV, 0), DIRECTION_RECEIVE, 1518)->rate_pps = 4000;
    config.guests[0].network_bps = 100e6;
    run_for(&config, 100 * SIM_MS, &result);
    cr_expect_eq(metric_of(&result, METRIC_LOST_NIC, 0, 0), 0, "half of the limit passes without loss");
}

/* The device model answers the write of the tail register when the tap device has the frame; what the limit holds
 * back waits in dom0, and the vCPU is free to compute. */
Test(instance_limits, of_an_emulated_nic_do_not_stall_its_vcpu) {
    run_limited(MODE_HVM, DIRECTION_TRANSMIT, 100e6);
    double unlimited_exits, limited_exits = exits_of(&result, "mmio");
    cr_expect_gt(metric_of(&result, METRIC_LOST_BACKEND, 0, 0), 0, "the tap device's queue overflows");
    run_limited(MODE_HVM, DIRECTION_TRANSMIT, 0);
    unlimited_exits = exits_of(&result, "mmio");
    cr_expect_gt(limited_exits, 0.7 * unlimited_exits, "%g register accesses a second, %g without a limit",
                 limited_exits, unlimited_exits);
}

static double run_scenario(const char *file, struct setting *settings, int count, enum metric_kind kind) {
    struct diag diag = {0};
    struct scenario *scenario = scenario_load(file, settings, count, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    enum iop_status status = try_run(&scenario->model, 1, 1, 5 * SIM_MS, scenario->run.duration, &result, &diag);
    cr_assert_eq(status, IOP_OK, "%s", diag.message);
    double value = metric_of(&result, kind, 0, 0);
    scenario_free(scenario);
    return value;
}

/* M147, M146: 10.04 and 0.74 Gbit/s. */
Test(instance_limits, credits_of_an_m5_large_full_and_spent) {
    struct setting spent = {"guests[vm].network_credits", "spent"};
    double full_bps = run_scenario("mechanisms/burst-credits", NULL, 0, METRIC_THROUGHPUT);
    double spent_bps = run_scenario("mechanisms/burst-credits", &spent, 1, METRIC_THROUGHPUT);
    EXPECT_NEAR(full_bps, 10.04e9, 0.05, "%g bit/s", full_bps);
    EXPECT_NEAR(spent_bps, 0.74e9, 0.05, "%g bit/s", spent_bps);
}

/* M173: 2.2 Mpps sent plus received. */
Test(instance_limits, frames_sent_plus_received_of_the_largest_m5) {
    struct setting more = {"guests[vm].network_packets", "100 Mpps"};
    double pps = run_scenario("mechanisms/packet-allowance", NULL, 0, METRIC_PPS);
    EXPECT_NEAR(pps, 2.2e6, 0.02, "%g pps", pps);
    double free_pps = run_scenario("mechanisms/packet-allowance", &more, 1, METRIC_PPS);
    EXPECT_NEAR(free_pps, 3e6, 0.02, "%g pps are offered, all pass without an allowance", free_pps);
}

/* M170: 5.015 Gbit/s; AWS001: 10 Gbit/s inside a placement group, and together with a second flow. */
Test(instance_limits, one_flow_of_an_r4_large) {
    struct setting placed = {"guests[vm].placement_group", "true"}, two = {"guests[vm].workloads[stream].flows", "2"};
    double one_bps = run_scenario("mechanisms/flow-cap", NULL, 0, METRIC_THROUGHPUT);
    EXPECT_NEAR(one_bps, 5.015e9, 0.05, "%g bit/s", one_bps);
    cr_expect_gt(utilization_of(&result, "vm/limit of one flow"), 0.99);
    double placed_bps = run_scenario("mechanisms/flow-cap", &placed, 1, METRIC_THROUGHPUT);
    EXPECT_NEAR(placed_bps, 10e9, 0.05, "%g bit/s in a placement group", placed_bps);
    double two_bps = run_scenario("mechanisms/flow-cap", &two, 1, METRIC_THROUGHPUT);
    EXPECT_NEAR(two_bps, 10e9, 0.05, "%g bit/s of two flows", two_bps);
}

Test(instance_limits, one_flow_is_limited_in_both_directions_and_behind_a_vif) {
    for (int direction = DIRECTION_TRANSMIT; direction <= DIRECTION_RECEIVE; direction++)
        for (int vif = 0; vif < 2; vif++) {
            given_plain_host(&config);
            given_stream(&config, given_guest(&config, vif ? MODE_PVHVM : MODE_SRIOV, 0), (enum direction)direction,
                         1518);
            config.host.nic.link_bps = 1e9;
            config.guests[0].network_flow_bps = 50e6;
            run_for(&config, 200 * SIM_MS, &result);
            double bps = wire_bps(metric_of(&result, METRIC_PPS, 0, 0), 1518);
            EXPECT_NEAR(bps, 50e6, 0.05, "%s vif %d: %g bit/s", direction_name((enum direction)direction), vif, bps);
        }
}
