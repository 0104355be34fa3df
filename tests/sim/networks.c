/* Networks and priorities against queueing theory: a Jackson tandem, a closed network against exact mean value
 * analysis, and two preemptive classes on one processor. Independent replications, 99 % intervals. */
#include <criterion/criterion.h>

#include "sim/processor.h"
#include "sim/random.h"
#include "tests/sim/support.h"

enum { REPLICATIONS = 20, STATIONS_MAX = 10, CUSTOMERS_MAX = 20000 };
static const double US = 1e-6;
static const sim_time WARM_UP = 5 * SIM_MS;
static const double PRECISION = 0.03;

struct station {
    struct processor processor;
    struct random_stream services;
    double mean; /* us */
    double sojourns;
    uint64_t served;
};

struct network {
    int stations;
    double arrival_rate;                   /* per us; 0: closed */
    const double (*routing)[STATIONS_MAX]; /* NULL: a tandem, whose last station leads out */
    struct random_stream arrivals, routes;
    struct station station[STATIONS_MAX];
    struct population population;
};

static void on_served(struct sim *sim, void *object, uint64_t word);

static void visit(struct sim *sim, struct network *network, uint32_t index, uint32_t customer) {
    struct station *station = &network->station[index];
    network->population.customers[customer].arrived = sim->now;
    processor_submit(&station->processor, CONTEXT_TASK,
                     sim_time_of(random_exponential(&station->services, station->mean * US)), on_served, network,
                     (uint64_t)index << 32 | customer);
}

static uint32_t next_station(struct network *network, uint32_t index) {
    if (network->routing == NULL) return index + 1;
    double u = random_uniform(&network->routes), sum = 0;
    for (uint32_t to = 0; to + 1 < (uint32_t)network->stations; to++) {
        sum += network->routing[index][to];
        if (u < sum) return to;
    }
    return (uint32_t)network->stations - 1;
}

static void on_served(struct sim *sim, void *object, uint64_t word) {
    struct network *network = object;
    uint32_t index = (uint32_t)(word >> 32), customer = (uint32_t)word;
    struct station *station = &network->station[index];
    if (sim->now >= WARM_UP) {
        station->sojourns += sim_seconds(sim->now - network->population.customers[customer].arrived) / US;
        station->served++;
    }
    uint32_t to = next_station(network, index);
    if (to < (uint32_t)network->stations)
        visit(sim, network, to, customer);
    else
        population_deliver(&network->population, sim->now, customer);
}

static void on_arrival(struct sim *sim, void *object, uint64_t word) {
    struct network *network = object;
    sim_after(sim, sim_time_of(random_exponential(&network->arrivals, US / network->arrival_rate)), on_arrival, network,
              word);
    visit(sim, network, 0, population_enter(&network->population, sim->now));
}

/* Runs one replication; `customers` are there from the start. */
static void replicate(struct network *network, uint32_t replication, int customers, sim_time horizon) {
    struct sim sim;
    cr_assert_eq(sim_init(&sim, 1, replication, 16, NULL), IOP_OK);
    random_stream_init(&network->arrivals, 30, replication, 0);
    random_stream_init(&network->routes, 30, replication, 1);
    population_init(&network->population, CUSTOMERS_MAX, WARM_UP);
    for (int i = 0; i < network->stations; i++) {
        struct station *station = &network->station[i];
        random_stream_init(&station->services, 30, replication, 2 + (uint32_t)i);
        cr_assert_eq(processor_init(&station->processor, &sim, NULL), IOP_OK);
        station->sojourns = 0;
        station->served = 0;
    }
    for (int i = 0; i < customers; i++) visit(&sim, network, 0, population_enter(&network->population, 0));
    if (network->arrival_rate > 0) on_arrival(&sim, network, 0);
    sim_run(&sim, horizon);
    population_check_and_fini(&network->population, sim.now);
    for (int i = 0; i < network->stations; i++) processor_fini(&network->station[i].processor);
    sim_fini(&sim);
}

/* Jackson: each station of the tandem is an M/M/1 of its own. */
Test(networks, ten_station_jackson_tandem_as_a_whole_and_station_by_station) {
    static struct network network = {.stations = 10, .arrival_rate = 0.7};
    static const double means[10] = {1.0, 0.5, 1.1, 0.8, 0.9, 0.3, 1.0, 0.7, 1.1, 0.6};
    static double whole[REPLICATIONS], each[10][REPLICATIONS];
    for (int k = 0; k < 10; k++) network.station[k].mean = means[k];
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        replicate(&network, i, 0, 150 * SIM_MS);
        whole[i] = population_mean_sojourn(&network.population) / US;
        for (int k = 0; k < 10; k++) each[k][i] = network.station[k].sojourns / (double)network.station[k].served;
    }
    double expected = 0;
    for (int k = 0; k < 10; k++) {
        double sojourn = 1 / (1 / means[k] - network.arrival_rate);
        expect_in_interval("station of the tandem", each[k], REPLICATIONS, sojourn, PRECISION);
        expected += sojourn;
    }
    expect_in_interval("tandem", whole, REPLICATIONS, expected, PRECISION);
}

