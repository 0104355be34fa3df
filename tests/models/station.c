/* Stations at work: who is told, how often, and what happens at full rings. */
#include "models/station.h"

#include <criterion/criterion.h>
#include <math.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static double run_stream(enum mode mode, enum direction direction, double rate_pps) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, mode, 0), direction, 64)->rate_pps = rate_pps;
    run_for(&config, 20 * SIM_MS, &result);
    return metric_of(&result, METRIC_PPS, 0, 0);
}

static double per_packet(enum metric_kind kind) {
    return rate_of(&result, kind) / metric_of(&result, METRIC_PPS, 0, 0);
}

/* Events to dom0 and back, one hypercall each, the hypercall of the grant batch, and that of the switch to the sender.
 */
Test(suppression, a_paravirtual_packet_is_told_of_when_they_are_rare_and_not_when_they_are_many) {
    run_stream(MODE_PV, DIRECTION_TRANSMIT, 1000);
    EXPECT_NEAR(per_packet(METRIC_HYPERCALLS), 4, 0.1, "%g hypercalls a packet: switch, event, grant batch, answer",
                per_packet(METRIC_HYPERCALLS));
    run_stream(MODE_PV, DIRECTION_TRANSMIT, 0);
    cr_expect_lt(per_packet(METRIC_HYPERCALLS), 0.2, "%g", per_packet(METRIC_HYPERCALLS));
    cr_expect_lt(per_packet(METRIC_INTERRUPTS), 0.2, "%g", per_packet(METRIC_INTERRUPTS));
}

Test(suppression, an_interrupt_for_every_rare_packet_and_few_for_many) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        if (mode == MODE_HVM) continue;
        const char *name = mode_info((enum mode)mode)->name;
        run_stream((enum mode)mode, DIRECTION_RECEIVE, 1000);
        double rare = per_packet(METRIC_INTERRUPTS);
        double expected = mode_path((enum mode)mode)->attachment == ATTACH_BRIDGE ? 2 : 1; /* dom0's and the guest's */
        EXPECT_NEAR(rare, expected, 0.1, "%s: %g a packet at 1 kpps", name, rare);
        run_stream((enum mode)mode, DIRECTION_RECEIVE, 0);
        /* QEMU is slower than the guest, which sleeps between its packets. */
        double most = mode == MODE_VIRTIO ? 0.5 : 0.1;
        cr_expect_lt(per_packet(METRIC_INTERRUPTS), most * rare, "%s: %g a packet at saturation", name,
                     per_packet(METRIC_INTERRUPTS));
    }
}

/* What rings say of themselves: pushes that found the consumer asleep. */
static double notified_share(struct machine *machine, enum ring_id id) {
    uint64_t pushed = 0, notified = 0;
    for (int i = 0; i < machine->queue_count; i++)
        if (machine->queues[i]->id == id) {
            pushed += machine->queues[i]->ring.pushed;
            notified += machine->queues[i]->ring.notified;
        }
    cr_assert_gt(pushed, 0, "nothing passed the %s", ring_infos[id].name);
    return (double)notified / (double)pushed;
}

Test(suppression, rings_are_armed_by_a_sleeper_and_silent_for_one_at_work) {
    for (int busy = 0; busy < 2; busy++) {
        given_plain_host(&config);
        given_stream(&config, given_guest(&config, MODE_PV, 0), DIRECTION_TRANSMIT, 64)->rate_pps = busy ? 0 : 1000;
        struct machine *machine = new_machine(&config);
        sim_run(&machine->sim, 30 * SIM_MS);
        double share = notified_share(machine, RING_NETIF_TX);
        if (busy)
            cr_expect_lt(share, 0.1, "%g", share);
        else
            cr_expect_float_eq(share, 1, 1e-9, "%g", share);
        machine_free(machine);
    }
}

/* ---- who pays ---- */

