/* What a file may say about CPUs: the scheduler, and each guest's part of it. */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(cpus, .init = lab_setup, .fini = lab_teardown);

static const char *scenario_text(const char *scheduler, const char *guest, const char *workload) {
    static char text[1024];
    snprintf(text, sizeof text,
             "name: n\nhost: lab\nscheduler: {%s}\nguests:\n- {name: a, mode: pvhvm, %s, workloads: [{%s}]}\n",
             scheduler, guest, workload);
    return text;
}

Test(cpus, pinned_unless_it_says_otherwise) {
    struct scenario *scenario = load_good(with(GUEST, WORKLOAD));
    const struct scheduler_config *scheduler = &scenario->model.host.scheduler;
    cr_expect_eq(scheduler->kind, SCHEDULER_KIND_PINNED);
    cr_expect_eq(scenario->model.guests[0].weight, 256);
    cr_expect_eq(scenario->model.guests[0].cap, 0);
    cr_expect_lt(scenario->model.guests[0].cpu_credits, 0, "enough for the run");
    scenario_free(scenario);
}

Test(cpus, scheduler_with_the_defaults_of_xen) {
    struct scenario *scenario = load_good(scenario_text("kind: credit, cpus: 2", "vcpus: 2", "kind: spin"));
    const struct scheduler_config *scheduler = &scenario->model.host.scheduler;
    cr_expect_eq(scheduler->kind, SCHEDULER_KIND_CREDIT);
    cr_expect_eq(scheduler->cpus, 2);
    cr_expect_float_eq(scheduler->slice_s, 30e-3, 1e-9);
    cr_expect_float_eq(scheduler->ratelimit_s, 1e-3, 1e-9);
    cr_expect(scheduler->boost && !scheduler->migration_boost && scheduler->dom0_pinned);
    scenario_free(scenario);
}

/* A host may have a scheduler; the scenario's replaces all of it. */
Test(cpus, the_scenario_goes_before_the_host) {
    write_text("own.yaml",
               "name: own\nhypervisor: xen\nsockets: 1\ncores_per_socket: 8\nthreads_per_core: 1\n"
               "clock: 2.8 GHz\niommu: {mode: passthrough, iotlb_entries: 1, walkers: 1, page_size: 4 KiB}\n"
               "dom0: {vcpus: 2}\nscheduler: {kind: credit, cpus: 3, slice: 5 ms}\nnic: ten\n"
               "network: {one_way: 25 us}\ncosts: flat\n");
    const char *guests = "guests:\n- {name: a, mode: pvhvm, vcpus: 2, workloads: [{kind: spin}]}\n";
    char text[512];
    snprintf(text, sizeof text, "name: n\nhost: ./own.yaml\n%s", guests);
    struct scenario *scenario = load_good(text);
    cr_expect_eq(scenario->model.host.scheduler.cpus, 3);
    cr_expect_float_eq(scenario->model.host.scheduler.slice_s, 5e-3, 1e-9);
    scenario_free(scenario);
    snprintf(text, sizeof text, "name: n\nhost: ./own.yaml\nscheduler: {kind: credit, cpus: 4}\n%s", guests);
    scenario = load_good(text);
    cr_expect_eq(scenario->model.host.scheduler.cpus, 4);
    cr_expect_float_eq(scenario->model.host.scheduler.slice_s, 30e-3, 1e-9);
    scenario_free(scenario);
}

Test(cpus, affinity_is_a_list_of_cpus) {
    struct scenario *scenario =
        load_good(scenario_text("kind: credit, cpus: 4", "vcpus: 2, cpus: \"0,2-3\"", "kind: spin"));
    cr_expect_eq(scenario->model.guests[0].affinity, 13);
    scenario_free(scenario);
}

Test(cpus, caps_and_weights_reach_the_model) {
    struct scenario *scenario =
        load_good(scenario_text("kind: credit, cpus: 4", "vcpus: 4, cap: 150 %, weight: 512", "kind: spin, jobs: 3"));
    cr_expect_float_eq(scenario->model.guests[0].cap, 1.5, 1e-9);
    cr_expect_eq(scenario->model.guests[0].weight, 512);
    cr_expect_eq(scenario->model.guests[0].workloads[0].jobs, 3);
    cr_expect_float_eq(scenario->model.guests[0].workloads[0].busy, 1, 1e-9);
    scenario_free(scenario);
}

#define EXPECT_REFUSED(scheduler, guest, message) expect_message(scenario_text(scheduler, guest, "kind: spin"), message)

Test(cpus, what_cannot_be_is_refused) {
    EXPECT_REFUSED("kind: cfs, cpus: 2", "vcpus: 2",
                   "s.yaml:3:19: scheduler.kind: 'cfs' schedules the threads of KVM, and host 'lab' does not run it");
    EXPECT_REFUSED("kind: credti, cpus: 2", "vcpus: 2",
                   "s.yaml:3:19: scheduler.kind: 'credti' is not a kind of scheduler; did you mean 'credit'?");
    EXPECT_REFUSED("kind: credit, cpus: 2", "vcpus: 2, cpus: 1-2",
                   "s.yaml:5:42: guests[0].cpus: '1-2' is out of range; the shared CPUs are 0 to 1");
    EXPECT_REFUSED("kind: credit, cpus: 2", "vcpus: 2, cpus: one",
                   "s.yaml:5:42: guests[0].cpus: 'one' is not a list of CPUs such as 0-3 or 0,2");
    EXPECT_REFUSED("kind: pinned", "vcpus: 2, cpus: 0-1",
                   "s.yaml:5:36: guests[0]: 'cpus' names shared CPUs, and there are none without a scheduler");
    EXPECT_REFUSED("kind: pinned", "vcpus: 2, cpu_credits: 3",
                   "s.yaml:5:36: guests[0]: 'cpu_credits' belong to a burstable instance type such as "
                   "t2.micro");
}

Test(cpus, no_more_than_the_host_has) {
    struct scenario *scenario = load_good(scenario_text("kind: credit, cpus: 1", "vcpus: 1", "kind: spin"));
    const struct host_config *host = &scenario->model.host;
    int most = host->sockets * host->cores_per_socket * host->threads_per_core - host->dom0.vcpus;
    char scheduler[64], message[160];
    snprintf(scheduler, sizeof scheduler, "kind: credit, cpus: %d", most + 1);
    snprintf(message, sizeof message,
             "s.yaml:3:33: scheduler.cpus: '%d' is out of range; host 'lab' has %d CPUs for guests", most + 1, most);
    EXPECT_REFUSED(scheduler, "vcpus: 2", message);
    scenario_free(scenario);
}

Test(cpus, keys_of_spin_belong_to_spin) {
    expect_message(scenario_text("kind: pinned", "vcpus: 2", "kind: ping, busy: 10 %"),
                   "s.yaml:5:61: guests[0].workloads[0]: 'busy' does not belong to a workload of kind ping");
}
