/* From a file that reads well to the model's configuration: defaults, names, counts, sizes, limits. */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(build, .init = lab_setup, .fini = lab_teardown);

#define HEAD "name: n\nhost: lab\nguests:\n"

static struct workload_config workload_of(const char *keys) {
    struct scenario *scenario = load_good(with(GUEST, keys));
    struct workload_config workload = scenario->model.guests[0].workloads[0];
    cr_expect_str_eq(scenario->not_available, "");
    scenario_free(scenario);
    return workload;
}

static struct guest_config guest_of(const char *keys) {
    struct scenario *scenario = load_good(with(keys, WORKLOAD));
    struct guest_config guest = scenario->model.guests[0];
    scenario_free(scenario);
    return guest;
}

/* --- defaults --- */

Test(build, defaults_of_run) {
    struct scenario *scenario = load_good(with(GUEST, WORKLOAD));
    cr_expect_eq(scenario->run.duration, 100 * SIM_MS);
    cr_expect(scenario->run.warmup_auto);
    cr_expect_eq(scenario->run.replications, 5);
    cr_expect_eq(scenario->run.seed, 1);
    cr_expect_eq(scenario->run.precision, 0);
    cr_expect_str_eq(scenario->file, "s.yaml");
    cr_expect_str_eq(scenario->name, "n");
    cr_expect_str_eq(scenario->description, "");
    scenario_free(scenario);
}

Test(build, defaults_of_guest_and_workload) {
    struct guest_config guest = guest_of(GUEST);
    cr_expect_str_eq(guest.name, "a");
    cr_expect_not(guest.has_instance);
    cr_expect_eq(guest.server, 0);
    cr_expect_eq(guest.throttle, THROTTLE_ADAPTIVE);
    cr_expect_eq(guest.clock_hz, 2.8e9);
    cr_expect_eq(guest.network_bps, 0);
    const struct workload_config *w = &guest.workloads[0];
    cr_expect_str_eq(w->name, "udp-stream");
    cr_expect_eq(w->direction, DIRECTION_TRANSMIT);
    cr_expect_eq(w->peer, PEER_WIRE);
    cr_expect_eq(w->frame_bytes, 64);
    cr_expect_eq(w->rate_pps, 0);
    cr_expect_eq(w->arrivals, ARRIVALS_CONSTANT);
    cr_expect_eq(w->flows, 1);
}

Test(build, defaults_of_rr_and_ping) {
    struct workload_config rr = workload_of("kind: tcp-rr");
    cr_expect_eq(rr.kind, WORK_TCP_RR);
    cr_expect(rr.request_bytes == 1 && rr.response_bytes == 1 && rr.concurrency == 1);
    struct workload_config ping = workload_of("kind: ping");
    cr_expect(ping.request_bytes == 56 && ping.response_bytes == 56 && ping.interval_s == 1);
    cr_expect_eq(workload_of("kind: ping, interval: 0 s").interval_s, 0);
    cr_expect_eq(workload_of("kind: ping, payload: 100 B").request_bytes, 100);
}

Test(build, queues_default_to_what_the_device_of_the_mode_has) {
    cr_expect_eq(guest_of("mode: sriov, vcpus: 8").queues, 2);
    cr_expect_eq(guest_of("mode: native, vcpus: 32").queues, 16);
    cr_expect_eq(guest_of("mode: native, vcpus: 4").queues, 4);
    cr_expect_eq(guest_of("mode: pvhvm, vcpus: 8").queues, 1);
    cr_expect_eq(guest_of("mode: sriov, vcpus: 8, queues: 1").queues, 1);
    cr_expect_eq(guest_of("mode: pv, vcpus: 8, queues: 2").queues, 1);
    expect_message(with("mode: sriov, vcpus: 8, queues: 4", WORKLOAD),
                   "s.yaml:4:44: guests[0].queues: '4' is out of range; a VF of ten has 2 queues");
}

