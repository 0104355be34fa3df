/* Fleets of one rack from text, run as the command does. */
#ifndef IOPATH_TESTS_ANALYSIS_FLEET_FIXTURE_H
#define IOPATH_TESTS_ANALYSIS_FLEET_FIXTURE_H

#include "analysis/fleet_demands.h"
#include "analysis/fleet_result.h"

struct fleet_trial {
    struct fleet_scenario *scenario;
    struct fleet_probes probes;
    struct fleet_result result;
};

/* One rack `r` of so many hosts of that kind; `instances` and `traffic` are YAML lists. Fails the test if anything
 * does. */
void fleet_trial_read(struct fleet_trial *trial, const char *host, int hosts, const char *instances,
                      const char *traffic);
void fleet_trial_probe(struct fleet_trial *trial, struct store *store, int jobs);
void fleet_trial_run(struct fleet_trial *trial);
void fleet_trial_free(struct fleet_trial *trial);

#endif
