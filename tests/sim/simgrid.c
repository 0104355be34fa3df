/* SimGrid as the second implementation: the same small networks as SimGrid actors, fed by the same random
 * streams, must give every single customer the same dates as this kernel does.
 *
 * A station is a host, an actor that executes on it, and a queue guarded by a semaphore. SimGrid counts time in
 * double seconds, so services are about a second long here and dates agree to a microsecond of 10^4 s: to ten
 * digits. The engine can be started once per process; Criterion gives each test one of its own. */
#include <criterion/criterion.h>
#include <math.h>
#include <simgrid/actor.h>
#include <simgrid/engine.h>
#include <simgrid/exec.h>
#include <simgrid/host.h>
#include <simgrid/semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/processor.h"
#include "sim/random.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#endif

enum { STATIONS = 3, CUSTOMERS = 20000, CLOSED_CUSTOMERS = 8 };
static const double TOLERANCE = 1e-6; /* s */
static const double HOST_SPEED = 1e9; /* flop/s: a flop is a nanosecond */
static const double MEANS[STATIONS] = {0.8, 0.7, 0.9};
static const double ARRIVAL_MEAN = 1.0;

/* ---- the model, shared by both sides ---- */

struct network {
    int stations;
    bool closed; /* from station 0 to 1 or 2 and back, instead of 0, 1, 2, out */
    struct random_stream arrivals, routes, services[STATIONS];
    /* The n-th customer that left station k did so at left[k][n]; in s. */
    double arrived[CUSTOMERS], left[STATIONS][CUSTOMERS];
    int served[STATIONS];
};

static struct network ours, theirs;

static void network_init(struct network *network, int stations, bool closed) {
    network->stations = stations;
    network->closed = closed;
    random_stream_init(&network->arrivals, 40, 0, 0);
    random_stream_init(&network->routes, 40, 0, 1);
    for (uint32_t k = 0; k < STATIONS; k++) random_stream_init(&network->services[k], 40, 0, 2 + k);
}

static double draw_interarrival(struct network *network) {
    return random_exponential(&network->arrivals, ARRIVAL_MEAN);
}
static double draw_service(struct network *network, int k) {
    return random_exponential(&network->services[k], MEANS[k]);
}

/* Where the customer goes that has just left station k; -1: out. */
static int next_station(struct network *network, int k) {
    if (!network->closed) return k + 1 < network->stations ? k + 1 : -1;
    return k > 0 ? 0 : random_uniform(&network->routes) < 0.6 ? 1 : 2;
}

static bool finished(const struct network *network) {
    return network->served[network->closed ? 0 : network->stations - 1] == CUSTOMERS;
}

static void record(struct network *network, int k, double now) {
    if (network->served[k] < CUSTOMERS) network->left[k][network->served[k]] = now;
    network->served[k]++;
}

/* ---- on this kernel ---- */

static struct processor processors[STATIONS];

static void on_served(struct sim *sim, void *object, uint64_t k);

static void visit(int k) {
    processor_submit(&processors[k], CONTEXT_TASK, sim_time_of(draw_service(&ours, k)), on_served, &ours, (uint64_t)k);
}

static void on_served(struct sim *sim, void *object, uint64_t k) {
    struct network *network = object;
    record(network, (int)k, sim_seconds(sim->now));
    int to = next_station(network, (int)k);
    if (to >= 0) visit(to);
    if (finished(network)) sim->stop = true;
}

static void on_arrival(struct sim *sim, void *object, uint64_t number) {
    struct network *network = object;
    network->arrived[number] = sim_seconds(sim->now);
    visit(0);
    if (number + 1 < CUSTOMERS)
        sim_after(sim, sim_time_of(draw_interarrival(network)), on_arrival, network, number + 1);
}

static void run_ours(int stations, bool closed) {
    struct sim sim;
    cr_assert_eq(sim_init(&sim, 1, 0, 16, NULL), IOP_OK);
    network_init(&ours, stations, closed);
    for (int k = 0; k < stations; k++) cr_assert_eq(processor_init(&processors[k], &sim, NULL), IOP_OK);
    if (closed)
        for (int i = 0; i < CLOSED_CUSTOMERS; i++) visit(0);
    else
        sim_at(&sim, sim_time_of(draw_interarrival(&ours)), on_arrival, &ours, 0);
    sim_run(&sim, SIM_TIME_MAX);
    for (int k = 0; k < stations; k++) processor_fini(&processors[k]);
    sim_fini(&sim);
}

/* ---- on SimGrid ---- */

struct queue { /* services of those who wait: drawn on arrival, as on our side */
    double *services;
    int head, tail;
    sg_sem_t waiting;
};
static struct queue queues[STATIONS];
enum { QUEUE_MAX = 2 * CUSTOMERS + 2 * CLOSED_CUSTOMERS };

