#include "cli/bench_kernel.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/random.h"
#include "sim/sim.h"

/* ---- the model, shared by both sides ---- */

enum { STATIONS_MAX = 10, ROUNDS = 5 };
static const double ROUND_SECONDS = 0.3;
static const double SERVICE_MEAN = 1e-6, LOAD = 0.8, HOLD_MEAN = 1e-6;

struct station {
    uint64_t waiting, served;
    struct random_stream service;
};

/* What a simulation is about: everything but its event list. */
struct world {
    int stations; /* 0: hold */
    struct random_stream arrivals;
    struct station station[STATIONS_MAX];
    uint64_t inside, events;
    sim_time last; /* time of the last event */
    double area;   /* integral of the number inside, ps */
};

static void world_init(struct world *world, int stations) {
    memset(world, 0, sizeof *world);
    world->stations = stations;
    random_stream_init(&world->arrivals, 1, 0, 0);
    for (int i = 0; i < STATIONS_MAX; i++) random_stream_init(&world->station[i].service, 1, 0, 1 + (uint32_t)i);
}

static bool same_state(const struct world *a, const struct world *b) {
    bool same = a->events == b->events && a->last == b->last && a->inside == b->inside && a->area == b->area;
    for (int i = 0; i < STATIONS_MAX; i++)
        same = same && a->station[i].served == b->station[i].served && a->station[i].waiting == b->station[i].waiting;
    return same;
}

static inline sim_time interarrival(struct world *world) {
    return sim_time_of(random_exponential(&world->arrivals, SERVICE_MEAN / LOAD));
}

static inline sim_time service(struct station *station) {
    return sim_time_of(random_exponential(&station->service, SERVICE_MEAN));
}

static inline sim_time hold(struct world *world) {
    return sim_time_of(random_exponential(&world->arrivals, HOLD_MEAN));
}

static inline void observe(struct world *world, sim_time now) {
    world->area += (double)world->inside * (double)(now - world->last);
    world->last = now;
    world->events++;
}

/* ---- the plain loop ---- */

enum kind { ARRIVAL, DEPARTURE, HOLD };

struct plain_node {
    sim_time time;
    uint64_t order;
    uint64_t kind;
    uint64_t station;
};
static_assert(sizeof(struct plain_node) == 32, "the node a program of its own would use");

struct plain {
    struct plain_node *heap; /* root at 1 */
    size_t size;
    uint64_t sequence;
};

static inline bool plain_before(const struct plain_node *a, const struct plain_node *b) {
    return a->time < b->time || (a->time == b->time && a->order < b->order);
}

static inline void plain_push(struct plain *plain, sim_time time, enum kind kind, uint64_t station) {
    struct plain_node node = {time, plain->sequence++, kind, station};
    size_t at = ++plain->size;
    while (at > 1 && plain_before(&node, &plain->heap[at / 2])) {
        plain->heap[at] = plain->heap[at / 2];
        at /= 2;
    }
    plain->heap[at] = node;
}

static inline struct plain_node plain_pop(struct plain *plain) {
    struct plain_node top = plain->heap[1], last = plain->heap[plain->size--];
    size_t at = 1, child;
    while ((child = 2 * at) <= plain->size) {
        if (child < plain->size && plain_before(&plain->heap[child + 1], &plain->heap[child])) child++;
        if (!plain_before(&plain->heap[child], &last)) break;
        plain->heap[at] = plain->heap[child];
        at = child;
    }
    plain->heap[at] = last;
    return top;
}

static void plain_join(struct plain *plain, struct world *world, uint64_t station, sim_time now) {
    if (world->station[station].waiting++ == 0)
        plain_push(plain, now + service(&world->station[station]), DEPARTURE, station);
}

static void plain_run(struct plain *plain, struct world *world, sim_time until) {
    while (plain->size > 0 && plain->heap[1].time <= until) {
        struct plain_node event = plain_pop(plain);
        sim_time now = event.time;
        observe(world, now);
        switch ((enum kind)event.kind) {
        case ARRIVAL:
            plain_push(plain, now + interarrival(world), ARRIVAL, 0);
            world->inside++;
            plain_join(plain, world, 0, now);
            break;
        case DEPARTURE: {
            struct station *station = &world->station[event.station];
            station->served++;
            if (--station->waiting > 0) plain_push(plain, now + service(station), DEPARTURE, event.station);
            if ((int)event.station + 1 < world->stations)
                plain_join(plain, world, event.station + 1, now);
            else
                world->inside--;
            break;
        }
        case HOLD:
            plain_push(plain, now + hold(world), HOLD, 0);
            break;
        }
    }
}

/* ---- the same on the kernel ---- */

static void on_departure(struct sim *sim, void *object, uint64_t index);

static void join(struct sim *sim, struct world *world, uint64_t index) {
    if (world->station[index].waiting++ == 0)
        sim_after(sim, service(&world->station[index]), on_departure, world, index);
}

