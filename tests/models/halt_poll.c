/* Halt polling of KVM: a halted vCPU spins for a while before its CPU sleeps. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result off, on;

static void run_both(double most_s) {
    run_for(&config, 20 * SIM_MS, &off);
    config.host.halt_poll_s = most_s;
    run_for(&config, 20 * SIM_MS, &on);
}

static void given_round_trips(double interval_s) {
    given_host(&config, "kvm-lab");
    struct workload_config *work = given_transactions(&config, given_guest(&config, MODE_VHOST, 0), WORK_PING);
    work->interval_s = interval_s;
}

/* What a wake-up saves: leaving the idle state and scheduling the vCPU, of the CPU that takes the answer's interrupt
 * and of the one whose thread waits for it. A shorter round trip lets the host's CPUs sleep less deeply as well. */
Test(halt_poll, a_wake_up_within_it_costs_neither_the_idle_state_nor_a_schedule) {
    given_round_trips(0);
    run_both(200e-6);
    double saved = metric_of(&off, METRIC_RTT_MEAN, 0, 0) - metric_of(&on, METRIC_RTT_MEAN, 0, 0);
    double hlt = get_cost(&config, COST_EXIT_HLT) / config.host.clock_hz;
    double least = 2 * (get_cost(&config, COST_IDLE_SHALLOW) + hlt);
    double deeper = get_cost(&config, COST_IDLE_DEEP) - get_cost(&config, COST_IDLE_SHALLOW);
    double most = 2 * (get_cost(&config, COST_IDLE_DEEP) + hlt) + 2 * deeper;
    cr_expect_geq(saved, 0.99 * least, "%g s", saved);
    cr_expect_leq(saved, 1.01 * most, "%g s", saved);
    cr_expect_eq(exits_of(&on, "hlt"), 0);
}

Test(halt_poll, takes_the_cpus_that_would_sleep) {
    given_round_trips(0);
    run_both(200e-6);
    cr_expect_lt(cores_of(&off, "hypervisor"), 0.5);
    cr_expect_gt(cores_of(&on, "hypervisor"), 1.5, "two vCPUs spin: %g", cores_of(&on, "hypervisor"));
    cr_expect_leq(cores_of(&on, "hypervisor") + cores_of(&on, "guest0"), 2.02,
                  "and no more than two, but for a poll at the edge: %g and %g", cores_of(&on, "hypervisor"),
                  cores_of(&on, "guest0"));
}

/* Where nothing comes within the longest poll the window closes, and nothing is spent. */
Test(halt_poll, closes_for_a_guest_that_hardly_works) {
    given_round_trips(2e-3);
    run_both(50e-6);
    cr_expect_gt(cores_of(&on, "hypervisor"), cores_of(&off, "hypervisor") - 1e-3);
    cr_expect_lt(cores_of(&on, "hypervisor"), cores_of(&off, "hypervisor") + 0.06);
}

Test(halt_poll, is_nothing_to_bare_metal) {
    given_host(&config, "kvm-lab");
    given_transactions(&config, given_guest(&config, MODE_NATIVE, 0), WORK_PING);
    run_both(200e-6);
    cr_expect_eq(metric_of(&on, METRIC_RTT_MEAN, 0, 0), metric_of(&off, METRIC_RTT_MEAN, 0, 0));
}

/* KF22: 200 us from Linux 4.4 on; kernels before, and those that are not known, do not poll. */
Test(halt_poll, is_what_the_hosts_kernel_does_unless_said) {
    static const struct {
        const char *kernel;
        double as_if;
    } known[] = {{"4.15", 200e-6}, {"4.4", 200e-6}, {"3.19", 0}, {"", 0}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        given_round_trips(0);
        snprintf(config.host.dom0.kernel, sizeof config.host.dom0.kernel, "%s", known[i].kernel);
        config.host.halt_poll_s = known[i].as_if;
        run_for(&config, 5 * SIM_MS, &off);
        config.host.halt_poll_s = -1;
        run_for(&config, 5 * SIM_MS, &on);
        cr_expect_eq(metric_of(&on, METRIC_RTT_MEAN, 0, 0), metric_of(&off, METRIC_RTT_MEAN, 0, 0), "kernel '%s'",
                     known[i].kernel);
    }
}
