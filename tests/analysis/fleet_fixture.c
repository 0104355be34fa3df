#include "fleet_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

sharing_run iopath_sharing_run; /* models/fleet/simgrid/module.c */

void fleet_trial_read(struct fleet_trial *trial, const char *host, int hosts, const char *instances,
                      const char *traffic) {
    char path[] = "/tmp/iopath-fleet-trial-XXXXXX";
    int descriptor = mkstemp(path);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    cr_assert_not_null(file);
    fprintf(file,
            "name: one rack\nfleet:\n  duration: 1 h\n  epoch: 30 min\n"
            "  racks: [{name: r, hosts: %d, host: %s}]\n  instances: %s\n  traffic: %s\n"
            "run: {duration: 40 ms, replications: 3}\n",
            hosts, host, instances, traffic);
    fclose(file);
    struct diag diag = {""};
    *trial = (struct fleet_trial){.scenario = fleet_load(path, NULL, 0, &diag)};
    unlink(path);
    cr_assert_not_null(trial->scenario, "%s", diag.message);
}

void fleet_trial_probe(struct fleet_trial *trial, struct store *store, int jobs) {
    struct diag diag = {""};
    const struct crew crew = {.jobs = jobs};
    cr_assert_eq(fleet_demands(trial->scenario, store, "test", &crew, &trial->probes, &diag), IOP_OK, "%s",
                 diag.message);
}

void fleet_trial_run(struct fleet_trial *trial) {
    struct diag diag = {""};
    const struct fleet *fleet = &trial->scenario->fleet;
    cr_assert_eq(fleet_result_make(fleet, &trial->result, &diag), IOP_OK);
    cr_assert_eq(fleet_run(fleet, iopath_sharing_run, NULL, fleet_result_add, &trial->result, &diag), IOP_OK, "%s",
                 diag.message);
}

void fleet_trial_free(struct fleet_trial *trial) {
    fleet_result_free(&trial->result);
    fleet_probes_free(&trial->probes);
    fleet_unload(trial->scenario);
}
