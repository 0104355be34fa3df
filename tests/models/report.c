#include "models/report.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "models/resources.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

/* ---- CPU time ---- */

/* Cores of all domains, without those that poll in vain: that is no work of any step. */
static double cores_at_work(void) {
    double cores = 0;
    for (int i = 0; i < result.metric_count; i++) {
        const struct metric *metric = &result.metrics[i];
        if (metric->kind == METRIC_CPU_CORES) cores += metric->value;
        if (metric->kind == METRIC_CPU_SHARE && strcmp(metric->category, "polling") == 0)
            cores -= metric->value * cores_of(&result, metric->domain);
    }
    return cores;
}

/* Cores of all domains, and utilizations of all CPUs: the same work, counted by row and by clock. */
static void expect_cores_match_processors(const char *what) {
    double cores = cores_at_work(), busy = 0;
    for (int i = 0; i < result.resource_count; i++)
        if (strstr(result.resources[i].name, "/vcpu") != NULL || strstr(result.resources[i].name, "dom0/") != NULL)
            busy += result.resources[i].utilization;
    EXPECT_NEAR(cores, busy, 0.01, "%s: %g cores charged, %g CPUs busy", what, cores, busy);
}

/* What each step is said to cost a packet, times packets. */
static void expect_charges_match_cores(const char *what) {
    double cores = cores_at_work(), charged = 0, clock_hz = config.guests[0].clock_hz;
    double packets = completed_of(&config, &result, 0, 0);
    for (int i = 0; i < result.charge_count; i++) charged += result.charges[i].cycles_per_packet * packets;
    EXPECT_NEAR(charged, cores * clock_hz, 0.02, "%s: %g cycles/s in charges, %g in domains", what, charged,
                cores * clock_hz);
}

static void expect_shares_sum_to_one(const char *what) {
    for (int i = 0; i < result.metric_count; i++) {
        if (result.metrics[i].kind != METRIC_CPU_CORES || result.metrics[i].value <= 0) continue;
        double sum = 0;
        for (int j = 0; j < result.metric_count; j++)
            if (result.metrics[j].kind == METRIC_CPU_SHARE &&
                strcmp(result.metrics[j].domain, result.metrics[i].domain) == 0)
                sum += result.metrics[j].value;
        cr_expect_float_eq(sum, 1, 1e-9, "%s: shares of %s", what, result.metrics[i].domain);
    }
}

static void expect_accounts(const char *what, bool stalls) {
    run_for(&config, 50 * SIM_MS, &result); /* long against a batch of 64 */
    if (!stalls) expect_cores_match_processors(what);
    expect_charges_match_cores(what);
    expect_shares_sum_to_one(what);
}

Test(accounts, every_cpu_second_belongs_to_a_domain_a_category_and_a_step) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int direction = 0; direction <= DIRECTION_BOTH; direction++) {
            given_plain_host(&config);
            given_stream(&config, given_guest(&config, (enum mode)mode, 0), (enum direction)direction, 1518);
            expect_accounts(mode_info((enum mode)mode)->name, mode == MODE_HVM);
        }
}

Test(accounts, of_transactions_with_dom0_too) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        if (!meets_dom0((enum mode)mode)) continue;
        given_plain_host(&config);
        given_transactions(&config, given_guest(&config, (enum mode)mode, 0), WORK_TCP_RR)->peer = PEER_DOM0;
        expect_accounts(mode_info((enum mode)mode)->name, mode == MODE_HVM);
    }
}

Test(accounts, of_an_emulated_peer_without_workloads_too) {
    given_plain_host(&config);
    struct workload_config *work = given_transactions(&config, given_guest(&config, MODE_PVHVM, 0), WORK_TCP_RR);
    work->peer = PEER_GUEST;
    work->peer_guest = given_guest(&config, MODE_HVM, 0);
    expect_accounts("pvhvm to hvm", true);
}

Test(accounts, busy_hardware_threads_of_one_core_count_as_busy) {
    given_plain_host(&config);
    config.host.smt_share = 0.62;
    given_stream(&config, given_guest(&config, MODE_NATIVE, 0), DIRECTION_TRANSMIT, 64)->flows = 4;
    run_for(&config, 10 * SIM_MS, &result);
    expect_cores_match_processors("with SMT");
}

