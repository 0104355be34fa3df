/* tcp-streams end to end: every mode, every peer, both directions; rates that have a formula; losses and small rings.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result, other;

/* Payload that a 10 Gbit/s link carries in full frames. */
static const double link_payload_bps = 1e10 * 1448 / 1538;

/* Every check of the model's own, the operational bounds, and some progress. */
enum { MEASURED_MS = 12 }; /* a stream may wait for a timeout in between */

static void expect_run(const char *what) {
    struct diag diag = {0};
    struct bound bound;
    int count;
    enum iop_status status = try_run(&config, 1, 1, 10 * SIM_MS, MEASURED_MS * SIM_MS, &result, &diag);
    cr_assert_eq(status, IOP_OK, "%s: %s", what, diag.message);
    cr_assert_eq(model_bounds(&config, &bound, 1, &count, &diag), IOP_OK, "%s: %s", what, diag.message);
    double rate = metric_of(&result, METRIC_PPS, 0, 0);
    cr_expect_gt(rate, 0, "%s: nothing was delivered", what);
    /* what queued before the measurement may drain in it: a window */
    double drained = 3 * 1024 * 1024 / 1448.0 * config.guests[0].workloads[0].flows / (MEASURED_MS * 1e-3);
    cr_expect_leq(rate, bound.pps * (1 + 1e-6) + drained, "%s: %.0f/s, the bound (%s) is %.0f/s", what, rate,
                  bound.bottleneck, bound.pps);
    cr_expect_gt(bound.latency_s, 0, "%s", what);
}

/* ---- every mode, peer and direction ---------------------------------------------------------------- */

static void expect_all_directions(enum mode mode, enum peer_kind peer, enum mode peer_mode, int peer_server) {
    for (int direction = 0; direction <= DIRECTION_BOTH; direction++) {
        given_host(&config, "ec2-ivybridge");
        struct workload_config *work =
            given_tcp_stream(&config, given_guest(&config, mode, 0), (enum direction)direction);
        work->peer = peer;
        if (peer == PEER_GUEST) work->peer_guest = given_guest(&config, peer_mode, peer_server);
        char what[160];
        snprintf(what, sizeof what, "%s, %s, peer %d %s on server %d", mode_info(mode)->name,
                 direction_name((enum direction)direction), peer, peer == PEER_GUEST ? mode_info(peer_mode)->name : "",
                 peer_server);
        expect_run(what);
    }
}

Test(tcp_stream, every_mode_to_the_wire) {
    for (int mode = 0; mode < MODE_COUNT; mode++) expect_all_directions((enum mode)mode, PEER_WIRE, MODE_NONE, 0);
}

Test(tcp_stream, every_mode_to_dom0) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        if (meets_dom0((enum mode)mode)) expect_all_directions((enum mode)mode, PEER_DOM0, MODE_NONE, 0);
}

static void expect_peers(enum mode mode, int server) {
    for (int peer = 0; peer < MODE_COUNT; peer++) {
        bool whole = takes_whole_host(mode) || takes_whole_host((enum mode)peer);
        if (server != 0 || !whole) expect_all_directions(mode, PEER_GUEST, (enum mode)peer, server);
    }
}

Test(tcp_stream, pv_with_every_mode_on_its_host) { expect_peers(MODE_PV, 0); }
Test(tcp_stream, hvm_with_every_mode_on_its_host) { expect_peers(MODE_HVM, 0); }
Test(tcp_stream, vhost_with_every_mode_on_its_host) { expect_peers(MODE_VHOST, 0); }
Test(tcp_stream, vhost_user_with_every_mode_on_its_host) { expect_peers(MODE_VHOST_USER, 0); }
Test(tcp_stream, sriov_with_every_mode_on_its_host) { expect_peers(MODE_SRIOV, 0); }
Test(tcp_stream, pvhvm_with_every_mode_on_another_server) { expect_peers(MODE_PVHVM, 1); }
Test(tcp_stream, native_with_every_mode_on_another_server) { expect_peers(MODE_NATIVE, 1); }
Test(tcp_stream, virtio_with_every_mode_on_another_server) { expect_peers(MODE_VIRTIO, 1); }

