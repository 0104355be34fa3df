/* Which emulated NIC, driver and polling switch a scenario asks for, and what it may not. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/scenarios/fixture.h"

TestSuite(devices, .init = lab_setup, .fini = lab_teardown);

/* A scenario on a KVM host; the keys of the guest stand in line 5, those of its workload in line 6. */
static const char *on_kvm(const char *product, const char *guest, const char *workload) {
    static char text[4096];
    write_text("kvm.yaml",
               "name: kvm\nhypervisor: kvm\nsockets: 1\ncores_per_socket: 8\nthreads_per_core: 1\nclock: 2.5 GHz\n"
               "iommu: {mode: passthrough, iotlb_entries: 125, walkers: 5, page_size: 4 KiB}\ndom0: {vcpus: 2}\n"
               "nic: ten\nnetwork: {one_way: 1 us}\ncosts: flat\n");
    snprintf(text, sizeof text,
             "name: n\nhost: ./kvm.yaml\nswitch: %s\nguests:\n"
             "- {name: a, vcpus: 2, %s,\n"
             "   workloads: [{%s}]}\n"
             "- {name: b, vcpus: 2, mode: vhost-user, tuning: {driver: poll}}\n",
             product, guest, workload);
    return text;
}

Test(devices, are_those_that_the_file_names) {
    struct scenario *scenario =
        load_good(on_kvm("quick", "mode: hvm, tuning: {nic_model: rtl8139}", "kind: udp-stream"));
    cr_expect_eq(scenario->model.guests[0].nic_model, NIC_MODEL_RTL8139);
    cr_expect_eq(scenario->model.guests[0].driver, DRIVER_KERNEL);
    cr_expect_eq(scenario->model.guests[1].nic_model, NIC_MODEL_E1000);
    cr_expect_eq(scenario->model.guests[1].driver, DRIVER_POLL);
    cr_expect_eq(scenario->model.host.costs.values[COST_SWITCH_LOOKUP].value, 7, "the product's");
    cr_expect_eq(scenario->model.host.costs.values[COST_SWITCH_VIRTQ].value, 100, "the host's");
    scenario_free(scenario);
}

Test(devices, a_driver_in_user_space_needs_a_device_for_it) {
    expect_message(on_kvm("quick", "mode: vhost, tuning: {driver: poll}", "kind: udp-stream"),
                   "s.yaml:5:53: guests[0].tuning.driver: 'poll' needs mode vhost-user, and the mode is vhost");
    expect_message(on_kvm("quick", "mode: vhost-user, tuning: {driver: poll}", "kind: ping"),
                   "s.yaml:6:23: guests[0].workloads[0].kind: 'ping' needs a kernel, and the guest polls its device in "
                   "user space (driver: poll)");
    expect_message(on_kvm("quick", "mode: vhost-user", "kind: tcp-rr, peer: guest b"),
                   "s.yaml:6:23: guests[0].workloads[0].kind: 'tcp-rr' needs a kernel, and its peer polls its device "
                   "in user space (driver: poll)");
}

Test(devices, transit_passes_a_switch_from_wire_to_wire) {
    expect_message(on_kvm("quick", "mode: sriov", "kind: udp-stream, direction: transit"),
                   "s.yaml:6:46: guests[0].workloads[0].direction: 'transit' passes a switch of the host, and mode "
                   "sriov has none");
    expect_message(on_kvm("quick", "mode: vhost", "kind: udp-stream, direction: transit, peer: guest b"),
                   "s.yaml:6:61: guests[0].workloads[0].peer: 'transit' is from the wire to the wire");
    scenario_free(load_good(on_kvm("quick", "mode: vhost", "kind: udp-stream, direction: transit")));
}

Test(devices, a_chain_goes_through_guests_that_poll) {
    const char *of_a = "mode: vhost-user, tuning: {driver: poll}";
    struct scenario *scenario =
        load_good(on_kvm("quick", of_a, "kind: udp-stream, direction: transit, through: [b, a]"));
    const struct workload_config *work = &scenario->model.guests[0].workloads[0];
    cr_expect_eq(work->through_count, 2);
    cr_expect(work->through[0] == 1 && work->through[1] == 0, "in order");
    scenario_free(scenario);
    scenario = load_good(on_kvm("quick", "count: 3, mode: vhost-user, tuning: {driver: poll}",
                                "kind: udp-stream, direction: transit, through: [a]"));
    cr_expect_eq(scenario->model.guests[0].workloads[0].through_count, 3, "all copies");
    scenario_free(scenario);
    expect_message(on_kvm("quick", of_a, "kind: udp-stream, direction: receive, through: [b]"),
                   "s.yaml:6:55: guests[0].workloads[0]: only what is in transit (direction: transit) goes "
                   "through guests");
    expect_message(on_kvm("quick", of_a, "kind: udp-stream, direction: transit, through: [c]"),
                   "s.yaml:6:65: guests[0].workloads[0].through[0]: 'c' is not a guest of this scenario; did you mean "
                   "'a'?");
    expect_message(on_kvm("quick", of_a, "kind: udp-stream, direction: transit, through: [b, b]"),
                   "s.yaml:6:68: guests[0].workloads[0].through[1]: guest 'b' is in the chain already");
    expect_message(on_kvm("quick", "mode: vhost", "kind: udp-stream, direction: transit, through: [b, a]"),
                   "s.yaml:6:68: guests[0].workloads[0].through[1]: guest 'a' does not poll; who forwards has "
                   "`driver: poll`");
    expect_message(on_kvm("quick", "count: 9, mode: vhost-user, tuning: {driver: poll}",
                          "kind: udp-stream, direction: transit, through: [a]"),
                   "s.yaml:6:65: guests[0].workloads[0].through[0]: a chain has 8 guests at most");
}

Test(devices, a_switch_is_one_of_the_catalog_and_has_costs_of_switches_only) {
    expect_message(on_kvm("quack", "mode: vhost-user", "kind: ping"),
                   "s.yaml:3:9: switch: 'quack' is not a polling switch; did you mean 'quick'?");
    write_text("data/models/catalog/switches/greedy.yaml",
               "name: greedy\nclock: 2.5 GHz\ncosts:\n  - {name: tap.read, value: 7 cycles, how: assumed}\n");
    struct diag diag = {0};
    cr_expect_null(load_text(on_kvm("greedy", "mode: vhost-user", "kind: ping"), &diag));
    cr_expect_not_null(strstr(diag.message, "'tap.read' is not a cost of a switch"), "%s", diag.message);
}