static void join(int k) {
    cr_assert_lt(queues[k].tail, QUEUE_MAX);
    queues[k].services[queues[k].tail++] = draw_service(&theirs, k);
    sg_sem_release(queues[k].waiting);
}

static void serve(int argc, char **argv) {
    cr_assert_eq(argc, 1);
    int k = atoi(argv[0]);
    while (!finished(&theirs)) {
        sg_sem_acquire(queues[k].waiting);
        sg_actor_execute(queues[k].services[queues[k].head++] * HOST_SPEED);
        record(&theirs, k, simgrid_get_clock());
        int to = next_station(&theirs, k);
        if (to >= 0) join(to);
    }
}

static void arrive(int argc, char **argv) {
    (void)argc;
    (void)argv;
    for (int i = 0; i < CUSTOMERS; i++) {
        sg_actor_sleep_for(draw_interarrival(&theirs));
        theirs.arrived[i] = simgrid_get_clock();
        join(0);
    }
}

/* No call of the C API creates hosts, so the platform goes through a file. */
static void load_platform(int hosts) {
    const char *folder = getenv("TMPDIR");
    char name[512];
    snprintf(name, sizeof name, "%s/iopath-platform-XXXXXX", folder != NULL ? folder : ".");
    int descriptor = mkstemp(name);
    cr_assert_geq(descriptor, 0, "%s", name);
    FILE *file = fdopen(descriptor, "w");
    fputs("<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
          "<platform version=\"4.1\"><zone id=\"all\" routing=\"None\">\n",
          file);
    for (int i = 0; i < hosts; i++) fprintf(file, "<host id=\"station %d\" speed=\"1Gf\"/>\n", i);
    fputs("</zone></platform>\n", file);
    fclose(file);
    simgrid_load_platform(name);
    unlink(name);
}

static void run_theirs(int stations, bool closed) {
    /* Dates are otherwise rounded to a nanosecond; threads are the contexts that sanitizers understand. */
    char *arguments[] = {
        "test",
        "--cfg=surf/precision:1e-12",
        "--log=root.thres:warning",
#if defined(__SANITIZE_ADDRESS__)
        "--cfg=contexts/factory:thread",
#endif
        NULL
    };
    int count = (int)(sizeof arguments / sizeof arguments[0]) - 1;
    simgrid_init(&count, arguments);
    network_init(&theirs, stations, closed);
    load_platform(stations);
    static const char *const names[STATIONS] = {"0", "1", "2"};
    for (int k = 0; k < stations; k++) {
        char host[32];
        snprintf(host, sizeof host, "station %d", k);
        queues[k].services = malloc(QUEUE_MAX * sizeof(double));
        queues[k].waiting = sg_sem_init(0);
        sg_actor_t actor = sg_actor_create_(names[k], sg_host_by_name(host), serve, 1, &names[k]);
        if (k != (closed ? 0 : stations - 1)) sg_actor_daemonize(actor);
    }
    if (closed)
        for (int i = 0; i < CLOSED_CUSTOMERS; i++) join(0);
    else
        sg_actor_create_("source", sg_host_by_name("station 0"), arrive, 0, NULL);
    simgrid_run();
    for (int k = 0; k < stations; k++) free(queues[k].services);
}

static void expect_same_dates(int stations, bool closed) {
    run_ours(stations, closed);
    run_theirs(stations, closed);
    double worst = 0;
    for (int i = 0; i < CUSTOMERS; i++) {
        if (!closed) worst = fmax(worst, fabs(ours.arrived[i] - theirs.arrived[i]));
        for (int k = 0; k < stations; k++)
            if (i < ours.served[k] && i < theirs.served[k])
                worst = fmax(worst, fabs(ours.left[k][i] - theirs.left[k][i]));
    }
    cr_expect_lt(worst, TOLERANCE, "a date differs by %g s", worst);
    for (int k = 0; k < stations; k++) cr_expect_leq(abs(ours.served[k] - theirs.served[k]), 1, "station %d", k);
    cr_expect(finished(&ours));
    cr_expect_gt(ours.left[0][CUSTOMERS - 1], 0.9 * CUSTOMERS * MEANS[0]);
}

Test(simgrid, every_customer_of_an_mm1_leaves_at_the_same_date) { expect_same_dates(1, false); }
Test(simgrid, every_customer_of_a_three_station_tandem_leaves_at_the_same_date) { expect_same_dates(3, false); }
Test(simgrid, every_step_of_a_closed_network_happens_at_the_same_date) { expect_same_dates(3, true); }
