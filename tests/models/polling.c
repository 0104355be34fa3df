/* A switch that polls, and guests that do: what polling costs, and what it saves. */
#include <criterion/criterion.h>
#include <string.h>

#include "models/machine.h"
#include "models/poll_loop.h"
#include "scenarios/catalog.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static void given_pollers(int guests) {
    given_host(&config, "nfv-lab");
    for (int i = 0; i < guests; i++) config.guests[given_guest(&config, MODE_VHOST_USER, 0)].driver = DRIVER_POLL;
}

static void given_switch(const char *product) {
    struct diag diag = {0};
    cr_assert_eq(catalog_switch(product, &config.host.costs, &diag), IOP_OK, "%s", diag.message);
}

static double received_latency(int ports, double look_cycles, uint64_t *events) {
    given_pollers(ports - 1); /* and the NIC's */
    struct workload_config *work = given_stream(&config, 0, DIRECTION_RECEIVE, 64);
    work->rate_pps = 10e3;
    work->arrivals = ARRIVALS_POISSON;
    set_cost(&config, COST_SWITCH_POLL, look_cycles);
    run_for(&config, 200 * SIM_MS, &result);
    *events = result.events;
    return metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
}

/* A frame comes at any moment of the loop's turn: it waits half of it, then for the look. The guest's loop has one
 * port. */
Test(polling, a_frame_waits_half_a_turn) {
    uint64_t often, seldom;
    double quick = received_latency(5, 26, &often), slow = received_latency(5, 2600, &seldom);
    double look_s = (2600 - 26) / 2.6e9;
    EXPECT_NEAR(slow - quick, look_s * (5 / 2.0 + 1) + look_s * (1 / 2.0 + 1), 0.05, "%g s, a look %g s", slow - quick,
                look_s);
    EXPECT_NEAR(often, seldom, 0.05, "turns in vain are no events: %lu and %lu", (unsigned long)often,
                (unsigned long)seldom);
}

Test(polling, a_burst_shares_the_look) {
    given_pollers(1);
    given_stream(&config, 0, DIRECTION_RECEIVE, 64);
    run_for(&config, 5 * SIM_MS, &result);
    double looks = 0;
    for (int i = 0; i < result.charge_count; i++)
        if (strcmp(result.charges[i].label, "switch: look at the port") == 0)
            looks = result.charges[i].cycles_per_packet / get_cost(&config, COST_SWITCH_POLL);
    EXPECT_NEAR(looks, 2.0 / POLL_BURST, 0.02, "two ports, a burst of 32: %g looks a frame", looks);
}

Test(polling, keeps_a_cpu_busy_and_says_what_was_in_vain) {
    given_pollers(1);
    given_stream(&config, 0, DIRECTION_RECEIVE, 64)->rate_pps = 10e3;
    run_for(&config, 20 * SIM_MS, &result);
    EXPECT_NEAR(cores_of(&result, "host"), 1, 1e-6, "%g", cores_of(&result, "host"));
    EXPECT_NEAR(cores_of(&result, "guest0"), 1, 1e-6, "%g", cores_of(&result, "guest0"));
    for (int i = 0; i < result.metric_count; i++)
        if (result.metrics[i].kind == METRIC_CPU_SHARE && strcmp(result.metrics[i].category, "polling") == 0)
            cr_expect(result.metrics[i].value > 0.99 && result.metrics[i].value < 1, "%g of %s",
                      result.metrics[i].value, result.metrics[i].domain);
    cr_expect_lt(utilization_of(&result, "host/switch"), 0.01, "what counts as use is the work");
}

static const struct station *the_switch(const struct machine *machine) {
    const struct station *found = NULL;
    for (int i = 0; i < machine->station_count; i++)
        if (machine->stations[i]->worker == WORKER_SWITCH) found = machine->stations[i];
    cr_assert_not_null(found);
    return found;
}

/* Frames of two guests come within one turn of 30 us: the loop stops at the port it comes to first, not at that of
 * the frame that came first. */
