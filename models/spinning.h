/* A thread that spins for a while before it sleeps: an I/O thread of QEMU (util/aio-posix.c, TM25 and TM26), or one of
 * an application that polls its sockets and never sleeps.
 *
 * While it spins it looks at what it waits for (virtqueues, the completions of the disk, sockets): work that comes
 * starts at once, nobody kicks or wakes it, and its CPU does not leave idle. How long it spins adapts
 * (sim/poll_window.h).
 *
 * Not modelled: what spinning takes from a sibling hardware thread; threads that share CPUs with guests do not spin. */
#ifndef IOPATH_MODELS_SPINNING_H
#define IOPATH_MODELS_SPINNING_H

#include "models/station.h"

/* A thread that polls without ever sleeping. */
void spinning_for_ever(struct station *station);

/* The station has nothing to do: whether it spins. If not, it is to sleep. */
bool spinning_begins(struct station *station);

/* Work has come to a station that is awake: one that spins goes on with it. */
static inline bool station_spins(const struct station *station) { return station->spin_end != EVENT_NONE; }
void spinning_catches(struct station *station);

/* Work has come to a station that sleeps: the window adapts. */
static inline void spinning_missed(struct station *station, sim_time now) {
    if (station->spin.most > 0) poll_window_catches(&station->spin, now - station->spins_since);
}

#endif
