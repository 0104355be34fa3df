/* A fleet over time: profiles, failures, migrations, energy. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "fleet_made_up.h"

TestSuite(fleet_epochs, .fini = made_up_free);

enum { SEEN_MAX = 64 };

struct seen {
    int count;
    double from_s[SEEN_MAX], to_s[SEEN_MAX], rate[SEEN_MAX], joules;
    int place[SEEN_MAX]; /* of instance 0 */
    int moves;
    struct fleet_move move; /* the first */
};

static enum iop_status see(void *user, const struct fleet_moment *moment, struct diag *diag) {
    struct seen *seen = user;
    (void)diag;
    cr_assert_lt(seen->count, SEEN_MAX);
    seen->from_s[seen->count] = moment->from_s;
    seen->to_s[seen->count] = moment->to_s;
    seen->rate[seen->count] = moment->rates[0];
    seen->place[seen->count++] = moment->host_of_instance[0];
    seen->joules += moment->rack_j[0];
    seen->moves = moment->move_count;
    if (moment->move_count > 0) seen->move = moment->moves[0];
    return IOP_OK;
}

static void expect_no_gaps(const struct seen *seen, const struct fleet *fleet) {
    cr_expect_eq(seen->from_s[0], 0);
    for (int i = 1; i < seen->count; i++) cr_expect_float_eq(seen->from_s[i], seen->to_s[i - 1], 1e-9);
    cr_expect_float_eq(seen->to_s[seen->count - 1], fleet->duration_s, 1e-6);
}

Test(fleet_epochs, a_profile_takes_effect_at_its_steps) {
    struct fleet fleet = made_up_fleet(1, 2, 1, 1e12);
    fleet.duration_s = 24 * 3600;
    fleet.epoch_s = 5 * 3600; /* steps of 6 h come between */
    fleet.traffics[0].steps = 4;
    fleet.traffics[0].profile = calloc(4, sizeof(double));
    const double factors[] = {0.5, 0, 1, 2};
    for (int i = 0; i < 4; i++) fleet.traffics[0].profile[i] = factors[i];
    made_up_flow(&fleet, 0, 0, 1, 1e4);
    struct seen seen = {0};
    made_up_run(&fleet, see, &seen);
    expect_no_gaps(&seen, &fleet);
    for (int i = 0; i < seen.count; i++) {
        int step = (int)(seen.from_s[i] / 3600 / 6 + 1e-9);
        cr_expect_float_eq(seen.rate[i], 1e4 * factors[step], 1e-6, "from %g s", seen.from_s[i]);
        cr_expect_leq(seen.to_s[i], (step + 1) * 6 * 3600 + 1e-6, "no epoch crosses a step");
    }
}

Test(fleet_epochs, a_host_that_fails_stops_its_flows_until_it_is_back) {
    struct fleet fleet = made_up_fleet(1, 2, 1, 1e12);
    made_up_flow(&fleet, 0, 0, 1, 1e4);
    made_up_event(&fleet, (struct fleet_event){.at_s = 100, .kind = FLEET_HOST_FAILS, .host = 1});
    made_up_event(&fleet, (struct fleet_event){.at_s = 450, .kind = FLEET_HOST_RETURNS, .host = 1});
    struct seen seen = {0};
    made_up_run(&fleet, see, &seen);
    expect_no_gaps(&seen, &fleet);
    for (int i = 0; i < seen.count; i++) {
        bool down = seen.from_s[i] > 99 && seen.from_s[i] < 449;
        cr_expect_eq(seen.rate[i], down ? 0 : 1e4, "from %g s", seen.from_s[i]);
    }
}

Test(fleet_epochs, an_instance_moves_as_fast_as_its_link_and_arrives) {
    struct fleet fleet = made_up_fleet(2, 2, 1, 1e10);
    made_up_event(&fleet, (struct fleet_event){.at_s = 60,
                                               .kind = FLEET_MIGRATES,
                                               .instance = 0,
                                               .host = 3,
                                               .dirty_bytes_s = 1.25e8,
                                               .hot_bytes = 4e9,
                                               .downtime_s = 0.05});
    struct seen seen = {0};
    made_up_run(&fleet, see, &seen);
    expect_no_gaps(&seen, &fleet);
    struct precopy alone;
    precopy_begin(&alone, 4e9, 4e9, 1.25e8, 0.05);
    double expected = precopy_time(&alone, 1.25e9);
    cr_assert_eq(seen.moves, 1);
    cr_expect_float_eq(seen.move.ended_s - 60, expected, 0.2, "%g s, not %g", seen.move.ended_s - 60, expected);
    cr_expect_float_eq(seen.move.began_s, 60, 1e-6);
    cr_expect_eq(seen.place[0], 0);
    cr_expect_eq(seen.place[seen.count - 1], 3);
}