/* ---- metrics ---- */

Test(report, throughput_is_payload_and_quantiles_are_ordered) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_PV, 0), DIRECTION_BOTH, 1518);
    run_for(&config, 10 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_THROUGHPUT, 0, 0), 8 * 1472 * metric_of(&result, METRIC_PPS, 0, 0), 1e-12,
                "1518 B carry 1472 B of UDP");
    double p50 = metric_of(&result, METRIC_LATENCY_P50, 0, 0), p90 = metric_of(&result, METRIC_LATENCY_P90, 0, 0);
    double p99 = metric_of(&result, METRIC_LATENCY_P99, 0, 0), p999 = metric_of(&result, METRIC_LATENCY_P999, 0, 0);
    cr_expect(0 < p50 && p50 <= p90 && p90 <= p99 && p99 <= p999, "%g %g %g %g", p50, p90, p99, p999);
}

Test(report, what_was_offered_was_delivered_lost_or_is_under_way) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_SRIOV, 0), DIRECTION_RECEIVE, 64)->rate_pps = 4e6;
    run_for(&config, 20 * SIM_MS, &result);
    double lost = metric_of(&result, METRIC_LOST_NIC, 0, 0) + metric_of(&result, METRIC_LOST_BACKEND, 0, 0) +
                  metric_of(&result, METRIC_LOST_SOCKET, 0, 0) + metric_of(&result, METRIC_LOST_QDISC, 0, 0);
    cr_expect_gt(lost, 0);
    EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0) + lost, 4e6, 0.01, "%.0f and %.0f",
                metric_of(&result, METRIC_PPS, 0, 0), lost);
}

Test(report, resources_are_sorted_and_within_one) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_HVM, 0), DIRECTION_TRANSMIT, 64);
    run_for(&config, 10 * SIM_MS, &result);
    cr_assert_gt(result.resource_count, 2);
    for (int i = 0; i < result.resource_count; i++) {
        cr_expect_gt(result.resources[i].utilization, 0);
        cr_expect_leq(result.resources[i].utilization, 1);
        if (i > 0) cr_expect_leq(result.resources[i].utilization, result.resources[i - 1].utilization);
    }
}

Test(report, the_wire_is_as_busy_as_its_frames_make_it) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_NATIVE, 0), DIRECTION_TRANSMIT, 1518)->rate_pps = 200e3;
    run_for(&config, 10 * SIM_MS, &result);
    EXPECT_NEAR(utilization_of(&result, "wire"), 200e3 * 1.2304e-6, 0.01, "%g", utilization_of(&result, "wire"));
}

Test(report, the_warm_up_does_not_count) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_NATIVE, 0), DIRECTION_TRANSMIT, 64)->rate_pps = 100e3;
    struct diag diag = {0};
    cr_assert_eq(try_run(&config, 1, 1, 50 * SIM_MS, 10 * SIM_MS, &result, &diag), IOP_OK, "%s", diag.message);
    EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), 100e3, 0.01, "%g", metric_of(&result, METRIC_PPS, 0, 0));
    cr_expect_float_eq(result.simulated_s, 60e-3, 1e-12);
    double arrivals = 0;
    for (int i = 0; i < result.series_bins; i++) arrivals += result.series[i];
    EXPECT_NEAR(arrivals, 6000, 0.01, "the series covers the whole run: %g", arrivals);
}

Test(report, metrics_have_the_paths_of_the_contract) {
    struct metric pps = {.kind = METRIC_PPS, .guest = 0, .workload = 0};
    struct metric share = {
        .kind = METRIC_CPU_SHARE, .guest = -1, .workload = -1, .domain = "dom0", .category = "netback"};
    struct metric exits = {.kind = METRIC_EXITS_BY_REASON, .guest = -1, .workload = -1, .category = "mmio"};
    struct metric grants = {.kind = METRIC_GRANT_OPS, .guest = -1, .workload = -1};
    char path[256];
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_PV, 0), DIRECTION_TRANSMIT, 64);
    metric_path(&pps, &config, path, sizeof path);
    cr_expect_str_eq(path, "guests[guest0].workloads[work0].pps");
    metric_path(&share, &config, path, sizeof path);
    cr_expect_str_eq(path, "cpu[dom0].share[netback]");
    metric_path(&exits, &config, path, sizeof path);
    cr_expect_str_eq(path, "rates.exits[mmio]");
    metric_path(&grants, &config, path, sizeof path);
    cr_expect_str_eq(path, "rates.grant_ops");
    for (int kind = 0; kind < METRIC_KIND_COUNT; kind++) {
        cr_expect_gt(strlen(metric_name((enum metric_kind)kind)), 0u);
        cr_expect_gt(strlen(metric_unit((enum metric_kind)kind)), 0u);
    }
}