Test(build, run_and_throttle_values_arrive_in_si_units) {
    struct scenario *scenario =
        load_good("name: n\nhost: lab\nrun: {duration: 2 s, warmup: 5 ms, replications: 3, seed: "
                  "18446744073709551615, precision: 1 %}\nguests: [{name: a, mode: pv, vcpus: 1, workloads: [{kind: "
                  "ping}], tuning: {interrupt_throttle: 20 us}, kernel: 3.10, memory: 4 GiB, network: 2 Gbit/s}]\n");
    cr_expect_eq(scenario->run.duration, 2 * SIM_S);
    cr_expect_not(scenario->run.warmup_auto);
    cr_expect_eq(scenario->run.warmup, 5 * SIM_MS);
    cr_expect_eq(scenario->run.seed, UINT64_MAX);
    cr_expect_eq(scenario->run.precision, 0.01);
    cr_expect_eq(scenario->model.guests[0].throttle, THROTTLE_FIXED);
    cr_expect_eq(scenario->model.guests[0].throttle_s, 20e-6);
    cr_expect_eq(scenario->model.guests[0].network_bps, 2e9);
    scenario_free(scenario);
}

/* --- frames and rates --- */

Test(build, a_payload_becomes_a_frame) {
    cr_expect_eq(workload_of("kind: udp-stream, payload: 1 B").frame_bytes, 64);
    cr_expect_eq(workload_of("kind: udp-stream, payload: 18 B").frame_bytes, 64);
    cr_expect_eq(workload_of("kind: udp-stream, payload: 19 B").frame_bytes, 65);
    cr_expect_eq(workload_of("kind: udp-stream, payload: 1472 B").frame_bytes, 1518);
    cr_expect_eq(workload_of("kind: udp-stream, payload: 8972 B, mtu: 9000 B").frame_bytes, 9018);
    cr_expect_eq(workload_of("kind: udp-stream, message: 100 B").frame_bytes, 146);
    expect_message(with(GUEST, WORKLOAD ", frame: 64 B, payload: 1 B"),
                   "s.yaml:6:47: guests[0].workloads[0].payload: one of frame, payload and message gives the size; "
                   "leave out the others");
    expect_message(with(GUEST, WORKLOAD ", frame: 2000 B, mtu: 1500 B"),
                   "s.yaml:6:32: guests[0].workloads[0].frame: '2000 B' is more than the mtu of 1500 B allows; "
                   "allowed are 64 B to 1518 B");
}

Test(build, a_bit_rate_counts_the_bits_of_frames) {
    cr_expect_eq(workload_of("kind: udp-stream, rate: 500 kpps").rate_pps, 500e3);
    cr_expect_float_eq(workload_of("kind: udp-stream, frame: 1250 B, rate: 1 Gbit/s").rate_pps, 100e3, 1e-6);
    cr_expect_eq(workload_of("kind: udp-stream, rate: 1 kpps, arrivals: poisson").arrivals, ARRIVALS_POISSON);
    struct workload_config bursts =
        workload_of("kind: udp-stream, rate: 1 kpps, arrivals: onoff, burst: 2 ms, idle: 8 ms");
    cr_expect_eq(bursts.arrivals, ARRIVALS_ONOFF);
    cr_expect_float_eq(bursts.burst_s, 2e-3, 1e-12);
    cr_expect_float_eq(bursts.idle_s, 8e-3, 1e-12);
    expect_message(with(GUEST, WORKLOAD ", rate: 1 kpps, idle: 8 ms"),
                   "s.yaml:6:39: guests[0].workloads[0]: 'idle' needs arrivals: onoff");
    expect_message(with(GUEST, WORKLOAD ", arrivals: poisson"),
                   "s.yaml:6:35: guests[0].workloads[0].arrivals: 'poisson' arrivals need a rate, such as rate: 500 "
                   "kpps");
}

Test(build, keys_of_another_kind_are_refused) {
    expect_message(with(GUEST, "kind: ping, frame: 64 B"),
                   "s.yaml:6:19: guests[0].workloads[0]: 'frame' does not belong to a workload of kind ping");
    expect_message(with(GUEST, "kind: block, peer: wire"),
                   "s.yaml:6:20: guests[0].workloads[0]: 'peer' does not belong to a workload of kind block");
}

