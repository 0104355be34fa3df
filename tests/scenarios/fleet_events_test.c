/* Failures and migrations of fleets, in the order of time. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "tests/scenarios/fleet_fixture.h"

TestSuite(fleet_events, .init = lab_setup, .fini = lab_teardown);

/* Eight instances a-1 … a-8 on four hosts r-1/1, r-1/2, r-2/1, r-2/2 in turn, then b-1 … b-4. */
static struct fleet_scenario *with_events(const char *events) { return fleet_good(fleet_of(NULL, NULL, NULL, events)); }

static void expect_event(const struct fleet_scenario *scenario, int number, double at_s, enum fleet_event_kind kind,
                         int host, int instance) {
    cr_assert_lt(number, scenario->fleet.event_count);
    const struct fleet_event *is = &scenario->fleet.events[number];
    cr_expect(is->at_s == at_s && is->kind == kind && is->host == host && is->instance == instance,
              "event %d: at %g s, kind %d, host %d, instance %d", number, is->at_s, is->kind, is->host, is->instance);
}

Test(fleet_events, hosts_and_racks_fail_and_return) {
    struct fleet_scenario *scenario =
        with_events("failures: [{rack: r-2, at: 3 h, for: 1 h}, {host: r-1/2, at: 2 h, for: 30 min}]");
    cr_assert_eq(scenario->fleet.event_count, 6);
    expect_event(scenario, 0, 7200, FLEET_HOST_FAILS, 1, -1);
    expect_event(scenario, 1, 9000, FLEET_HOST_RETURNS, 1, -1);
    expect_event(scenario, 2, 10800, FLEET_HOST_FAILS, 2, -1);
    expect_event(scenario, 3, 10800, FLEET_HOST_FAILS, 3, -1);
    expect_event(scenario, 5, 14400, FLEET_HOST_RETURNS, 3, -1);
    fleet_unload(scenario);
}

Test(fleet_events, a_host_may_fail_again_when_it_is_back) {
    struct fleet_scenario *scenario =
        with_events("failures: [{host: r-1/1, at: 2 h}, {host: r-1/1, at: 1 h, for: 1 h}]");
    cr_assert_eq(scenario->fleet.event_count, 3); /* the end comes before it is back for good */
    expect_event(scenario, 1, 7200, FLEET_HOST_RETURNS, 0, -1);
    expect_event(scenario, 2, 7200, FLEET_HOST_FAILS, 0, -1);
    fleet_unload(scenario);
}

Test(fleet_events, an_instance_moves_to_the_host_that_is_named) {
    struct fleet_scenario *scenario = with_events(
        "migrations: [{instance: a-2, to: r-2/2, at: 6 h, dirty: 50 MB/s, working_set: 512 MiB, downtime: 100 ms}]");
    cr_assert_eq(scenario->fleet.event_count, 1);
    expect_event(scenario, 0, 21600, FLEET_MIGRATES, 3, 1);
    const struct fleet_event *event = &scenario->fleet.events[0];
    cr_expect_eq(event->dirty_bytes_s, 50e6);
    cr_expect_eq(event->hot_bytes, 512 * 1048576.0);
    cr_expect_eq(event->downtime_s, 0.1);
    cr_expect_eq(scenario->fleet.host_of_instance[1], 1, "it is where it begins");
    fleet_unload(scenario);
}

/* Its instances a-1, a-5 (of 1 GiB) go one after the other to where the fewest are. */
Test(fleet_events, a_host_is_emptied_one_after_the_other) {
    static const char instances[] = "{name: a, count: 5, guest: {mode: pv, vcpus: 2, memory: 1 GiB}}";
    struct fleet_scenario *scenario =
        fleet_good(fleet_of(NULL, instances, "{name: t, from: a, to: a, workload: {kind: udp-stream}}",
                            "migrations: [{host: r-1/1, at: 1 h, every: 30 s}]"));
    cr_assert_eq(scenario->fleet.event_count, 2);
    expect_event(scenario, 0, 3600, FLEET_MIGRATES, 1, 0);
    expect_event(scenario, 1, 3630, FLEET_MIGRATES, 2, 4);
    cr_expect_eq(scenario->fleet.events[0].hot_bytes, 1073741824.0, "all of its memory");
    cr_expect_eq(scenario->fleet.events[0].downtime_s, 0.3);
    fleet_unload(scenario);
}

/* a-3 and a-7 are on the host of the rack that is down, a-4 and a-8 on the other: four are left to move. */
Test(fleet_events, a_group_moves_into_a_rack_where_hosts_are_up) {
    struct fleet_scenario *scenario =
        with_events("failures: [{host: r-2/1, at: 1 h}]\n  migrations: [{group: a, to: r-2, at: 2 h}]");
    static const int moved[] = {0, 1, 4, 5};
    cr_assert_eq(scenario->fleet.event_count, 5);
    for (int i = 0; i < 4; i++) expect_event(scenario, 1 + i, 7200, FLEET_MIGRATES, 3, moved[i]);
    fleet_unload(scenario);
}