Test(fleet_epochs, a_migration_shares_the_port_with_its_neighbours) {
    struct fleet fleet = made_up_fleet(1, 2, 2, 1e12);
    made_up_flow(&fleet, 0, 1, 2, INFINITY); /* from the same host to the same host */
    made_up_event(
        &fleet, (struct fleet_event){.at_s = 60, .kind = FLEET_MIGRATES, .instance = 0, .host = 1, .downtime_s = 0.3});
    struct seen seen = {0};
    made_up_run(&fleet, see, &seen);
    cr_expect_float_eq(seen.move.ended_s - 60, 4e9 / 0.625e9, 0.2, "half of the port");
    for (int i = 0; i < seen.count; i++) {
        bool moving = seen.from_s[i] > 59 && seen.to_s[i] < seen.move.ended_s + 1;
        cr_expect_float_eq(seen.rate[i], moving ? 5e5 : 1e6, 100, "from %g s", seen.from_s[i]);
    }
}

Test(fleet_epochs, a_migration_ends_with_its_host) {
    struct fleet fleet = made_up_fleet(1, 2, 1, 1e12);
    made_up_event(&fleet, (struct fleet_event){.at_s = 60, .kind = FLEET_MIGRATES, .host = 1, .downtime_s = 0.3});
    made_up_event(&fleet, (struct fleet_event){.at_s = 61, .kind = FLEET_HOST_FAILS, .host = 1});
    struct seen seen = {0};
    made_up_run(&fleet, see, &seen);
    cr_expect(isnan(seen.move.ended_s));
    cr_expect_eq(seen.place[seen.count - 1], 0, "it stays where it was");
}

/* Idle power, and from there in proportion to the busy cores; nothing while it is off. */
Test(fleet_epochs, energy_follows_the_load) {
    struct fleet fleet = made_up_fleet(1, 2, 1, 1e12);
    fleet.racks[0].idle_w = 100;
    fleet.racks[0].full_w = 300;
    fleet.traffics[0].at[0].guest_cores = 1e-4;
    fleet.traffics[0].at[0].host_cores = 3e-4;
    made_up_flow(&fleet, 0, 0, 1, 1e4); /* 4 of 8 cores of host 0 */
    made_up_event(&fleet, (struct fleet_event){.at_s = 300, .kind = FLEET_HOST_FAILS, .host = 1});
    struct seen seen = {0};
    made_up_run(&fleet, see, &seen);
    double expected = 300 * (200 + 100) + 300 * 100; /* then host 0 has nobody to send to, and host 1 is off */
    cr_expect_float_eq(seen.joules / expected, 1, 1e-3, "%g J, not %g", seen.joules, expected);
}

Test(fleet_epochs, names_lead_back_to_what_they_name) {
    struct fleet fleet = made_up_fleet(3, 4, 2, 1e10);
    struct diag diag = {""};
    made_up_need(&fleet, 0, 0, false, "vcpu0", 1e-6);
    made_up_need(&fleet, 0, 0, true, "dom0/vcpu1", 1e-6);
    cr_assert_eq(fleet_number(&fleet, &diag), IOP_OK);
    char name[RESOURCE_NAME_MAX];
    for (int i = 0; i < fleet.host_count; i++) {
        fleet_host_name(&fleet, i, name, sizeof name);
        cr_expect_eq(fleet_host_named(&fleet, name), i, "%s", name);
    }
    for (int i = 0; i < fleet.instance_count; i++) {
        fleet_instance_name(&fleet, i, name, sizeof name);
        cr_expect_eq(fleet_instance_named(&fleet, name), i, "%s", name);
    }
    const char *const wrong[] = {"rack-1", "rack-1/0", "rack-1/5", "rack-4/1", "web-0",
                                 "web-25", "web",      "",         "/1",       "-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_expect_eq(fleet_host_named(&fleet, wrong[i]), -1, "%s", wrong[i]);
        cr_expect_eq(fleet_instance_named(&fleet, wrong[i]), -1, "%s", wrong[i]);
    }
    fleet_resource_name(&fleet, fleet.first_slot_of_instance[9], name, sizeof name);
    cr_expect_str_eq(name, "web-10/vcpu0");
    fleet_resource_name(&fleet, fleet.first_slot_of_host[5], name, sizeof name);
    cr_expect_str_eq(name, "rack-2/2/dom0/vcpu1");
    fleet_resource_name(&fleet, fleet_link_resource(&fleet, FLEET_PORT_DOWN, 11), name, sizeof name);
    cr_expect_str_eq(name, "rack-3/4/port down");
    fleet_resource_name(&fleet, fleet_link_resource(&fleet, FLEET_UPLINK_DOWN, 2), name, sizeof name);
    cr_expect_str_eq(name, "rack-3/uplink down");
    cr_expect_eq(fleet_link_resource(&fleet, FLEET_UPLINK_DOWN, 2), fleet.resource_count - 1);
    fleet_free(&fleet);
}