static void set_offloads(int guest, int bits) {
    config.guests[guest].offloads = (struct offload_config){.no_tso = bits & 1,
                                                            .no_gso = (bits & 2) != 0,
                                                            .no_gro = (bits & 4) != 0,
                                                            .no_checksum = (bits & 8) != 0,
                                                            .lro = (bits & 16) != 0};
}

Test(tcp_stream, every_mode_with_every_set_of_offloads) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int bits = 0; bits < 32; bits++) {
            given_host(&config, "ec2-ivybridge");
            int guest = given_guest(&config, (enum mode)mode, 0), peer = given_guest(&config, (enum mode)mode, 1);
            struct workload_config *work = given_tcp_stream(&config, guest, DIRECTION_BOTH);
            work->peer = PEER_GUEST;
            work->peer_guest = peer;
            work->flows = 2;
            set_offloads(guest, bits);
            set_offloads(peer, bits);
            char what[80];
            snprintf(what, sizeof what, "%s, offloads %d", mode_info((enum mode)mode)->name, bits);
            expect_run(what);
        }
}

/* ---- rates that have a formula --------------------------------------------------------------------- */

static double throughput(void) {
    run_for(&config, 20 * SIM_MS, &result);
    return metric_of(&result, METRIC_THROUGHPUT, 0, 0);
}

Test(tcp_stream, a_quiet_link_carries_what_its_frames_leave) {
    for (int direction = 0; direction < DIRECTION_BOTH; direction++) {
        given_plain_host(&config);
        given_tcp_stream(&config, given_guest(&config, MODE_NATIVE, 0), (enum direction)direction);
        double bps = throughput();
        EXPECT_NEAR(bps, link_payload_bps, 0.005, "%s: %.3f Gbit/s", direction_name((enum direction)direction),
                    bps * 1e-9);
        cr_expect_float_eq(metric_of(&result, METRIC_RETRANSMISSIONS, 0, 0), 0, 0);
        EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), bps / 8 / 1448, 1e-3, "full frames");
    }
}

Test(tcp_stream, jumbo_frames_leave_more) {
    given_plain_host(&config);
    given_tcp_stream(&config, given_guest(&config, MODE_NATIVE, 0), DIRECTION_TRANSMIT)->mtu_bytes = 9000;
    double bps = throughput();
    EXPECT_NEAR(bps, 1e10 * 8948 / 9038, 0.005, "%.3f Gbit/s", bps * 1e-9);
}

/* A long way and a small window: a window per round trip, which is hardly more than the way. */
Test(tcp_stream, a_window_per_round_trip) {
    for (int direction = 0; direction < DIRECTION_BOTH; direction++) {
        given_plain_host(&config);
        config.host.network.one_way_s = 2e-3;
        config.host.network.jitter_s = 0;
        set_cost(&config, COST_TCP_RMEM, 400 * 1448);
        int guest = given_guest(&config, MODE_NATIVE, 0);
        config.guests[guest].throttle = THROTTLE_OFF; /* frames of one interrupt are one acknowledgement */
        given_tcp_stream(&config, guest, (enum direction)direction);
        struct machine *machine = new_machine(&config);
        sim_run(&machine->sim, 100 * SIM_MS);
        const struct stream *stream = machine->flows[0]->stream;
        uint64_t before = stream->receiver.read;
        sim_run(&machine->sim, 500 * SIM_MS);
        double bps = 8.0 * (double)(stream->receiver.read - before) / 0.4, rtt = sim_seconds(stream->sender.rtt);
        cr_expect(rtt > 4e-3 && rtt < 4.3e-3, "%g ms", rtt * 1e3);
        /* what the softirq acknowledges before the application has read it, the window lacks */
        double unread = direction == DIRECTION_RECEIVE ? 0.2 : 0.03;
        EXPECT_NEAR(bps, 8 * 400 * 1448 / rtt, unread, "%s: %.1f Mbit/s", direction_name((enum direction)direction),
                    bps * 1e-6);
        machine_free(machine);
    }
}

