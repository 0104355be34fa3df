/* The fleet over time: epochs of constant rates, between which load, hosts and places change.
 *
 * An epoch ends after `epoch_s`, or earlier when a profile takes a step, a host fails or returns, or a migration begins
 * or ends. What did not change since the epoch before is not computed again. */
#ifndef IOPATH_MODELS_FLEET_EPOCHS_H
#define IOPATH_MODELS_FLEET_EPOCHS_H

#include "models/fleet/fleet.h"
#include "models/fleet/precopy.h"
#include "models/fleet/sharing.h"

struct fleet_move { /* a migration that began */
    int instance, from_host, to_host;
    double began_s, ended_s; /* NAN: not yet, or its source or destination failed */
    struct precopy precopy;
};

struct fleet_moment { /* an epoch that is over */
    double from_s, to_s;
    const double *offered, *rates; /* of flows, units per second */
    const double *loads;           /* of resources, 0 to 1 */
    const double *cores;           /* of hosts: CPUs kept busy */
    const int *host_of_instance;
    const bool *down;     /* of hosts */
    const double *rack_j; /* energy of the racks in this epoch, where their power is known */
    int competing;        /* flows that share something that is full */
    int move_count;       /* begun so far */
    const struct fleet_move *moves;
};

/* Whatever is not IOP_OK ends the run. */
typedef enum iop_status fleet_observer(void *user, const struct fleet_moment *moment, struct diag *diag);

/* `share` is the module's function; `trace` a file for Paje, or NULL. Once per process. */
enum iop_status fleet_run(const struct fleet *fleet, sharing_run *share, const char *trace, fleet_observer *observe,
                          void *user, struct diag *diag);

#endif
