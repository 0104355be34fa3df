/* One host of a fleet as a scenario of the packet level. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/scenarios/fleet_fixture.h"

TestSuite(fleet_packets, .init = lab_setup, .fini = lab_teardown);

static const char file[] =
    "name: n\n"
    "interrupts: posted\n"
    "costs: [{name: netback.tx, value: 900 ns}]\n"
    "run: {duration: 20 ms, replications: 2}\n"
    "fleet:\n"
    "  racks: [{name: r, hosts: 2, host: lab}]\n"
    "  instances:\n"
    "  - {name: a, count: 2, guest: {mode: pv, vcpus: 2, tuning: {rps_cpus: 1}}}\n"
    "  - {name: b, count: 2, guest: {mode: sriov, vcpus: 1}}\n"
    "  traffic:\n"
    "  - {name: pages, from: a, to: b, workload: {kind: udp-stream, frame: 200 B, sender: pktgen,\n"
    "     arrivals: poisson}, response: {kind: udp-stream, frame: 1518 B}}\n"
    "  - {name: copies, from: b, to: a, workload: {kind: tcp-stream}}\n"
    "  - {name: log, from: a, workload: {kind: block, disk: quick, read: 20 %, depth: 4}}\n";

/* The same as somebody would write it. */
static const char by_hand[] = "name: n\n"
                              "interrupts: posted\n"
                              "costs: [{name: netback.tx, value: 900 ns}]\n"
                              "run: {duration: 20 ms, replications: 2}\n"
                              "host: lab\n"
                              "guests:\n"
                              "- name: g0\n"
                              "  mode: pv\n"
                              "  vcpus: 2\n"
                              "  tuning: {rps_cpus: 1}\n"
                              "  workloads:\n"
                              "  - {name: t0, kind: udp-stream, frame: 200 B, sender: pktgen, arrivals: poisson,\n"
                              "     direction: transmit, rate: 1250 pps}\n"
                              "  - {name: t1, kind: udp-stream, frame: 1518 B, direction: receive, rate: 1250 pps}\n"
                              "  - {name: t2, kind: block, disk: quick, read: 20 %, depth: 4, rate: 30 IOPS}\n"
                              "  - {name: t3, kind: tcp-stream, direction: receive}\n"
                              "- {name: g1, mode: sriov, vcpus: 1}\n"
                              "- name: g2\n"
                              "  mode: sriov\n"
                              "  vcpus: 1\n"
                              "  workloads:\n"
                              "  - {name: t0, kind: udp-stream, frame: 200 B, direction: receive}\n"
                              "  - {name: t1, kind: tcp-stream, direction: transmit, rate: 1158400 bit/s}\n";

static const struct fleet_load_of_guest loads[] = {
    {.guest = 0, .group = 0, .traffic = 0, .end = FLEET_FROM, .rate = 1250},
    {.guest = 0, .group = 0, .traffic = 0, .end = FLEET_FROM, .rate = 1250, .response = true},
    {.guest = 0, .group = 0, .traffic = 2, .end = FLEET_FROM, .rate = 30},
    {.guest = 2, .group = 1, .traffic = 0, .end = FLEET_TO},
    {.guest = 1, .group = 1, .traffic = -1},
    {.guest = 0, .group = 0, .traffic = 1, .end = FLEET_TO},
    {.guest = 2, .group = 1, .traffic = 1, .end = FLEET_FROM, .rate = 100},
};
enum { LOADS = sizeof loads / sizeof *loads };

Test(fleet_packets, are_what_one_would_write_by_hand) {
    struct fleet_scenario *fleet = fleet_good(file);
    struct diag diag = {0};
    uint64_t hash = 0;
    struct scenario *packets = fleet_packets(fleet, 0, loads, LOADS, &hash, &diag);
    cr_assert_not_null(packets, "%s", diag.message);
    struct scenario *wanted = load_good(by_hand);
    const struct model_config *is = &packets->model, *shall = &wanted->model;
    cr_expect_eq(memcmp(&is->host, &shall->host, sizeof is->host), 0, "hosts differ");
    cr_assert_eq(is->guest_count, 3);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(is->guests[i].workload_count, shall->guests[i].workload_count, "guest %d", i);
        for (int w = 0; w < is->guests[i].workload_count; w++)
            cr_expect_eq(
                memcmp(&is->guests[i].workloads[w], &shall->guests[i].workloads[w], sizeof is->guests[i].workloads[w]),
                0, "workload %d of guest %d differs", w, i);
        cr_expect_eq(memcmp(&is->guests[i], &shall->guests[i], sizeof is->guests[i]), 0, "guest %d differs", i);
    }
    cr_expect_eq(memcmp(is, shall, sizeof *is), 0);
    cr_expect_eq(memcmp(&packets->run, &wanted->run, sizeof packets->run), 0);
    cr_expect_str_eq(packets->file, "s.yaml");
    scenario_free(packets);
    scenario_free(wanted);
    fleet_unload(fleet);
}

