/* The lock of the grant table: who finds it held waits, in order, and its CPU does nothing else meanwhile. */
#include "models/ticket_lock.h"

#include <criterion/criterion.h>
#include <string.h>

#include "models/station.h"
#include "scenarios/scenario.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

/* `users` queues of 1496 B packets that dom0 copies: each worker wants the lock for `hold` cycles per packet. */
static void given_queues(int users, const char *xen) {
    given_host(&config, "xen-haswell-ep");
    int index = given_guest(&config, MODE_PV, 0);
    struct workload_config *work = given_stream(&config, index, DIRECTION_TRANSMIT, 1496);
    work->peer = PEER_DOM0;
    work->sender = SENDER_PKTGEN;
    work->receiver = RECEIVER_DROP;
    work->flows = users;
    config.guests[index].grants = GRANTS_COPY;
    config.guests[index].own_netback = true;
    config.guests[index].queues = users;
    config.guests[index].vcpus = 2 * users;
    strcpy(config.host.hypervisor_version, xen);
    set_cost(&config, COST_GRANT_LOCK_LINES, 0);
}

static double rate(void) {
    run_for(&config, 10 * SIM_MS, &result);
    return metric_of(&result, METRIC_PPS, 0, 0);
}

/* All replications have the same metrics, whether somebody waited for the lock or not. */
Test(grant_lock, is_listed_when_nobody_waited) {
    given_queues(2, "4.5");
    config.guests[0].workloads[0].rate_pps = 1000;
    rate();
    int listed = 0;
    for (int i = 0; i < result.metric_count; i++)
        listed += result.metrics[i].kind == METRIC_CPU_SHARE && strcmp(result.metrics[i].category, "lock") == 0;
    cr_expect_eq(listed, 1);
}

/* A copy takes it twice. Whatever the number of queues, no more passes than the lock lets through. */
Test(grant_lock, a_saturated_spin_lock_passes_one_operation_per_hold) {
    given_queues(6, "4.5");
    double hold = get_cost(&config, COST_GRANT_COPY) / 2;
    set_cost(&config, COST_GRANT_LOCK_HOLD, hold);
    double most = config.host.clock_hz / (2 * hold), seen = rate();
    EXPECT_NEAR(seen, most, 0.03, "%g, at most %g pps", seen, most);
}

Test(grant_lock, short_holds_of_few_queues_hardly_meet) {
    given_queues(2, "4.5");
    set_cost(&config, COST_GRANT_LOCK_HOLD, 10);
    double with = rate();
    given_queues(2, "4.7");
    EXPECT_NEAR(with, rate(), 0.02, "%g pps", with);
}

Test(grant_lock, one_queue_alone_never_waits) {
    double seen[2];
    for (int i = 0; i < 2; i++) {
        given_queues(1, i == 0 ? "4.5" : "4.7");
        set_cost(&config, COST_GRANT_LOCK_HOLD, get_cost(&config, COST_GRANT_COPY) / 2);
        seen[i] = rate();
    }
    cr_expect_eq(seen[0], seen[1]);
}

Test(grant_lock, what_waiters_spin_is_time_of_their_cpus) {
    given_queues(6, "4.5");
    set_cost(&config, COST_GRANT_LOCK_HOLD, get_cost(&config, COST_GRANT_COPY) / 2);
    struct machine *machine = new_machine(&config);
    sim_run(&machine->sim, 10 * SIM_MS);
    sim_time stalled = 0;
    const struct ticket_lock *lock = &machine->guests[0].grant_lock;
    for (int i = 0; i < machine->servers[0].dom0_count; i++) stalled += processor_stalled(&machine->servers[0].dom0[i]);
    cr_expect_gt(stalled, 10 * SIM_MS, "%g s: at any time more than one of six waits", sim_seconds(stalled));
    EXPECT_NEAR((double)lock->spun, (double)stalled, 0.01, "%g and %g s", sim_seconds(lock->spun),
                sim_seconds(stalled));
    machine_free(machine);
}

/* Readers of a read-write lock work side by side; only the line goes round. */
Test(grant_lock, a_read_write_lock_costs_its_cache_line_only) {
    given_queues(6, "4.6");
    set_cost(&config, COST_GRANT_LOCK_HOLD, get_cost(&config, COST_GRANT_COPY) / 2);
    double free_lines = rate();
    given_queues(6, "4.7");
    EXPECT_NEAR(free_lines, rate(), 0.02, "%g pps", free_lines);
    given_queues(6, "4.6");
    set_cost(&config, COST_GRANT_LOCK_LINES, 10);
    double most = config.host.clock_hz / (2 * 10 * get_cost(&config, COST_CACHE_LINE)), seen = rate();
    cr_expect_leq(seen, 1.03 * most, "%g, at most %g pps", seen, most);
    cr_expect_lt(seen, 0.8 * free_lines, "%g and %g pps", seen, free_lines);
}

/* XN034: one vif with 16 queues between two guests, 15 Gbit/s with Xen 4.6's read-write lock, 48 with a lock per
 * CPU. TCP there, packets of 1500 B here, so what is compared is the gain. */
Test(grant_lock, a_lock_per_cpu_triples_what_16_queues_of_a_vif_pass) {
    double seen[2];
    for (int i = 0; i < 2; i++) {
        struct setting set = {.path = "hypervisor_version"};
        struct diag diag = {0};
        strcpy(set.value, i == 0 ? "4.6" : "4.7");
        struct scenario *scenario = scenario_load("mechanisms/grant-lock", &set, 1, &diag);
        cr_assert_not_null(scenario, "%s", diag.message);
        run_for(&scenario->model, 10 * SIM_MS, &result);
        seen[i] = metric_of(&result, METRIC_PPS, 0, 0);
        scenario_free(scenario);
    }
    EXPECT_NEAR(seen[1] / seen[0], 48.0 / 15, 0.25, "%g and %g pps", seen[0], seen[1]);
}
