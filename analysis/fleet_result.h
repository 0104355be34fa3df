/* What came of a fleet: sums over its epochs. */
#ifndef IOPATH_ANALYSIS_FLEET_RESULT_H
#define IOPATH_ANALYSIS_FLEET_RESULT_H

#include "models/fleet/epochs.h"

/* What a rack's cell of the heat map is made of. */
enum fleet_heat { FLEET_HEAT_CPUS, FLEET_HEAT_HOSTS, FLEET_HEAT_UPLINK, FLEET_HEATS };

struct fleet_epoch {
    double from_s, to_s;
    double offered_bps, delivered_bps; /* payload of all traffic; greedy flows offer what they get */
    double power_w;                    /* of racks whose power is known */
    int competing, down;               /* flows that share something full; hosts */
};

struct flow_sum {          /* over the run */
    double units, offered; /* units; INFINITY: greedy */
    double least;          /* units per second in the worst epoch in which it offered something */
    double most;
};

struct resource_sum {
    double used_s, full_s, peak; /* utilization times time; time at which it was full; highest */
};

struct fleet_result {
    const struct fleet *fleet;
    double duration_s;
    int epoch_count, epoch_room;
    struct fleet_epoch *epochs;
    float *heat; /* [epoch][rack][FLEET_HEATS], 0 to 1: mean of CPUs, busiest part of a host, uplink */
    struct flow_sum *flows;
    struct resource_sum *resources;
    double *rack_j;
    int busiest_epoch;  /* the one that delivered most; … */
    double *busy_rates; /* … and what flows had and offered then */
    double *busy_offered;
    int *busy_places; /* hosts of instances */
    int move_count;
    struct fleet_move *moves;
};

enum iop_status fleet_result_make(const struct fleet *fleet, struct fleet_result *result, struct diag *diag);
void fleet_result_free(struct fleet_result *result);

/* A fleet_observer, with the result as user data. */
enum iop_status fleet_result_add(void *result, const struct fleet_moment *moment, struct diag *diag);

/* Payload of a unit's traffic per second, for a rate. */
double fleet_bps(const struct fleet *fleet, int flow, double rate);

#endif
