/* A poll loop: looks at its ports one after the other, for ever, on a CPU of its own.
 *
 * Every look has its price, whatever it finds; a port that has something is served with a burst before the loop
 * goes on to the next. While all ports are empty nothing happens but time: where the loop is follows from when it
 * last had work, so that turns in vain cost no event. */
#ifndef IOPATH_MODELS_POLL_LOOP_H
#define IOPATH_MODELS_POLL_LOOP_H

#include "sim/time.h"

enum { POLL_BURST = 32 }; /* packets of one port before the loop looks at the next, as DPDK's applications have it */

struct poll_loop {
    sim_time look; /* at one port; 0: not a poll loop */
    int ports;
    sim_time idle_since; /* when it began to find all ports empty … */
    int idle_at;         /* … and with which port it began */
};

/* When an idle loop that has `ports` to look at next begins its look at `port`; not before `now`. */
sim_time poll_loop_reaches(const struct poll_loop *loop, int port, sim_time now);

#endif
