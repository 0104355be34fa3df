/* What flows get at one moment: those that compete with none have what they ask, the others share.
 *
 * If all flows had as much as they could use by themselves, most resources of a fleet would still have room. Such a
 * resource limits nobody, so that only flows that meet on one without room are handed to SimGrid, with only those
 * resources: the result is the same, and the work is for what is contended, not for what there is.
 *
 * SimGrid's solver for parallel tasks of any number (fair bottleneck) gives every task an equal share of what limits
 * it, but leaves a few per cent of some resources to nobody. So what it leaves is handed out in further rounds, among
 * those who have room for more. */
#ifndef IOPATH_MODELS_FLEET_CONTENTION_H
#define IOPATH_MODELS_FLEET_CONTENTION_H

#include "models/fleet/platform.h"

struct transfer { /* bytes that a migration sends, as fast as it can */
    int from_host, to_host;
    double bytes_s; /* what it gets */
};

struct contention {
    const struct platform *platform;
    /* the present, to be filled in */
    int *host_of_instance;
    bool *down; /* of each host */
    double *offered;
    int transfer_count;
    struct transfer *transfers;
    /* what comes of it */
    double *rates; /* of flows, units per second */
    double *loads; /* of resources, 0 to 1 */
    double *cores; /* of hosts: CPUs kept busy */
    int competing; /* flows and transfers that share something that is full */
    struct contention_work *work;
};

enum iop_status contention_make(const struct platform *platform, struct contention *contention, struct diag *diag);
void contention_free(struct contention *contention);

/* Sets what all flows offer at a time of day; flows of hosts that are down offer nothing. */
void contention_offer(struct contention *contention, double at_s);

/* `passed_s`: the simulated time that it took. */
enum iop_status contention_solve(struct contention *contention, const struct sharing *sharing, double *passed_s,
                                 struct diag *diag);

#endif
