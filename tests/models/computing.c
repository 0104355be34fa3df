/* Processes that fork, threads that make system calls or read the clock. */
#include <criterion/criterion.h>

#include "tests/models/scenario_runs.h"

static struct run_result result;
static struct model_config config;

static const double GIB = 1024.0 * 1024 * 1024;

/* One vCPU of a guest, and nothing else on it. */
static struct workload_config *given_computing(enum mode mode, enum workload_kind kind) {
    given_plain_host(&config);
    int guest = given_guest(&config, mode, 0);
    config.guests[guest].vcpus = config.guests[guest].queues = 1;
    struct workload_config *work = given_transactions(&config, guest, kind);
    work->jobs = 1;
    return work;
}

static double fork_time_of_run(void) {
    struct diag diag = {0};
    double guess_s = config.guests[0].workloads[0].process_bytes / GIB * 0.7; /* more than any but a shadow takes */
    enum iop_status status = try_run(&config, 1, 1, 0, sim_time_of(5 * guess_s + 20e-3), &result, &diag);
    cr_assert_eq(status, IOP_OK, "%s", diag.message);
    return metric_of(&result, METRIC_FORK_TIME, 0, 0);
}

static double fork_time(enum mode mode, double bytes, enum pinning pinning) {
    struct workload_config *work = given_computing(mode, WORK_FORK);
    work->process_bytes = bytes;
    work->pinning = pinning;
    return fork_time_of_run();
}

/* ---- fork ---- */

/* A fixed part, and each 2 MiB takes the same. */
Test(fork, time_grows_with_the_size_of_the_process) {
    const enum mode modes[] = {MODE_NATIVE, MODE_PV, MODE_PVHVM};
    for (int i = 0; i < 3; i++) {
        double one = fork_time(modes[i], GIB / 8, PINNING_LATE), two = fork_time(modes[i], GIB / 4, PINNING_LATE);
        double four = fork_time(modes[i], GIB / 2, PINNING_LATE);
        EXPECT_NEAR(four - two, 2 * (two - one), 1e-3, "%g, %g, %g s", one, two, four);
        double fixed = 2 * one - two, once = get_cost(&config, COST_FORK_PROCESS) / config.host.clock_hz;
        EXPECT_NEAR(fixed, once, 0.02, "%g s in front, %g s expected", fixed, once);
    }
}

/* By hand: allocation and clearing of a page of the table, 512 entries and their 80 bytes each. */
Test(fork, bare_metal_takes_what_its_rows_say) {
    double predicted = fork_time(MODE_NATIVE, GIB, PINNING_LATE);
    double call_s = get_cost(&config, COST_COPY_CALL) / config.host.clock_hz;
    double table_s =
        (get_cost(&config, COST_COPY_PAGE) + 512 * get_cost(&config, COST_FORK_ENTRY)) / config.host.clock_hz +
        4096 / get_cost(&config, COST_COPY_HOT) + 512 * 80 / get_cost(&config, COST_COPY_COLD) + 2 * call_s;
    double once_s =
        (get_cost(&config, COST_FORK_PROCESS) + get_cost(&config, COST_SYSCALL) + get_cost(&config, COST_FORK_FLUSH)) /
        config.host.clock_hz;
    EXPECT_NEAR(predicted, 512 * table_s + once_s, 1e-3, "%g s, by hand %g s", predicted, 512 * table_s + once_s);
}

/* Nested paging does not trap writes of page tables, Xen does: M287 10 ms and M286 239 ms for each GB. */
Test(fork, of_a_pv_guest_takes_many_times_as_long) {
    double native = fork_time(MODE_NATIVE, GIB / 4, PINNING_LATE);
    double hvm = fork_time(MODE_PVHVM, GIB / 4, PINNING_LATE), pv = fork_time(MODE_PV, GIB / 4, PINNING_LATE);
    EXPECT_NEAR(hvm, native, 1e-6, "%g and %g s", hvm, native);
    cr_expect(pv > 20 * hvm && pv < 50 * hvm, "%g and %g s", pv, hvm);
    EXPECT_NEAR(rate_of(&result, METRIC_HYPERCALLS), 129 / pv, 0.15, "one hypercall for each page of the table");
}