/* The second finds the first where it has gone. */
Test(fleet_events, migrations_follow_each_other_in_time_not_in_the_file) {
    struct fleet_scenario *scenario =
        fleet_good(fleet_of(NULL, "{name: a, count: 8, guest: {mode: pv, vcpus: 2, memory: 1 GiB}}",
                            "{name: t, from: a, to: a, workload: {kind: udp-stream}}",
                            "migrations: [{host: r-2/2, to: r-1, at: 2 h}, {instance: a-1, to: r-2/2, at: 1 h}]"));
    cr_assert_eq(scenario->fleet.event_count, 4);
    expect_event(scenario, 0, 3600, FLEET_MIGRATES, 3, 0);
    int moved = 0;
    for (int i = 1; i < scenario->fleet.event_count; i++) moved += scenario->fleet.events[i].instance == 0;
    cr_expect_eq(moved, 1);
    fleet_unload(scenario);
}

static void refused(const char *events, const char *wanted) {
    expect_fleet_message(fleet_of(NULL, NULL, NULL, events), wanted);
}

Test(fleet_events, what_cannot_fail_or_move_is_named) {
    refused("failures: [{host: r-1/9, at: 1 h}]",
            "s.yaml:3:21: fleet.failures[0].host: 'r-1/9' is not a host; those of rack 'r-1' are r-1/1 to r-1/2");
    refused("failures: [{host: r/1, at: 1 h}]",
            "s.yaml:3:21: fleet.failures[0].host: 'r' is not a rack; allowed are r-1, r-2");
    refused("failures: [{rack: r-1, host: r-1/1, at: 1 h}]",
            "s.yaml:3:14: fleet.failures[0]: one of 'host' and 'rack' says what fails; leave out the other");
    refused("failures: [{rack: r-1, at: 25 h}]",
            "s.yaml:3:30: fleet.failures[0].at: '25 h' is not before the end of the run");
    refused("failures: [{rack: r-1, at: 1 h}, {host: r-1/2, at: 2 h}]",
            "s.yaml:3:36: fleet.failures[1]: a host of it is down at that time by failures[0], line 3");
    refused("migrations: [{instance: a-9, to: r-1, at: 1 h}]",
            "s.yaml:3:27: fleet.migrations[0].instance: 'a-9' is not an instance; those of group 'a' are a-1 to a-8");
    refused("migrations: [{instance: c-9, at: 1 h}]",
            "s.yaml:3:27: fleet.migrations[0].instance: 'c-9' is not an instance: no group is called 'c'; did you mean "
            "'a'?");
    refused("migrations: [{group: c, to: r-1, at: 1 h}]",
            "s.yaml:3:24: fleet.migrations[0].group: 'c' is not a group of instances; did you mean 'a'?");
    refused("migrations: [{group: a, at: 1 h}]",
            "s.yaml:3:16: fleet.migrations[0]: 'to' is missing: the rack, or the host, that the group moves to");
    refused("migrations: [{at: 1 h}]", "s.yaml:3:16: fleet.migrations[0]: one of 'instance', 'group' and 'host' says "
                                       "what moves, and only one");
    refused("migrations: [{instance: a-1, to: r-1/1, at: 1 h}]",
            "s.yaml:3:36: fleet.migrations[0].to: 'a-1' is on 'r-1/1' already");
    refused("migrations: [{instance: b-1, at: 1 h}]",
            "s.yaml:3:16: fleet.migrations[0]: group 'b' has no memory to move; its guest needs 'memory'");
    refused(
        "migrations: [{instance: a-1, at: 1 h, working_set: 2 GiB}]",
        "s.yaml:3:54: fleet.migrations[0].working_set: '2 GiB' is more than the memory of an instance of group 'a', "
        "1 GiB");
}

Test(fleet_events, a_host_that_is_down_takes_and_gives_nothing) {
    expect_fleet_message(
        fleet_of(NULL, NULL, NULL,
                 "failures: [{host: r-1/2, at: 1 h}]\n  migrations: [{instance: a-1, to: r-1/2, at: 2 h}]"),
        "s.yaml:4:36: fleet.migrations[0].to: there is no room on 'r-1/2' for 'a-1', which needs a host 'lab' that is "
        "up "
        "and has 2 of 32 CPUs free");
    expect_fleet_message(
        fleet_of(NULL, NULL, NULL, "failures: [{host: r-1/1, at: 1 h}]\n  migrations: [{instance: a-1, at: 2 h}]"),
        "s.yaml:4:16: fleet.migrations[0]: 'a-1' cannot move: its host 'r-1/1' is down at that time");
}
