/* Fleets with made-up demands, for tests of what is computed from them. */
#ifndef IOPATH_TESTS_MODELS_FLEET_MADE_UP_H
#define IOPATH_TESTS_MODELS_FLEET_MADE_UP_H

#include "models/fleet/epochs.h"

/* Racks of equal hosts with 10 Gbit/s ports and uplinks of that bandwidth, 8 cores, the same number of instances on
 * each host. One traffic without needs at either end: 1,250 bytes on the wire a unit, from anybody to anybody. */
struct fleet made_up_fleet(int racks, int hosts, int instances, double uplink_bps);

/* A need of the traffic at an end, on a slot that is made if there is none. */
void made_up_need(struct fleet *fleet, int traffic, int end, bool of_host, const char *slot, double share);

int made_up_traffic(struct fleet *fleet); /* another one like the first, without needs */
void made_up_flow(struct fleet *fleet, int traffic, int from, int to, double offered);
void made_up_event(struct fleet *fleet, struct fleet_event event);

/* Runs it; fails the test if that does. `observe` may be NULL. */
void made_up_run(struct fleet *fleet, fleet_observer *observe, void *user);

/* The rates of all flows in the first epoch, and the loads of all resources. */
struct made_up_moment {
    double *rates, *loads;
    int competing;
};
struct made_up_moment made_up_first(struct fleet *fleet);

/* For the end of a test: frees the fleet that ran, and what was seen of it. */
void made_up_free(void);

#endif