/* ---- the checks can fail ---- */

static struct machine *machine;
static struct report_base *base;

static void run_halfway(enum mode mode) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, mode, 0), DIRECTION_TRANSMIT, 64);
    machine = new_machine(&config);
    sim_run(&machine->sim, 2 * SIM_MS);
    base = report_begin(machine);
    cr_assert_not_null(base);
    sim_run(&machine->sim, 4 * SIM_MS);
}

static void expect_verdict(enum iop_status expected, const char *why) {
    struct diag diag = {0};
    cr_expect_eq(report_end(machine, base, &result, &diag), expected, "%s: '%s'", why, diag.message);
    if (expected == IOP_OK)
        cr_expect(result.conserved);
    else
        cr_expect_gt(strlen(diag.message), 0u);
    report_base_free(base);
    machine_free(machine);
}

/* Some packet on its way, of the main path or of the clean-up. */
static struct packet *some_packet(bool completion) {
    uint32_t packets = (uint32_t)machine->packets.chunk_count << PACKET_CHUNK_BITS;
    struct packet *found = NULL;
    for (uint32_t i = 0; i < packets && found == NULL; i++) {
        struct packet *packet = packet_at(&machine->packets, i);
        if (packet->route != NULL && packet->route->program->is_completion == completion) found = packet;
    }
    cr_assert_not_null(found, "no packet is under way");
    return found;
}

Test(checks, an_undamaged_run_passes) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        run_halfway((enum mode)mode);
        expect_verdict(IOP_OK, mode_info((enum mode)mode)->name);
    }
}

Test(checks, a_damaged_birth_date_is_found) {
    for (int completion = 0; completion < 2; completion++) {
        run_halfway(MODE_PV);
        some_packet(completion)->born += 1;
        expect_verdict(IOP_CHECK_FAILED, completion ? "of clean-up" : "of a frame");
        cr_expect_not(result.conserved);
    }
}

Test(checks, a_packet_that_vanishes_is_found) {
    for (int completion = 0; completion < 2; completion++) {
        run_halfway(MODE_SRIOV);
        some_packet(completion)->route = NULL;
        expect_verdict(IOP_CHECK_FAILED, completion ? "of clean-up" : "of a frame");
        cr_expect_not(result.conserved);
    }
}

Test(checks, a_packet_counted_twice_is_found) {
    run_halfway(MODE_NATIVE);
    machine->states[0]->frames.delivered++;
    expect_verdict(IOP_CHECK_FAILED, "delivered twice");
    run_halfway(MODE_NATIVE);
    machine->states[0]->cleanup.lost++;
    expect_verdict(IOP_CHECK_FAILED, "clean-up lost");
}

Test(checks, a_population_that_drifts_breaks_littles_law) {
    run_halfway(MODE_NATIVE);
    machine->states[0]->frames.inside.integral *= 1.0001;
    expect_verdict(IOP_CHECK_FAILED, "the integral by the door");
    cr_expect_gt(result.littles_law_error, 1e-5);
}

Test(checks, cpu_time_that_no_step_explains_is_found) {
    run_halfway(MODE_PV);
    machine->guests[0].vcpus[1].worked += 100 * SIM_MS;
    expect_verdict(IOP_CHECK_FAILED, "a vCPU worked more");
    run_halfway(MODE_PV);
    machine->flows[0]->route->program->stages[2].executed[EACH] += 1000000;
    expect_verdict(IOP_CHECK_FAILED, "a step charged more");
}
