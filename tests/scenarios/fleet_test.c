/* Fleets as their files say: racks, where instances are, who talks to whom. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/fleet_fixture.h"

TestSuite(fleet, .init = lab_setup, .fini = lab_teardown);

/* --- racks --- */

Test(fleet, racks_are_copied_and_have_uplinks) {
    struct fleet_scenario *scenario =
        fleet_good(fleet_of("{name: old, count: 2, hosts: 3, host: lab}\n"
                            "  - {name: new, hosts: 4, host: lab, oversubscription: 4}\n"
                            "  - {name: far, hosts: 1, host: bare, uplink: 3 Gbit/s, "
                            "power: {idle: 90 W, full: 0.2 kW}}",
                            "{name: a, count: 2, racks: [old], guest: {mode: pv, vcpus: 1}}",
                            "{name: t, from: a, to: a, workload: {kind: tcp-stream}}", NULL));
    const struct fleet *fleet = &scenario->fleet;
    cr_assert_eq(fleet->rack_count, 4);
    cr_expect_str_eq(fleet->racks[0].name, "old-1");
    cr_expect_str_eq(fleet->racks[1].name, "old-2");
    cr_expect_str_eq(fleet->racks[2].name, "new");
    cr_expect_eq(fleet->host_count, 11);
    cr_expect_eq(fleet->racks[3].first_host, 10);
    cr_expect_eq(fleet->rack_of_host[3], 1);
    cr_expect_float_eq(fleet->racks[0].uplink_bps, 3 * 10e9, 1);
    cr_expect_float_eq(fleet->racks[2].uplink_bps, 10e9, 1);
    cr_expect_float_eq(fleet->racks[3].uplink_bps, 3e9, 1);
    cr_expect_eq(fleet->racks[3].idle_w, 90);
    cr_expect_eq(fleet->racks[3].full_w, 200);
    cr_expect_eq(fleet->kind_count, 2);
    cr_expect_str_eq(fleet->kinds[0].name, "lab");
    cr_expect_eq(fleet->kinds[0].cores, 32);
    cr_expect_eq(fleet->racks[3].kind, 1);
    fleet_unload(scenario);
}

Test(fleet, day_and_epoch_are_times_with_hours_and_minutes) {
    struct fleet_scenario *scenario = fleet_good(fleet_of(NULL, NULL, NULL, "duration: 90 min"));
    cr_expect_eq(scenario->fleet.duration_s, 5400);
    cr_expect_eq(scenario->fleet.epoch_s, 300);
    fleet_unload(scenario);
    scenario = fleet_good(fleet_of(NULL, NULL, NULL, "epoch: 0.5 h"));
    cr_expect_eq(scenario->fleet.duration_s, 86400);
    cr_expect_eq(scenario->fleet.epoch_s, 1800);
    cr_expect_str_eq(scenario->fleet.name, "n");
    cr_expect_eq(scenario->run.replications, 5);
    fleet_unload(scenario);
}