/* CM14, CM15: lmbench's small fork took 536 us when pages were pinned as they were made, 346 us when they were full. */
Test(fork, handing_over_full_pages_helps) {
    double late = fork_time(MODE_PV, GIB / 4, PINNING_LATE), early = fork_time(MODE_PV, GIB / 4, PINNING_EARLY);
    cr_expect(early > 1.5 * late && early < 2.1 * late, "%g and %g s", early, late);
}

Test(fork, shadows_cost_an_exit_for_each_entry) {
    double nested = fork_time(MODE_PVHVM, GIB / 8, PINNING_LATE);
    struct workload_config *work = given_computing(MODE_PVHVM, WORK_FORK);
    work->process_bytes = GIB / 8;
    config.host.shadow_paging = true;
    double shadow = fork_time_of_run();
    double entry_s = (get_cost(&config, COST_EXIT) + get_cost(&config, COST_EXIT_DECODE)) / config.host.clock_hz;
    EXPECT_NEAR(shadow - nested, 32768 * entry_s, 0.01, "%g s, %g s under nested paging", shadow, nested);
    EXPECT_NEAR(exits_of(&result, "page table write"), 32768 / shadow, 0.1, "%g exits/s",
                exits_of(&result, "page table write"));
}

Test(fork, of_a_period_leaves_the_cpu_alone_between) {
    struct workload_config *work = given_computing(MODE_PVHVM, WORK_FORK);
    work->process_bytes = GIB;
    work->period_s = 0.1;
    run_for(&config, 1 * SIM_S, &result);
    double time = metric_of(&result, METRIC_FORK_TIME, 0, 0);
    EXPECT_NEAR(metric_of(&result, METRIC_TRANSACTIONS, 0, 0), 10, 1e-9, "forks a second");
    EXPECT_NEAR(cores_of(&result, "guest0"), time / 0.1, 0.01, "%g CPUs, a fork takes %g s",
                cores_of(&result, "guest0"), time);
}

/* What rows charge is what the CPU did: one vCPU, always busy. */
Test(fork, cycles_charged_are_those_of_the_cpu) {
    const enum workload_kind kinds[] = {WORK_FORK, WORK_SYSCALL, WORK_CLOCK};
    for (int i = 0; i < 3; i++) {
        struct workload_config *work = given_computing(MODE_PV, kinds[i]);
        work->process_bytes = GIB / 64;
        work->source = CLOCK_TSC_EMULATED;
        run_for(&config, 100 * SIM_MS, &result);
        double cycles = 0, rate = metric_of(&result, METRIC_TRANSACTIONS, 0, 0);
        for (int c = 0; c < result.charge_count; c++) cycles += result.charges[c].cycles_per_packet;
        EXPECT_NEAR(cycles * rate, config.host.clock_hz, 0.02, "%g cycles/s", cycles * rate);
        EXPECT_NEAR(cores_of(&result, "guest0") + cores_of(&result, "hypervisor"), 1, 1e-3, "kind %d", kinds[i]);
    }
}

/* ---- system calls ---- */

static double call_s(void) {
    run_for(&config, 1 * SIM_MS, &result);
    double latency = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    EXPECT_NEAR(1 / metric_of(&result, METRIC_TRANSACTIONS, 0, 0), latency, 1e-2, "call after call");
    return latency;
}

static double syscall_s(enum mode mode, bool mitigations) {
    given_computing(mode, WORK_SYSCALL);
    config.host.mitigations = mitigations;
    return call_s();
}

/* XN070: through Xen and back. */
Test(syscall, of_a_pv_guest_passes_xen) {
    double native = syscall_s(MODE_NATIVE, false), hvm = syscall_s(MODE_PVHVM, false), pv = syscall_s(MODE_PV, false);
    EXPECT_NEAR(hvm, native, 1e-6, "no exit: %g and %g s", hvm, native);
    EXPECT_NEAR(pv / hvm, get_cost(&config, COST_SYSCALL_PV) / get_cost(&config, COST_SYSCALL), 0.01, "%g", pv / hvm);
}

