/* The event list against a reference too simple to be wrong: an unsorted array, searched for its least
 * (time, sequence) each time. Handlers schedule and cancel at random, ties are frequent, ids go stale. */
#include <criterion/criterion.h>

#include "sim/random.h"
#include "sim/sim.h"

enum { PENDING_MAX = 3000, IDS = 256 };

struct entry {
    sim_time time;
    uint64_t number; /* of scheduling; also the event's word */
    event_id id;
};

struct run {
    struct random_stream stream;
    struct entry pending[PENDING_MAX];
    int count;
    uint64_t scheduled, cancelled, refused, ran;
    struct entry remembered[IDS]; /* ids to cancel, most of them stale */
    uint32_t spread;              /* of times: small makes ties */
    int target;                   /* wanted number pending */
};

static void on_event(struct sim *sim, void *object, uint64_t word);

static void schedule(struct sim *sim, struct run *run) {
    if (run->count == PENDING_MAX) return;
    sim_time at = sim->now + random_below(&run->stream, run->spread);
    struct entry entry = {at, run->scheduled++, EVENT_NONE};
    entry.id = sim_at(sim, at, on_event, run, entry.number);
    run->pending[run->count++] = entry;
    run->remembered[random_below(&run->stream, IDS)] = entry;
}

static void cancel(struct sim *sim, struct run *run) {
    struct entry *victim = &run->remembered[random_below(&run->stream, IDS)];
    if (run->count > 0 && random_below(&run->stream, 2) == 0)
        victim = &run->pending[random_below(&run->stream, (uint32_t)run->count)];
    uint64_t number = victim->number;
    bool done = sim_cancel(sim, victim->id), pending = false;
    for (int i = 0; i < run->count && !pending; i++)
        if (run->pending[i].number == number && victim->id != EVENT_NONE) {
            pending = true;
            run->pending[i] = run->pending[--run->count];
        }
    cr_assert_eq(done, pending);
    run->cancelled += done;
    run->refused += !done;
}

static void on_event(struct sim *sim, void *object, uint64_t word) {
    struct run *run = object;
    int least = 0;
    for (int i = 1; i < run->count; i++)
        if (run->pending[i].time < run->pending[least].time ||
            (run->pending[i].time == run->pending[least].time && run->pending[i].number < run->pending[least].number))
            least = i;
    cr_assert_gt(run->count, 0);
    cr_assert_eq(run->pending[least].number, word, "event %llu ran before its turn", (unsigned long long)word);
    cr_assert_eq(run->pending[least].time, sim->now);
    run->pending[least] = run->pending[--run->count];
    run->ran++;
    if (run->ran % 100 == 0) sim->stop = true; /* an instant may hold any number of events */

    /* On average as many new ones as keep the list at its target, in any order with cancellations. */
    uint32_t actions = random_below(&run->stream, run->count < run->target ? 7 : 3);
    for (uint32_t i = 0; i < actions; i++)
        if (random_below(&run->stream, 3) == 0)
            cancel(sim, run);
        else
            schedule(sim, run);
    cr_assert_eq(event_pending(&sim->events), (uint32_t)run->count);
}

static void compare(uint64_t seed, uint32_t spread, int target, uint64_t events) {
    static struct run run; /* each test has its own process */
    struct sim sim;
    run = (struct run){.spread = spread, .target = target};
    cr_assert_eq(sim_init(&sim, 1, 0, 0, NULL), IOP_OK);
    random_stream_init(&run.stream, seed, 0, 0);
    while (run.ran < events) {
        while (run.count < target) schedule(&sim, &run);
        for (int i = 0; i < target / 4; i++) cancel(&sim, &run); /* outside of any handler */
        sim_run(&sim, sim.now + spread);
        cr_assert_eq(event_pending(&sim.events), (uint32_t)run.count);
    }
    cr_expect_gt(run.cancelled, run.ran / 20);
    cr_expect_gt(run.refused, 0);
    run.target = 0;
    while (run.count > 0) sim_run(&sim, sim.now + spread);
    cr_expect_eq(run.ran + run.cancelled, run.scheduled, "every event ran or was cancelled");
    sim_fini(&sim);
}

Test(event_reference, a_handful_of_events) {
    for (uint64_t seed = 0; seed < 20; seed++) compare(seed, 50, 5, 20000);
}
Test(event_reference, hundreds_of_events_with_many_ties) {
    for (uint64_t seed = 0; seed < 5; seed++) compare(seed, 20, 300, 50000);
}
Test(event_reference, hundreds_of_events_far_apart) {
    for (uint64_t seed = 0; seed < 5; seed++) compare(seed, 1000000, 300, 50000);
}
Test(event_reference, all_at_one_instant) { compare(1, 1, 100, 20000); }
Test(event_reference, thousands_of_events) { compare(1, 5000, 2000, 50000); }

/* Many cancellations at once, from within a handler: the sweep runs while the list has a hole. */
static void cancel_most(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct run *run = object;
    for (int i = 0; i < 1000; i++) cancel(sim, run);
    for (int i = 0; i < 200; i++) schedule(sim, run);
    for (int i = 0; i < 300; i++) cancel(sim, run);
}

Test(event_reference, sweeps_within_a_handler) {
    static struct run run;
    struct sim sim;
    run = (struct run){.spread = 1000};
    cr_assert_eq(sim_init(&sim, 1, 0, 0, NULL), IOP_OK);
    random_stream_init(&run.stream, 1, 0, 0);
    for (int round = 0; round < 50; round++) {
        sim_at(&sim, sim.now, cancel_most, &run, 0);
        while (run.count < 700) schedule(&sim, &run);
        sim_run(&sim, sim.now + 300);
        cr_assert_eq(event_pending(&sim.events), (uint32_t)run.count);
    }
    sim_fini(&sim);
}