/* --- counts and peers --- */

static struct host_config host_with(const char *setting) {
    char text[400];
    snprintf(text, sizeof text,
             "name: n\nhost: lab\n%s\nguests: [{name: g, vcpus: 2, mode: pvhvm, workloads: [{kind: ping}]}]\n",
             setting);
    struct scenario *scenario = load_good(text);
    struct host_config host = scenario->model.host;
    scenario_free(scenario);
    return host;
}

Test(build, a_scenario_sets_what_the_host_leaves_open) {
    cr_expect_eq(host_with("iommu: strict").iommu.mode, IOMMU_STRICT);
    cr_expect_eq(host_with("iommu: \"off\"").iommu.mode, IOMMU_OFF);
    cr_expect_neq(host_with("mitigations: false").iommu.mode, IOMMU_STRICT);
    cr_expect(host_with("mitigations: true").mitigations);
    cr_expect_not(host_with("mitigations: false").mitigations);
    cr_expect(host_with("interrupts: posted").posted_interrupts);
    cr_expect_not(host_with("interrupts: injected").posted_interrupts);
    expect_message("name: n\nhost: lab\ninterrupts: exit-less\n"
                   "guests: [{name: g, vcpus: 2, mode: pvhvm, workloads: [{kind: ping}]}]\n",
                   "s.yaml:3:13: interrupts: exit-less delivery needs the hypervisor KVM; host 'lab' has another");
}

Test(build, a_guest_has_pages_and_an_iommu_of_its_own) {
    cr_expect_eq(guest_of("mode: sriov, vcpus: 2").memory_page_bytes, 0);
    cr_expect_eq(guest_of("mode: sriov, vcpus: 2, memory_pages: 2 MiB").memory_page_bytes, 2097152);
    cr_expect_eq(guest_of("mode: sriov, vcpus: 2").iommu, IOMMU_OFF);
    cr_expect_eq(guest_of("mode: sriov, vcpus: 2, tuning: {iommu: deferred}").iommu, IOMMU_DEFERRED);
    expect_message(with("mode: pv, vcpus: 2, tuning: {iommu: strict}", WORKLOAD),
                   "s.yaml:4:49: guests[0].tuning.iommu: mode 'pv' has no IOMMU of the guest; sriov and passthrough "
                   "can have one");
}

Test(build, copies_get_numbered_names) {
    struct scenario *scenario =
        load_good(HEAD "- {name: sut, count: 3, mode: pv, vcpus: 1, workloads: [{kind: ping}]}\n"
                       "- {name: solo, mode: pv, vcpus: 1}\n");
    static const char *const names[] = {"sut0", "sut1", "sut2", "solo"};
    cr_assert_eq(scenario->model.guest_count, 4);
    for (int i = 0; i < 4; i++) cr_expect_str_eq(scenario->model.guests[i].name, names[i]);
    cr_expect_eq(scenario->model.guests[2].workload_count, 1);
    cr_expect_eq(scenario->model.guests[3].workload_count, 0);
    scenario_free(scenario);
    expect_message(HEAD "- {name: sut0, mode: pv, vcpus: 1}\n- {name: sut, count: 2, mode: pv, vcpus: 1}\n",
                   "s.yaml:5:10: guests[1].name: 'sut0' is the name of another guest");
    expect_message(HEAD "- {name: a, count: 40, mode: pv, vcpus: 1}\n- {name: b, count: 25, mode: pv, vcpus: 1}\n",
                   "s.yaml:4:1: guests: more than 64 guests, their counts included; allowed are 64");
}

#define PAIR(a, b, peer)                                                                                \
    HEAD "- {name: cl, count: " #a ", mode: pv, vcpus: 1, workloads: [{kind: ping, peer: " peer "}]}\n" \
         "- {name: web, count: " #b ", mode: pv, vcpus: 1}\n"

