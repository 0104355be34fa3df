/* What flows get where they compete, against what can be computed by hand, and what must hold of any fleet. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "fleet_made_up.h"

TestSuite(fleet_sharing, .fini = made_up_free);

static const double near = 1e-4; /* relative; SimGrid's numbers pass through a ratio of what remains */

#define EXPECT_NEAR(value, expected) cr_expect_float_eq((value) / (expected), 1, near, "%g is not %g", value, expected)

Test(fleet_sharing, who_meets_nothing_full_has_what_it_offers) {
    struct fleet fleet = made_up_fleet(2, 2, 2, 1e10);
    for (int i = 0; i < 8; i++) made_up_flow(&fleet, 0, i, (i + 3) % 8, 1e4 + i);
    struct made_up_moment moment = made_up_first(&fleet);
    for (int i = 0; i < 8; i++) cr_expect_eq(moment.rates[i], 1e4 + i, "without a rounding on the way");
    cr_expect_eq(moment.competing, 0, "nothing for SimGrid to do");
}

Test(fleet_sharing, flows_through_one_port_have_equal_parts) {
    struct fleet fleet = made_up_fleet(1, 4, 1, 1e12);
    for (int i = 1; i < 4; i++) made_up_flow(&fleet, 0, i, 0, 9e5); /* 9 Gbit/s each */
    struct made_up_moment moment = made_up_first(&fleet);
    for (int i = 0; i < 3; i++) EXPECT_NEAR(moment.rates[i], 1e6 / 3);
    EXPECT_NEAR(moment.loads[fleet_link_resource(&fleet, FLEET_PORT_DOWN, 0)], 1.0);
    EXPECT_NEAR(moment.loads[fleet_link_resource(&fleet, FLEET_PORT_UP, 2)], 1.0 / 3);
}

Test(fleet_sharing, what_a_small_flow_leaves_goes_to_the_others) {
    struct fleet fleet = made_up_fleet(1, 4, 1, 1e12);
    made_up_flow(&fleet, 0, 1, 0, 1e5);
    made_up_flow(&fleet, 0, 2, 0, INFINITY);
    made_up_flow(&fleet, 0, 3, 0, 9e5);
    struct made_up_moment moment = made_up_first(&fleet);
    EXPECT_NEAR(moment.rates[0], 1e5);
    EXPECT_NEAR(moment.rates[1], 4.5e5);
    EXPECT_NEAR(moment.rates[2], 4.5e5);
}

Test(fleet_sharing, an_oversubscribed_uplink_holds_back_what_leaves_the_rack) {
    struct fleet fleet = made_up_fleet(2, 4, 1, 1e10); /* four ports share an uplink of one */
    for (int i = 0; i < 4; i++) made_up_flow(&fleet, 0, i, 4 + i, INFINITY);
    made_up_flow(&fleet, 0, 4, 5, 2e5); /* stays in its rack, where a port has room */
    struct made_up_moment moment = made_up_first(&fleet);
    for (int i = 0; i < 4; i++) EXPECT_NEAR(moment.rates[i], 2.5e5);
    EXPECT_NEAR(moment.rates[4], 2e5);
    EXPECT_NEAR(moment.loads[fleet_link_resource(&fleet, FLEET_UPLINK_UP, 0)], 1.0);
    cr_expect_eq(moment.loads[fleet_link_resource(&fleet, FLEET_UPLINK_UP, 1)], 0);
}

Test(fleet_sharing, dom0_is_shared_by_all_instances_of_its_host) {
    struct fleet fleet = made_up_fleet(1, 2, 4, 1e12);
    made_up_need(&fleet, 0, 0, true, "dom0", 1 / 160e3);
    made_up_need(&fleet, 0, 0, false, "vcpu0", 1 / 100e3);
    for (int i = 0; i < 4; i++) made_up_flow(&fleet, 0, i, FLEET_OUTSIDE, INFINITY); /* 40,000 each */
    made_up_flow(&fleet, 0, 4, FLEET_OUTSIDE, INFINITY);                             /* alone: its vCPU */
    struct made_up_moment moment = made_up_first(&fleet);
    for (int i = 0; i < 4; i++) EXPECT_NEAR(moment.rates[i], 40e3);
    EXPECT_NEAR(moment.rates[4], 100e3);
    EXPECT_NEAR(moment.loads[fleet.first_slot_of_host[1]], 100e3 / 160e3);
}

