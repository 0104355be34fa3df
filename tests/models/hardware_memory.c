/* The bandwidth of a socket's memory, and who has to share it. */
#include "models/hardware/memory.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/models/support.h"

static const int cpus[8];

Test(memory, one_cpu_alone_never_waits) {
    struct memory memory = {0};
    sim_time now = 0;
    for (int i = 0; i < 100; i++) {
        cr_expect_eq(memory_copy(&memory, &cpus[0], now, 900, 1000), 0);
        now += i % 3 == 0 ? 100 : 1000; /* an earlier turn's copies may seem to be under way */
    }
}

Test(memory, copies_are_slower_by_what_all_ask_for_too_much) {
    struct memory memory = {0};
    cr_expect_eq(memory_copy(&memory, &cpus[0], 0, 500, 1000), 0);
    cr_expect_eq(memory_copy(&memory, &cpus[1], 0, 750, 1000), 250, "1.25 of the bandwidth");
    cr_expect_eq(memory_copy(&memory, &cpus[2], 0, 500, 1000), 750, "1.75 of it");
    cr_expect_eq(memory_copy(&memory, &cpus[3], 1000, 500, 1000), 750, "the first one is over, two go on");
    cr_expect_eq(memory_copy(&memory, &cpus[4], 3000, 500, 1000), 0, "all are over");
}

Test(memory, more_copies_than_it_counts_are_no_harm) {
    struct memory memory = {0};
    static const char many[2 * MEMORY_COPIES_MAX];
    sim_time wait = 0;
    for (int i = 0; i < 2 * MEMORY_COPIES_MAX; i++) wait = memory_copy(&memory, &many[i], 0, 500, 1000);
    cr_expect_eq(wait, (MEMORY_COPIES_MAX + 1) * 500 - 1000);
}

/* ---- in a run ---- */

static struct model_config config;
static struct run_result result;

/* Several flows of dom0's into a guest by persistent grants: written, copied to the guest, out of the granted pages
 * and to the reader. */
static double bytes_per_s(int flows, double bandwidth) {
    given_host(&config, "xen-e5-1650v2");
    int index = given_guest(&config, MODE_PV, 0);
    struct workload_config *work = given_tcp_stream(&config, index, DIRECTION_RECEIVE);
    work->peer = PEER_DOM0;
    work->flows = flows;
    config.guests[index].own_netback = true;
    config.guests[index].grants = GRANTS_PERSISTENT;
    set_cost(&config, COST_MEMORY_RATE, bandwidth);
    run_for(&config, 20 * SIM_MS, &result);
    return metric_of(&result, METRIC_THROUGHPUT, 0, 0) / 8;
}

/* Three copies of each byte, four where the send buffers (4 MiB each) exceed the cache of 12 MiB. Copies that begin
 * alone are not slowed by those that join them, so that a little more passes. */
Test(memory, bandwidth_is_what_copies_get_through_it) {
    for (int flows = 2; flows <= 4; flows += 2) {
        int copies = flows == 2 ? 3 : 4;
        double most = 12e9 / (MEMORY_PASSES * copies), seen = bytes_per_s(flows, 12e9);
        cr_expect_lt(seen, 1.25 * most, "%d flows: %g of %g B/s", flows, seen, most);
        cr_expect_gt(seen, 0.75 * most, "%d flows: %g of %g B/s", flows, seen, most);
    }
    cr_expect_gt(bytes_per_s(4, 1e15), 1.3 * bytes_per_s(4, 35.3e9), "copies do share it");
}

/* A frame of 1500 bytes is in rings that fit into the cache. */
Test(memory, small_copies_leave_it_alone) {
    double seen[2];
    for (int i = 0; i < 2; i++) {
        given_host(&config, "xen-e5-1650v2");
        given_stream(&config, given_guest(&config, MODE_PV, 0), DIRECTION_RECEIVE, 1514);
        set_cost(&config, COST_MEMORY_RATE, i == 0 ? 1e6 : 1e15);
        seen[i] = pps_of_run(&config, 0);
    }
    cr_expect_eq(seen[0], seen[1]);
}
