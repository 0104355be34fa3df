/* Requests over kept connections, served by event loops. */
#include <criterion/criterion.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static struct workload_config *given_server(int concurrency, int threads) {
    given_plain_host(&config);
    config.host.network.jitter_s = 0;
    int guest = given_guest(&config, MODE_SRIOV, 0);
    config.guests[guest].throttle = THROTTLE_OFF;
    struct workload_config *work = given_transactions(&config, guest, WORK_HTTP);
    work->serves = true;
    work->concurrency = concurrency;
    work->threads = threads;
    work->request_bytes = 70;
    work->response_bytes = 160;
    return work;
}

static double transactions(void) {
    run_for(&config, 20 * SIM_MS, &result);
    return metric_of(&result, METRIC_TRANSACTIONS, 0, 0);
}

static double latency(void) { return metric_of(&result, METRIC_LATENCY_MEAN, 0, 0); }

static double app_share(const struct station *loop, enum when when) {
    const struct stage *stage = NULL;
    const struct program *program = loop->machine->programs[0];
    for (int i = 0; i < program->stage_count; i++)
        if (program->stages[i].ring == RING_READY) stage = &program->stages[i];
    cr_assert_not_null(stage);
    return (double)stage->executed[when] / (double)stage->executed[EACH];
}

static const struct station *first_loop(const struct machine *machine) {
    for (int i = 0; i < machine->station_count; i++)
        if (machine->stations[i]->worker == WORKER_LOOP) return machine->stations[i];
    return NULL;
}

static double calls_per_request(int concurrency) {
    given_server(concurrency, 1);
    struct machine *machine = new_machine(&config);
    sim_run(&machine->sim, 10 * SIM_MS);
    double calls = app_share(first_loop(machine), POLL);
    machine_free(machine);
    return calls;
}

Test(http, a_lone_request_passes_the_network_twice_and_nothing_waits) {
    given_server(1, 1);
    struct bound bound;
    int count;
    struct diag diag = {0};
    double rate = transactions();
    cr_assert_eq(model_bounds(&config, &bound, 1, &count, &diag), IOP_OK);
    cr_expect_gt(latency(), 2 * config.host.network.one_way_s);
    EXPECT_NEAR(latency(), bound.latency_s, 0.05, "%.2f us, the rows say %.2f", latency() * 1e6, bound.latency_s * 1e6);
    EXPECT_NEAR(rate * latency(), 1, 0.01, "one in flight");
}

/* NT067: 100 ready descriptors are returned by one call. */
Test(http, a_busy_loop_waits_once_for_many_connections) {
    double alone = calls_per_request(1), busy = calls_per_request(256);
    EXPECT_NEAR(alone, 1, 0.001, "%.3f calls a request", alone);
    cr_expect_lt(busy, 0.2, "%.3f calls a request", busy);
}

Test(http, a_busy_loop_is_not_woken) {
    given_server(256, 1);
    struct machine *machine = new_machine(&config);
    sim_run(&machine->sim, 10 * SIM_MS);
    double wakes = app_share(first_loop(machine), WAKE);
    machine_free(machine);
    cr_expect_lt(wakes, 0.05, "%.3f wake-ups a request", wakes);
}

Test(http, loops_share_the_connections) {
    given_server(256, 1);
    set_cost(&config, COST_HTTP_SERVE, 50e-6 * config.host.clock_hz);
    double one = transactions();
    config.guests[0].workloads[0].threads = 4;
    double four = transactions();
    EXPECT_NEAR(four / one, 4, 0.05, "%.2f times as many", four / one);
    cr_expect_lt(one, 1 / 50e-6);
}

Test(http, a_client_guest_keeps_its_connections_busy) {
    struct workload_config *work = given_server(32, 4);
    int client = given_guest(&config, MODE_SRIOV, 1);
    work->peer = PEER_GUEST;
    work->peer_guest = client;
    work->client_threads = 2;
    double rate = transactions();
    EXPECT_NEAR(rate * latency(), 32, 0.02, "Little's law says %g of 32", rate * latency());
}

Test(http, server_and_client_are_the_same_seen_from_either_side) {
    struct workload_config *work = given_server(16, 4);
    int other = given_guest(&config, MODE_SRIOV, 1);
    config.guests[other].throttle = THROTTLE_OFF;
    work->peer = PEER_GUEST;
    work->peer_guest = other;
    work->client_threads = 4;
    double as_server = transactions();
    work->serves = false;
    double as_client = transactions();
    EXPECT_NEAR(as_client, as_server, 0.02, "%.0f and %.0f", as_client, as_server);
}

Test(http, every_mode_serves_and_conserves) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        given_host(&config, mode == MODE_NITRO                               ? "nitro-skylake"
                            : mode >= MODE_VIRTIO && mode <= MODE_VHOST_USER ? "kvm-lab"
                                                                             : "ec2-ivybridge");
        given_guest(&config, (enum mode)mode, 0);
        struct workload_config *work = given_transactions(&config, 0, WORK_HTTP);
        work->serves = true;
        work->concurrency = 64;
        work->threads = 4;
        cr_expect_gt(transactions(), 1000, "%s", mode_info((enum mode)mode)->name);
    }
}

Test(http, a_machine_holds_the_most_connections) {
    given_server(4096, 8);
    cr_expect_gt(transactions(), 100000);
}

/* ---- open loop ---- */

Test(open_loop, requests_come_at_their_rate) {
    struct workload_config *work = given_server(64, 4);
    work->rate_pps = 50000;
    work->arrivals = ARRIVALS_POISSON;
    double rate = transactions();
    EXPECT_NEAR(rate, 50000, 0.1, "%.0f", rate); /* 1000 arrivals: 3 standard deviations */
}

Test(open_loop, constant_arrivals_are_as_many_as_asked_for) {
    given_plain_host(&config);
    given_guest(&config, MODE_SRIOV, 0);
    struct workload_config *work = given_transactions(&config, 0, WORK_UDP_RR);
    work->concurrency = 8;
    work->rate_pps = 40000;
    double rate = transactions();
    EXPECT_NEAR(rate, 40000, 0.02, "%.0f", rate);
}

/* What comes while its connection has a request in flight waits, and the wait counts. */
Test(open_loop, beyond_what_the_server_can_do_latency_grows) {
    struct workload_config *work = given_server(8, 1);
    set_cost(&config, COST_HTTP_SERVE, 100e-6 * config.host.clock_hz);
    work->rate_pps = 2000;
    transactions();
    double light = latency();
    work->rate_pps = 20000;
    double served = transactions();
    cr_expect_lt(served, 10000);
    cr_expect_gt(latency(), 20 * light, "%.0f us, unloaded %.0f", latency() * 1e6, light * 1e6);
}
