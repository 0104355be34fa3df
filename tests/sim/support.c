#include "tests/sim/support.h"

#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

struct interval confidence_interval(const double *values, int count, double level) {
    double mean = 0, squares = 0;
    for (int i = 0; i < count; i++) mean += values[i] / count;
    for (int i = 0; i < count; i++) squares += (values[i] - mean) * (values[i] - mean);
    double t = gsl_cdf_tdist_Pinv(0.5 + level / 2, count - 1);
    return (struct interval){mean, t * sqrt(squares / (count - 1) / count)};
}

void expect_in_interval(const char *what, const double *values, int count, double expected, double precision) {
    struct interval interval = confidence_interval(values, count, 0.99);
    cr_expect(fabs(interval.mean - expected) <= interval.half_width, "%s: %.6g +- %.2g does not contain %.6g", what,
              interval.mean, interval.half_width, expected);
    cr_expect(interval.half_width < precision * expected, "%s: %.6g +- %.2g is not within %g %% of %.6g", what,
              interval.mean, interval.half_width, 100 * precision, expected);
}

void population_init(struct population *population, uint32_t capacity, sim_time warm_up) {
    *population = (struct population){.capacity = capacity, .warm_up = warm_up};
    population->customers = calloc(capacity, sizeof *population->customers);
    cr_assert_not_null(population->customers);
    for (uint32_t i = 0; i < capacity; i++) population->customers[i].next_free = i + 1;
}

uint32_t population_enter(struct population *population, sim_time now) {
    uint32_t index = population->free;
    cr_assert_lt(index, population->capacity, "more than %u customers inside", population->capacity);
    struct customer *customer = &population->customers[index];
    population->free = customer->next_free;
    customer->born = customer->arrived = now;
    customer->inside = true;
    balance_enter(&population->balance, now);
    return index;
}

static void leave(struct population *population, uint32_t index) {
    population->customers[index].inside = false;
    population->customers[index].next_free = population->free;
    population->free = index;
}

void population_deliver(struct population *population, sim_time now, uint32_t index) {
    sim_time born = population->customers[index].born;
    balance_deliver(&population->balance, now, born);
    if (born >= population->warm_up) {
        population->sojourns += sim_seconds(now - born);
        population->measured++;
    }
    leave(population, index);
}

void population_lose(struct population *population, sim_time now, uint32_t index) {
    balance_lose(&population->balance, now, population->customers[index].born);
    leave(population, index);
}

double population_mean_sojourn(const struct population *population) {
    return population->sojourns / (double)population->measured;
}

void population_check_and_fini(struct population *population, sim_time now) {
    struct balance *balance = &population->balance;
    balance_begin_census(balance);
    for (uint32_t i = 0; i < population->capacity; i++)
        if (population->customers[i].inside) balance_count(balance, now, population->customers[i].born);
    cr_expect(balance_conserved(balance));
    cr_expect_lt(balance_littles_law_error(balance, now), 1e-9);
    free(population->customers);
}
