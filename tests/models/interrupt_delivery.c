/* How interrupts reach a guest, and what a card of the Nitro kind changes. */
#include <criterion/criterion.h>

#include "models/machine.h"
#include "support.h"

static struct model_config config;
static struct run_result result;

static void receive_slowly(enum mode mode) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, mode, 0), DIRECTION_RECEIVE, 64)->rate_pps = 1000;
}

static double per_packet(enum metric_kind kind) {
    return metric_of(&result, kind, -1, -1) / metric_of(&result, METRIC_PPS, 0, 0);
}

static double exits_per_packet(enum mode mode, bool posted) {
    receive_slowly(mode);
    config.host.posted_interrupts = posted;
    run_for(&config, 50 * SIM_MS, &result);
    return per_packet(METRIC_EXITS);
}

/* EM13: an event by the emulated controller costs at least three exits, by the vector callback one. */
Test(delivery, an_interrupt_line_costs_two_exits_more_than_a_vector) {
    double line = exits_per_packet(MODE_HVM_PV, false), vector = exits_per_packet(MODE_PVHVM, false);
    cr_expect_geq(line, 3, "%g", line);
    cr_expect_float_eq(line - vector, 2, 0.05, "%g and %g exits a packet", line, vector);
    cr_expect_float_eq(exits_per_packet(MODE_PVH, false), vector, 1e-9, "pvh is told as pvhvm is");
}

Test(delivery, a_posted_interrupt_saves_the_exit_and_the_trapped_end) {
    double injected = exits_per_packet(MODE_SRIOV, false), posted = exits_per_packet(MODE_SRIOV, true);
    cr_expect_float_eq(injected - posted, 2, 0.05, "%g and %g exits a packet", injected, posted);
    cr_expect_float_eq(exits_per_packet(MODE_PVHVM, true), exits_per_packet(MODE_PVHVM, false), 1e-9,
                       "events of the hypervisor are not posted");
}

Test(delivery, posting_shortens_the_round_trip) {
    double rtt[2];
    for (int posted = 0; posted < 2; posted++) {
        given_plain_host(&config);
        given_transactions(&config, given_guest(&config, MODE_PASSTHROUGH, 0), WORK_UDP_RR);
        config.host.posted_interrupts = posted;
        run_for(&config, 20 * SIM_MS, &result);
        rtt[posted] = metric_of(&result, METRIC_RTT_MEAN, 0, 0);
    }
    cr_expect_lt(rtt[1], rtt[0] - 0.5e-6, "%g and %g s", rtt[0], rtt[1]);
}

/* Whoever raises it, a posted interrupt has its own price, which a packet that wakes the guest waits for. */
Test(delivery, a_posted_interrupt_costs_the_guest_its_entry) {
    static const enum mode modes[] = {MODE_SRIOV, MODE_NITRO, MODE_VHOST};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        double latency[2];
        for (int slow = 0; slow < 2; slow++) {
            receive_slowly(modes[i]);
            config.host.posted_interrupts = true;
            set_cost(&config, COST_IRQ_POSTED, slow * 14000);
            run_for(&config, 50 * SIM_MS, &result);
            latency[slow] = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
        }
        EXPECT_NEAR(latency[1] - latency[0], 14000 / config.host.clock_hz, 0.01, "%s: %g and %g s",
                    mode_info(modes[i])->name, latency[0], latency[1]);
    }
}

static void given_nitro(enum direction direction, int flows) {
    given_plain_host(&config);
    int guest = given_guest(&config, MODE_NITRO, 0);
    config.guests[guest].queues = 2;
    given_stream(&config, guest, direction, 64)->flows = flows;
}

Test(nitro, a_low_latency_queue_saves_the_descriptor_fetch) {
    double latency[2];
    for (int llq = 0; llq < 2; llq++) {
        given_nitro(DIRECTION_TRANSMIT, 1);
        config.guests[0].workloads[0].rate_pps = 1000;
        config.host.nic.low_latency_queue = llq;
        run_for(&config, 50 * SIM_MS, &result);
        latency[llq] = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    }
    cr_expect_lt(latency[1], latency[0] - 0.3e-6, "%g and %g s", latency[0], latency[1]);
}

