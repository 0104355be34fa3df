/* How long somebody who has nothing to do spins before it sleeps, as KVM's halted vCPUs and the I/O threads of QEMU do.
 *
 * The window adapts to what the last idle times were: it grows, from `first` by doubling up to `most`, when work came
 * after the window but within `most`, and closes when nothing came within `most`. Work inside the window leaves it as
 * it is. */
#ifndef IOPATH_SIM_POLL_WINDOW_H
#define IOPATH_SIM_POLL_WINDOW_H

#include <stdbool.h>

#include "sim/time.h"

struct poll_window {
    sim_time most;   /* 0: never open */
    sim_time first;  /* the least that is open */
    sim_time window; /* as things are */
    sim_time polled; /* in all */
};

/* Work ends an idle time of this length: whether it came while the window was open. Adapts the next one. */
static inline bool poll_window_catches(struct poll_window *poll, sim_time idle_for) {
    if (idle_for < poll->window) {
        poll->polled += idle_for;
        return true;
    }
    poll->polled += poll->window;
    sim_time longer = 2 * poll->window > poll->first ? 2 * poll->window : poll->first;
    poll->window = idle_for > poll->most ? 0 : longer < poll->most ? longer : poll->most;
    return false;
}

#endif
