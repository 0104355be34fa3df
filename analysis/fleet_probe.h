/* What a unit of a traffic takes at one of its ends, from the packet level.
 *
 * One instance, alone on its host, does as much of it as it can (at most 1 % lost). What that kept busy, divided by the
 * rate, is what a unit takes of the instance, and of the CPUs of dom0 or the host that work for it alone. Then as many
 * instances as the fleet puts on a host do the same, at the rate at which most gets through: what they share, and can
 * do together, shows there. A resource that was the limit is full by definition, whatever its utilization was; what
 * nothing explains, such as a window, is a limit of the instance by itself. */
#ifndef IOPATH_ANALYSIS_FLEET_PROBE_H
#define IOPATH_ANALYSIS_FLEET_PROBE_H

#include "analysis/crew.h"
#include "scenarios/fleet.h"

struct probe_need {
    bool of_host; /* shared by the host's instances, else the instance's own */
    char name[NAME_MAX_BYTES];
    double share; /* of its capacity, in seconds per unit */
};

struct probe {
    int guests;         /* on the host, for what they share */
    double most;        /* units per second of one instance that is alone */
    double most_of_all; /* of all those guests together */
    char bottleneck[RESOURCE_NAME_MAX];
    double guest_cores, host_cores; /* CPUs kept busy, per unit and second */
    int count;
    struct probe_need needs[FLEET_NEEDS_MAX];
};

struct probe_request {
    int traffic;
    enum fleet_end end;
    bool response;
    int guests; /* that the fleet puts on one host at most */
};

/* The most guests that a probe simulates together; more are as these. */
enum { PROBE_GUESTS_MAX = 16 };

/* A hash of all that the result depends on but the catalog. */
enum iop_status probe_hash(const struct fleet_scenario *fleet, const struct probe_request *request, uint64_t *hash,
                           struct diag *diag);

enum iop_status probe_run(const struct fleet_scenario *fleet, const struct probe_request *request,
                          const struct crew *crew, struct probe *probe, struct diag *diag);

#endif