Test(nitro, the_card_takes_its_time_once_each_way) {
    double latency[2];
    for (int card = 0; card < 2; card++) {
        given_nitro(DIRECTION_TRANSMIT, 1);
        config.guests[0].workloads[0].rate_pps = 1000;
        config.host.nic.card_s = card * 5e-6;
        run_for(&config, 50 * SIM_MS, &result);
        latency[card] = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    }
    EXPECT_NEAR(latency[1] - latency[0], 5e-6, 0.001, "%g s", latency[1] - latency[0]);
}

/* M173: an allowance covers frames sent plus received. */
Test(nitro, an_allowance_counts_sent_plus_received) {
    for (int direction = DIRECTION_TRANSMIT; direction <= DIRECTION_BOTH; direction++) {
        given_nitro((enum direction)direction, 2);

        config.guests[0].network_pps = 500e3;
        run_for(&config, 20 * SIM_MS, &result);
        double pps = metric_of(&result, METRIC_PPS, 0, 0);
        EXPECT_NEAR(pps, 500e3, direction == DIRECTION_TRANSMIT ? 0.01 : 0.08, "%s: %.0f pps",
                    direction_name((enum direction)direction), pps);
    }
    cr_expect_gt(utilization_of(&result, "guest0/packet allowance"), 0.95);
}

/* Waking a reader takes an interrupt between processors only if it sleeps on another one. */
Test(delivery, a_reader_on_the_same_cpu_is_woken_without_an_exit) {
    double ipis[2];
    for (int several = 0; several < 2; several++) {
        given_plain_host(&config);
        given_transactions(&config, given_guest(&config, MODE_SRIOV, 0), WORK_UDP_RR);
        config.guests[0].vcpus = several ? 4 : 1;
        config.guests[0].queues = 1;
        run_for(&config, 20 * SIM_MS, &result);
        ipis[several] = exits_of(&result, "ipi") / metric_of(&result, METRIC_TRANSACTIONS, 0, 0);
    }
    cr_expect_float_eq(ipis[0], 0, 1e-9, "%g a transaction", ipis[0]);
    cr_expect_float_eq(ipis[1], 1, 0.01, "%g a transaction", ipis[1]);
}

/* An interrupt that the CPU gives to the guest by itself leaves no exit of its own, and nothing to pay for. */
Test(delivery, an_exitless_interrupt_costs_what_bare_metal_pays) {
    double cycles[3];
    for (int kind = 0; kind < 3; kind++) {
        receive_slowly(kind == 0 ? MODE_NATIVE : MODE_PASSTHROUGH);
        config.guests[0].vcpus = config.guests[0].queues = 1;
        config.host.exitless_interrupts = kind == 1;
        set_cost(&config, COST_EXIT_HLT, 0);
        run_for(&config, 50 * SIM_MS, &result);
        cycles[kind] = cores_of(&result, "guest0") + cores_of(&result, "hypervisor");
        cr_expect(kind == 2 || exits_of(&result, "eoi") == 0);
    }
    EXPECT_NEAR(cycles[1], cycles[0], 1e-6, "%g and %g CPUs", cycles[1], cycles[0]);
    cr_expect_gt(cycles[2], 1.1 * cycles[0], "%g and %g CPUs", cycles[2], cycles[0]);
}

/* ENA01: what was sent waits for its interrupt, the answer does not wait with it. */
Test(nitro, an_answer_does_not_wait_for_the_interrupt_of_the_request) {
    double rtt[2];
    for (int moderated = 0; moderated < 2; moderated++) {
        given_plain_host(&config);
        given_transactions(&config, given_guest(&config, MODE_NITRO, 0), WORK_UDP_RR);
        config.host.nic.itr_lowest_s = 0;
        config.host.nic.itr_sent_s = moderated ? 196e-6 : 1e-9;
        run_for(&config, 20 * SIM_MS, &result);
        rtt[moderated] = metric_of(&result, METRIC_RTT_MEAN, 0, 0);
    }
    cr_expect_lt(rtt[1], rtt[0] + 2e-6, "%g and %g s", rtt[1], rtt[0]);
    cr_expect_lt(rtt[1], 100e-6, "%g s", rtt[1]);
}