/* CK09 against CK02: 487 and 290 ns for the same call, in a guest and on bare metal. */
Test(syscall, mitigations_add_their_own) {
    static const struct {
        enum mode mode;
        enum cost cost;
    } cases[] = {{MODE_NATIVE, COST_KPTI_SYSCALL}, {MODE_PVHVM, COST_KPTI_NESTED}, {MODE_PV, COST_XPTI_SYSCALL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double added = syscall_s(cases[i].mode, true) - syscall_s(cases[i].mode, false);
        double expected = get_cost(&config, cases[i].cost) / config.host.clock_hz;
        EXPECT_NEAR(added, expected, 0.01, "%s: %g s more", mode_info(cases[i].mode)->name, added);
    }
}

/* KF25: a processor that is not open to Meltdown needs no isolation of page tables. */
Test(syscall, is_not_isolated_without_meltdown) {
    static const enum mode modes[] = {MODE_NATIVE, MODE_PVHVM, MODE_PV};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        double off = syscall_s(modes[i], false);
        given_computing(modes[i], WORK_SYSCALL);
        config.host.mitigations = true;
        config.host.meltdown = false;
        EXPECT_NEAR(call_s(), off, 1e-9, "%s", mode_info(modes[i])->name);
    }
}

Test(syscall, threads_share_the_vcpus) {
    struct workload_config *work = given_computing(MODE_PVHVM, WORK_SYSCALL);
    config.guests[0].vcpus = 2;
    run_for(&config, 1 * SIM_MS, &result);
    double one = metric_of(&result, METRIC_TRANSACTIONS, 0, 0);
    work->jobs = 4;
    run_for(&config, 1 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_TRANSACTIONS, 0, 0), 2 * one, 0.01, "two vCPUs, four threads");
}

/* ---- context switches ---- */

/* CPU work of one wake-up: paced messages, each of which finds its thread asleep. */
static double switch_s(enum mode mode, bool free) {
    given_plain_host(&config);
    int guest = given_guest(&config, mode, 0);
    if (free) set_cost(&config, COST_SWITCH_PV, 0);
    given_stream(&config, guest, DIRECTION_TRANSMIT, 64)->rate_pps = 1000;
    run_for(&config, 50 * SIM_MS, &result);
    double cores = cores_of(&result, "guest0") + cores_of(&result, "hypervisor");
    return cores / metric_of(&result, METRIC_PPS, 0, 0);
}

/* NET-019, NET-020: only a PV guest needs Xen for it. */
Test(context_switch, of_a_pv_guest_needs_xen) {
    double cost_s = switch_s(MODE_PV, false) - switch_s(MODE_PV, true);
    EXPECT_NEAR(cost_s, get_cost(&config, COST_HYPERCALL_PV) / config.host.clock_hz, 0.05, "%g s", cost_s);
    EXPECT_NEAR(switch_s(MODE_PVHVM, false), switch_s(MODE_PVHVM, true), 1e-9, "none of an HVM guest");
    EXPECT_NEAR(switch_s(MODE_NATIVE, false), switch_s(MODE_NATIVE, true), 1e-9, "none of bare metal");
}

/* ---- clocks ---- */

static double clock_s(enum mode mode, enum clock_source source, bool by_syscall) {
    struct workload_config *work = given_computing(mode, WORK_CLOCK);
    work->source = source;
    work->by_syscall = by_syscall;
    return call_s();
}

/* CK07, CK08: Xen's source cannot be read in user space, the counter and KVM's page can. */
Test(clock, of_xen_is_a_system_call) {
    double tsc = clock_s(MODE_PVHVM, CLOCK_TSC, false), xen = clock_s(MODE_PVHVM, CLOCK_XEN, false);
    double pv_page_s = get_cost(&config, COST_CLOCK_PV) / config.host.clock_hz;
    double entry_s = (get_cost(&config, COST_SYSCALL) + get_cost(&config, COST_COPY_CALL)) / config.host.clock_hz;
    EXPECT_NEAR(tsc, get_cost(&config, COST_CLOCK_TSC) / config.host.clock_hz, 1e-2, "%g s", tsc);
    EXPECT_NEAR(xen, entry_s + pv_page_s, 1e-2, "%g s", xen);
    cr_expect_gt(xen, 4 * tsc);
    EXPECT_NEAR(clock_s(MODE_PVHVM, CLOCK_XEN, true), xen, 1e-6, "asking for a call changes nothing");
    EXPECT_NEAR(clock_s(MODE_PVHVM, CLOCK_KVM, false), pv_page_s, 1e-2, "KVM's page is read in user space");
}

