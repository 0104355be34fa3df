/* What must follow when a configuration changes, whatever the numbers are. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result, other;

static void given_one(enum mode mode, enum direction direction, int frame_bytes) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, mode, 0), direction, frame_bytes);
}

/* Batches and moderation make a rate jump by a per cent or so between clocks. */
Test(metamorphic, a_faster_clock_never_lowers_the_packet_rate) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int direction = 0; direction < DIRECTION_BOTH; direction++) {
            double before = 0;
            for (double clock_hz = 1.4e9; clock_hz < 6e9; clock_hz *= 1.25) {
                given_one((enum mode)mode, (enum direction)direction, 64);
                /* Below what makes the receiver drop: livelock is not monotonous. */
                if (direction == DIRECTION_RECEIVE) config.guests[0].workloads[0].rate_pps = 50e3;
                set_clock(&config, clock_hz);
                double pps = pps_of_run(&config, 0);
                cr_expect_geq(pps, before * 0.98, "%s %s: %.0f pps at %.2f GHz after %.0f",
                              mode_info((enum mode)mode)->name, direction_name((enum direction)direction), pps,
                              clock_hz * 1e-9, before);
                before = pps;
            }
        }
}

/* An emulated NIC's interrupts meet each other or not, which may cost an interrupt more with its register accesses. */
Test(metamorphic, a_faster_clock_never_lengthens_a_round_trip) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        double before = 1;
        for (double clock_hz = 1.4e9; clock_hz < 6e9; clock_hz *= 1.25) {
            given_plain_host(&config);
            int guest = given_guest(&config, (enum mode)mode, 0);
            config.guests[guest].throttle = THROTTLE_OFF;
            given_transactions(&config, guest, WORK_TCP_RR);
            set_clock(&config, clock_hz);
            run_for(&config, 10 * SIM_MS, &result);
            double rtt = metric_of(&result, METRIC_RTT_MEAN, 0, 0);
            cr_expect_lt(rtt, before * (mode == MODE_HVM ? 1.15 : 1), "%s: %.2f us at %.2f GHz after %.2f",
                         mode_info((enum mode)mode)->name, rtt * 1e6, clock_hz * 1e-9, before * 1e6);
            before = rtt;
        }
    }
}

Test(metamorphic, doubling_all_cpu_costs_halves_a_cpu_bound_rate) {
    given_one(MODE_PV, DIRECTION_TRANSMIT, 64);
    run_for(&config, 200 * SIM_MS, &result); /* long against a batch of 64 */
    scale_cpu_work(&config, 2);
    run_for(&config, 200 * SIM_MS, &other);
    double pps = metric_of(&result, METRIC_PPS, 0, 0), half = metric_of(&other, METRIC_PPS, 0, 0);
    EXPECT_NEAR(half, pps / 2, 0.03, "%.0f and %.0f pps", pps, half);
}

Test(metamorphic, doubling_costs_and_clock_changes_nothing_but_copies) {
    given_one(MODE_PVHVM, DIRECTION_TRANSMIT, 64);
    double pps = pps_of_run(&config, 0);
    for (int i = 0; i < COST_COUNT_; i++)
        if (cost_parameter((enum cost)i)->unit == COST_CYCLES) config.host.costs.values[i].value *= 2;
    set_clock(&config, 2 * config.host.clock_hz);
    EXPECT_NEAR(pps_of_run(&config, 0), pps, 1e-3, "%.0f pps", pps);
}

static double pps_of(const struct run_result *run, int guest) { return metric_of(run, METRIC_PPS, guest, 0); }

Test(metamorphic, permuting_guests_permutes_their_results) {
    static const enum mode modes[] = {MODE_PV, MODE_PVHVM, MODE_SRIOV, MODE_HVM};
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        given_plain_host(&config);
        config.host.dom0.netback_threads = 2;
        given_stream(&config, given_guest(&config, modes[m], 0), DIRECTION_TRANSMIT, 64)->rate_pps = 20e3;
        given_stream(&config, given_guest(&config, modes[m], 0), DIRECTION_TRANSMIT, 1518)->rate_pps = 10e3;
        run_for(&config, 20 * SIM_MS, &result);
        struct workload_config swapped = config.guests[0].workloads[0];
        config.guests[0].workloads[0] = config.guests[1].workloads[0];
        config.guests[1].workloads[0] = swapped;
        run_for(&config, 20 * SIM_MS, &other);
        for (int i = 0; i < 2; i++) {
            EXPECT_NEAR(pps_of(&other, 1 - i), pps_of(&result, i), 0.01, "%s, guest %d: %.0f and %.0f pps",
                        mode_info(modes[m])->name, i, pps_of(&result, i), pps_of(&other, 1 - i));
            double latency = metric_of(&result, METRIC_LATENCY_MEAN, i, 0);
            EXPECT_NEAR(metric_of(&other, METRIC_LATENCY_MEAN, 1 - i, 0), latency, 0.1, "%s, guest %d: %g us",
                        mode_info(modes[m])->name, i, latency * 1e6);
        }
    }
}