Test(fleet, settings_reach_into_it) {
    struct diag diag = {0};
    struct setting setting;
    write_text("s.yaml", fleet_of(NULL, NULL, NULL, NULL));
    cr_assert_eq(setting_parse("fleet.instances[a].guest.mode=sriov", &setting, &diag), IOP_OK);
    struct fleet_scenario *scenario = fleet_load("s.yaml", &setting, 1, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    cr_expect_eq(scenario->fleet.groups[0].mode, MODE_SRIOV);
    fleet_unload(scenario);
}

/* --- groups and their places --- */

static int on_host(const struct fleet *fleet, int host, int group) {
    int count = 0;
    for (int i = 0; i < fleet->instance_count; i++)
        count += fleet->host_of_instance[i] == host && (group < 0 || fleet->group_of_instance[i] == group);
    return count;
}

Test(fleet, groups_are_what_the_packet_level_makes_of_their_guests) {
    struct fleet_scenario *scenario =
        fleet_good(fleet_of(NULL, "{name: a, count: 3, guest: {instance: t9.large, mode: sriov}}",
                            "{name: t, from: a, to: outside, workload: {kind: udp-stream}}", NULL));
    const struct fleet_group *group = &scenario->fleet.groups[0];
    struct instance_type type;
    struct diag diag = {0};
    cr_assert_eq(catalog_instance("t9.large", &type, &diag), IOP_OK);
    cr_expect_str_eq(group->instance_type, "t9.large");
    cr_expect_eq(group->vcpus, type.vcpus);
    cr_expect_eq(group->memory_bytes, type.memory_bytes);
    cr_expect_eq(group->mode, MODE_SRIOV);
    cr_expect_eq(group->instances, 3);
    fleet_unload(scenario);
}

Test(fleet, spread_takes_the_hosts_with_the_fewest_in_turn) {
    struct fleet_scenario *scenario = fleet_good(fleet_of(NULL,
                                                          "{name: a, count: 5, guest: {mode: pv, vcpus: 2}}\n"
                                                          "  - {name: b, count: 3, guest: {mode: pv, vcpus: 1}}",
                                                          NULL, NULL));
    static const int hosts[] = {0, 1, 2, 3, 0, 1, 2, 3}; /* b goes on where a has ended */
    for (int i = 0; i < 8; i++) cr_expect_eq(scenario->fleet.host_of_instance[i], hosts[i], "%d", i);
    fleet_unload(scenario);
}

/* 32 CPUs of a host: 16 instances of two vCPUs. */
Test(fleet, pack_fills_the_cpus_of_one_host_after_the_other) {
    struct fleet_scenario *scenario =
        fleet_good(fleet_of(NULL, "{name: a, count: 40, placement: pack, guest: {mode: pv, vcpus: 2}}",
                            "{name: t, from: a, to: a, workload: {kind: udp-stream}}", NULL));
    cr_expect_eq(on_host(&scenario->fleet, 0, 0), 16);
    cr_expect_eq(on_host(&scenario->fleet, 1, 0), 16);
    cr_expect_eq(on_host(&scenario->fleet, 2, 0), 8);
    fleet_unload(scenario);
}

Test(fleet, per_host_and_racks_limit_where_a_group_is) {
    struct fleet_scenario *scenario = fleet_good(
        fleet_of("{name: r, count: 2, hosts: 2, host: lab}\n  - {name: s, hosts: 2, host: lab}",
                 "{name: a, count: 7, placement: pack, per_host: 2, racks: [s, r], guest: {mode: pv, vcpus: 2}}\n"
                 "  - {name: b, count: 4, racks: [s], guest: {mode: pv, vcpus: 1}}",
                 NULL, NULL));
    const struct fleet *fleet = &scenario->fleet;
    for (int h = 0; h < 6; h++) cr_expect_eq(on_host(fleet, h, 0), h < 3 ? 2 : h == 3, "%d", h);
    cr_expect_eq(on_host(fleet, 4, 1), 2);
    cr_expect_eq(on_host(fleet, 5, 1), 2);
    fleet_unload(scenario);
}

Test(fleet, random_places_are_those_of_the_seed_and_within_the_limits) {
    static const char group[] = "{name: a, count: 12, placement: random, per_host: 4, guest: {mode: pv, vcpus: 2}}";
    static const char traffic[] = "{name: t, from: a, to: a, workload: {kind: udp-stream}}";
    struct fleet_scenario *one = fleet_good(fleet_of(NULL, group, traffic, "seed: 7"));
    struct fleet_scenario *same = fleet_good(fleet_of(NULL, group, traffic, "seed: 7"));
    struct fleet_scenario *other = fleet_good(fleet_of(NULL, group, traffic, "seed: 8"));
    size_t size = sizeof(int) * 12;
    cr_expect_arr_eq(one->fleet.host_of_instance, same->fleet.host_of_instance, size);
    cr_expect_arr_neq(one->fleet.host_of_instance, other->fleet.host_of_instance, size);
    for (int h = 0; h < 4; h++) cr_expect_leq(on_host(&one->fleet, h, 0), 4);
    fleet_unload(one);
    fleet_unload(same);
    fleet_unload(other);
}

/* What the packet level refuses on one machine: others beside bare metal, types of two clocks. */
Test(fleet, who_needs_a_host_alone_has_it_alone) {
    struct fleet_scenario *scenario = fleet_good(fleet_of(NULL,
                                                          "{name: a, count: 2, guest: {mode: passthrough, vcpus: 4}}\n"
                                                          "  - {name: b, count: 4, guest: {mode: pv, vcpus: 1}}",
                                                          NULL, NULL));
    const struct fleet *fleet = &scenario->fleet;
    for (int h = 0; h < 4; h++) {
        cr_expect_eq(on_host(fleet, h, -1), h < 2 ? 1 : 2, "%d", h);
        cr_expect_eq(on_host(fleet, h, 0), h < 2, "%d", h);
    }
    fleet_unload(scenario);
}

Test(fleet, an_instance_that_is_larger_than_its_host_is_alone_there) {
    struct fleet_scenario *scenario =
        fleet_good(fleet_of(NULL, "{name: a, count: 4, guest: {mode: pv, vcpus: 40}}",
                            "{name: t, from: a, to: a, workload: {kind: udp-stream}}", NULL));
    for (int h = 0; h < 4; h++) cr_expect_eq(on_host(&scenario->fleet, h, 0), 1);
    fleet_unload(scenario);
}

/* --- units --- */

static struct fleet_traffic first_traffic(const char *traffic) {
    struct fleet_scenario *scenario = fleet_good(fleet_of(NULL, NULL, traffic, NULL));
    struct fleet_traffic result = scenario->fleet.traffics[0];
    result.profile = NULL;
    fleet_unload(scenario);
    return result;
}

/* On the wire 20 bytes more; Ethernet, IP and UDP take 46, Ethernet, IP and TCP with timestamps 70. */
Test(fleet, units_have_the_bits_of_their_frames) {
    struct fleet_traffic udp = first_traffic("{name: t, from: a, to: b, workload: {kind: udp-stream, frame: 200 B}}");
    cr_expect_eq(udp.unit, FLEET_FRAMES);
    cr_expect(udp.crosses);
    cr_expect_eq(udp.out_bits, 8 * 220.0);
    cr_expect_eq(udp.back_bits, 0);
    cr_expect_eq(udp.payload_bits, 8 * 154.0);
    struct fleet_traffic tcp =
        first_traffic("{name: t, from: outside, to: b, workload: {kind: tcp-stream, mtu: 9000 B}}");
    cr_expect_eq(tcp.unit, FLEET_FRAMES);
    cr_expect_eq(tcp.out_bits, 8 * 9038.0);
    cr_expect_eq(tcp.payload_bits, 8 * 8948.0);
    struct fleet_traffic both = first_traffic(
        "{name: t, from: a, to: b, workload: {kind: udp-stream, payload: 100 B}, response: {kind: udp-stream, frame: "
        "1518 B}}");
    cr_expect_eq(both.unit, FLEET_TRANSACTIONS);
    cr_expect_eq(both.out_bits, 8 * 166.0);
    cr_expect_eq(both.back_bits, 8 * 1538.0);
    cr_expect_eq(both.payload_bits, 8 * (100.0 + 1472));
}

Test(fleet, block_requests_cross_to_storage_servers_only) {
    struct fleet_traffic local =
        first_traffic("{name: t, from: a, workload: {kind: block, disk: quick, read: 75 %, size: 64 KiB}}");
    cr_expect_eq(local.unit, FLEET_REQUESTS);
    cr_expect_not(local.crosses);
    cr_expect_eq(local.to, FLEET_OUTSIDE);
    cr_expect_eq(local.payload_bits, 8 * 65536.0);
    cr_expect_eq(local.back_bits, 6 * 65536.0);
    cr_expect_eq(local.out_bits, 2 * 65536.0);
    struct fleet_traffic far = first_traffic("{name: t, from: a, to: b, workload: {kind: block, disk: quick}}");
    cr_expect(far.crosses);
    cr_expect_eq(far.to, 1);
    cr_expect_eq(far.out_bits, 0);
}

Test(fleet, profiles_are_factors_of_the_day) {
    struct fleet_scenario *scenario =
        fleet_good(fleet_of(NULL, NULL,
                            "{name: t, from: a, to: b, workload: {kind: udp-stream}, profile: [0.25, 1, 150 %, 0]}\n"
                            "  - {name: u, from: a, to: b, workload: {kind: udp-stream}}",
                            NULL));
    const struct fleet_traffic *traffic = scenario->fleet.traffics;
    cr_assert_eq(traffic[0].steps, 4);
    cr_expect_eq(fleet_factor(&traffic[0], 3 * 3600), 0.25);
    cr_expect_eq(fleet_factor(&traffic[0], 6 * 3600), 1);
    cr_expect_eq(fleet_factor(&traffic[0], 17 * 3600), 1.5);
    cr_expect_eq(fleet_factor(&traffic[0], 23 * 3600), 0);
    cr_expect_eq(fleet_factor(&traffic[0], 25 * 3600), 0.25);
    cr_expect_eq(traffic[1].steps, 0);
    fleet_unload(scenario);
}

/* --- flows: a has eight instances (0 to 7), b four (8 to 11) --- */

static struct fleet_scenario *talking(const char *from, const char *to, const char *keys) {
    char traffic[400];
    snprintf(traffic, sizeof traffic, "{name: t, from: %s, to: %s, workload: {kind: udp-stream, frame: 100 B}, %s}",
             from, to, keys);
    return fleet_good(fleet_of(NULL, NULL, traffic, NULL));
}

static void expect_flow(const struct fleet_scenario *scenario, int flow, int from, int to, double offered) {
    const struct fleet_flow *is = &scenario->fleet.flows[flow];
    cr_expect(is->from == from && is->to == to, "flow %d is from %d to %d", flow, is->from, is->to);
    cr_expect_float_eq(is->offered, offered, 1e-9 * offered, "flow %d offers %g", flow, is->offered);
}

Test(fleet, pairs_go_round_the_smaller_group) {
    struct fleet_scenario *scenario = talking("a", "b", "offered: 10 kpps, connections: 3");
    cr_assert_eq(scenario->fleet.flow_count, 24);
    for (int i = 0; i < 24; i++) expect_flow(scenario, i, i / 3, 8 + i / 3 % 4, 1e4 / 3);
    fleet_unload(scenario);
    scenario = talking("b", "a", "offered: 10 kpps"); /* two flows each */
    cr_assert_eq(scenario->fleet.flow_count, 8);
    for (int i = 0; i < 8; i++) expect_flow(scenario, i, 8 + i % 4, i, 5e3);
    fleet_unload(scenario);
    scenario = talking("b", "b", "offered: 10 kpps");
    cr_assert_eq(scenario->fleet.flow_count, 4);
    for (int i = 0; i < 4; i++) expect_flow(scenario, i, 8 + i, 8 + (i + 1) % 4, 1e4);
    fleet_unload(scenario);
}

Test(fleet, servers_are_dealt_their_clients) {
    struct fleet_scenario *scenario = talking("b", "a", "pattern: servers, offered: 10 kpps");
    cr_assert_eq(scenario->fleet.flow_count, 4);
    for (int i = 0; i < 4; i++) expect_flow(scenario, i, 8 + i, i, 1e4);
    fleet_unload(scenario);
}

Test(fleet, all_talk_to_every_other) {
    struct fleet_scenario *scenario = talking("b", "b", "pattern: all-to-all, offered: 3 kpps");
    cr_assert_eq(scenario->fleet.flow_count, 12);
    expect_flow(scenario, 0, 8, 9, 1e3);
    expect_flow(scenario, 3, 9, 8, 1e3);
    for (int i = 0; i < 12; i++) cr_expect_neq(scenario->fleet.flows[i].from, scenario->fleet.flows[i].to);
    fleet_unload(scenario);
    scenario = talking("a", "b", "pattern: all-to-all");
    cr_expect_eq(scenario->fleet.flow_count, 32);
    cr_expect(isinf(scenario->fleet.flows[31].offered));
    fleet_unload(scenario);
}

Test(fleet, random_ones_are_distinct_others) {
    struct fleet_scenario *scenario = talking("a", "a", "pattern: random, fanout: 7, offered: 700 pps");
    cr_assert_eq(scenario->fleet.flow_count, 56);
    int met[8][8] = {{0}}; /* seven of seven others: each once */
    for (int i = 0; i < 56; i++) {
        met[scenario->fleet.flows[i].from][scenario->fleet.flows[i].to]++;
        cr_expect_float_eq(scenario->fleet.flows[i].offered, 100, 1e-9);
    }
    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 8; k++) cr_expect_eq(met[i][k], i != k);
    fleet_unload(scenario);
    scenario = talking("a", "b", "pattern: random");
    cr_expect_eq(scenario->fleet.flow_count, 8);
    fleet_unload(scenario);
}

