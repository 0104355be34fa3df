/* A simulation: one clock, one event list, one set of random streams.
 *
 * There is no global state; every object belongs to a struct sim, and simulations may run side by side in
 * threads. The order of this header's includes is a reading order for the whole layer:
 *   time, event       when things happen
 *   random            reproducible randomness
 *   processor         CPU time with contexts that preempt each other
 *   scheduler         CPUs that several processors share
 *   server            first-come first-served resources without events of their own
 *   ring              bounded queues with notification suppression
 *   tally, histogram  what is measured
 *   balance           conservation and Little's law, checked in every run */
#ifndef IOPATH_SIM_SIM_H
#define IOPATH_SIM_SIM_H

#include "sim/event.h"
#include "sim/time.h"

struct sim {
    sim_time now;
    struct event_list events;
    uint64_t executed; /* events run so far */
    uint64_t seed;
    uint32_t replication;
    bool stop; /* set by a handler: sim_run returns after it */
};

/* `expected_events`: how many may be pending at once; more are possible. */
enum iop_status sim_init(struct sim *sim, uint64_t seed, uint32_t replication, uint32_t expected_events,
                         struct diag *diag);
void sim_fini(struct sim *sim);

/* Schedules handler(sim, object, word) at `at`, which must not lie in the past. */
static inline event_id sim_at(struct sim *sim, sim_time at, sim_handler *handler, void *object, uint64_t word) {
    assert(at >= sim->now);
    return event_push(&sim->events, at, handler, object, word);
}

static inline event_id sim_after(struct sim *sim, sim_time delay, sim_handler *handler, void *object, uint64_t word) {
    return sim_at(sim, sim->now + delay, handler, object, word);
}

static inline bool sim_cancel(struct sim *sim, event_id id) { return event_cancel(&sim->events, id); }

/* Runs all events with times <= until; the clock then stands at `until` unless a handler stopped it. */
void sim_run(struct sim *sim, sim_time until);

#endif