/* Exact mean value analysis of a closed network with single servers. */
struct mva {
    double throughput, sojourn[STATIONS_MAX];
};

static struct mva mean_value_analysis(int stations, const double *visits, const double *means, int customers) {
    struct mva result = {0};
    double queue[STATIONS_MAX] = {0};
    for (int n = 1; n <= customers; n++) {
        double cycle = 0;
        for (int k = 0; k < stations; k++) {
            result.sojourn[k] = means[k] * (1 + queue[k]);
            cycle += visits[k] * result.sojourn[k];
        }
        result.throughput = n / cycle;
        for (int k = 0; k < stations; k++) queue[k] = result.throughput * visits[k] * result.sojourn[k];
    }
    return result;
}

Test(networks, closed_network_of_three_stations_against_exact_mva) {
    enum { CUSTOMERS = 8 };
    static const double routing[3][STATIONS_MAX] = {{0, 0.6, 0.4}, {0.8, 0, 0.2}, {1, 0, 0}};
    static const double means[3] = {1.0, 1.5, 1.2};
    const double visits[3] = {1, 0.6, 0.4 + 0.6 * 0.2};
    static struct network network = {.stations = 3, .routing = routing};
    double throughput[REPLICATIONS], sojourn[3][REPLICATIONS];
    const sim_time horizon = 100 * SIM_MS;
    for (int k = 0; k < 3; k++) network.station[k].mean = means[k];
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        replicate(&network, i, CUSTOMERS, horizon);
        throughput[i] = (double)network.station[0].served / (sim_seconds(horizon - WARM_UP) / US);
        for (int k = 0; k < 3; k++) sojourn[k][i] = network.station[k].sojourns / (double)network.station[k].served;
    }
    struct mva mva = mean_value_analysis(3, visits, means, CUSTOMERS);
    expect_in_interval("throughput", throughput, REPLICATIONS, mva.throughput, 0.01);
    for (int k = 0; k < 3; k++)
        expect_in_interval("sojourn at a station", sojourn[k], REPLICATIONS, mva.sojourn[k], PRECISION);
}

/* ---- two classes, preemptive resume ---- */

struct class {
    enum context context;
    double rate, mean; /* per us, us */
    struct random_stream arrivals, services;
    struct processor *processor;
    struct population population;
};

static void on_class_served(struct sim *sim, void *object, uint64_t word) {
    struct class *class = object;
    population_deliver(&class->population, sim->now, (uint32_t)word);
}

static void on_class_arrival(struct sim *sim, void *object, uint64_t word) {
    struct class *class = object;
    sim_after(sim, sim_time_of(random_exponential(&class->arrivals, US / class->rate)), on_class_arrival, class, word);
    processor_submit(class->processor, class->context,
                     sim_time_of(random_exponential(&class->services, US * class->mean)), on_class_served, class,
                     population_enter(&class->population, sim->now));
}

Test(networks, two_class_preemptive_resume_priority_mean_sojourns) {
    static struct class classes[2] = {{.context = CONTEXT_HARDIRQ, .rate = 0.6, .mean = 0.5},
                                      {.context = CONTEXT_TASK, .rate = 0.4, .mean = 1.0}};
    double sojourn[2][REPLICATIONS];
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        struct sim sim;
        struct processor processor;
        cr_assert_eq(sim_init(&sim, 1, i, 16, NULL), IOP_OK);
        cr_assert_eq(processor_init(&processor, &sim, NULL), IOP_OK);
        for (uint32_t k = 0; k < 2; k++) {
            random_stream_init(&classes[k].arrivals, 31, i, 2 * k);
            random_stream_init(&classes[k].services, 31, i, 2 * k + 1);
            classes[k].processor = &processor;
            population_init(&classes[k].population, CUSTOMERS_MAX, WARM_UP);
            on_class_arrival(&sim, &classes[k], 0);
        }
        sim_run(&sim, 200 * SIM_MS);
        for (int k = 0; k < 2; k++) {
            sojourn[k][i] = population_mean_sojourn(&classes[k].population) / US;
            population_check_and_fini(&classes[k].population, sim.now);
        }
        processor_fini(&processor);
        sim_fini(&sim);
    }
    /* The first class sees the second not at all; the second sees its own service stretched by the first, and
     * waits for all that is there when it comes. */
    double load1 = classes[0].rate * classes[0].mean, load2 = classes[1].rate * classes[1].mean;
    double residual = load1 * classes[0].mean + load2 * classes[1].mean; /* sum of rate E[S^2] / 2 */
    double first = classes[0].mean / (1 - load1);
    double second = classes[1].mean / (1 - load1) + residual / ((1 - load1) * (1 - load1 - load2));
    expect_in_interval("high priority", sojourn[0], REPLICATIONS, first, PRECISION);
    expect_in_interval("low priority", sojourn[1], REPLICATIONS, second, PRECISION);
}
