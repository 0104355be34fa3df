/* Single stations against queueing theory. Every estimate comes from independent replications; its 99 %
 * interval must contain the formula's value and be narrow.
 *
 * Times are in microseconds of simulated time. The station is a processor fed by Poisson arrivals, or a ring
 * or a server where that is the point. */
#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/processor.h"
#include "sim/random.h"
#include "sim/ring.h"
#include "sim/server.h"
#include "tests/sim/support.h"

enum { REPLICATIONS = 20, CUSTOMERS_MAX = 20000, PROCESSORS_MAX = 4, RING_MAX = 1024 };
static const double US = 1e-6;
static const sim_time WARM_UP = 5 * SIM_MS;
static const double PRECISION = 0.03;

enum law { EXPONENTIAL, CONSTANT, GAMMA, HYPEREXPONENTIAL };

struct station {
    double arrival_rate; /* per us */
    double service_mean; /* us */
    enum law law;
    int processors;
    uint32_t capacity; /* of the ring: waiting and in service; 0: no ring, straight to the processor */
    double horizon;    /* us */
    /* state */
    struct random_stream arrivals, services;
    struct population population;
    struct processor processor[PROCESSORS_MAX];
    bool working[PROCESSORS_MAX];
    struct ring ring;
    uint64_t offered, blocked;
};

static sim_time draw_service(struct station *station) {
    gsl_rng *rng = &station->services.gsl;
    double mean = station->service_mean, x = mean;
    switch (station->law) {
    case EXPONENTIAL:
        x = random_exponential(&station->services, mean);
        break;
    case CONSTANT:
        break;
    case GAMMA:
        x = gsl_ran_gamma(rng, 0.5, 2 * mean);
        break;             /* squared coefficient of variation 2 */
    case HYPEREXPONENTIAL: /* balanced means, squared coefficient of variation 3 */
        x = random_uniform(&station->services) < 0.5 + sqrt(2.0 / 16)
                ? random_exponential(&station->services, mean / (1 + sqrt(0.5)))
                : random_exponential(&station->services, mean / (1 - sqrt(0.5)));
        break;
    }
    return sim_time_of(x * US);
}

static void serve_from_ring(struct station *station);

static void on_served(struct sim *sim, void *object, uint64_t word) {
    struct station *station = object;
    uint32_t customer = (uint32_t)word, server = (uint32_t)(word >> 32);
    population_deliver(&station->population, sim->now, customer);
    station->working[server] = false;
    if (station->capacity > 0) {
        ring_release(&station->ring, 1);
        serve_from_ring(station);
    }
}

static void give_to(struct station *station, uint32_t server, uint32_t customer) {
    station->working[server] = true;
    processor_submit(&station->processor[server], CONTEXT_TASK, draw_service(station), on_served, station,
                     (uint64_t)server << 32 | customer);
}

static void serve_from_ring(struct station *station) {
    for (uint32_t i = 0; i < (uint32_t)station->processors && ring_waiting(&station->ring) > 0; i++)
        if (!station->working[i]) give_to(station, i, ring_pop(&station->ring));
}

static void on_arrival(struct sim *sim, void *object, uint64_t word) {
    struct station *station = object;
    sim_after(sim, sim_time_of(random_exponential(&station->arrivals, US / station->arrival_rate)), on_arrival, station,
              word);
    uint32_t customer = population_enter(&station->population, sim->now);
    bool warm = sim->now >= WARM_UP;
    station->offered += warm;
    if (station->capacity == 0) {
        give_to(station, 0, customer);
    } else if (ring_space(&station->ring) == 0) {
        station->blocked += warm;
        population_lose(&station->population, sim->now, customer);
    } else {
        ring_push(&station->ring, customer);
        serve_from_ring(station);
    }
}

/* Runs one replication; what it measured is in `station`, whose memory is released. */
static void replicate(struct station *station, uint32_t replication) {
    struct sim sim;
    cr_assert_eq(sim_init(&sim, 1, replication, 16, NULL), IOP_OK);
    random_stream_init(&station->arrivals, 20, replication, 0);
    random_stream_init(&station->services, 20, replication, 1);
    population_init(&station->population, CUSTOMERS_MAX, WARM_UP);
    for (int i = 0; i < station->processors; i++) {
        cr_assert_eq(processor_init(&station->processor[i], &sim, NULL), IOP_OK);
        station->working[i] = false;
    }
    if (station->capacity > 0) cr_assert_eq(ring_init(&station->ring, station->capacity, NULL), IOP_OK);
    station->offered = station->blocked = 0;
    sim_at(&sim, sim_time_of(random_exponential(&station->arrivals, US / station->arrival_rate)), on_arrival, station,
           0);
    sim_run(&sim, sim_time_of(station->horizon * US));
    population_check_and_fini(&station->population, sim.now);
    for (int i = 0; i < station->processors; i++) processor_fini(&station->processor[i]);
    if (station->capacity > 0) ring_fini(&station->ring);
    sim_fini(&sim);
}

static void expect_mean_sojourn(const char *what, struct station station, double expected) {
    double values[REPLICATIONS];
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        replicate(&station, i);
        values[i] = population_mean_sojourn(&station.population) / US;
    }
    expect_in_interval(what, values, REPLICATIONS, expected, PRECISION);
}