Test(tcp_stream, slow_start_doubles_per_round_trip) {
    given_plain_host(&config);
    config.host.network.one_way_s = 5e-3;
    config.host.network.jitter_s = 0;
    given_tcp_stream(&config, given_guest(&config, MODE_NATIVE, 0), DIRECTION_TRANSMIT);
    struct machine *machine = new_machine(&config);
    const struct stream *stream = machine->flows[0]->stream;
    uint64_t before = 0, last = 0;
    for (int round = 0; round < 7; round++) {
        sim_run(&machine->sim, round * 10 * SIM_MS + 8 * SIM_MS); /* all sent in this round has arrived */
        double growth = last > 0 ? (double)(stream->receiver.next - before) / (double)last : 2;
        cr_expect(growth > 1.85 && growth < 2.05, "round %d: %.2f times", round, growth);
        last = stream->receiver.next - before;
        before = stream->receiver.next;
    }
    cr_expect_gt(last, 500 * 1448, "%.0f segments in the seventh round", (double)last / 1448);
    machine_free(machine);
}

Test(tcp_stream, a_paced_stream_carries_what_is_asked) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int direction = 0; direction < DIRECTION_BOTH; direction++) {
            given_host(&config, "ec2-ivybridge");
            struct workload_config *work =
                given_tcp_stream(&config, given_guest(&config, (enum mode)mode, 0), (enum direction)direction);
            work->rate_bps = 200e6;
            work->message_bytes = 4096;
            double bps = throughput();
            EXPECT_NEAR(bps, 200e6, 0.03, "%s: %.1f Mbit/s", mode_info((enum mode)mode)->name, bps * 1e-6);
        }
}

/* ---- offloads -------------------------------------------------------------------------------------- */

static double guest_seconds_per_gigabit(enum mode mode, enum direction direction, int bits) {
    given_plain_host(&config);
    given_tcp_stream(&config, given_guest(&config, mode, 0), direction);
    set_offloads(0, bits);
    return cores_of((throughput(), &result), "guest0") / throughput() * 1e9;
}

/* … of each full frame. */
static double guest_seconds_per_frame(enum mode mode, enum direction direction, int bits) {
    return guest_seconds_per_gigabit(mode, direction, bits) * 8 * 1448 * 1e-9;
}

static double cost_s(enum cost cost) { return get_cost(&config, cost) / config.host.clock_hz; }

/* What GSO adds is a frame's headers, and the driver's work with each frame (430 ns on this CPU and NIC: NT059); that
 * of a packet of 45 is hardly any of it. Without GSO every frame comes through TCP's output (0.7 us: NT057), too. */
Test(tcp_stream, a_device_that_segments_saves_the_kernel_the_work_of_each_frame) {
    double tso = guest_seconds_per_frame(MODE_NATIVE, DIRECTION_TRANSMIT, 0);
    double gso = guest_seconds_per_frame(MODE_NATIVE, DIRECTION_TRANSMIT, 1);
    double neither = guest_seconds_per_frame(MODE_NATIVE, DIRECTION_TRANSMIT, 3);
    double cut = cost_s(COST_GSO_SEGMENT) + cost_s(COST_DRIVER_TX) + cost_s(COST_DRIVER_TX_CLEAN);
    EXPECT_NEAR(gso - tso, cut, 0.35, "GSO takes %.0f ns more, its steps %.0f ns", (gso - tso) * 1e9, cut * 1e9);
    cr_expect_gt(neither - gso, 0.5 * cost_s(COST_TCP_SEND), "neither takes %.0f ns more", (neither - gso) * 1e9);
}

