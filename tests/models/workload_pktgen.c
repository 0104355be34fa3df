/* The kernel's packet generator and the stack that nobody listens in, between a guest and its dom0. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static struct workload_config *given_pktgen(enum direction direction, int frame_bytes) {
    given_host(&config, "xen-lab");
    struct workload_config *work = given_stream(&config, given_guest(&config, MODE_PV, 0), direction, frame_bytes);
    work->peer = PEER_DOM0;
    work->sender = SENDER_PKTGEN;
    work->receiver = RECEIVER_DROP;
    return work;
}

static double cycles_of(const char *category) {
    double cycles = 0;
    for (int i = 0; i < result.charge_count; i++)
        if (strcmp(result.charges[i].category, category) == 0) cycles += result.charges[i].cycles_per_packet;
    return cycles;
}

Test(pktgen, it_takes_no_system_call_no_socket_and_no_queueing_discipline) {
    static const char *const absent[] = {"syscall", "socket", "qdisc", "copy"};
    for (int direction = DIRECTION_TRANSMIT; direction <= DIRECTION_RECEIVE; direction++) {
        given_pktgen((enum direction)direction, 64);
        run_for(&config, 20 * SIM_MS, &result);
        EXPECT_NEAR(cycles_of("pktgen"), get_cost(&config, COST_PKTGEN), 0.02, "%g cycles", cycles_of("pktgen"));
        EXPECT_NEAR(cycles_of("udp"), get_cost(&config, COST_UDP_DROP), 0.02, "%g cycles", cycles_of("udp"));
        for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
            cr_expect_eq(cycles_of(absent[i]), 0, "%s: %g cycles", absent[i], cycles_of(absent[i]));
    }
}

Test(pktgen, it_waits_for_room_in_the_drivers_ring_and_loses_nothing) {
    for (int direction = DIRECTION_TRANSMIT; direction <= DIRECTION_RECEIVE; direction++) {
        given_pktgen((enum direction)direction, 64)->flows = 3;
        run_for(&config, 20 * SIM_MS, &result);
        cr_expect_eq(metric_of(&result, METRIC_LOST_BACKEND, 0, 0), 0);
        cr_expect_gt(metric_of(&result, METRIC_PPS, 0, 0), 5e5, "netback is busy throughout");
    }
}

Test(pktgen, a_rate_is_kept) {
    given_pktgen(DIRECTION_TRANSMIT, 64)->rate_pps = 1e5;
    run_for(&config, 20 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), 1e5, 0.01, "%g pps", metric_of(&result, METRIC_PPS, 0, 0));
}

Test(pktgen, a_large_frame_takes_a_slot_of_the_ring_for_each_of_its_pages) {
    given_pktgen(DIRECTION_TRANSMIT, 65535);
    struct machine *machine = new_machine(&config);
    struct queue *ring = NULL;
    for (int i = 0; i < machine->queue_count; i++)
        if (machine->queues[i]->id == RING_NETIF_TX) ring = machine->queues[i];
    cr_assert_not_null(ring);
    uint32_t most = 0;
    while (machine->sim.now < 5 * SIM_MS) {
        sim_run(&machine->sim, machine->sim.now + 10 * SIM_US);
        cr_expect_eq(ring->ring.used % 16, 0, "%u slots", ring->ring.used);
        if (ring->ring.used > most) most = ring->ring.used;
    }
    cr_expect_leq(most, ring->ring.capacity);
    cr_expect_gt(most, ring->ring.capacity / 2, "%u slots", most);
    machine_free(machine);
}
