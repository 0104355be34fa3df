/* What an upgrade gains: the fleet with settings such as another instance type for a group, beside the fleet as it is.
 *
 * Each is a fleet of its own, which is placed, probed and run like the first; SimGrid has one engine per process, so
 * that each runs in a child. */
#ifndef IOPATH_ANALYSIS_FLEET_UPGRADE_H
#define IOPATH_ANALYSIS_FLEET_UPGRADE_H

#include "analysis/fleet_demands.h"
#include "models/fleet/sharing.h"

struct fleet_upgrade_outcome {         /* means over the run */
    char name[NAME_MAX_BYTES];         /* "": the fleet as it is */
    double offered_bps, delivered_bps; /* payload; greedy flows offer what they get */
    double units;                      /* per second, all traffic */
    double full_hours;                 /* time for which resources were full, all together */
    double power_w;
    int instances, hosts;
};

struct fleet_upgrade_run {
    const char *file;
    const struct setting *settings; /* of the command line */
    int setting_count;
    struct store *store; /* of probes; may be NULL */
    const char *version;
    const struct crew *crew;
    void (*adjust)(void *user, struct run_config *run); /* may be NULL */
    void *adjust_user;
    sharing_run *share;
};

/* Runs the fleet with an upgrade's settings after those of the command line. */
enum iop_status fleet_upgrade_run(const struct fleet_upgrade_run *run, const struct fleet_upgrade *upgrade,
                                  struct fleet_upgrade_outcome *outcome, struct diag *diag);

struct fleet_result;
void fleet_upgrade_sum(const struct fleet_result *result, struct fleet_upgrade_outcome *outcome);

#endif