Test(fleet, outside_has_a_flow_for_each_instance) {
    struct fleet_scenario *scenario = talking("outside", "b", "offered: 10 kpps");
    cr_assert_eq(scenario->fleet.flow_count, 4);
    for (int i = 0; i < 4; i++) expect_flow(scenario, i, FLEET_OUTSIDE, 8 + i, 1e4);
    fleet_unload(scenario);
    scenario = talking("b", "outside", "offered: 10 kpps, pattern: all-to-all");
    cr_assert_eq(scenario->fleet.flow_count, 4);
    for (int i = 0; i < 4; i++) expect_flow(scenario, i, 8 + i, FLEET_OUTSIDE, 1e4);
    fleet_unload(scenario);
}

/* As the rate of a workload: bits of a frame with its CRC, of TCP the payload. */
Test(fleet, bit_rates_are_those_of_the_workload) {
    struct fleet_scenario *scenario = talking("a", "b", "offered: 8 Mbit/s");
    expect_flow(scenario, 0, 0, 8, 1e4);
    fleet_unload(scenario);
    scenario = fleet_good(
        fleet_of(NULL, NULL, "{name: t, from: a, to: b, workload: {kind: tcp-stream}, offered: 11.44 Mbit/s}", NULL));
    expect_flow(scenario, 0, 0, 8, 11.44e6 / (8 * 1448));
    fleet_unload(scenario);
    scenario = fleet_good(
        fleet_of(NULL, NULL, "{name: t, from: a, workload: {kind: block, disk: quick}, offered: 1 kIOPS}", NULL));
    cr_expect_eq(scenario->fleet.flow_count, 8);
    expect_flow(scenario, 7, 7, FLEET_OUTSIDE, 1000);
    fleet_unload(scenario);
}

Test(fleet, a_matrix_names_every_flow) {
    write_text("m.csv", "offered,to,from\n20 kpps,b-4,a-8\n8 Mbit/s,b-1,a-1\n");
    struct fleet_scenario *scenario = talking("a", "b", "pattern: matrix, matrix: m.csv");
    cr_assert_eq(scenario->fleet.flow_count, 2);
    expect_flow(scenario, 0, 7, 11, 2e4);
    expect_flow(scenario, 1, 0, 8, 1e4);
    fleet_unload(scenario);
    write_text("m.csv", "from,to,offered\noutside,b-2,1 pps\n");
    scenario = talking("outside", "b", "pattern: matrix, matrix: m.csv");
    expect_flow(scenario, 0, FLEET_OUTSIDE, 9, 1);
    fleet_unload(scenario);
}
