/* The demands of a fleet's traffic: probes of the packet level, each run once and kept in a store if there is one.
 *
 * What a store keeps of a probe is a point with one replication, whose metrics are named "probe …" (docs/store.md). Its
 * key is a hash of everything the probe depends on, so that a changed guest, cost or version is probed again. */
#ifndef IOPATH_ANALYSIS_FLEET_DEMANDS_H
#define IOPATH_ANALYSIS_FLEET_DEMANDS_H

#include "analysis/fleet_probe.h"
#include "analysis/store.h"

struct fleet_probes { /* one for each end of each traffic in an instance, and of its response */
    int count;
    struct probe_request *requests;
    struct probe *probes;
    bool *found; /* in the store */
};

/* Probes what the store (may be NULL) does not have, fills in the demands of all traffics and numbers the resources.
 * The same numbers for any number of threads. */
enum iop_status fleet_demands(struct fleet_scenario *fleet, struct store *store, const char *version,
                              const struct crew *crew, struct fleet_probes *probes, struct diag *diag);
void fleet_probes_free(struct fleet_probes *probes);

#endif
