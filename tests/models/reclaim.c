/* Sent packets of virtio_net: who frees them, and when the back end interrupts the guest for it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "models/reclaim.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static struct workload_config *given_sender(enum mode mode, const char *kernel) {
    given_host(&config, "kvm-lab");
    int guest = given_guest(&config, mode, 0);
    snprintf(config.guests[guest].kernel, sizeof config.guests[guest].kernel, "%s", kernel);
    return given_stream(&config, guest, DIRECTION_TRANSMIT, 64);
}

/* Of the guest; those of the host's NIC are not exits. */
static double interrupts_per_packet(void) {
    run_for(&config, 20 * SIM_MS, &result);
    return exits_of(&result, "external interrupt") / metric_of(&result, METRIC_PPS, 0, 0);
}

static const enum mode modes[] = {MODE_VIRTIO, MODE_VHOST, MODE_VHOST_USER};
enum { MODES = sizeof modes / sizeof *modes };

Test(reclaim, before_5_3_nobody_is_told_of_a_sent_packet) {
    for (int i = 0; i < MODES; i++) {
        given_sender(modes[i], "4.19")->rate_pps = 10000;
        double told = interrupts_per_packet();
        cr_expect_eq(told, 0, "%s: %g a packet", mode_info(modes[i])->name, told);
    }
}

Test(reclaim, since_5_3_a_lonely_packet_brings_an_interrupt) {
    for (int i = 0; i < MODES; i++) {
        given_sender(modes[i], "5.3")->rate_pps = 10000;
        EXPECT_NEAR(interrupts_per_packet(), 1, 0.05, "%s", mode_info(modes[i])->name);
    }
}

/* A sender that is faster than its back end fills the ring, and is told when three quarters of it have been used; what
 * is used while it fills up again comes on top. */
Test(reclaim, a_full_ring_brings_an_interrupt_once_three_quarters_of_it_are_used) {
    given_sender(MODE_VIRTIO, "4.19");
    run_for(&config, 20 * SIM_MS, &result);
    double told = exits_of(&result, "external interrupt") / metric_of(&result, METRIC_PPS, 0, 0);
    double ring = get_cost(&config, COST_VIRTIO_RING);
    cr_expect_lt(told, 1 / (0.75 * ring), "%g a packet", told);
    cr_expect_gt(told, 1 / (2 * ring), "%g a packet", told);
}

/* Whatever the kernel, all that the ring holds is freed once it has been used: the ring never runs dry of room. */
Test(reclaim, both_kernels_keep_the_back_end_busy) {
    static const char *const kernels[] = {"4.19", "5.3"};
    double pps[2];
    for (int i = 0; i < 2; i++) {
        given_sender(MODE_VIRTIO, kernels[i]);
        run_for(&config, 20 * SIM_MS, &result);
        pps[i] = metric_of(&result, METRIC_PPS, 0, 0);
    }
    EXPECT_NEAR(pps[0], pps[1], 0.05, "%g and %g", pps[0], pps[1]);
}

/* The account of the socket: before 5.3 a packet leaves it in front of the ring, so that the ring can be full of
 * packets of one small socket; later the socket's limit comes first. */
Test(reclaim, a_small_send_buffer_limits_what_is_in_the_ring_since_5_3) {
    static const char *const kernels[] = {"4.19", "5.3"};
    double latency[2];
    for (int i = 0; i < 2; i++) {
        given_sender(MODE_VIRTIO, kernels[i]);
        set_cost(&config, COST_SOCKET_SNDBUF, 8 * (64 + get_cost(&config, COST_SKB_TRUESIZE)));
        run_for(&config, 20 * SIM_MS, &result);
        latency[i] = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    }
    cr_expect_gt(latency[0], 8 * latency[1], "%g s with a full ring, %g s with eight packets", latency[0], latency[1]);
}

Test(reclaim, what_a_pktgen_sends_is_freed_in_its_own_thread) {
    given_sender(MODE_VHOST, "4.19")->sender = SENDER_PKTGEN;
    run_for(&config, 20 * SIM_MS, &result);
    cr_expect_gt(metric_of(&result, METRIC_PPS, 0, 0), 300e3);
    cr_expect_lt(exits_of(&result, "external interrupt") / metric_of(&result, METRIC_PPS, 0, 0), 0.01);
}