/* Flows of two traffics on one CPU have equal parts of its time, not of its packets. */
Test(fleet_sharing, who_needs_more_of_a_cpu_gets_less_through) {
    struct fleet fleet = made_up_fleet(1, 1, 2, 1e12);
    int heavy = made_up_traffic(&fleet);
    made_up_need(&fleet, 0, 0, true, "dom0", 1 / 200e3);
    made_up_need(&fleet, heavy, 0, true, "dom0", 1 / 50e3);
    made_up_flow(&fleet, 0, 0, FLEET_OUTSIDE, INFINITY);
    made_up_flow(&fleet, heavy, 1, FLEET_OUTSIDE, INFINITY);
    struct made_up_moment moment = made_up_first(&fleet);
    EXPECT_NEAR(moment.rates[0], 100e3);
    EXPECT_NEAR(moment.rates[1], 25e3);
}

Test(fleet_sharing, a_transaction_takes_both_ways) {
    struct fleet fleet = made_up_fleet(1, 2, 1, 1e12);
    fleet.traffics[0].back_bits = 4e4;
    made_up_flow(&fleet, 0, 0, 1, INFINITY);
    struct made_up_moment moment = made_up_first(&fleet);
    EXPECT_NEAR(moment.rates[0], 1e10 / 4e4);
    EXPECT_NEAR(moment.loads[fleet_link_resource(&fleet, FLEET_PORT_UP, 0)], 0.25);
    EXPECT_NEAR(moment.loads[fleet_link_resource(&fleet, FLEET_PORT_UP, 1)], 1.0);
}

/* No resource is asked for more than it has, and nobody goes without what nobody else has. */
Test(fleet_sharing, of_many_flows_each_has_its_due) {
    enum { RACKS = 4, HOSTS = 5, INSTANCES = 8, FLOWS = RACKS * HOSTS * INSTANCES };
    struct fleet fleet = made_up_fleet(RACKS, HOSTS, INSTANCES, 2e10);
    for (int end = 0; end < 2; end++) {
        made_up_need(&fleet, 0, end, true, "dom0", 1 / 800e3);
        made_up_need(&fleet, 0, end, false, "vcpu0", 1 / 150e3);
    }
    srand(1);
    for (int i = 0; i < FLOWS; i++)
        made_up_flow(&fleet, 0, i, (i + 1 + rand() % (FLOWS - 1)) % FLOWS, 40e3 + 1e3 * (i % 40));
    struct made_up_moment moment = made_up_first(&fleet);
    int full = 0;
    for (int r = 0; r < fleet.resource_count; r++) {
        cr_expect_leq(moment.loads[r], 1 + near);
        full += moment.loads[r] > 1 - near;
    }
    cr_expect_gt(full, 5, "there is contention");
    double missing = 0, offered = 0;
    for (int i = 0; i < FLOWS; i++) {
        const struct fleet_flow *flow = &fleet.flows[i];
        int hosts[] = {fleet.host_of_instance[flow->from], fleet.host_of_instance[flow->to]}, racks[2];
        double fullest = 0;
        for (int end = 0; end < 2; end++) {
            int instance = end == 0 ? flow->from : flow->to;
            racks[end] = fleet.rack_of_host[hosts[end]];
            fullest = fmax(fullest, moment.loads[fleet.first_slot_of_host[hosts[end]]]);
            fullest = fmax(fullest, moment.loads[fleet.first_slot_of_instance[instance]]);
        }
        if (racks[0] != racks[1]) {
            fullest = fmax(fullest, moment.loads[fleet_link_resource(&fleet, FLEET_UPLINK_UP, racks[0])]);
            fullest = fmax(fullest, moment.loads[fleet_link_resource(&fleet, FLEET_UPLINK_DOWN, racks[1])]);
        }
        offered += flow->offered;
        missing += (flow->offered - moment.rates[i]) * (1 - fullest);
        cr_expect_leq(moment.rates[i], flow->offered * (1 + near));
        cr_expect_gt(moment.rates[i], 0);
    }
    cr_expect_lt(missing, 0.002 * offered, "%g of %g could have been had", missing, offered);
}