Test(modes, native_has_no_exits_hypercalls_or_grants) {
    for (int direction = 0; direction <= DIRECTION_BOTH; direction++) {
        run_stream(MODE_NATIVE, (enum direction)direction, 50e3);
        cr_expect_float_eq(rate_of(&result, METRIC_EXITS), 0, 0);
        cr_expect_float_eq(rate_of(&result, METRIC_HYPERCALLS), 0, 0);
        cr_expect_float_eq(rate_of(&result, METRIC_GRANT_OPS), 0, 0);
        cr_expect_float_eq(cores_of(&result, "hypervisor"), 0, 0);
        cr_expect_float_eq(cores_of(&result, "dom0"), 0, 0);
        cr_expect_gt(cores_of(&result, "guest0"), 0);
    }
}

Test(modes, sriov_leaves_dom0_and_grants_alone_and_exits_for_interrupts_only) {
    for (int direction = 0; direction <= DIRECTION_BOTH; direction++) {
        run_stream(MODE_SRIOV, (enum direction)direction, 50e3);
        cr_expect_float_eq(rate_of(&result, METRIC_GRANT_OPS), 0, 0);
        cr_expect_float_eq(rate_of(&result, METRIC_HYPERCALLS), 0, 0);
        cr_expect_float_eq(cores_of(&result, "dom0"), 0, 0);
        cr_expect_gt(exits_of(&result, "external interrupt"), 0);
        EXPECT_NEAR(exits_of(&result, "eoi"), exits_of(&result, "external interrupt"), 0.01, "each is ended");
        cr_expect_float_eq(exits_of(&result, "mmio"), 0, 0);
        EXPECT_NEAR(rate_of(&result, METRIC_INTERRUPTS), exits_of(&result, "external interrupt"), 0.01, "and injected");
    }
}

Test(modes, pv_has_hypercalls_and_grants_and_no_exits) {
    for (int direction = 0; direction <= DIRECTION_BOTH; direction++) {
        run_stream(MODE_PV, (enum direction)direction, 50e3);
        cr_expect_float_eq(rate_of(&result, METRIC_EXITS), 0, 0);
        cr_expect_gt(rate_of(&result, METRIC_HYPERCALLS), 0);
        cr_expect_gt(rate_of(&result, METRIC_GRANT_OPS), 0);
        cr_expect_gt(cores_of(&result, "dom0"), 0);
    }
}

Test(modes, pvhvm_exits_where_pv_makes_hypercalls) {
    run_stream(MODE_PVHVM, DIRECTION_TRANSMIT, 1000);
    EXPECT_NEAR(exits_of(&result, "vmcall") / 1000, 1, 0.1, "one event a packet to dom0");
    EXPECT_NEAR(exits_of(&result, "external interrupt") / 1000, 1, 0.1, "one callback a packet");
    cr_expect_float_eq(exits_of(&result, "mmio"), 0, 0);
}

Test(modes, hvm_exits_more_than_once_a_packet_and_grants_nothing) {
    for (int direction = 0; direction < DIRECTION_BOTH; direction++)
        for (int saturated = 0; saturated < 2; saturated++) {
            run_stream(MODE_HVM, (enum direction)direction, saturated ? 0 : 1000);
            if (!(saturated && direction == DIRECTION_RECEIVE))
                cr_expect_gt(per_packet(METRIC_EXITS), 1, "%g exits a packet, %s%s", per_packet(METRIC_EXITS),
                             direction_name((enum direction)direction), saturated ? ", saturated" : "");
            cr_expect_gt(exits_of(&result, "mmio"), 0);
            cr_expect_float_eq(rate_of(&result, METRIC_GRANT_OPS), 0, 0);
        }
    run_stream(MODE_HVM, DIRECTION_TRANSMIT, 1000);
    EXPECT_NEAR(exits_of(&result, "mmio") / 1000, 4, 0.1, "TDT, ICR, IMC, IMS: %g", exits_of(&result, "mmio") / 1000);
}

/* ---- back-pressure, losses, stalls ---- */