/* Pollaczek-Khinchine: mean sojourn of M/G/1. */
static double pollaczek_khinchine(double rate, double mean, double squared_variation) {
    double load = rate * mean;
    return mean + load * mean * (1 + squared_variation) / 2 / (1 - load);
}

Test(queues, mm1_mean_sojourn) {
    double rate = 0.8, mean = 1.0;
    struct station station = {
        .arrival_rate = rate, .service_mean = mean, .law = EXPONENTIAL, .processors = 1, .horizon = 200e3};
    expect_mean_sojourn("M/M/1", station, 1 / (1 / mean - rate));
}

Test(queues, md1_mean_sojourn) {
    struct station station = {
        .arrival_rate = 0.8, .service_mean = 1.0, .law = CONSTANT, .processors = 1, .horizon = 150e3};
    expect_mean_sojourn("M/D/1", station, pollaczek_khinchine(0.8, 1.0, 0.0));
}

Test(queues, mg1_mean_sojourn_with_gamma_service) {
    struct station station = {
        .arrival_rate = 0.7, .service_mean = 1.0, .law = GAMMA, .processors = 1, .horizon = 200e3};
    expect_mean_sojourn("M/G/1, gamma", station, pollaczek_khinchine(0.7, 1.0, 2.0));
}

Test(queues, mg1_mean_sojourn_with_hyperexponential_service) {
    struct station station = {
        .arrival_rate = 0.7, .service_mean = 1.0, .law = HYPEREXPONENTIAL, .processors = 1, .horizon = 200e3};
    expect_mean_sojourn("M/G/1, hyperexponential", station, pollaczek_khinchine(0.7, 1.0, 3.0));
}

/* Erlang C: mean sojourn of M/M/c. */
static double erlang_c_sojourn(double rate, double mean, int servers) {
    double offered = rate * mean, term = 1, sum = 0;
    for (int k = 0; k < servers; k++) {
        sum += term;
        term *= offered / (k + 1);
    }
    double busy = term / (1 - offered / servers);
    double wait = busy / (sum + busy); /* probability */
    return mean + wait * mean / (servers - offered);
}

Test(queues, mmc_mean_sojourn_with_processors_fed_by_one_ring) {
    struct station station = {.arrival_rate = 3.2,
                              .service_mean = 1.0,
                              .law = EXPONENTIAL,
                              .processors = 4,
                              .capacity = RING_MAX,
                              .horizon = 60e3};
    expect_mean_sojourn("M/M/4", station, erlang_c_sojourn(3.2, 1.0, 4));
}

Test(queues, mmc_mean_sojourn_with_a_server) {
    const double rate = 3.2, mean = 1.0;
    double values[REPLICATIONS];
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        struct random_stream arrivals, services;
        random_stream_init(&arrivals, 21, i, 0);
        random_stream_init(&services, 21, i, 1);
        struct server server;
        server_init(&server, 4);
        double sum = 0;
        int measured = 0;
        for (sim_time now = 0; now < 60 * SIM_MS;) {
            now += sim_time_of(random_exponential(&arrivals, US / rate));
            sim_time end = server_request(&server, now, sim_time_of(random_exponential(&services, US * mean)));
            if (now < WARM_UP) continue;
            sum += sim_seconds(end - now) / US;
            measured++;
        }
        values[i] = sum / measured;
    }
    expect_in_interval("M/M/4 by a server", values, REPLICATIONS, erlang_c_sojourn(rate, mean, 4), PRECISION);
}

Test(queues, mm1k_blocking_probability_and_mean_sojourn) {
    enum { K = 5 };
    const double load = 0.9;
    double blocking[REPLICATIONS], sojourn[REPLICATIONS];
    struct station station = {
        .arrival_rate = load, .service_mean = 1.0, .law = EXPONENTIAL, .processors = 1, .capacity = K, .horizon = 60e3};
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        replicate(&station, i);
        blocking[i] = (double)station.blocked / (double)station.offered;
        sojourn[i] = population_mean_sojourn(&station.population) / US;
    }
    double total = 0, inside = 0, full = 0;
    for (int n = 0; n <= K; n++) {
        full = pow(load, n);
        total += full;
        inside += n * full;
    }
    expect_in_interval("M/M/1/5 blocking", blocking, REPLICATIONS, full / total, PRECISION);
    expect_in_interval("M/M/1/5 sojourn", sojourn, REPLICATIONS, inside / total / (load * (1 - full / total)),
                       PRECISION);
}

/* The test of the tests: values off by as little as the precision asked for are rejected. */
Test(queues, an_interval_rejects_a_value_five_percent_off) {
    double values[REPLICATIONS];
    struct station station = {
        .arrival_rate = 0.8, .service_mean = 1.0, .law = EXPONENTIAL, .processors = 1, .horizon = 200e3};
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        replicate(&station, i);
        values[i] = population_mean_sojourn(&station.population) / US;
    }
    struct interval interval = confidence_interval(values, REPLICATIONS, 0.99);
    cr_expect_gt(fabs(interval.mean - 5.0 * 1.05), interval.half_width);
    cr_expect_gt(fabs(interval.mean - 5.0 * 0.95), interval.half_width);
}
