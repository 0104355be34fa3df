/* What the tests of the kernel share: confidence intervals and a population of customers. */
#ifndef IOPATH_TESTS_SIM_SUPPORT_H
#define IOPATH_TESTS_SIM_SUPPORT_H

#include <stdint.h>

#include "sim/balance.h"
#include "sim/sim.h"

/* ---- replications ---- */

struct interval {
    double mean, half_width;
};

/* Student's t interval of the mean of independent replications. */
struct interval confidence_interval(const double *values, int count, double level);

/* Fails the test unless the 99 % interval contains `expected` and its half-width is below
 * `precision` * expected: an interval that is too wide proves nothing. */
void expect_in_interval(const char *what, const double *values, int count, double expected, double precision);

/* ---- customers ---- */

struct customer {
    sim_time born, arrived; /* at the network, at the station */
    uint32_t next_free;
    bool inside;
};

/* All customers of a model; measures the mean sojourn of those born after the warm-up. */
struct population {
    struct balance balance;
    struct customer *customers;
    uint32_t capacity, free;
    sim_time warm_up;
    double sojourns; /* s */
    uint64_t measured;
};

void population_init(struct population *population, uint32_t capacity, sim_time warm_up);
uint32_t population_enter(struct population *population, sim_time now);
void population_deliver(struct population *population, sim_time now, uint32_t customer);
void population_lose(struct population *population, sim_time now, uint32_t customer);
double population_mean_sojourn(const struct population *population); /* s */

/* Takes the census, fails the test unless conservation and Little's law hold, and frees. */
void population_check_and_fini(struct population *population, sim_time now);

#endif
