/* Time averages of a count: what a queue's length or a state was worth over time. */
#ifndef IOPATH_SIM_TALLY_H
#define IOPATH_SIM_TALLY_H

#include "sim/time.h"

struct time_average {
    int64_t value;
    sim_time changed; /* last time the value changed */
    double integral;  /* of value over time up to `changed`, in ps */
};

static inline void time_average_add(struct time_average *average, sim_time now, int64_t change) {
    average->integral += (double)average->value * (double)(now - average->changed);
    average->changed = now;
    average->value += change;
}

/* Integral up to `now`, in ps. */
static inline double time_average_integral(const struct time_average *average, sim_time now) {
    return average->integral + (double)average->value * (double)(now - average->changed);
}

#endif
