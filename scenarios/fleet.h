/* The `fleet:` block of a scenario file: read, placed and expanded into flows, without demands.
 *
 * The guests of a fleet and what they send are written as in any scenario. So each of them can be simulated on the
 * packet level: fleet_packets() makes the scenario for that, with everything else that the file says (costs,
 * mitigations, run, …), and messages about it name the place in the fleet's file. */
#ifndef IOPATH_SCENARIOS_FLEET_H
#define IOPATH_SCENARIOS_FLEET_H

#include <stdint.h>

#include "models/fleet/fleet.h"
#include "scenarios/scenario.h"

struct fleet_upgrade { /* the fleet with these settings, after all others */
    char name[NAME_MAX_BYTES];
    int setting_count;
    struct setting *settings;
};

struct fleet_scenario {
    char file[TEXT_MAX], name[TEXT_MAX], description[TEXT_MAX];
    struct fleet fleet; /* without demands and slots */
    struct run_config run;
    int upgrade_count;
    struct fleet_upgrade *upgrades;  /* in the document's memory */
    struct document *document;       /* for fleet_packets() */
    const struct fleet_input *input; /* what the file says, in the document's memory (scenarios/fleet_input.h) */
};

struct fleet_scenario *fleet_load(const char *file, const struct setting *settings, int setting_count,
                                  struct diag *diag); /* NULL on failure */
void fleet_unload(struct fleet_scenario *scenario);

/* Whether the file, which can be read, has a `fleet:` block. */
bool fleet_is_in(const char *file);

enum fleet_end { FLEET_FROM, FLEET_TO };

/* A guest of a packet-level scenario, and what it does of one traffic. */
struct fleet_load_of_guest {
    int guest;   /* guests with the same number are one, from 0 and without gaps */
    int group;   /* of the fleet, the same for the same guest */
    int traffic; /* -1: it is idle */
    enum fleet_end end;
    double rate;   /* units per second; 0: as the workload goes without a rate */
    bool response; /* of a traffic with a response, this way, not that of the request */
};

/* A scenario of one host of that kind with those guests, named g0, g1, …; workloads are named after the traffic, t0 for
 * the first of a guest, and so on. Frames go to the wire and come from it. Of block only the end FLEET_FROM has a
 * workload. Rates are one unit per second at least; without a rate, arrivals are left out. All guests may be idle.
 * Not owned; scenario_free(). `hash` is of all that the file, and files of the user's own that it names, say about them
 * (not of the catalog), and may be NULL. NULL on failure. */
struct scenario *fleet_packets(const struct fleet_scenario *fleet, int kind, const struct fleet_load_of_guest *loads,
                               int count, uint64_t *hash, struct diag *diag);

/* Whether units of the traffic have a response that is a workload of its own. */
bool fleet_has_response(const struct fleet_scenario *fleet, int traffic);

#endif