Test(clock, read_by_a_call_costs_the_call) {
    double user = clock_s(MODE_NATIVE, CLOCK_TSC, false), call = clock_s(MODE_NATIVE, CLOCK_TSC, true);
    double entry_s = (get_cost(&config, COST_SYSCALL) + get_cost(&config, COST_COPY_CALL)) / config.host.clock_hz;
    EXPECT_NEAR(call - user, entry_s, 0.01, "%g s more", call - user);
}

/* CK23: 15 to 20 times a native read. */
Test(clock, an_emulated_counter_traps) {
    double native = clock_s(MODE_PV, CLOCK_TSC, false), emulated = clock_s(MODE_PV, CLOCK_TSC_EMULATED, false);
    cr_expect(emulated > 15 * native && emulated < 20 * native, "%g times", emulated / native);
    double hvm = clock_s(MODE_PVHVM, CLOCK_TSC_EMULATED, false);
    EXPECT_NEAR(exits_of(&result, "rdtsc") * hvm, 1, 0.01, "an exit each");
}

/* ---- clocks that other applications read ---- */

static double work_per_message(enum workload_kind kind, int reads, enum clock_source source) {
    given_plain_host(&config);
    int guest = given_guest(&config, MODE_SRIOV, 0);
    config.guests[guest].clock = source;
    struct workload_config *work = kind == WORK_UDP_STREAM ? given_stream(&config, guest, DIRECTION_TRANSMIT, 64)
                                                           : given_transactions(&config, guest, kind);
    if (kind == WORK_UDP_STREAM) work->rate_pps = 50e3;
    if (kind == WORK_HTTP) work->serves = true;
    work->clock_reads = reads;
    run_for(&config, 20 * SIM_MS, &result);
    enum metric_kind rate = kind == WORK_UDP_STREAM ? METRIC_PPS : METRIC_TRANSACTIONS;
    return cores_of(&result, "guest0") / metric_of(&result, rate, 0, 0);
}

Test(clock, reads_are_part_of_each_message) {
    const enum workload_kind kinds[] = {WORK_UDP_STREAM, WORK_UDP_RR, WORK_TCP_RR, WORK_HTTP};
    for (int i = 0; i < 4; i++) {
        double none = work_per_message(kinds[i], 0, CLOCK_XEN), xen = work_per_message(kinds[i], 10, CLOCK_XEN);
        double read_s =
            (get_cost(&config, COST_SYSCALL) + get_cost(&config, COST_CLOCK_PV) + get_cost(&config, COST_COPY_CALL)) /
            config.host.clock_hz;
        double tolerance = kinds[i] == WORK_HTTP ? 0.2 : 0.02; /* turns of the loop become longer, and fewer */
        EXPECT_NEAR(xen - none, 10 * read_s, tolerance, "kind %d: %g s more, ten reads take %g s", kinds[i], xen - none,
                    10 * read_s);
        double tsc = work_per_message(kinds[i], 10, CLOCK_TSC) - none;
        EXPECT_NEAR(tsc, 10 * get_cost(&config, COST_CLOCK_TSC) / config.host.clock_hz, 0.3, "%g s more", tsc);
    }
}

/* The direction of CK22: a data base that reads the clock often is slower with clock source xen. */
Test(clock, the_scenario_shows_it) {
    RUN_MECHANISM(&result, "clock-sources", "guests[0].clock=tsc");
    double tsc = metric_of(&result, METRIC_RTT_MEAN, 0, 0);
    RUN_MECHANISM(&result, "clock-sources", "guests[0].clock=xen");
    double xen = metric_of(&result, METRIC_RTT_MEAN, 0, 0);
    cr_expect(xen > 1.2 * tsc && xen < 2 * tsc, "%g and %g s", xen, tsc);
}
