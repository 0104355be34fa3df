/* The fleet as a platform of SimGrid: its XML, and the numbers of what tasks share in it.
 *
 * Each rack is a <cluster> whose hosts have a port each way; the racks' uplinks meet at `outside`, which is the spine
 * and the world beyond it. Links have no latency: what is asked are rates. What is no link is a host of SimGrid
 * with a capacity of 1 flop/s, in a zone without routes: all slots of hosts, since instances may come to them, and
 * those slots of instances that several flows take. Those of one flow alone limit it by themselves.
 *
 * SimGrid 3.32 cannot trace nested zones with links in them (it ends in a crash). A platform that is traced has none:
 * its links are hosts of SimGrid like all else. */
#ifndef IOPATH_MODELS_FLEET_PLATFORM_H
#define IOPATH_MODELS_FLEET_PLATFORM_H

#include <stdio.h>

#include "models/fleet/fleet.h"
#include "models/fleet/sharing.h"

struct platform {
    const struct fleet *fleet;
    int entity_count;
    int *entity_of_resource; /* -1: none */
    int *resource_of_entity;
    int tasks; /* flows and migrations */
    bool traced;
};

/* The fleet must be numbered and outlive the platform. */
enum iop_status platform_make(const struct fleet *fleet, bool traced, struct platform *platform, struct diag *diag);
void platform_free(struct platform *platform);

/* Writes the XML, in which names of racks and groups must be names (letters, digits, _ . -). */
void platform_write(const struct platform *platform, FILE *out);

/* For the module; `file` has the XML. */
struct sharing_platform platform_for_sharing(const struct platform *platform, const char *file, const char *trace);

#endif
