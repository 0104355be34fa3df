/* What keeps guests and kernels apart, by the scenarios that show it: mitigations, delivery of interrupts. Ids are
 * rows of the bibliography; a value is asserted only where it did not make the cost that it tests. */
#include <criterion/criterion.h>

#include "tests/models/scenario_runs.h"

static struct run_result off, on;

static double transactions(const struct run_result *result) { return metric_of(result, METRIC_TRANSACTIONS, 0, 0); }

/* ---- mitigations ---- */

/* VX061 and VX063: 3738 and 3890 cycles for a CPUID and an RDMSR exit with all mitigations. An exit as light took
 * 1437 without (VX030). */
Test(mitigations, every_exit_takes_longer_by_what_was_measured) {
    RUN_MECHANISM(&off, "mitigations", "mitigations=false");
    RUN_MECHANISM(&on, "mitigations", "mitigations=true");
    double before = cores_of(&off, "hypervisor") / rate_of(&off, METRIC_EXITS);
    double after = cores_of(&on, "hypervisor") / rate_of(&on, METRIC_EXITS);
    double cycles = 1437 + (after - before) * 2.8e9;
    EXPECT_NEAR(cycles, 3738, 0.05, "%.0f cycles", cycles);
    EXPECT_NEAR(cycles, 3890, 0.05, "%.0f cycles", cycles);
}

/* CP060: about 300 ns for a system call on a virtual machine of 2026. */
Test(mitigations, a_system_call_costs_what_it_does_on_a_mitigated_machine) {
    static struct model_config config;
    given_host(&config, "kvm-lab");
    double ns = (get_cost(&config, COST_SYSCALL) + get_cost(&config, COST_KPTI_SYSCALL)) / config.host.clock_hz * 1e9;
    EXPECT_NEAR(ns, 300, 0.25, "%.0f ns", ns);
}

/* Bare metal has no exits: two system calls, an interrupt or two, two switches and the retpolines of both ways. */
Test(mitigations, bare_metal_pays_for_its_kernel_alone) {
    RUN_MECHANISM(&off, "mitigations", "guests[0].mode=native");
    RUN_MECHANISM(&on, "mitigations", "guests[0].mode=native", "mitigations=true");
    double added = cores_of(&on, "web") / transactions(&on) - cores_of(&off, "web") / transactions(&off);
    cr_expect_gt(added, 2 * 160e-9 + 400e-9, "%g s a transaction", added);
    cr_expect_lt(added, 2e-6, "%g s a transaction", added);
    cr_expect_eq(rate_of(&on, METRIC_EXITS), 0);
}

/* The more a path leaves the guest, the more it loses: a kick more and a thread's switch more, against the interrupt of
 * what was sent, which virtio_net does not ask for. */
Test(mitigations, a_back_end_loses_more_than_a_virtual_function) {
    static const char *const modes[] = {"guests[0].mode=sriov", "guests[0].mode=vhost"};
    double added[2];
    for (int i = 0; i < 2; i++) {
        RUN_MECHANISM(&off, "mitigations", modes[i]);
        RUN_MECHANISM(&on, "mitigations", modes[i], "mitigations=true");
        added[i] = metric_of(&on, METRIC_RTT_MEAN, 0, 0) - metric_of(&off, METRIC_RTT_MEAN, 0, 0);
    }
    cr_expect_gt(added[0], 2 * 2430 / 2.8e9, "sriov: %g s", added[0]);
    cr_expect_gt(added[1], 1.2 * added[0], "vhost: %g s, sriov: %g s", added[1], added[0]);
}

/* ---- delivery of interrupts ---- */

/* NET-242: an exit-less guest reaches 97 to 100 % of bare metal. */
Test(exitless, a_guest_comes_up_to_bare_metal) {
    static struct run_result metal;
    RUN_MECHANISM(&metal, "exit-less-interrupts", "guests[0].mode=native");
    RUN_MECHANISM(&off, "exit-less-interrupts", "interrupts=injected");
    RUN_MECHANISM(&on, "exit-less-interrupts", "interrupts=exit-less");
    double share = transactions(&on) / transactions(&metal), before = transactions(&off) / transactions(&metal);
    cr_expect_geq(share, 0.97, "%.3f", share);
    cr_expect_leq(share, 1.01, "%.3f: interrupts of both sides may meet", share);
    cr_expect_lt(before, 0.97, "%.3f", before);
}

/* VX097: exits fall by a factor of a hundred under load. */
Test(exitless, hardly_an_exit_is_left) {
    RUN_MECHANISM(&off, "exit-less-interrupts", "interrupts=injected");
    RUN_MECHANISM(&on, "exit-less-interrupts", "interrupts=exit-less");
    cr_expect_gt(rate_of(&off, METRIC_EXITS), 100 * rate_of(&on, METRIC_EXITS), "%g and %g /s",
                 rate_of(&off, METRIC_EXITS), rate_of(&on, METRIC_EXITS));
}

static double latency(const char *interrupts, const char *free_of_interrupts) {
    static struct run_result result;
    RUN_MECHANISM(&result, "posted-interrupts", interrupts, free_of_interrupts);
    return metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
}

/* VX097: direct delivery shortens the invocation of a handler by 80 %. What is left here of 1.9 us is the message,
 * the entry and, posted, the CPU's part. */
Test(posted, the_handler_is_reached_sooner) {
    static const char none[] = "costs=[{name: pcie.msi, value: 0 ns}, {name: exit.interrupt, value: 0 ns}, "
                               "{name: exit.eoi, value: 0 ns}, {name: irq.posted, value: 0 ns}]";
    double base = latency("interrupts=injected", none);
    double injected = latency("interrupts=injected", "mitigations=false") - base;
    double posted = latency("interrupts=posted", "mitigations=false") - base;
    double saved = 1 - posted / injected;
    EXPECT_NEAR(saved, 0.8, 0.1, "%.3f of %.0f ns", saved, injected * 1e9);
}

Test(posted, two_exits_less_for_each_interrupt) {
    RUN_MECHANISM(&off, "posted-interrupts", "interrupts=injected");
    RUN_MECHANISM(&on, "posted-interrupts", "interrupts=posted");
    double saved = (rate_of(&off, METRIC_EXITS) - rate_of(&on, METRIC_EXITS)) / rate_of(&off, METRIC_INTERRUPTS);
    cr_expect_float_eq(saved, 2, 0.01, "%g", saved);
}