/* IP and TCP input take 0.72 us (NT051, NT052) of every packet that goes up, and half an acknowledgement. */
Test(tcp_stream, merging_saves_the_stack_the_work_of_each_frame) {
    double gro = guest_seconds_per_frame(MODE_NATIVE, DIRECTION_RECEIVE, 0);
    double neither = guest_seconds_per_frame(MODE_NATIVE, DIRECTION_RECEIVE, 4);
    double input = cost_s(COST_IP_RECV) + cost_s(COST_TCP_RECV) + cost_s(COST_SOCKET_ENQUEUE);
    cr_expect(neither - gro > 0.8 * (input - cost_s(COST_GRO_FRAME)) && neither - gro < 3 * input,
              "without GRO a frame takes %.0f ns more, its input %.0f ns", (neither - gro) * 1e9, input * 1e9);
}

Test(tcp_stream, checksums_in_software_cost_a_pass_over_the_bytes) {
    double hardware = guest_seconds_per_gigabit(MODE_PV, DIRECTION_RECEIVE, 0);
    double software = guest_seconds_per_gigabit(MODE_PV, DIRECTION_RECEIVE, 8);
    double pass = 1e9 / 8 * 1.05 / get_cost(&config, COST_CHECKSUM);
    EXPECT_NEAR(software - hardware, pass, 0.3, "%.3g s more, a pass is %.3g s", software - hardware, pass);
}

/* Packets that stay on a host are never cut. */
Test(tcp_stream, guests_of_one_host_are_faster_than_the_wire) {
    given_plain_host(&config);
    int guest = given_guest(&config, MODE_PV, 0), peer = given_guest(&config, MODE_PV, 0);
    struct workload_config *work = given_tcp_stream(&config, guest, DIRECTION_TRANSMIT);
    work->peer = PEER_GUEST;
    work->peer_guest = peer;
    double bps = throughput();
    cr_expect_gt(bps, link_payload_bps, "%.2f Gbit/s", bps * 1e-9);
}

/* ---- losses, small rings --------------------------------------------------------------------------- */

/* What the receiver has read is what the sender has sent, to the byte and in order, losses or not. */
static void expect_progress(const char *what, int loses) {
    struct machine *machine = new_machine(&config);
    sim_run(&machine->sim, 600 * SIM_MS);
    for (int i = 0; i < machine->flow_count; i++) {
        const struct stream *stream = machine->flows[i]->stream;
        const struct tcp_sender *sender = &stream->sender;
        cr_expect_gt(stream->receiver.read, 20 * 1448, "%s: %lu bytes read", what,
                     (unsigned long)stream->receiver.read);
        cr_expect(sender->unacknowledged <= stream->receiver.next && stream->receiver.next <= sender->next, "%s", what);
        cr_expect_leq(stream->receiver.read, stream->receiver.next, "%s", what);
        cr_expect_leq(sender->next, sender->written, "%s", what);
    }
    const struct workload_state *state = machine->states[0];
    uint64_t read = 0;
    for (int i = 0; i < machine->flow_count; i++) read += machine->flows[i]->stream->receiver.read;
    cr_expect_eq(state->bytes_read, read, "%s: what was read is in order and once", what);
    if (loses >= 0) {
        cr_expect_gt(state->lost[loses], 0, "%s: nothing was lost", what);
        cr_expect_gt(state->resent, 0, "%s: nothing was sent again", what);
    }
    machine_free(machine);
    struct diag diag = {0};
    cr_expect_eq(try_run(&config, 1, 1, 5 * SIM_MS, 20 * SIM_MS, &result, &diag), IOP_OK, "%s: %s", what, diag.message);
}

Test(tcp_stream, losses_at_a_full_vif_queue_are_repaired) {
    given_host(&config, "ec2-ivybridge");
    set_cost(&config, COST_NETBACK_QUEUE, 12);
    int guest = given_guest(&config, MODE_PV, 0), peer = given_guest(&config, MODE_PV, 1);
    struct workload_config *work = given_tcp_stream(&config, guest, DIRECTION_BOTH);
    work->peer = PEER_GUEST;
    work->peer_guest = peer;
    work->flows = 4;
    expect_progress("vif queue of 12", LOST_BACKEND);
}

