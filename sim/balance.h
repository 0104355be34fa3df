/* Conservation and Little's law for one population of customers, checked in every run.
 *
 * The population is counted by three independent means. At the door: +1 on entry, -1 on departure,
 * integrated over time. By passport: every customer carries its birth date and shows it on leaving. By
 * census: when the run is over, the model walks over the customers it still holds and shows their
 * passports too (balance_begin_census, then balance_count for each).
 *
 * Then nobody may be missing or double (entered = delivered + lost + counted), the birth dates shown must be
 * those given at the door (their sums agree to the picosecond), and L = lambda W in its sample-path form says
 * that the integral of the population equals the sum of all sojourns, those of the customers still inside
 * included. A customer that is lost without being counted, leaves twice, or has its birth date damaged
 * breaks at least one of the three.
 *
 * The census is what makes this a check: from the door alone a forgotten customer looks like one that is
 * still inside, and every passport adds up. */
#ifndef IOPATH_SIM_BALANCE_H
#define IOPATH_SIM_BALANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tally.h"

struct balance {
    uint64_t entered, delivered, lost;
    struct time_average inside;          /* by the door */
    double sojourns;                     /* by passport, of those that left, ps */
    uint64_t births_given, births_shown; /* sums of birth dates, ps, modulo 2^64 */
    uint64_t counted, births_counted;    /* by census */
    double ages_counted;                 /* ps */
};

static inline void balance_enter(struct balance *balance, sim_time now) {
    balance->entered++;
    balance->births_given += (uint64_t)now;
    time_average_add(&balance->inside, now, 1);
}

static inline void balance_leave(struct balance *balance, sim_time now, sim_time born) {
    balance->births_shown += (uint64_t)born;
    balance->sojourns += (double)(now - born);
    time_average_add(&balance->inside, now, -1);
}

static inline void balance_deliver(struct balance *balance, sim_time now, sim_time born) {
    balance->delivered++;
    balance_leave(balance, now, born);
}

static inline void balance_lose(struct balance *balance, sim_time now, sim_time born) {
    balance->lost++;
    balance_leave(balance, now, born);
}

/* Forgets an earlier census. Not needed before the first. */
static inline void balance_begin_census(struct balance *balance) {
    balance->counted = balance->births_counted = 0;
    balance->ages_counted = 0.0;
}

/* Counts one customer that the model still holds at `now`. */
static inline void balance_count(struct balance *balance, sim_time now, sim_time born) {
    balance->counted++;
    balance->births_counted += (uint64_t)born;
    balance->ages_counted += (double)(now - born);
}

/* After the census: nobody is missing, nobody is double, and all birth dates are those of the door. */
bool balance_conserved(const struct balance *balance);

/* After the census, which was taken at `now`: |integral - sum of sojourns| / integral; 0 when nothing ever
 * entered. What is left is rounding: below 1e-9. */
double balance_littles_law_error(const struct balance *balance, sim_time now);

#endif
