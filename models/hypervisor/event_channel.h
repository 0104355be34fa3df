/* An event channel as the domain that is told ends its events.
 *
 * An event that finds nothing to do is spurious. Kernels that guard against storms of them (late end of events, KF05)
 * leave a channel masked after the second one in a row, for one tick of the kernel's timers, then twice as long each
 * time, up to a second: events that come meanwhile are delivered when that is over. One that finds work ends the row.
 *
 * Not modelled: the end of the delay at a tick of the kernel's clock; what other channels of the same CPU change. */
#ifndef IOPATH_MODELS_HYPERVISOR_EVENT_CHANNEL_H
#define IOPATH_MODELS_HYPERVISOR_EVENT_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/time.h"

struct event_channel {
    bool guarded;   /* spurious events hold it back */
    bool raised;    /* an event came that was not handled yet */
    sim_time tick;  /* of the kernel's timers */
    sim_time until; /* when it may be told again */
    int in_a_row;   /* spurious events */
    uint64_t events, spurious;
    uint64_t spurious_before; /* as of the end of the warm-up */
};

/* The handler of the last event is done. */
void event_channel_end(struct event_channel *channel, sim_time now, bool found_work);

/* When an event that is sent to arrive at `at` is delivered. */
static inline sim_time event_channel_delivers(const struct event_channel *channel, sim_time at) {
    return at > channel->until ? at : channel->until;
}

#endif