Test(station, a_sender_faster_than_its_device_waits_and_loses_nothing) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        run_stream((enum mode)mode, DIRECTION_TRANSMIT, 0);
        cr_expect_gt(metric_of(&result, METRIC_PPS, 0, 0), 0);
        cr_expect_float_eq(metric_of(&result, METRIC_LOST_NIC, 0, 0) + metric_of(&result, METRIC_LOST_BACKEND, 0, 0) +
                               metric_of(&result, METRIC_LOST_SOCKET, 0, 0) +
                               metric_of(&result, METRIC_LOST_QDISC, 0, 0),
                           0, 0, "%s", mode_info((enum mode)mode)->name);
    }
}

Test(station, a_queueing_discipline_drops_what_more_sockets_than_it_holds_send) {
    given_plain_host(&config);
    config.host.nic.link_bps = 100e6;
    int guest = given_guest(&config, MODE_NATIVE, 0);
    config.guests[guest].queues = 1;
    given_stream(&config, guest, DIRECTION_TRANSMIT, 64)->flows = 7; /* 277 packets each in flight */
    run_for(&config, 20 * SIM_MS, &result);
    cr_expect_gt(metric_of(&result, METRIC_LOST_QDISC, 0, 0), 0);
    EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), 100e6 / (84 * 8), 0.005, "the wire stays full");
}

Test(station, frames_for_a_saturated_vif_are_lost_in_front_of_netback) {
    run_stream(MODE_PV, DIRECTION_RECEIVE, 2e6);
    cr_expect_gt(metric_of(&result, METRIC_LOST_BACKEND, 0, 0) + metric_of(&result, METRIC_LOST_NIC, 0, 0), 0.5e6);
    cr_expect_float_eq(metric_of(&result, METRIC_LOST_QDISC, 0, 0), 0, 0);
}

/* Time of all trips to the device model and back, when every one wakes it. */
static double trips(const struct stage *stage) {
    sim_time one = stage->work[NOTIFYING] + stage->work[FLIGHT] + stage->work[WAKE] + stage->work[WAKE_IDLE] +
                   stage->work[POLL] + stage->work[EACH] + stage->work[RETURN];
    return (double)one * (double)stage->executed[EACH];
}

/* The vCPU that writes the tail register does nothing else until QEMU has answered. */
Test(station, an_emulated_send_stalls_its_vcpu_for_as_long_as_the_device_model_takes) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_HVM, 0), DIRECTION_TRANSMIT, 64)->rate_pps = 2000;
    struct machine *machine = new_machine(&config);
    sim_run(&machine->sim, 50 * SIM_MS);
    sim_time stalled = 0;
    for (int i = 0; i < machine->guests[0].vcpu_count; i++) stalled += processor_stalled(&machine->guests[0].vcpus[i]);
    const struct program *program = machine->flows[0]->route->program;
    const struct stage *qemu = &program->stages[2], *access = &machine->guests[0].register_program->stages[1];
    double own = trips(qemu), accesses = trips(access);
    cr_expect_eq(access->executed[EACH], 3 * qemu->executed[EACH], "ICR, IMC, IMS");
    EXPECT_NEAR((double)stalled, own + accesses, 0.05, "%.3f ms stalled, %.3f and %.3f ms of trips",
                (double)stalled * 1e-9, own * 1e-9, accesses * 1e-9);
    machine_free(machine);
}

/* One vCPU waits for its write; the queueing discipline moves on to another meanwhile. */
Test(station, every_vcpu_that_waits_for_the_device_model_goes_on_when_it_is_answered) {
    given_plain_host(&config);
    struct workload_config *work = given_stream(&config, given_guest(&config, MODE_HVM, 0), DIRECTION_TRANSMIT, 64);
    work->flows = 4;
    work->rate_pps = 20e3;
    work->arrivals = ARRIVALS_POISSON;
    run_for(&config, 50 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), metric_of(&result, METRIC_OFFERED_PPS, 0, 0), 0.02,
                "%.0f of %.0f pps", metric_of(&result, METRIC_PPS, 0, 0), metric_of(&result, METRIC_OFFERED_PPS, 0, 0));
}