Test(polling, the_nearest_port_is_served_first) {
    given_pollers(2);
    for (int i = 0; i < 2; i++) {
        struct workload_config *work = given_stream(&config, i, DIRECTION_TRANSMIT, 64);
        work->rate_pps = 20e3;
        work->arrivals = ARRIVALS_POISSON;
    }
    set_cost(&config, COST_SWITCH_POLL, 26e3);
    struct machine *machine = new_machine(&config);
    const struct station *loop = the_switch(machine);
    int both = 0;
    for (int i = 1; i <= 20000; i++) {
        sim_run(&machine->sim, i * SIM_US);
        int waiting = 0;
        for (int j = 0; j < loop->input_count; j++) {
            const struct queue *queue = loop->inputs[j];
            if (loop->reach == EVENT_NONE || queue->port < 0 || ring_waiting(&queue->ring) == 0) continue;
            waiting++;
            cr_assert_leq(loop->reach_at, poll_loop_reaches(&loop->loop, queue->port, machine->sim.now), "port %d",
                          queue->port);
        }
        both += waiting == 2;
    }
    cr_expect_gt(both, 100, "two at a time %d times", both);
    machine_free(machine);
}

/* VX022, VX026 and their like: a kernel that sleeps is told by an interrupt and wakes its reader. */
Test(polling, a_guest_that_polls_is_spared_interrupt_and_wake_up) {
    double rtt[2];
    for (int i = 0; i < 2; i++) {
        given_pollers(2);
        for (int j = 0; j < 2; j++) config.guests[j].driver = i == 0 ? DRIVER_KERNEL : DRIVER_POLL;
        struct workload_config *work = given_transactions(&config, 0, WORK_UDP_RR);
        work->peer = PEER_GUEST;
        work->peer_guest = 1;
        run_for(&config, 10 * SIM_MS, &result);
        rtt[i] = metric_of(&result, METRIC_RTT_MEAN, 0, 0);
    }
    cr_expect_eq(rate_of(&result, METRIC_INTERRUPTS), 0);
    cr_expect_eq(rate_of(&result, METRIC_EXITS), 0);
    /* both sides save an interrupt with injection (VX087: 0.7 to 1.3 us) and a switch to the reader (CP031) */
    double saved = 2 * (get_cost(&config, COST_EXIT_IRQ) + get_cost(&config, COST_SCHED_SWITCH)) / 2.6e9;
    cr_expect_gt(rtt[0] - rtt[1], saved, "%g s less", rtt[0] - rtt[1]);
    cr_expect_lt(rtt[1], 2e-6, "%g s for four bursts of one and four copies", rtt[1]);
}

Test(polling, a_sender_that_polls_waits_for_its_ring_and_loses_nothing) {
    given_pollers(2);
    struct workload_config *work = given_stream(&config, 0, DIRECTION_TRANSMIT, 64);
    work->peer = PEER_GUEST;
    work->peer_guest = 1;
    run_for(&config, 5 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), metric_of(&result, METRIC_OFFERED_PPS, 0, 0), 0.01,
                "what it sends arrives");
    EXPECT_NEAR(utilization_of(&result, "host/switch"), 1, 0.01, "the switch is what it waits for");
}

/* ---- products ---- */

static double pps_through(const char *product, enum direction direction) {
    given_pollers(1);
    given_switch(product);
    given_stream(&config, 0, direction, 64);
    run_for(&config, 5 * SIM_MS, &result);
    return metric_of(&result, METRIC_PPS, 0, 0);
}

Test(polling, transit_passes_no_guest) {
    double pps = pps_through("ovs-dpdk", DIRECTION_TRANSIT);
    EXPECT_NEAR(pps, 8.05e9 / (84 * 8), 0.05, "NET-453: %g pps", pps);
    cr_expect_eq(cores_of(&result, "guest0"), 0);
    cr_expect_eq(rate_of(&result, METRIC_EXITS), 0);
    for (int i = 0; i < result.charge_count; i++) cr_expect_str_neq(result.charges[i].place, "guest");
}

/* NET-456, NET-463: what a guest in the place of a second port costs t4p4s; VALE, whose guests share its rings,
 * nothing (NET-455, NET-462). */
