/* Who shares resources among tasks in simulated time: SimGrid, in a module of its own (simgrid/module.c).
 *
 * The module is loaded when there is a fleet to simulate: linked to the program, SimGrid and what it brings along would
 * make every start ten times as long. It is given a platform and calls back once, with functions that may be called
 * until that call returns. A process can do this once: SimGrid has one engine per process.
 *
 * Entities are what tasks share beside links, each with a capacity of 1; hosts are machines with a port. Their numbers
 * are those of the platform (platform.h). */
#ifndef IOPATH_MODELS_FLEET_SHARING_H
#define IOPATH_MODELS_FLEET_SHARING_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/diag.h"

#define SHARING_MOMENT_S 0.01 /* simulated, that a solution takes */

enum { SHARING_NO_HOST = -2, SHARING_OUTSIDE = -1, SHARING_ENTITIES_MAX = 128 };

/* What proceeds at a rate of at most 1 a second, and at that rate takes `amount` of the capacity of each entity. Bytes
 * go between two hosts on all links of the route. */
struct sharing_task {
    int count;
    const int *entities; /* all different */
    const double *amounts;
    int from_host, to_host; /* hosts, SHARING_OUTSIDE, or SHARING_NO_HOST for both: nothing crosses a link */
    double out_bytes_s, back_bytes_s;
};

struct sharing {
    void *self;
    /* The rate of each task, when all of them compete: every task gets an equal share of what limits it, or as much as
     * it can use (fair bottleneck; SimGrid's solver for parallel tasks). Simulated time passes by SHARING_MOMENT_S. */
    void (*solve)(void *self, const struct sharing_task *tasks, int count, double *rates);
    /* Keeps so much of each host's CPUs busy from now on, 0 to 1; negative: the host is switched off. */
    void (*load)(void *self, const double *loads);
    void (*advance)(void *self, double seconds);
    double (*energy_j)(void *self, int host); /* so far; hosts without a known power: 0 */
    /* For the trace: how much of the host's port or of the rack's uplink is used. */
    void (*port)(void *self, int host, double up, double down);
    void (*uplink)(void *self, int rack, double up, double down);
};

struct sharing_platform {
    const char *file;                  /* XML of SimGrid */
    int hosts, racks, entities, tasks; /* tasks: the most that ever compete */
    void (*host_name)(const void *user, int host, char *out, size_t size);
    void (*entity_name)(const void *user, int entity, char *out, size_t size);
    const char *(*rack_name)(const void *user, int rack);
    bool (*has_power)(const void *user, int host);
    const void *user;
    const char *trace; /* file for Paje; NULL: none */
};

typedef enum iop_status sharing_drive(void *user, const struct sharing *sharing, struct diag *diag);

/* The module's one symbol, SHARING_SYMBOL. */
typedef enum iop_status sharing_run(const struct sharing_platform *platform, sharing_drive *drive, void *user,
                                    struct diag *diag);
#define SHARING_SYMBOL "iopath_sharing_run"

#endif