static int peer_of(const char *text, int guest) {
    struct scenario *scenario = load_good(text);
    int peer = scenario->model.guests[guest].workloads[0].peer_guest;
    cr_expect_eq(scenario->model.guests[guest].workloads[0].peer, PEER_GUEST);
    scenario_free(scenario);
    return peer;
}

Test(build, peers_pair_by_count) {
    cr_expect_eq(peer_of(PAIR(1, 1, "guest web"), 0), 1);
    cr_expect_eq(peer_of(PAIR(3, 1, "guest web"), 2), 3);
    cr_expect_eq(peer_of(PAIR(3, 3, "guest web"), 1), 4);
    cr_expect_eq(peer_of(PAIR(1, 3, "guest web2"), 0), 3);
    expect_message(PAIR(1, 3, "guest web"),
                   "s.yaml:4:75: guests[0].workloads[0].peer: 'web' stands for 3 guests and 'cl' for 1; name one of "
                   "them, such as web0, or give both the same count");
}

Test(build, peers_must_exist_and_be_others) {
    expect_message(PAIR(1, 1, "guest wbe"),
                   "s.yaml:4:75: guests[0].workloads[0].peer: 'wbe' is not a guest of this scenario; did you mean "
                   "'web'?");
    expect_message(PAIR(1, 1, "guest cl"),
                   "s.yaml:4:75: guests[0].workloads[0].peer: guest 'cl' cannot be its own peer");
    expect_message(PAIR(2, 1, "guest cl1"),
                   "s.yaml:4:75: guests[0].workloads[0].peer: guest 'cl1' cannot be its own peer");
}

Test(build, dom0_is_a_peer_where_there_is_one) {
    cr_expect_eq(workload_of(WORKLOAD ", peer: dom0").peer, PEER_DOM0);
    expect_message(with("mode: native, vcpus: 2", "kind: ping, peer: dom0"),
                   "s.yaml:6:25: guests[0].workloads[0].peer: a native machine has no dom0");
    expect_message(with("mode: passthrough, vcpus: 2", "kind: ping, peer: dom0"),
                   "s.yaml:6:25: guests[0].workloads[0].peer: dom0 has no NIC when the guest has all of it");
}

Test(build, names_of_workloads_are_unique) {
    expect_message(HEAD "- {name: a, mode: pv, vcpus: 1, workloads: [{kind: ping}, {kind: ping}]}\n",
                   "s.yaml:4:59: guests[0].workloads[1]: 'ping' is the name of another workload of the guest; give it "
                   "a name");
    expect_message(HEAD "- {name: a, mode: pv, vcpus: 1, workloads: [{kind: ping}, {name: ping, kind: tcp-rr}]}\n",
                   "s.yaml:4:66: guests[0].workloads[1].name: 'ping' is the name of another workload of the guest");
}

Test(build, a_scenario_without_workload_is_refused) {
    expect_message(HEAD "- {name: a, mode: pv, vcpus: 1}\n",
                   "s.yaml:4:1: guests: no guest has a workload; there is nothing to simulate");
}

/* --- instances, hosts, servers --- */

Test(build, an_instance_type_gives_the_size) {
    struct guest_config guest = guest_of("mode: sriov, instance: t9.small");
    cr_expect(guest.has_instance);
    cr_expect_str_eq(guest.instance.family, "t9");
    cr_expect_eq(guest.vcpus, 2);
    cr_expect_eq(guest.network_bps, 1e9);
    expect_message(with("mode: sriov, instance: t9.small, vcpus: 4", WORKLOAD),
                   "s.yaml:4:53: guests[0].vcpus: comes with the instance type t9.small; leave out one of the two");
    expect_message(with("mode: sriov", WORKLOAD),
                   "s.yaml:4:3: guests[0]: 'vcpus' is missing: a guest needs an instance type or its own size");
}