static void on_arrival(struct sim *sim, void *object, uint64_t word) {
    struct world *world = object;
    observe(world, sim->now);
    sim_after(sim, interarrival(world), on_arrival, world, word);
    world->inside++;
    join(sim, world, 0);
}

static void on_departure(struct sim *sim, void *object, uint64_t index) {
    struct world *world = object;
    struct station *station = &world->station[index];
    observe(world, sim->now);
    station->served++;
    if (--station->waiting > 0) sim_after(sim, service(station), on_departure, world, index);
    if ((int)index + 1 < world->stations)
        join(sim, world, index + 1);
    else
        world->inside--;
}

static void on_hold(struct sim *sim, void *object, uint64_t word) {
    struct world *world = object;
    observe(world, sim->now);
    sim_after(sim, hold(world), on_hold, world, word);
}

/* ---- measuring ---- */

struct contest {
    struct world ours, plains; /* one world each, in step */
    struct sim sim;
    struct plain plain;
};

static bool contest_init(struct contest *contest, int stations, int pending) {
    world_init(&contest->ours, stations);
    world_init(&contest->plains, stations);
    contest->plain = (struct plain){malloc(((size_t)pending + 2) * sizeof(struct plain_node)), 0, 0};
    if (contest->plain.heap == NULL) return false;
    if (sim_init(&contest->sim, 1, 0, (uint32_t)pending, NULL) != IOP_OK) {
        free(contest->plain.heap);
        return false;
    }
    for (int i = 0; i < (stations > 0 ? 1 : pending); i++) {
        sim_time ours = stations > 0 ? interarrival(&contest->ours) : hold(&contest->ours);
        sim_time plains = stations > 0 ? interarrival(&contest->plains) : hold(&contest->plains);
        sim_at(&contest->sim, ours, stations > 0 ? on_arrival : on_hold, &contest->ours, 0);
        plain_push(&contest->plain, plains, stations > 0 ? ARRIVAL : HOLD, 0);
    }
    return true;
}

static void contest_fini(struct contest *contest) {
    sim_fini(&contest->sim);
    free(contest->plain.heap);
}

/* Processor time: other programs on the machine disturb it least. */
static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double rate_of_ours(struct contest *contest, sim_time until) {
    uint64_t before = contest->ours.events;
    double start = seconds();
    sim_run(&contest->sim, until);
    return (double)(contest->ours.events - before) / (seconds() - start);
}

static double rate_of_plain(struct contest *contest, sim_time until) {
    uint64_t before = contest->plains.events;
    double start = seconds();
    plain_run(&contest->plain, &contest->plains, until);
    return (double)(contest->plains.events - before) / (seconds() - start);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

/* Simulated time that holds about `events` events. */
static sim_time span_of(const struct contest *contest, int pending, double events) {
    double per_event =
        contest->ours.stations > 0 ? SERVICE_MEAN / LOAD / (contest->ours.stations + 1) : HOLD_MEAN / pending;
    return sim_time_of(events * per_event);
}

static bool measure(struct contest *contest, struct kernel_bench *row, int pending) {
    /* The first stretch warms both sides up: each pending event has run about once, memory is touched. */
    double events = 200e3 + 2.0 * pending;
    sim_time until = span_of(contest, pending, events);
    rate_of_ours(contest, until);
    events = ROUND_SECONDS * rate_of_plain(contest, 2 * until);
    rate_of_ours(contest, until *= 2);

    double ours[ROUNDS], plains[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) { /* interleaved, so that both meet the same weather */
        until += span_of(contest, pending, events);
        plains[i] = rate_of_plain(contest, until);
        ours[i] = rate_of_ours(contest, until);
        if (!same_state(&contest->ours, &contest->plains)) return false;
    }
    row->events_per_s = median(ours, ROUNDS);
    row->plain_events_per_s = median(plains, ROUNDS);
    return true;
}

int bench_kernel(struct kernel_bench *rows, int max) {
    static const struct {
        const char *workload;
        int stations, pending;
    } workloads[] = {{"mm1", 1, 2},     {"tandem", 10, 11},  {"hold", 0, 10},
                     {"hold", 0, 1000}, {"hold", 0, 100000}, {"hold", 0, 1000000}};
    int count = (int)(sizeof workloads / sizeof workloads[0]);
    if (max < count) count = max;
    struct contest *contest = malloc(sizeof *contest);
    if (contest == NULL) return -1;
    int done = 0;
    for (; done < count; done++) {
        if (!contest_init(contest, workloads[done].stations, workloads[done].pending)) break;
        rows[done].pending = workloads[done].pending;
        strncpy(rows[done].workload, workloads[done].workload, sizeof rows[done].workload - 1);
        rows[done].workload[sizeof rows[done].workload - 1] = '\0';
        bool agree = measure(contest, &rows[done], workloads[done].pending);
        contest_fini(contest);
        if (!agree) break;
    }
    free(contest);
    return done == count ? done : -1;
}