Test(metamorphic, identical_guests_get_the_same) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        if (takes_whole_host((enum mode)mode)) continue;
        given_plain_host(&config);
        for (int i = 0; i < 2; i++)
            given_stream(&config, given_guest(&config, (enum mode)mode, 0), DIRECTION_TRANSMIT, 64);
        run_for(&config, 20 * SIM_MS, &result);
        EXPECT_NEAR(pps_of(&result, 0), pps_of(&result, 1), 0.03, "%s: %.0f and %.0f pps",
                    mode_info((enum mode)mode)->name, pps_of(&result, 0), pps_of(&result, 1));
    }
}

Test(metamorphic, an_idle_guest_changes_nothing) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int idle = 0; idle < MODE_COUNT; idle++) {
            if (takes_whole_host((enum mode)mode) || takes_whole_host((enum mode)idle)) continue;
            if (mode == MODE_VHOST_USER && idle == mode) continue; /* the switch looks at its port: polling.c */
            given_one((enum mode)mode, DIRECTION_BOTH, 200);
            run_for(&config, 5 * SIM_MS, &result);
            given_guest(&config, (enum mode)idle, 0);
            run_for(&config, 5 * SIM_MS, &other);
            cr_expect_eq(result.events, other.events, "%s beside an idle %s", mode_info((enum mode)mode)->name,
                         mode_info((enum mode)idle)->name);
            cr_expect_float_eq(pps_of(&result, 0), pps_of(&other, 0), 0);
            cr_expect_float_eq(metric_of(&result, METRIC_LATENCY_MEAN, 0, 0),
                               metric_of(&other, METRIC_LATENCY_MEAN, 0, 0), 0);
        }
}

Test(metamorphic, larger_frames_never_raise_the_packet_rate) {
    static const int frames[] = {64, 128, 129, 256, 512, 1024, 1518, 4096, 9018};
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        double before = 1e12;
        for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
            given_one((enum mode)mode, DIRECTION_TRANSMIT, frames[i]);
            run_for(&config, 50 * SIM_MS, &result);
            double pps = metric_of(&result, METRIC_PPS, 0, 0);
            cr_expect_leq(pps, before * 1.05, "%s: %.0f pps at %d B after %.0f", mode_info((enum mode)mode)->name, pps,
                          frames[i], before);
            before = pps;
        }
    }
}

/* ---- netback threads ---- */

static void run_two_on(int threads) {
    given_plain_host(&config);
    config.host.dom0.vcpus = 4;
    config.host.dom0.netback_threads = threads;
    for (int i = 0; i < 2; i++) given_stream(&config, given_guest(&config, MODE_PV, 0), DIRECTION_TRANSMIT, 64);
    run_for(&config, 20 * SIM_MS, &result);
}

Test(netback, two_guests_share_one_thread_fairly_and_get_twice_as_much_of_two) {
    run_two_on(1);
    double one = pps_of(&result, 0) + pps_of(&result, 1);
    EXPECT_NEAR(pps_of(&result, 0), pps_of(&result, 1), 0.03, "%.0f and %.0f pps of one thread", pps_of(&result, 0),
                pps_of(&result, 1));
    run_two_on(2);
    double two = pps_of(&result, 0) + pps_of(&result, 1);
    EXPECT_NEAR(two, 2 * one, 0.1, "%.0f pps with one thread, %.0f with two", one, two);
}

Test(netback, guests_of_different_threads_do_not_disturb_each_other) {
    given_plain_host(&config);
    config.host.dom0.netback_threads = 2;
    given_stream(&config, given_guest(&config, MODE_PV, 0), DIRECTION_TRANSMIT, 64)->rate_pps = 20e3;
    run_for(&config, 10 * SIM_MS, &result);
    given_stream(&config, given_guest(&config, MODE_PV, 0), DIRECTION_TRANSMIT, 64);
    run_for(&config, 10 * SIM_MS, &other);
    EXPECT_NEAR(pps_of(&other, 0), pps_of(&result, 0), 0.02, "%.0f and %.0f pps", pps_of(&result, 0),
                pps_of(&other, 0));
}
