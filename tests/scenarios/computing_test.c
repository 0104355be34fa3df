/* What a file may say about forks, system calls and clocks. */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>

TestSuite(computing, .init = lab_setup, .fini = lab_teardown);

#define PVHVM "mode: pvhvm, vcpus: 2"

static struct workload_config workload(const char *guest, const char *text) {
    struct scenario *scenario = load_good(with(guest, text));
    struct workload_config workload = scenario->model.guests[0].workloads[0];
    scenario_free(scenario);
    return workload;
}

static enum clock_source clock_of(const char *guest) {
    struct scenario *scenario = load_good(with(guest, "kind: udp-rr"));
    enum clock_source clock = scenario->model.guests[0].clock;
    scenario_free(scenario);
    return clock;
}

Test(computing, a_fork_says_how_large_its_process_is) {
    struct workload_config fork = workload(PVHVM, "kind: fork, size: 2 GiB");
    cr_expect_eq(fork.kind, WORK_FORK);
    cr_expect_eq(fork.process_bytes, 2147483648.0);
    cr_expect_eq(fork.period_s, 0, "one after the other");
    cr_expect_eq(fork.pinning, PINNING_LATE);
    fork = workload(PVHVM, "kind: fork, size: 1 GiB, period: 2 s, pinning: early");
    cr_expect_eq(fork.period_s, 2);
    cr_expect_eq(fork.pinning, PINNING_EARLY);
    expect_message(
        with(PVHVM, "kind: fork"),
        "s.yaml:6:6: guests[0].workloads[0]: 'size' is missing: resident memory of the process, such as 1 GiB");
    expect_message(with(PVHVM, "kind: fork, size: 1 GiB, pinning: lat"),
                   "s.yaml:6:41: guests[0].workloads[0].pinning: 'lat' is not a time of pinning; did you mean 'late'?");
}

Test(computing, system_calls_have_threads) {
    cr_expect_eq(workload(PVHVM, "kind: syscall").jobs, 1);
    cr_expect_eq(workload(PVHVM, "kind: syscall, jobs: 3").jobs, 3);
    expect_message(with(PVHVM, "kind: syscall, busy: 10 %"),
                   "s.yaml:6:22: guests[0].workloads[0]: 'busy' does not belong to a workload of kind syscall");
}

Test(computing, clocks_are_those_that_linux_chooses) {
    cr_expect_eq(clock_of(PVHVM), CLOCK_XEN);
    cr_expect_eq(clock_of("mode: pv, vcpus: 2"), CLOCK_XEN);
    cr_expect_eq(clock_of("mode: sriov, vcpus: 2"), CLOCK_XEN);
    cr_expect_eq(clock_of("mode: hvm, vcpus: 2"), CLOCK_TSC);
    cr_expect_eq(clock_of("mode: native, vcpus: 2"), CLOCK_TSC);
    cr_expect_eq(clock_of(PVHVM ", clock: tsc"), CLOCK_TSC);
}

Test(computing, a_clock_workload_reads_its_guests_clock) {
    cr_expect_eq(workload(PVHVM, "kind: clock").source, CLOCK_XEN);
    cr_expect_eq(workload(PVHVM ", clock: tsc", "kind: clock").source, CLOCK_TSC);
    struct workload_config clock = workload(PVHVM, "kind: clock, source: tsc-emulated, call: syscall");
    cr_expect_eq(clock.source, CLOCK_TSC_EMULATED);
    cr_expect(clock.by_syscall);
    cr_expect_not(workload(PVHVM, "kind: clock").by_syscall);
}

Test(computing, clocks_need_their_hypervisor) {
    expect_message(with(PVHVM ", clock: kvmclock", "kind: clock"),
                   "s.yaml:4:43: guests[0].clock: 'kvmclock' is not a clock source; did you mean 'kvm-clock'?");
    expect_message(with(PVHVM ", clock: kvm-clock", "kind: clock"),
                   "s.yaml:4:43: guests[0].clock: 'kvm-clock' needs KVM, and host 'lab' does not run it");
    expect_message(
        with("mode: native, vcpus: 2", "kind: clock, source: xen"),
        "s.yaml:6:28: guests[0].workloads[0].source: 'xen' is the clock of a guest; a native machine has tsc");
}

Test(computing, clock_reads_are_an_applications) {
    cr_expect_eq(workload(PVHVM, "kind: udp-stream, clock_reads: 2").clock_reads, 2);
    cr_expect_eq(workload(PVHVM, "kind: http, clock_reads: 50").clock_reads, 50);
    cr_expect_eq(workload(PVHVM, "kind: tcp-rr").clock_reads, 0);
    expect_message(with(PVHVM, "kind: udp-stream, sender: pktgen, clock_reads: 2"),
                   "s.yaml:6:54: guests[0].workloads[0].clock_reads: clock_reads are those of an application with a "
                   "socket (sender: socket)");
    expect_message(with(PVHVM, "kind: ping, clock_reads: 2"),
                   "s.yaml:6:19: guests[0].workloads[0]: 'clock_reads' does not belong to a workload of kind ping");
}