static uint64_t hash_of(const char *text, const struct fleet_load_of_guest *of, int count) {
    struct fleet_scenario *fleet = fleet_good(text);
    struct diag diag = {0};
    uint64_t hash = 0;
    struct scenario *packets = fleet_packets(fleet, 0, of, count, &hash, &diag);
    cr_assert_not_null(packets, "%s", diag.message);
    scenario_free(packets);
    fleet_unload(fleet);
    return hash;
}

/* Of the same length. */
static void change(char *text, const char *from, const char *to) {
    char *at = strstr(text, from);
    cr_assert_not_null(at);
    while (*to != '\0') *at++ = *to++;
}

/* What was measured for one fleet serves another that says the same of the guests and their host. */
Test(fleet_packets, the_hash_is_of_what_they_are_made_of) {
    char other[sizeof file + 64];
    uint64_t hash = hash_of(file, loads, 1);
    cr_expect_eq(hash_of(file, loads, 1), hash);
    cr_expect_neq(hash_of(file, loads, 2), hash);
    memcpy(other, file, sizeof file);
    change(other, "count: 2", "count: 1");
    cr_expect_eq(hash_of(other, loads, 1), hash, "how many there are does not matter");
    change(other, "900 ns", "901 ns");
    cr_expect_neq(hash_of(other, loads, 1), hash);
    memcpy(other, file, sizeof file);
    change(other, "frame: 200 B", "frame: 201 B");
    cr_expect_neq(hash_of(other, loads, 1), hash);
}

Test(fleet_packets, idle_guests_are_fine) {
    struct fleet_scenario *fleet = fleet_good(file);
    const struct fleet_load_of_guest idle[] = {{.guest = 1, .group = 1, .traffic = -1}, {.group = 0, .traffic = -1}};
    struct diag diag = {0};
    uint64_t hash;
    struct scenario *packets = fleet_packets(fleet, 0, idle, 2, &hash, &diag);
    cr_assert_not_null(packets, "%s", diag.message);
    cr_expect_eq(packets->model.guest_count, 2);
    cr_expect_eq(packets->model.guests[0].mode, MODE_PV);
    cr_expect_eq(packets->model.guests[1].workload_count, 0);
    scenario_free(packets);
    fleet_unload(fleet);
}

Test(fleet_packets, rates_are_one_a_second_at_least) {
    struct fleet_scenario *fleet = fleet_good(file);
    struct fleet_load_of_guest load = loads[0];
    load.rate = 0.01;
    struct diag diag = {0};
    uint64_t hash;
    struct scenario *packets = fleet_packets(fleet, 0, &load, 1, &hash, &diag);
    cr_assert_not_null(packets, "%s", diag.message);
    cr_expect_eq(packets->model.guests[0].workloads[0].rate_pps, 1);
    scenario_free(packets);
    fleet_unload(fleet);
}

Test(fleet_packets, responses_are_known) {
    struct fleet_scenario *fleet = fleet_good(file);
    cr_expect(fleet_has_response(fleet, 0));
    cr_expect_not(fleet_has_response(fleet, 1));
    fleet_unload(fleet);
}

/* Messages name the place in the fleet's file. */
Test(fleet_packets, too_many_guests_are_an_error_of_the_file) {
    struct fleet_scenario *fleet = fleet_good(file);
    struct fleet_load_of_guest many[GUESTS_MAX + 1];
    for (int i = 0; i <= GUESTS_MAX; i++) many[i] = (struct fleet_load_of_guest){.guest = i, .traffic = -1};
    struct diag diag = {0};
    uint64_t hash;
    cr_expect_null(fleet_packets(fleet, 0, many, GUESTS_MAX + 1, &hash, &diag));
    cr_expect_str_eq(diag.message, "s.yaml:8:3: fleet.instances: 65 entries; allowed are 64");
    fleet_unload(fleet);
}
