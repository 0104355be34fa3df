#include "sim/sim.h"

#include <string.h>

enum iop_status sim_init(struct sim *sim, uint64_t seed, uint32_t replication, uint32_t expected_events,
                         struct diag *diag) {
    memset(sim, 0, sizeof *sim);
    sim->seed = seed;
    sim->replication = replication;
    return event_list_init(&sim->events, expected_events, diag);
}

void sim_fini(struct sim *sim) { event_list_fini(&sim->events); }

void sim_run(struct sim *sim, sim_time until) {
    sim->stop = false;
    sim->executed += event_run(&sim->events, sim, &sim->now, until, &sim->stop);
    if (!sim->stop && sim->now < until) sim->now = until;
}
