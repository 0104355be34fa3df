/* Published results, reproduced. Ids are rows of the bibliography (models/catalog/sources); only rows that were
 * read in their source are asserted. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "scenarios/scenario.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

/* ---- EC2, by the shipped scenarios ---- */

static double run_scenario(const char *file, const char *mode, enum metric_kind kind) {
    struct setting set = {.path = "guests[sut].mode"};
    struct diag diag = {0};
    if (mode != NULL) snprintf(set.value, sizeof set.value, "%s", mode);
    struct scenario *scenario = scenario_load(file, &set, mode != NULL, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    enum iop_status status = try_run(&scenario->model, 1, 1, 10 * SIM_MS, 100 * SIM_MS, &result, &diag);
    cr_assert_eq(status, IOP_OK, "%s", diag.message);
    double value = metric_of(&result, kind, 0, 0);
    scenario_free(scenario);
    return value;
}

static double small_packets(const char *mode) { return run_scenario("ec2/c3-8xlarge-udp64", mode, METRIC_PPS); }

/* M084 */
Test(published, netflix_two_million_packets_with_sriov) {
    double pps = small_packets(NULL);
    EXPECT_NEAR(pps, 2e6, 0.25, "%.3f Mpps", pps * 1e-6);
}

/* M085 */
Test(published, netflix_two_hundred_thousand_packets_with_the_split_driver) {
    double pv = small_packets("pv"), pvhvm = small_packets("pvhvm");
    EXPECT_NEAR(pv, 0.2e6, 0.25, "pv %.3f Mpps", pv * 1e-6);
    EXPECT_NEAR(pvhvm, 0.2e6, 0.25, "pvhvm %.3f Mpps", pvhvm * 1e-6);
}

/* M086 */
Test(published, netflix_a_factor_of_ten_between_them) {
    double sriov = small_packets("sriov"), pv = small_packets("pv"), pvhvm = small_packets("pvhvm");
    EXPECT_NEAR(sriov / pv, 10, 0.25, "pv: %.2f", sriov / pv);
    EXPECT_NEAR(sriov / pvhvm, 10, 0.25, "pvhvm: %.2f", sriov / pvhvm);
}

Test(published, an_emulated_nic_is_far_behind_the_split_driver) {
    double hvm = small_packets("hvm"), pv = small_packets("pv");
    cr_expect_lt(hvm, 0.5 * pv, "hvm %.3f, pv %.3f Mpps", hvm * 1e-6, pv * 1e-6);
}

/* M094, M095: 92 to 100 us. The network between, 44 us of it, is assumed: this holds the share of the hosts. */
Test(published, a_round_trip_between_two_instances_of_a_placement_group) {
    double rtt = run_scenario("ec2/c3-8xlarge-rr", NULL, METRIC_RTT_MEAN);
    EXPECT_NEAR(rtt, 96e-6, 0.05, "%.2f us", rtt * 1e6);
}

/* ---- bare metal: Ivy Bridge and an 82599, a short cable ---- */

enum { GET_BYTES = 96 };

static double native_rtt(enum workload_kind kind, enum throttle_kind throttle, double clock_hz, int bytes) {
    given_plain_host(&config);
    /* cable and switch: NT064 has 1.15 us with wire and PCIe; NT089 has the cable alone */
    config.host.network.one_way_s = kind == WORK_TCP_RR ? 0.3e-6 : 0.1e-6;
    int client = given_guest(&config, MODE_NATIVE, 0), server = given_guest(&config, MODE_NATIVE, 1);
    config.guests[client].throttle = config.guests[server].throttle = throttle;
    struct workload_config *work = given_transactions(&config, client, kind);
    work->peer = PEER_GUEST;
    work->peer_guest = server;
    work->request_bytes = kind == WORK_TCP_RR ? GET_BYTES : bytes;
    work->response_bytes = bytes;
    work->polls_sockets = kind == WORK_TCP_RR;
    set_clock(&config, clock_hz);
    run_for(&config, 50 * SIM_MS, &result);
    return metric_of(&result, METRIC_RTT_MEAN, 0, 0) * 1e6;
}

/* NT065: 19.5 us for 64 B, moderation off, busy polling epoll on the server, E5-2680 v2 at 2.8 GHz; that is a GET of 96
 * B and an answer of 127 B (NT050, NT062). */
Test(published, stackmap_round_trip_without_moderation) {
    double rtt = native_rtt(WORK_TCP_RR, THROTTLE_OFF, 2.8e9, 127);
    EXPECT_NEAR(rtt, 19.5, 0.25, "%.2f us", rtt);
}

/* NT066: 32.7 us with the driver's default, adaptive moderation. */
Test(published, stackmap_round_trip_with_adaptive_moderation) {
    double rtt = native_rtt(WORK_TCP_RR, THROTTLE_ADAPTIVE, 2.8e9, 127);
    EXPECT_NEAR(rtt, 32.7, 0.25, "%.2f us", rtt);
}

/* NT089: kernel UDP_RR over a cable, 21.1 us, E5-2650 v2 at 2.6 GHz, C and P states off. */
Test(published, softnic_kernel_udp_round_trip) {
    double rtt = native_rtt(WORK_UDP_RR, THROTTLE_OFF, 2.6e9, 1);
    EXPECT_NEAR(rtt, 21.1, 0.25, "%.2f us", rtt);
}
