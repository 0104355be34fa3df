/* Every mode runs every workload against every kind of peer, and every run passes the model's own checks
 * (conservation, Little's law, CPU time) and stays within the operational bounds. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

enum { TRANSMIT, RECEIVE, BOTH, UDP_RR, TCP_RR, PING, KINDS };

static const char *const kind_names[KINDS] = {"transmit", "receive", "both", "udp-rr", "tcp-rr", "ping"};

static struct workload_config *given_work(int guest, int kind, int frame_bytes) {
    static const enum workload_kind transactions[] = {
        [UDP_RR] = WORK_UDP_RR, [TCP_RR] = WORK_TCP_RR, [PING] = WORK_PING};
    if (kind <= BOTH) return given_stream(&config, guest, (enum direction)kind, frame_bytes);
    return given_transactions(&config, guest, transactions[kind]);
}

/* The bound of one transaction at a time takes everyone to be asleep. Without a network in between, the
 * interrupt that an emulated NIC raises for the request is still being served when the answer comes. */
static bool overlaps(void) {
    if (config.servers > 1 || (config.guest_count == 1 && config.guests[0].workloads[0].peer == PEER_WIRE))
        return false;
    for (int i = 0; i < config.guest_count; i++)
        if (config.guests[i].mode == MODE_HVM) return true;
    return false;
}

/* A queue that was long when the measurement began may drain in it: a netif ring, a batch. */
enum { DRAINED = 300, MEASURED_MS = 5 };

static void expect_within_bounds(const char *what, int kind) {
    struct bound bound;
    struct diag diag = {0};
    int count;
    cr_assert_eq(model_bounds(&config, &bound, 1, &count, &diag), IOP_OK, "%s: %s", what, diag.message);
    cr_assert_eq(count, 1);
    double rate = completed_of(&config, &result, 0, 0), latency = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    cr_expect_gt(rate, 0, "%s: nothing was delivered", what);
    cr_expect_gt(bound.latency_s, 0, "%s", what);
    if (kind > BOTH && overlaps()) return;
    double drained = kind <= BOTH ? DRAINED / (MEASURED_MS * 1e-3) : 1 / (MEASURED_MS * 1e-3);
    cr_expect_leq(rate, bound.pps * (1 + 1e-6) + drained, "%s: %.0f/s, the bound (%s) is %.0f/s", what, rate,
                  bound.bottleneck, bound.pps);
    /* One at a time finds everyone asleep; in a stream all are awake. */
    if (kind > BOTH)
        cr_expect_geq(latency, bound.latency_s * (1 - 1e-6), "%s: %.3f us, without waiting it is %.3f us", what,
                      latency * 1e6, bound.latency_s * 1e6);
}

static void expect_run(const char *what, int kind) {
    struct diag diag = {0};
    enum iop_status status = try_run(&config, 1, 1, 3 * SIM_MS, MEASURED_MS * SIM_MS, &result, &diag);
    cr_expect_eq(status, IOP_OK, "%s: %s", what, diag.message);
    if (status == IOP_OK) expect_within_bounds(what, kind);
}

static void expect_all_kinds(enum mode mode, enum peer_kind peer, enum mode peer_mode, int peer_server) {
    static const char *const peers[] = {"the wire", "dom0", "a guest"};
    for (int kind = 0; kind < KINDS; kind++)
        for (int frame = 64; frame <= 1518; frame += 1454) {
            if (kind > BOTH && frame > 64) continue;
            given_host(&config, "ec2-ivybridge");
            struct workload_config *work = given_work(given_guest(&config, mode, 0), kind, frame);
            work->peer = peer;
            if (peer == PEER_GUEST) work->peer_guest = given_guest(&config, peer_mode, peer_server);
            char what[160];
            snprintf(what, sizeof what, "%s %s, %d B, with %s%s%s", mode_info(mode)->name, kind_names[kind], frame,
                     peers[peer], peer == PEER_GUEST ? (peer_server == 0 ? " here: " : " elsewhere: ") : "",
                     peer == PEER_GUEST ? mode_info(peer_mode)->name : "");
            expect_run(what, kind);
        }
}

Test(paths, every_mode_runs_every_workload_to_the_wire) {
    for (int mode = 0; mode < MODE_COUNT; mode++) expect_all_kinds((enum mode)mode, PEER_WIRE, MODE_NONE, 0);
}

Test(paths, every_mode_under_xen_runs_every_workload_to_dom0) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        if (meets_dom0((enum mode)mode)) expect_all_kinds((enum mode)mode, PEER_DOM0, MODE_NONE, 0);
}

static void expect_all_peers(enum mode mode, int server) {
    for (int peer = 0; peer < MODE_COUNT; peer++) {
        bool whole_machine = takes_whole_host(mode) || takes_whole_host((enum mode)peer);
        if (server != 0 || !whole_machine) expect_all_kinds(mode, PEER_GUEST, (enum mode)peer, server);
    }
}

