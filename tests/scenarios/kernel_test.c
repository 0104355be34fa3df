/* What the versions of kernels and of Xen select, and what they forbid. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/scenarios/fixture.h"

TestSuite(kernels, .init = lab_setup, .fini = lab_teardown);

#define PVHVM(keys) "mode: pvhvm, vcpus: 8" keys

static struct guest_config guest_under(const char *host_kernel, const char *keys) {
    char text[4096];
    snprintf(text, sizeof text, "host_kernel: \"%s\"\n%s", host_kernel, with(keys, WORKLOAD));
    struct scenario *scenario = load_good(host_kernel[0] != '\0' ? text : with(keys, WORKLOAD));
    struct guest_config guest = scenario->model.guests[0];
    scenario_free(scenario);
    return guest;
}

Test(kernels, without_a_version_netback_is_that_of_the_catalogs_costs) {
    struct guest_config guest = guest_under("", PVHVM(""));
    cr_expect_eq(guest.grants, GRANTS_MAP);
    cr_expect_not(guest.own_netback);
    cr_expect_eq(guest.queues, 1);
}

Test(kernels, the_kernel_of_dom0_selects_netback) {
    static const struct {
        const char *version;
        enum grants grants;
        bool own;
    } known[] = {{"2.6.32", GRANTS_MAP, false},
                 {"3.2", GRANTS_COPY, false},
                 {"3.12", GRANTS_COPY, true},
                 {"3.15", GRANTS_MAP, true}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct guest_config guest = guest_under(known[i].version, PVHVM(""));
        cr_expect_eq(guest.grants, known[i].grants, "%s", known[i].version);
        cr_expect_eq(guest.own_netback, known[i].own, "%s", known[i].version);
        cr_expect_eq(guest.queues, 1, "%s", known[i].version);
    }
}

Test(kernels, netback_coalesces_since_4_0) {
    cr_expect_not(guest_under("3.19", PVHVM("")).coalesced);
    cr_expect(guest_under("4.0", PVHVM("")).coalesced);
    cr_expect_not(guest_under("", PVHVM("")).coalesced, "nor with the netback that the costs were measured on");
}

Test(kernels, several_queues_take_both_kernels_and_vcpus_of_dom0) {
    int dom0 = guest_under("3.16", PVHVM("")).queues;
    cr_expect_gt(dom0, 1);
    cr_expect_eq(guest_under("3.16", PVHVM(", queues: 16")).queues, dom0, "no more than dom0 has vCPUs");
    cr_expect_eq(guest_under("3.16", PVHVM(", kernel: \"3.15\", queues: 4")).queues, 1, "the guest knows of one");
    cr_expect_eq(guest_under("3.15", PVHVM(", kernel: \"3.16\", queues: 4")).queues, 1, "dom0 offers one");
}

Test(kernels, grants_can_be_chosen) {
    cr_expect_eq(guest_under("4.4", PVHVM(", tuning: {grants: copy}")).grants, GRANTS_COPY);
    cr_expect_eq(guest_under("3.2", PVHVM(", tuning: {grants: map}")).grants, GRANTS_MAP);
    struct guest_config guest = guest_under("", PVHVM(", tuning: {grants: persistent}"));
    cr_expect_eq(guest.grants, GRANTS_PERSISTENT);
    cr_expect(guest.own_netback, "they build on it");
}

Test(kernels, a_guest_without_the_callback_vector_cannot_be_pvhvm) {
    expect_message(with(PVHVM(", kernel: \"2.6.32\""), WORKLOAD),
                   "s.yaml:4:44: guests[0].kernel: '2.6.32' does not run in mode 'pvhvm': PV drivers on HVM, callback "
                   "vector came with 2.6.36; mode 'hvm-pv' has the interrupt line instead");
}

Test(kernels, grants_need_a_netfront) {
    expect_message(with(GUEST ", tuning: {grants: copy}", WORKLOAD),
                   "s.yaml:4:53: guests[0].tuning.grants: mode 'sriov' has no netfront");
}

Test(kernels, persistent_grants_need_a_netback_with_its_own_threads) {
    char text[4096];
    snprintf(text, sizeof text, "host_kernel: \"3.10\"\n%s", with(PVHVM(", tuning: {grants: persistent}"), WORKLOAD));
    expect_message(text,
                   "s.yaml:5:53: guests[0].tuning.grants: persistent grants need a netback with threads of its own "
                   "for each vif, of Linux 3.12 or later, and dom0 runs 3.10");
}

Test(kernels, the_wires_ends_are_ideal) {
    expect_message(with(GUEST, WORKLOAD ", direction: receive, sender: pktgen"),
                   "s.yaml:6:53: guests[0].workloads[0].sender: the wire's sender is ideal; leave it out");
    expect_message(with(GUEST, WORKLOAD ", receiver: drop"),
                   "s.yaml:6:35: guests[0].workloads[0].receiver: the wire's receiver is ideal; leave it out");
    expect_message(with(GUEST, WORKLOAD ", frame: 60000 B"),
                   "s.yaml:6:32: guests[0].workloads[0].frame: '60000 B' is more than a link carries; allowed are 64 B "
                   "to 9018 B");
}

/* XSA-391's hardening of netfront came with 5.16. */
Test(kernels, netfront_is_hardened_from_5_16_on) {
    cr_expect_eq(guest_under("", PVHVM("")).netfront, NETFRONT_ONE_CHANNEL);
    cr_expect_eq(guest_under("", PVHVM(", kernel: \"5.15\"")).netfront, NETFRONT_ONE_CHANNEL);
    cr_expect_eq(guest_under("", PVHVM(", kernel: \"5.16\"")).netfront, NETFRONT_HARDENED);
    cr_expect_eq(guest_under("", PVHVM(", kernel: \"5.16\", tuning: {netfront: patched}")).netfront, NETFRONT_PATCHED);
    expect_message(with(GUEST ", tuning: {netfront: plain}", WORKLOAD),
                   "s.yaml:4:55: guests[0].tuning.netfront: mode 'sriov' has no netfront");
}

Test(kernels, grant_tables_of_hvm_guests_may_be_uncached) {
    cr_expect_not(guest_under("", PVHVM("")).grants_uncached);
    cr_expect(guest_under("", PVHVM(", tuning: {grant_table: uncached}")).grants_uncached);
    expect_message(with(GUEST ", tuning: {grant_table: uncached}", WORKLOAD),
                   "s.yaml:4:58: guests[0].tuning.grant_table: mode 'sriov' has no grants");
}