Test(tcp_stream, losses_at_a_full_nic_ring_are_repaired) {
    given_host(&config, "ec2-ivybridge");
    config.host.nic.rx_ring = 32;
    given_tcp_stream(&config, given_guest(&config, MODE_NATIVE, 0), DIRECTION_RECEIVE)->flows = 3;
    config.guests[0].throttle = THROTTLE_FIXED;
    config.guests[0].throttle_s = 100e-6;
    expect_progress("NIC ring of 32", LOST_NIC);
}

Test(tcp_stream, losses_in_a_switch_and_in_the_queueing_discipline_are_repaired) {
    given_host(&config, "ec2-ivybridge");
    config.host.network.buffer_bytes = 50000;
    given_tcp_stream(&config, given_guest(&config, MODE_SRIOV, 0), DIRECTION_RECEIVE)->flows = 8;
    expect_progress("switch with 50 kB", LOST_NETWORK);
    given_host(&config, "ec2-ivybridge");
    set_cost(&config, COST_QDISC_LIMIT, 6);
    set_cost(&config, COST_TCP_BELOW, 1e7);
    given_tcp_stream(&config, given_guest(&config, MODE_HVM, 0), DIRECTION_TRANSMIT)->flows = 8;
    expect_progress("queueing discipline of 6", LOST_QDISC);
}

Test(tcp_stream, small_rings_and_buffers_do_not_stop_it) {
    static const enum mode modes[] = {MODE_NATIVE, MODE_PV, MODE_HVM, MODE_VHOST, MODE_VHOST_USER, MODE_SRIOV};
    for (size_t m = 0; m < sizeof modes / sizeof modes[0]; m++)
        for (int bits = 0; bits < 2; bits++) {
            given_host(&config, "ec2-ivybridge");
            set_cost(&config, COST_NETIF_RING, 4);
            set_cost(&config, COST_VIRTIO_RING, 4);
            set_cost(&config, COST_E1000_RING, 4);
            set_cost(&config, COST_TCP_WMEM, 1);
            set_cost(&config, COST_TCP_RMEM, 1);
            set_cost(&config, COST_TCP_BELOW, 1);
            config.host.nic.tx_ring = 4;
            set_offloads(0, bits);
            int guest = given_guest(&config, modes[m], 0), peer = given_guest(&config, modes[m], 1);
            struct workload_config *work = given_tcp_stream(&config, guest, DIRECTION_BOTH);
            work->peer = PEER_GUEST;
            work->peer_guest = peer;
            set_offloads(0, bits);
            expect_progress(mode_info(modes[m])->name, -1);
        }
}

Test(tcp_stream, small_messages_arrive) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        given_host(&config, "ec2-ivybridge");
        given_tcp_stream(&config, given_guest(&config, (enum mode)mode, 0), DIRECTION_BOTH)->message_bytes = 100;
        expect_progress(mode_info((enum mode)mode)->name, -1);
    }
}

/* ---- repeatability --------------------------------------------------------------------------------- */

Test(tcp_stream, the_same_seed_gives_the_same_run) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        given_host(&config, "ec2-ivybridge");
        given_tcp_stream(&config, given_guest(&config, (enum mode)mode, 0), DIRECTION_BOTH)->flows = 3;
        struct diag diag = {0};
        cr_assert_eq(try_run(&config, 7, 3, SIM_MS, 10 * SIM_MS, &result, &diag), IOP_OK, "%s", diag.message);
        cr_assert_eq(try_run(&config, 7, 3, SIM_MS, 10 * SIM_MS, &other, &diag), IOP_OK, "%s", diag.message);
        cr_expect_eq(result.events, other.events, "%s", mode_info((enum mode)mode)->name);
        for (int i = 0; i < result.metric_count; i++)
            cr_expect(memcmp(&result.metrics[i].value, &other.metrics[i].value, sizeof(double)) == 0, "%s",
                      mode_info((enum mode)mode)->name);
    }
}
