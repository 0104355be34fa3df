/* pkt-gen by netmap in a guest: what one poll hands over and brings, and VALE behind QEMU. */
#include <criterion/criterion.h>
#include <string.h>

#include "scenarios/scenario.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

/* One guest that sends to the wire, or to a second one that receives in the same way. */
static struct workload_config *given_pkt_gen(enum mode mode, bool to_guest) {
    given_host(&config, "kvm-lab");
    int guest = given_guest(&config, mode, 0);
    struct workload_config *work = given_stream(&config, guest, DIRECTION_TRANSMIT, 64);
    work->sender = SENDER_NETMAP;
    if (!to_guest) return work;
    work->peer = PEER_GUEST;
    work->peer_guest = given_guest(&config, mode, 0);
    work->receiver = RECEIVER_NETMAP;
    return work;
}

static void attach_to_vale(void) {
    for (int i = 0; i < config.guest_count; i++) config.guests[i].net_back_end = NET_BACK_END_VALE;
}

static double pps(void) { return metric_of(&result, METRIC_PPS, 0, 0); }

static double measured_pps(void) {
    run_for(&config, 40 * SIM_MS, &result);
    return pps();
}

Test(netmap, an_e1000_sends_a_whole_ring_for_two_register_accesses) {
    static const double rings[] = {64, 256};
    for (int i = 0; i < 2; i++) {
        given_pkt_gen(MODE_HVM, false);
        set_cost(&config, COST_E1000_RING, rings[i]);
        double rate = measured_pps(), of_interrupts = 3 * exits_of(&result, "eoi"); /* ICR, IMC, IMS */
        double accesses = (exits_of(&result, "mmio") - of_interrupts) / rate;
        EXPECT_NEAR(accesses, 2 / rings[i], 0.1, "%g accesses a frame", accesses);
    }
}

Test(netmap, two_descriptors_of_an_e1000s_ring_ask_for_an_interrupt) {
    given_pkt_gen(MODE_HVM, false);
    config.guests[0].throttle = THROTTLE_OFF;
    double ring = get_cost(&config, COST_E1000_RING), rate = measured_pps();
    EXPECT_NEAR(exits_of(&result, "eoi") / rate, 2 / ring, 0.25, "%g interrupts a frame",
                exits_of(&result, "eoi") / rate);
}

Test(netmap, a_virtio_sender_is_interrupted_when_three_quarters_of_its_ring_were_used) {
    static const enum mode modes[] = {MODE_VIRTIO, MODE_VHOST};
    for (int i = 0; i < 2; i++) {
        given_pkt_gen(modes[i], false);
        double used = 0.75 * get_cost(&config, COST_VIRTIO_RING), rate = measured_pps();
        EXPECT_NEAR(exits_of(&result, "eoi") / rate, 1 / used, 0.1, "%g interrupts a frame",
                    exits_of(&result, "eoi") / rate);
        cr_expect_lt(exits_of(&result, "io") / rate, 0.1 / used, "and its back end is never asleep");
    }
}

Test(netmap, no_frame_is_lost_between_two_guests_whose_receiver_is_faster) {
    static const enum mode modes[] = {MODE_HVM, MODE_VIRTIO, MODE_VHOST};
    for (int i = 0; i < 3; i++) {
        given_pkt_gen(modes[i], true);
        double sent = (measured_pps(), metric_of(&result, METRIC_OFFERED_PPS, 0, 0));
        EXPECT_NEAR(pps(), sent, 0.05, "%s: %g of %g pps", mode_info(modes[i])->name, pps(), sent);
    }
}

/* A receiver that is slow has its ring full: QEMU stops reading, and the tap device loses frames. */
Test(netmap, slots_of_the_receiver_are_free_when_it_polls_again) {
    given_pkt_gen(MODE_VIRTIO, true);
    double before = measured_pps();
    set_cost(&config, COST_NETMAP_SLOT, 14000); /* 5 us, of the sender's slots as well */
    config.guests[0].workloads[0].sender = SENDER_AF_XDP;
    double after = measured_pps(), slot_s = 14062 / config.host.clock_hz;
    cr_expect_lt(after, before);
    cr_expect_leq(after, 1.03 / slot_s, "%g pps, %g s a slot", after, slot_s);
    cr_expect_geq(after, 0.5 / slot_s, "%g pps, %g s a slot", after, slot_s);
}

Test(netmap, vale_takes_the_place_of_tap_device_and_bridge) {
    given_pkt_gen(MODE_HVM, true);
    double by_tap = measured_pps();
    attach_to_vale();
    double by_vale = measured_pps();
    cr_expect_gt(by_vale, by_tap);
    static const enum cost of_tap[] = {COST_TAP_WRITE, COST_TAP_READ, COST_BRIDGE};
    for (int i = 0; i < 3; i++) set_cost(&config, of_tap[i], 1e6);
    cr_expect_eq(measured_pps(), by_vale, "nothing of the tap device is charged");
    set_cost(&config, COST_SWITCH_LOOKUP, 1e5);
    cr_expect_lt(measured_pps(), 0.2 * by_vale, "the sender looks up");
}

Test(netmap, vale_drops_what_a_slow_port_has_no_slots_for) {
    given_pkt_gen(MODE_HVM, true);
    attach_to_vale();
    set_cost(&config, COST_QEMU_RX, 40000);
    set_cost(&config, COST_QEMU_TX, 100);
    double taken = measured_pps(), sent = metric_of(&result, METRIC_OFFERED_PPS, 0, 0);
    cr_expect_gt(sent, 2 * taken, "%g of %g pps", taken, sent);
    cr_expect_gt(metric_of(&result, METRIC_LOST_BACKEND, 0, 0), 0);
}

/* The shipped scenario with one setting changed; whether it is refused, saying `why`. */
static bool is_refused(const char *path, const char *value, const char *why) {
    struct setting set = {0};
    struct diag diag = {0};
    snprintf(set.path, sizeof set.path, "%s", path);
    snprintf(set.value, sizeof set.value, "%s", value);
    struct scenario *scenario = scenario_load("published/maffione2017-pkt-gen-e1000-vale", &set, 1, &diag);
    bool refused = scenario == NULL && strstr(diag.message, why) != NULL;
    if (scenario != NULL) scenario_free(scenario);
    return refused;
}

Test(netmap, vale_connects_guests_that_are_attached_to_it) {
    cr_expect(is_refused("guests[other].tuning.net_back_end", "tap", "VALE connects guests"));
    cr_expect(is_refused("guests[vm].tuning.net_back_end", "tap", "VALE connects guests"));
    cr_expect(is_refused("guests[vm].workloads[flood].peer", "wire", "a receiver with netmap is a guest"));
    cr_expect(is_refused("guests[vm].tuning.nic_model", "rtl8139", "needs mode hvm with an e1000"));
    cr_expect(is_refused("guests[other].mode", "virtio", "needs mode hvm with an e1000"));
}
