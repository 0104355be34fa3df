/* Keys of http workloads, receive steering and sockets. */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(steering, .init = lab_setup, .fini = lab_teardown);

static struct guest_config guest_of(const char *keys, const char *work) {
    struct scenario *scenario = load_good(with(keys, work));
    struct guest_config guest = scenario->model.guests[0];
    cr_expect_str_eq(scenario->not_available, "");
    scenario_free(scenario);
    return guest;
}

Test(steering, a_guest_serves_http_unless_it_says_otherwise) {
    struct workload_config work = guest_of(GUEST, "kind: http").workloads[0];
    cr_expect_eq(work.kind, WORK_HTTP);
    cr_expect(work.serves);
    cr_expect(work.concurrency == 1 && work.threads == 0 && work.client_threads == 0 && work.rate_pps == 0);
    work = guest_of(GUEST, "kind: http, role: client, concurrency: 4096, threads: 16, client_threads: 8").workloads[0];
    cr_expect_not(work.serves);
    cr_expect(work.concurrency == 4096 && work.threads == 16 && work.client_threads == 8);
}

Test(steering, requests_have_a_rate_of_their_own) {
    struct workload_config work = guest_of(GUEST, "kind: tcp-rr, rate: 20 kpps, arrivals: poisson").workloads[0];
    cr_expect_eq(work.rate_pps, 20000);
    cr_expect_eq(work.arrivals, ARRIVALS_POISSON);
    expect_message(with(GUEST, "kind: http, rate: 1 Gbit/s"),
                   "s.yaml:6:25: guests[0].workloads[0].rate: '1 Gbit/s' is a bit rate; requests take a rate in pps");
}

Test(steering, an_answer_of_several_segments_is_not_there_yet) {
    struct scenario *scenario = load_good(with(GUEST, "kind: http, response: 1449 B"));
    cr_expect_str_eq(scenario->not_available, "s.yaml:6:29: guests[0].workloads[0].response: 1449 B");
    scenario_free(scenario);
}

Test(steering, interrupts_are_bound_to_a_list_of_cpus) {
    struct guest_config guest = guest_of("mode: sriov, vcpus: 16, tuning: {irq_cpus: \"0-2,8\"}", WORKLOAD);
    cr_assert_eq(guest.irq_cpu_count, 4);
    cr_expect(guest.irq_cpus[0] == 0 && guest.irq_cpus[2] == 2 && guest.irq_cpus[3] == 8);
    expect_message(with("mode: sriov, vcpus: 8, tuning: {irq_cpus: \"0,8\"}", WORKLOAD),
                   "s.yaml:4:55: guests[0].tuning.irq_cpus: '0,8': the guest has vCPUs 0 to 7");
    static const char *const bad[] = {"x", "3-1", "0,", "0-99", "-1", "0-3-5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char keys[80], wanted[200];
        snprintf(keys, sizeof keys, "mode: sriov, vcpus: 8, tuning: {irq_cpus: \"%s\"}", bad[i]);
        snprintf(wanted, sizeof wanted,
                 "s.yaml:4:55: guests[0].tuning.irq_cpus: '%s' is not a list of at most 16 vCPUs such as \"0,8\" or "
                 "\"0-3\"",
                 bad[i]);
        expect_message(with(keys, WORKLOAD), wanted);
    }
}

Test(steering, packets_are_steered_to_cpus_that_there_are) {
    struct guest_config guest =
        guest_of("mode: sriov, vcpus: 8, queues: 1, tuning: {rps_cpus: 8, rps_interrupt_cpu: true}", WORKLOAD);
    cr_expect_eq(guest.rps_cpus, 8);
    cr_expect(guest.rps_interrupt_cpu);
    expect_message(with("mode: sriov, vcpus: 8, queues: 1, tuning: {rps_cpus: 8}", WORKLOAD),
                   "s.yaml:4:66: guests[0].tuning.rps_cpus: '8' is out of range; 7 of the guest's 8 vCPUs take no "
                   "interrupts");
    expect_message(with("mode: sriov, vcpus: 8, tuning: {rps_cpus: 9, rps_interrupt_cpu: true}", WORKLOAD),
                   "s.yaml:4:55: guests[0].tuning.rps_cpus: '9' is out of range; the guest has 8 vCPUs");
}

Test(steering, a_guest_that_fits_runs_on_the_socket_it_names) {
    cr_expect_eq(guest_of(GUEST, WORKLOAD).socket, 0);
    expect_message(with(GUEST ", socket: 7", WORKLOAD),
                   "s.yaml:4:44: guests[0].socket: '7' is out of range; host 'lab' has sockets 0 to 0");
}
