/* vhost in batches, and applications that leave their frames to virtio_net by AF_XDP. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static struct workload_config *given_vhost(const char *host, enum sender sender) {
    given_host(&config, host);
    int guest = given_guest(&config, MODE_VHOST, 0);
    config.guests[guest].vcpus = 1;
    struct workload_config *work = given_stream(&config, guest, DIRECTION_TRANSMIT, 64);
    work->sender = sender;
    return work;
}

static double pps(void) { return metric_of(&result, METRIC_PPS, 0, 0); }

/* KF12: testpmd in the guest sends 26 % more where vhost hands sk_buffs to a tap device in batches. */
Test(vhost, batches_to_the_tap_device_gain_what_their_author_measured) {
    double rate[2];
    for (int batches = 0; batches < 2; batches++) {
        given_vhost("kvm-lab", SENDER_AF_XDP);
        config.guests[0].vhost_batches = batches;
        run_for(&config, 20 * SIM_MS, &result);
        rate[batches] = pps();
    }
    EXPECT_NEAR(rate[1] / rate[0], 1.26, 0.25, "%.0f and %.0f pps", rate[0], rate[1]);
}

Test(vhost, a_batch_is_never_waited_for) {
    double latency[2];
    for (int batches = 0; batches < 2; batches++) {
        given_vhost("kvm-lab", SENDER_SOCKET)->rate_pps = 1000;
        config.guests[0].vhost_batches = batches;
        run_for(&config, 20 * SIM_MS, &result);
        latency[batches] = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    }
    cr_expect_lt(latency[1], latency[0], "a frame alone goes at once: %g and %g s", latency[0], latency[1]);
}

/* NET-565: 30 % of a CPU in the application and 33 % in softirq for 1192064 pps of 64 B, 528 ns a frame. */
Test(vhost, an_af_xdp_frame_takes_of_the_guest_what_was_measured) {
    given_vhost("skylake-kvm", SENDER_AF_XDP);
    snprintf(config.guests[0].kernel, sizeof config.guests[0].kernel, "6.3");
    config.guests[0].vhost_batches = true;
    run_for(&config, 20 * SIM_MS, &result);
    double frame_s = cores_of(&result, "guest0") / pps();
    EXPECT_NEAR(frame_s, (0.30 + 0.33) / 1192064, 0.25, "%g s", frame_s);
    cr_expect_gt(utilization_of(&result, "host/vhost-guest0"), 0.75, "and vhost is what limits it");
}

Test(vhost, an_af_xdp_application_tells_the_kernel_once_for_a_batch) {
    static const double batches[] = {16, 64};
    double calls[2];
    for (int i = 0; i < 2; i++) {
        given_vhost("kvm-lab", SENDER_AF_XDP);
        set_cost(&config, COST_XSK_APP, 28000); /* slower than the back end: the driver sleeps after every batch */
        set_cost(&config, COST_XSK_BATCH, batches[i]);
        run_for(&config, 20 * SIM_MS, &result);
        calls[i] = exits_of(&result, "io") / pps();
        EXPECT_NEAR(calls[i], 1 / batches[i], 0.25, "kicks of the back end per frame: %g", calls[i]);
    }
}
