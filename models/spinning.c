#include "models/spinning.h"

#include "models/machine.h"
#include "models/telling.h"

static void ends(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct station *station = object;
    station->spin_end = EVENT_NONE;
    station_sleep(station);
}

void spinning_for_ever(struct station *station) {
    enum { FOR_EVER = 1000 }; /* seconds */
    sim_time long_enough = FOR_EVER * SIM_S;
    station->spin = (struct poll_window){.most = long_enough, .first = long_enough, .window = long_enough};
}

bool spinning_begins(struct station *station) {
    struct sim *sim = &station->machine->sim;
    station->spins_since = sim->now;
    if (station->spin.window == 0) return false;
    station->cpu->awake_until = sim->now + station->spin.window;
    station->spin_end = sim_after(sim, station->spin.window, ends, station, 0);
    station_rearm(station);
    return true;
}

void spinning_catches(struct station *station) {
    struct sim *sim = &station->machine->sim;
    sim_cancel(sim, station->spin_end);
    station->spin_end = EVENT_NONE;
    poll_window_catches(&station->spin, sim->now - station->spins_since);
    station_turn(station);
}