Test(polling, a_virtqueue_costs_more_than_a_port) {
    double t4p4s = pps_through("t4p4s", DIRECTION_RECEIVE) / pps_through("t4p4s", DIRECTION_TRANSIT);
    double vale = pps_through("vale", DIRECTION_RECEIVE) / pps_through("vale", DIRECTION_TRANSIT);
    EXPECT_NEAR(t4p4s, 4.04 / 5.75, 0.1, "%g", t4p4s);
    EXPECT_NEAR(vale, 5.77 / 5.56, 0.1, "%g", vale);
}

Test(polling, a_switch_changes_only_what_is_its_own) {
    given_host(&config, "nfv-lab");
    struct cost_set before = config.host.costs;
    given_switch("t4p4s");
    cr_expect_eq(config.host.costs.values[COST_SWITCH_LOOKUP].value, 180);
    for (int i = 0; i < COST_COUNT_; i++) {
        if (i == COST_SWITCH_LOOKUP) continue;
        cr_expect_eq(config.host.costs.values[i].value, before.values[i].value, "%s",
                     cost_parameter((enum cost)i)->name);
    }
}

/* Frames are in the last level cache when they are copied, out of one guest and into the other. */
Test(polling, a_byte_is_copied_twice_out_of_the_cache) {
    double seconds[2];
    for (int i = 0; i < 2; i++) {
        given_pollers(2);
        given_switch("t4p4s");
        struct workload_config *work = given_stream(&config, 0, DIRECTION_TRANSMIT, i == 0 ? 256 : 1024);
        work->peer = PEER_GUEST;
        work->peer_guest = 1;
        run_for(&config, 10 * SIM_MS, &result);
        seconds[i] = 1 / metric_of(&result, METRIC_PPS, 0, 0);
    }
    double bytes = 2 * (1024 - 256), added = seconds[1] - seconds[0];
    EXPECT_NEAR(added, bytes / get_cost(&config, COST_COPY_LLC), 0.05, "%g s", added);
}

/* ---- service chains ---- */

static void run_chain(int guests, double rate_pps) {
    given_pollers(guests);
    given_switch("bess");
    struct workload_config *work = given_stream(&config, 0, DIRECTION_TRANSIT, 64);
    work->rate_pps = rate_pps;
    for (int i = 0; i < guests; i++) work->through[work->through_count++] = i;
    run_for(&config, 5 * SIM_MS, &result);
}

/* Of the switch, two virtqueues, two copies and a lookup; a look at its port, and the first entry's cache lines, come
 * with each burst of 32. */
Test(polling, each_guest_of_a_chain_takes_the_switch_as_long) {
    double seconds[5];
    for (int guests = 1; guests <= 4; guests++) {
        run_chain(guests, 0);
        seconds[guests] = 1 / metric_of(&result, METRIC_PPS, 0, 0);
        EXPECT_NEAR(utilization_of(&result, "host/switch"), 1, 0.01, "%d guests", guests);
    }
    double fetched = get_cost(&config, COST_POLLED_LINES) * get_cost(&config, COST_CACHE_LINE);
    double cycles = 2 * get_cost(&config, COST_SWITCH_VIRTQ) + 2 * get_cost(&config, COST_COPY_CALL) +
                    get_cost(&config, COST_SWITCH_LOOKUP) +
                    (get_cost(&config, COST_SWITCH_POLL) + fetched) / POLL_BURST;
    double hop = cycles / config.host.clock_hz + 2 * 64 / get_cost(&config, COST_COPY_LLC);
    for (int guests = 2; guests <= 4; guests++)
        EXPECT_NEAR(seconds[guests] - seconds[guests - 1], hop, 0.02, "%d guests: %g s, %g s expected", guests,
                    seconds[guests] - seconds[guests - 1], hop);
}

Test(polling, a_chain_passes_all_its_guests_and_loses_nothing_below_its_limit) {
    double before = 0;
    for (int guests = 1; guests <= 3; guests++) {
        run_chain(guests, 1e6);
        EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), 1e6, 0.002, "%d guests", guests);
        double latency = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
        cr_expect_gt(latency, before + 100e-9, "%d guests: %g s", guests, latency);
        before = latency;
        for (int i = 0; i < guests; i++) {
            char name[24];
            snprintf(name, sizeof name, "guest%d", i);
            cr_expect_gt(cores_of(&result, name), 0.99, "%s polls", name);
        }
    }
}