Test(build, unknown_instances_and_hosts_name_the_nearest) {
    expect_message(with("mode: sriov, instance: t9.smal", WORKLOAD),
                   "s.yaml:4:36: guests[0].instance: 't9.smal' is not an instance type; did you mean 't9.small'?");
    expect_message(with("mode: sriov, instance: zz", WORKLOAD),
                   "s.yaml:4:36: guests[0].instance: 'zz' is not an instance type; allowed are t9.large, t9.metal, "
                   "t9.slow, t9.small");
    expect_message("name: n\nhost: lob\nguests: [{name: a, mode: pv, vcpus: 1}]\n",
                   "s.yaml:2:7: host: 'lob' is not a host; did you mean 'lab'?");
    expect_message(with("mode: sriov, instance: t9.metal", WORKLOAD),
                   "s.yaml:4:36: guests[0].instance: 't9.metal' runs on host 'bare', not on 'lab'");
}

Test(build, a_host_may_be_a_path_seen_from_the_scenario) {
    cr_assert_eq(system("mkdir sub && sed 's/name: lab/name: mine/' data/models/catalog/hosts/lab.yaml > sub/h.yaml"),
                 0);
    write_text("sub/s.yaml", "name: n\nhost: h.yaml\nguests: [{name: a, mode: native, instance: t9.metal, workloads: "
                             "[{kind: ping}]}]\n");
    struct diag diag = {0};
    struct scenario *scenario = scenario_load("sub/s.yaml", NULL, 0, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    cr_expect_str_eq(scenario->model.host.name, "mine");
    scenario_free(scenario);
}

Test(build, the_reason_a_mode_cannot_run_stands_at_the_mode) {
    struct diag diag = {0}, reason = {0};
    struct instance_type type;
    struct host_config *host = malloc(sizeof *host);
    cr_assert_not_null(host);
    cr_assert_eq(catalog_host("bare", host, NULL), IOP_OK);
    cr_assert_eq(catalog_instance("t9.metal", &type, NULL), IOP_OK);
    cr_assert_neq(mode_available(MODE_SRIOV, host, &type, &reason), IOP_OK);
    free(host);
    cr_expect_null(load_text("name: n\nhost: bare\nguests:\n- {name: a, mode: sriov, instance: t9.metal}\n", &diag));
    char wanted[1200];
    snprintf(wanted, sizeof wanted, "s.yaml:4:19: guests[0].mode: %s", reason.message);
    cr_expect_str_eq(diag.message, wanted);
}

#define TWO(a, b) HEAD "- {name: a, " a ", workloads: [{kind: ping}]}\n- {name: b, " b "}\n"

Test(build, servers_are_numbered_without_gap) {
    struct scenario *scenario = load_good(TWO("mode: pv, vcpus: 1, server: 2", "mode: pv, vcpus: 1"));
    cr_expect_eq(scenario->model.servers, 2);
    cr_expect_eq(scenario->model.guests[0].server, 1);
    cr_expect_eq(scenario->model.guests[1].server, 0);
    scenario_free(scenario);
    expect_message(TWO("mode: pv, vcpus: 1", "mode: pv, vcpus: 1, server: 3"),
                   "s.yaml:5:41: guests[1].server: there is a server 3 but no server 2; servers are numbered 1, 2, … "
                   "without a gap");
}

Test(build, one_server_has_one_clock) {
    expect_message(TWO("mode: pv, instance: t9.small", "mode: pv, instance: t9.slow"),
                   "s.yaml:5:33: guests[1].instance: t9.slow at 2.5 GHz and t9.small at 2.8 GHz cannot be on one "
                   "server; give them different numbers (server: 2)");
    struct scenario *scenario =
        load_good(TWO("mode: pv, instance: t9.small", "mode: pv, instance: t9.slow, server: 2"));
    scenario_free(scenario);
    scenario = load_good(TWO("mode: pv, vcpus: 1", "mode: pv, instance: t9.slow"));
    cr_expect_eq(scenario->model.guests[0].clock_hz, 2.5e9);
    scenario_free(scenario);
}

Test(build, a_native_machine_is_alone) {
    expect_message(TWO("mode: native, vcpus: 1", "mode: pv, vcpus: 1"),
                   "s.yaml:4:19: guests[0].mode: native is the whole machine, but 'b' is on server 1 too");
    scenario_free(load_good(TWO("mode: native, vcpus: 1", "mode: native, vcpus: 1, server: 2")));
}

/* --- costs --- */

#define COSTS(list) \
    "name: n\nhost: lab\ncosts: [" list "]\nguests: [{name: a, mode: pv, vcpus: 1, workloads: [{kind: ping}]}]\n"

Test(build, cost_overrides_convert_and_widen) {
    struct scenario *scenario = load_good(COSTS("{name: grant.copy, value: 2 us}, {name: copy.hot, value: 9 GB/s}, "
                                                "{name: napi.budget, value: 32}, {name: pcie.msi, value: 1 us}"));
    const struct cost_value *copy = &scenario->model.host.costs.values[COST_GRANT_COPY];
    cr_expect_float_eq(copy->value, 5000, 1e-6); /* at 2.5 GHz */
    cr_expect_float_eq(copy->low, 875, 1e-6);
    cr_expect_float_eq(copy->high, 5000, 1e-6);
    cr_expect_eq(copy->how, PROV_ASSUMED);
    cr_expect_eq(copy->sources, 0);
    cr_expect_eq(scenario->model.host.costs.values[COST_COPY_HOT].value, 9e9);
    cr_expect_eq(scenario->model.host.costs.values[COST_NAPI_BUDGET].value, 32);
    cr_expect_eq(scenario->model.host.costs.values[COST_MSI].value, 1e-6);
    scenario_free(scenario);
}

Test(build, cost_overrides_name_the_nearest_cost_and_the_unit) {
    expect_message(COSTS("{name: grant.cpoy, value: 1 us}"),
                   "s.yaml:3:16: costs[0].name: 'grant.cpoy' is not the name of a cost; did you mean 'grant.copy'?");
    expect_message(COSTS("{name: evtchn.upcall_in_the_guest, value: 1 us}"),
                   "s.yaml:3:16: costs[0].name: 'evtchn.upcall_in_the_guest' is not the name of a cost; allowed are "
                   "evtchn.send, evtchn.ipi, evtchn.upcall, evtchn.vector, evtchn.pirq");
    expect_message(COSTS("{name: nothing-like-it, value: 1 us}"),
                   "s.yaml:3:16: costs[0].name: 'nothing-like-it' is not the name of a cost; `iopath list costs` has "
                   "them all");
    expect_message(
        COSTS("{name: grant.copy, value: 1}"),
        "s.yaml:3:35: costs[0].value: '1' has no unit; expected a time (ns, us, ms, s, min, h) or a number of cycles "
        "(cycles)");
    expect_message(
        COSTS("{name: pcie.msi, value: 5 cycles}"),
        "s.yaml:3:33: costs[0].value: '5 cycles' is a number of cycles; expected a time (ns, us, ms, s, min, h)");
    expect_message(COSTS("{name: napi.budget, value: 5 B}"),
                   "s.yaml:3:36: costs[0].value: '5 B' is a size; expected a plain number");
    expect_message(COSTS("{name: copy.hot, value: 0 B/s}"), "s.yaml:3:33: costs[0].value: '0 B/s' must be more than 0");
}

/* --- sweep, plots, expectations --- */

#define TAIL(text) "name: n\nhost: lab\nguests: [{name: a, mode: pv, vcpus: 1, workloads: [{kind: udp-stream}]}]\n" text

Test(build, sweeps_keep_their_values_as_text) {
    struct scenario *scenario =
        load_good(TAIL("sweep: [{set: \"guests[a].workloads[0].frame\", values: [64 B, 1514 B]}, "
                       "{set: run.seed, values: [1, 2, 3]}]\n"));
    cr_assert_eq(scenario->axis_count, 2);
    cr_expect_str_eq(scenario->axes[0].path, "guests[a].workloads[0].frame");
    cr_assert_eq(scenario->axes[0].count, 2);
    cr_expect_str_eq(scenario->axes[0].values[1], "1514 B");
    cr_expect_eq(scenario->axes[1].count, 3);
    scenario_free(scenario);
}

Test(build, sweeps_are_checked_before_they_run) {
    expect_message(TAIL("sweep: [{set: \"guests[1].mode\", values: [pv]}]\n"),
                   "s.yaml:4:15: sweep[0].set: there is no entry [1]; the list has 1, from [0] on");
    expect_message(TAIL("sweep: [{set: \"guests[b].mode\", values: [pv]}]\n"),
                   "s.yaml:4:15: sweep[0].set: there is no entry [b]; did you mean 'a'?");
    expect_message(TAIL("sweep: [{set: \"guests[0\", values: [pv]}]\n"),
                   "s.yaml:4:15: sweep[0].set: 'guests[0' is not a path, such as guests[0].workloads[0].frame");
    expect_message(TAIL("sweep: [{set: \"guests[0].mode\", values: [pv, sriv]}]\n"),
                   "s.yaml:4:46: sweep[0].values[1]: 'sriv' is not a mode; did you mean 'sriov'?");
    expect_message(TAIL("sweep: [{set: \"guests[0].mod\", values: [pv]}]\n"),
                   "s.yaml:4:15: sweep[0].set: 'mod' is not a key of a guest; did you mean 'mode'?");
    expect_message(TAIL("sweep: [{set: run, values: [pv]}]\n"),
                   "s.yaml:4:15: sweep[0].set: 'run' is not a single value");
    expect_message(TAIL("sweep: [{set: run.seed, values: []}]\n"), "s.yaml:4:33: sweep[0].values: an empty list");
}

Test(build, plots_and_expectations_arrive) {
    struct scenario *scenario =
        load_good(TAIL("plots: [{kind: scaling, x: \"guests[0].mode\", y: pps, lines: l, file: a.svg}]\n"
                       "expect: [{metric: m, value: 2 Mpps, tolerance: 20 %, source: M084}, {metric: m, value: 10, "
                       "relative_to: o.yaml, tolerance: 5 %}]\n"));
    cr_assert_eq(scenario->plot_count, 1);
    cr_expect_str_eq(scenario->plots[0].kind, "scaling");
    cr_expect_str_eq(scenario->plots[0].file, "a.svg");
    cr_assert_eq(scenario->expect_count, 2);
    cr_expect_eq(scenario->expect[0].value, 2e6);
    cr_expect_eq(scenario->expect[0].tolerance, 0.2);
    cr_expect_str_eq(scenario->expect[0].source, "M084");
    cr_expect_str_eq(scenario->expect[1].relative_to, "o.yaml");
    cr_expect_eq(scenario->expect[1].value, 10);
    scenario_free(scenario);
    expect_message(TAIL("expect: [{metric: m, value: 10 us, relative_to: o.yaml, tolerance: 5 %}]\n"),
                   "s.yaml:4:29: expect[0].value: '10 us' has a unit; a value relative to another scenario is a plain "
                   "ratio");
    expect_message(TAIL("expect: [{metric: m, value: 10, tolerance: 5}]\n"),
                   "s.yaml:4:44: expect[0].tolerance: '5' has no unit; expected a percentage (%)");
}

Test(build, tcp_streams_and_offloads) {
    struct scenario *scenario =
        load_good(with(GUEST ", tuning: {offloads: {tso: false, lro: true}}", "kind: tcp-stream, rate: 1 Gbit/s"));
    const struct guest_config *guest = &scenario->model.guests[0];
    cr_expect(guest->offloads.no_tso && guest->offloads.lro);
    cr_expect(!guest->offloads.no_gso && !guest->offloads.no_gro && !guest->offloads.no_checksum);
    cr_expect_eq(guest->workloads[0].kind, WORK_TCP_STREAM);
    cr_expect_eq(guest->workloads[0].message_bytes, 65536);
    cr_expect_eq(guest->workloads[0].mtu_bytes, 1500);
    cr_expect_float_eq(guest->workloads[0].rate_bps, 1e9, 1);
    scenario_free(scenario);
    scenario = load_good(with(GUEST, "kind: tcp-stream, message: 1 KiB, mtu: 9000 B"));
    cr_expect(!scenario->model.guests[0].offloads.lro && !scenario->model.guests[0].offloads.no_tso);
    cr_expect_eq(scenario->model.guests[0].workloads[0].message_bytes, 1024);
    cr_expect_eq(scenario->model.guests[0].workloads[0].mtu_bytes, 9000);
    scenario_free(scenario);
    expect_message(with(GUEST, "kind: tcp-stream, rate: 1 kpps"),
                   "s.yaml:6:31: guests[0].workloads[0].rate: '1 kpps' is a packet rate, but TCP makes the packets; "
                   "allowed are max or a bit rate such as 1 Gbit/s");
}

/* --- limits of the network --- */

Test(build, limits_of_a_guest_without_instance) {
    struct scenario *scenario = load_good(
        with(GUEST ", network: 1 Gbit/s, network_burst: 10 Gbit/s, network_flow: 5 Gbit/s, network_packets: 1 "
                   "Mpps, network_credits: spent",
             WORKLOAD));
    const struct guest_config *guest = &scenario->model.guests[0];
    cr_expect_eq(guest->network_bps, 1e9);
    cr_expect_eq(guest->network_burst_bps, 10e9);
    cr_expect_eq(guest->network_flow_bps, 5e9);
    cr_expect_eq(guest->network_pps, 1e6);
    cr_expect(guest->network_credits_spent);
    scenario_free(scenario);
    expect_message(with(GUEST ", network_burst: 1 Gbit/s", WORKLOAD),
                   "s.yaml:4:51: guests[0].network_burst: a burst needs 'network', the limit of the long run");
    expect_message(with(GUEST ", network: 2 Gbit/s, network_burst: 1 Gbit/s", WORKLOAD),
                   "s.yaml:4:70: guests[0].network_burst: '1 Gbit/s' is less than what the guest always has, 2 Gbit/s");
}

/* --- what does not exist yet --- */

static void later(const char *text, const char *wanted) {
    struct scenario *scenario = load_good(text);
    cr_expect_str_eq(scenario->not_available, wanted);
    scenario_free(scenario);
}

Test(build, later_sizes_and_keys_are_accepted_and_named) {
    later(with(GUEST, WORKLOAD ", payload: 1473 B"), "s.yaml:6:34: guests[0].workloads[0].payload: 1473 B");
    later(with(GUEST, WORKLOAD ", message: 64 KiB"), "s.yaml:6:34: guests[0].workloads[0].message: 64 KiB");
    later(with(GUEST, "kind: tcp-rr, response: 4 KiB"), "s.yaml:6:31: guests[0].workloads[0].response: 4 KiB");
}

Test(build, samples_of_the_cost_ranges_are_part_of_the_run) {
    struct scenario *scenario = load_good(TAIL("run: {uncertainty: 64}\n"));
    cr_expect_eq(scenario->run.uncertainty, 64);
    cr_expect_str_eq(scenario->not_available, "");
    scenario_free(scenario);
    scenario = load_good(TAIL(""));
    cr_expect_eq(scenario->run.uncertainty, 0);
    scenario_free(scenario);
}

Test(build, only_the_first_is_named) {
    later(with(GUEST, WORKLOAD ", payload: 1473 B}, {name: second, " WORKLOAD ", payload: 1474 B"),
          "s.yaml:6:34: guests[0].workloads[0].payload: 1473 B");
}

Test(build, later_workloads_are_still_checked) {
    expect_message(with(GUEST, "kind: block, depth: 0"),
                   "s.yaml:6:27: guests[0].workloads[0].depth: '0' is out of range; allowed are 1 to 1024");
}
