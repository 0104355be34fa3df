#include "fleet_made_up.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sharing_run iopath_sharing_run; /* models/fleet/simgrid/module.c */

/* Of the one run of a test, for made_up_free(). */
static struct fleet ran;
static struct made_up_moment seen;

enum { FLOWS_MAX = 4096, EVENTS_MAX = 32, TRAFFICS_MAX = 8 };

struct fleet made_up_fleet(int racks, int hosts, int instances, double uplink_bps) {
    struct fleet fleet = {.name = "made up", .duration_s = 600, .epoch_s = 300};
    fleet.kind_count = 1;
    fleet.kinds = calloc(1, sizeof *fleet.kinds);
    fleet.kinds[0] = (struct fleet_kind){.name = "kind", .cores = 8, .link_bps = 1e10};
    fleet.rack_count = racks;
    fleet.racks = calloc((size_t)racks, sizeof *fleet.racks);
    fleet.host_count = racks * hosts;
    fleet.rack_of_host = calloc((size_t)fleet.host_count, sizeof(int));
    for (int r = 0; r < racks; r++) {
        fleet.racks[r] = (struct fleet_rack){.first_host = r * hosts, .hosts = hosts, .uplink_bps = uplink_bps};
        snprintf(fleet.racks[r].name, sizeof fleet.racks[r].name, "rack-%d", r + 1);
        for (int h = 0; h < hosts; h++) fleet.rack_of_host[r * hosts + h] = r;
    }
    fleet.instance_count = fleet.host_count * instances;
    fleet.group_count = 1;
    fleet.groups = calloc(1, sizeof *fleet.groups);
    fleet.groups[0] = (struct fleet_group){
        .name = "web", .instances = fleet.instance_count, .vcpus = 2, .memory_bytes = 4e9, .mode = MODE_PV};
    fleet.group_of_instance = calloc((size_t)fleet.instance_count, sizeof(int));
    fleet.host_of_instance = calloc((size_t)fleet.instance_count, sizeof(int));
    for (int i = 0; i < fleet.instance_count; i++) fleet.host_of_instance[i] = i / instances;
    fleet.traffics = calloc(TRAFFICS_MAX, sizeof *fleet.traffics);
    fleet.flows = calloc(FLOWS_MAX, sizeof *fleet.flows);
    fleet.events = calloc(EVENTS_MAX, sizeof *fleet.events);
    made_up_traffic(&fleet);
    return fleet;
}

int made_up_traffic(struct fleet *fleet) {
    fleet->traffics[fleet->traffic_count] = (struct fleet_traffic){
        .crosses = true, .out_bits = 1e4, .payload_bits = 9e3, .at = {{.most = INFINITY}, {.most = INFINITY}}};
    return fleet->traffic_count++;
}

void made_up_need(struct fleet *fleet, int traffic, int end, bool of_host, const char *slot, double share) {
    struct fleet_demand *demand = &fleet->traffics[traffic].at[end];
    struct fleet_slots *slots = of_host ? &fleet->kinds[0].slots : &fleet->groups[0].slots;
    demand->needs[demand->count++] = (struct fleet_need){of_host, fleet_slot(slots, slot), share};
    demand->most = fmin(demand->most, 1 / share);
}

void made_up_flow(struct fleet *fleet, int traffic, int from, int to, double offered) {
    cr_assert_lt(fleet->flow_count, FLOWS_MAX);
    fleet->flows[fleet->flow_count++] = (struct fleet_flow){traffic, from, to, offered};
}

void made_up_event(struct fleet *fleet, struct fleet_event event) { fleet->events[fleet->event_count++] = event; }

static enum iop_status nothing(void *user, const struct fleet_moment *moment, struct diag *diag) {
    (void)user, (void)moment, (void)diag;
    return IOP_OK;
}

void made_up_run(struct fleet *fleet, fleet_observer *observe, void *user) {
    struct diag diag = {""};
    cr_assert_eq(fleet_number(fleet, &diag), IOP_OK);
    ran = *fleet;
    cr_assert_eq(fleet_run(fleet, iopath_sharing_run, NULL, observe != NULL ? observe : nothing, user, &diag), IOP_OK,
                 "%s", diag.message);
}

struct first {
    const struct fleet *fleet;
    struct made_up_moment moment;
};

static enum iop_status take_first(void *user, const struct fleet_moment *moment, struct diag *diag) {
    struct first *first = user;
    (void)diag;
    if (first->moment.rates != NULL) return IOP_OK;
    size_t flows = (size_t)first->fleet->flow_count, resources = (size_t)first->fleet->resource_count;
    first->moment.rates = calloc(flows + 1, sizeof(double));
    first->moment.loads = calloc(resources + 1, sizeof(double));
    first->moment.competing = moment->competing;
    memcpy(first->moment.rates, moment->rates, flows * sizeof(double));
    memcpy(first->moment.loads, moment->loads, resources * sizeof(double));
    return IOP_OK;
}

struct made_up_moment made_up_first(struct fleet *fleet) {
    struct first first = {.fleet = fleet};
    made_up_run(fleet, take_first, &first);
    return seen = first.moment;
}

void made_up_free(void) {
    fleet_free(&ran);
    free(seen.rates);
    free(seen.loads);
}