Test(paths, pv_talks_to_every_mode_on_its_host) { expect_all_peers(MODE_PV, 0); }
Test(paths, hvm_talks_to_every_mode_on_its_host) { expect_all_peers(MODE_HVM, 0); }
Test(paths, pvhvm_talks_to_every_mode_on_its_host) { expect_all_peers(MODE_PVHVM, 0); }
Test(paths, sriov_talks_to_every_mode_on_its_host) { expect_all_peers(MODE_SRIOV, 0); }

Test(paths, native_talks_to_every_mode_on_another_server) { expect_all_peers(MODE_NATIVE, 1); }
Test(paths, pv_talks_to_every_mode_on_another_server) { expect_all_peers(MODE_PV, 1); }
Test(paths, hvm_talks_to_every_mode_on_another_server) { expect_all_peers(MODE_HVM, 1); }
Test(paths, pvhvm_talks_to_every_mode_on_another_server) { expect_all_peers(MODE_PVHVM, 1); }
Test(paths, sriov_talks_to_every_mode_on_another_server) { expect_all_peers(MODE_SRIOV, 1); }

/* ---- the shapes that the cases above do not have ---- */

static void expect_many_flows(enum mode mode, enum direction direction) {
    given_host(&config, "ec2-ivybridge");
    struct workload_config *work = given_stream(&config, given_guest(&config, mode, 0), direction, 64);
    work->flows = 4;
    char what[80];
    snprintf(what, sizeof what, "%s, four flows, %s", mode_info(mode)->name, direction_name(direction));
    expect_run(what, (int)direction);
}

Test(paths, several_flows_share_a_guest) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        expect_many_flows((enum mode)mode, DIRECTION_TRANSMIT);
        expect_many_flows((enum mode)mode, DIRECTION_RECEIVE);
    }
}

/* Below saturation several threads find the queueing discipline idle, each on a CPU of its own. */
Test(paths, several_paced_flows_share_a_guest) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        given_host(&config, "ec2-ivybridge");
        struct workload_config *work =
            given_stream(&config, given_guest(&config, (enum mode)mode, 0), DIRECTION_TRANSMIT, 64);
        work->flows = 4;
        work->rate_pps = 20e3;
        work->arrivals = ARRIVALS_POISSON;
        expect_run(mode_info((enum mode)mode)->name, TRANSMIT);
        EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), 20e3, 0.3, "%s", mode_info((enum mode)mode)->name);
    }
}

Test(paths, transactions_run_side_by_side) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int kind = UDP_RR; kind <= TCP_RR; kind++) {
            given_host(&config, "ec2-ivybridge");
            int guest = given_guest(&config, (enum mode)mode, 0), peer = given_guest(&config, (enum mode)mode, 1);
            struct workload_config *work = given_work(guest, kind, 0);
            work->peer = PEER_GUEST;
            work->peer_guest = peer;
            work->concurrency = 16;
            work->request_bytes = 100;
            work->response_bytes = 1400;
            expect_run(mode_info((enum mode)mode)->name, BOTH);
        }
}

Test(paths, jumbo_frames_pass_every_mode) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int direction = 0; direction <= DIRECTION_BOTH; direction++) {
            given_host(&config, "ec2-ivybridge");
            given_stream(&config, given_guest(&config, (enum mode)mode, 0), (enum direction)direction, 9018);
            expect_run(mode_info((enum mode)mode)->name, direction);
        }
}

Test(paths, a_guest_with_one_vcpu_does_everything_on_it) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int kind = 0; kind < KINDS; kind++) {
            given_host(&config, "ec2-ivybridge");
            int guest = given_guest(&config, (enum mode)mode, 0);
            config.guests[guest].vcpus = config.guests[guest].queues = 1;
            struct workload_config *work = given_work(guest, kind, 64);
            if (kind <= BOTH) work->rate_pps = 10e3;
            expect_run(mode_info((enum mode)mode)->name, kind);
        }
}

/* More than dom0's NIC can send: frames are lost in front of it, and what the back ends keep of them (grants,
 * ring slots, send buffers) must come back, or the guests would stall. */
Test(paths, guests_that_overload_the_nic_of_dom0_lose_frames_and_go_on) {
    enum { GUESTS = 16 };
    given_plain_host(&config);
    scale_cpu_work(&config, 0.05);
    config.host.dom0.vcpus = 5;
    config.host.dom0.netback_threads = 4;
    for (int i = 0; i < GUESTS; i++)
        given_stream(&config, given_guest(&config, MODE_PV, 0), DIRECTION_TRANSMIT, 1518)->flows = 3;
    struct diag diag = {0};
    cr_expect_eq(try_run(&config, 1, 1, 20 * SIM_MS, 5 * SIM_MS, &result, &diag), IOP_OK, "%s", diag.message);
    double pps = 0;
    for (int i = 0; i < GUESTS; i++) {
        pps += metric_of(&result, METRIC_PPS, i, 0);
        cr_expect_gt(metric_of(&result, METRIC_PPS, i, 0), 0, "guest %d has stalled", i);
        cr_expect_float_eq(metric_of(&result, METRIC_LOST_NIC, i, 0), 0, 0, "what dom0 loses is lost.backend");
    }
    EXPECT_NEAR(pps, 1e10 / (8.0 * 1538), 0.01, "%.0f pps in all", pps);
}
