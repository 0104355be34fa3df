#include "sim/event.h"

#include <criterion/criterion.h>

#include "sim/random.h"
#include "sim/sim.h"

enum { LOG_MAX = 200000 };

static struct sim sim;
static uint64_t ran[LOG_MAX]; /* words of the events that ran, in their order */
static int count;

static void setup(void) { cr_assert_eq(sim_init(&sim, 1, 0, 0, NULL), IOP_OK); }
static void teardown(void) { sim_fini(&sim); }

static void note(struct sim *s, void *object, uint64_t word) {
    (void)s;
    (void)object;
    ran[count++] = word;
}

TestSuite(event_list, .init = setup, .fini = teardown);

Test(event_list, runs_in_the_order_of_times) {
    const sim_time times[] = {50, 10, 40, 20, 30, 0};
    for (int i = 0; i < 6; i++) sim_at(&sim, times[i], note, NULL, (uint64_t)times[i]);
    sim_run(&sim, 100);
    cr_assert_eq(count, 6);
    for (int i = 0; i < 6; i++) cr_expect_eq(ran[i], (uint64_t)(10 * i));
}

Test(event_list, equal_times_run_in_the_order_scheduled) {
    for (uint64_t i = 0; i < 1000; i++) sim_at(&sim, 7, note, NULL, i);
    sim_run(&sim, 7);
    cr_assert_eq(count, 1000);
    for (int i = 0; i < 1000; i++) cr_expect_eq(ran[i], (uint64_t)i);
}

/* At one instant: what a handler schedules for "now" goes behind all that is already there. */
static void note_and_spawn(struct sim *s, void *object, uint64_t word) {
    note(s, object, word);
    sim_after(s, 0, note, NULL, word + 100);
    sim_after(s, 0, note, NULL, word + 200);
}

Test(event_list, events_scheduled_for_now_run_after_those_already_there) {
    for (uint64_t i = 0; i < 3; i++) sim_at(&sim, 5, note_and_spawn, NULL, i);
    sim_run(&sim, 5);
    const uint64_t order[] = {0, 1, 2, 100, 200, 101, 201, 102, 202};
    cr_assert_eq(count, 9);
    for (int i = 0; i < 9; i++) cr_expect_eq(ran[i], order[i]);
}

Test(event_list, equal_times_keep_their_order_after_a_sweep) {
    event_id ids[400];
    for (uint64_t i = 0; i < 400; i++) ids[i] = sim_at(&sim, 3, note, NULL, i);
    for (int i = 0; i < 400; i++)
        if (i % 4 != 1) sim_cancel(&sim, ids[i]);
    sim_run(&sim, 3);
    cr_assert_eq(count, 100);
    for (int i = 0; i < 100; i++) cr_expect_eq(ran[i], (uint64_t)(4 * i + 1));
}

Test(event_list, run_includes_its_limit_and_leaves_the_clock_there) {
    sim_at(&sim, 10, note, NULL, 1);
    sim_at(&sim, 11, note, NULL, 2);
    sim_run(&sim, 10);
    cr_expect_eq(count, 1);
    cr_expect_eq(sim.now, 10);
    sim_run(&sim, 50);
    cr_expect_eq(count, 2);
    cr_expect_eq(sim.now, 50);
    cr_expect_eq(sim.executed, 2);
}

static void stop(struct sim *s, void *object, uint64_t word) {
    note(s, object, word);
    s->stop = true;
}

Test(event_list, a_handler_can_stop_the_run_and_it_can_be_continued) {
    sim_at(&sim, 10, stop, NULL, 1);
    sim_at(&sim, 10, note, NULL, 2);
    sim_run(&sim, 100);
    cr_expect_eq(count, 1);
    cr_expect_eq(sim.now, 10);
    sim_run(&sim, 100);
    cr_expect_eq(count, 2);
    cr_expect_eq(ran[1], 2);
}

Test(event_list, a_cancelled_event_does_not_run) {
    event_id first = sim_at(&sim, 1, note, NULL, 1);
    sim_at(&sim, 2, note, NULL, 2);
    cr_expect(sim_cancel(&sim, first));
    sim_run(&sim, 10);
    cr_expect_eq(count, 1);
    cr_expect_eq(ran[0], 2);
}

Test(event_list, cancelling_twice_or_after_the_run_or_nothing_is_refused) {
    event_id cancelled = sim_at(&sim, 1, note, NULL, 1), runs = sim_at(&sim, 2, note, NULL, 2);
    cr_expect(sim_cancel(&sim, cancelled));
    cr_expect_not(sim_cancel(&sim, cancelled));
    sim_run(&sim, 10);
    cr_expect_not(sim_cancel(&sim, cancelled));
    cr_expect_not(sim_cancel(&sim, runs));
    cr_expect_not(sim_cancel(&sim, EVENT_NONE));
    cr_expect_not(sim_cancel(&sim, UINT64_MAX));
}

Test(event_list, a_stale_id_does_not_cancel_the_next_owner_of_its_slot) {
    event_id stale = sim_at(&sim, 1, note, NULL, 1);
    sim_run(&sim, 1);
    event_id fresh = sim_at(&sim, 2, note, NULL, 2);
    cr_expect_eq((uint32_t)stale, (uint32_t)fresh, "the slot is used again, or this proves nothing");
    cr_expect_neq(stale, fresh);
    cr_expect_not(sim_cancel(&sim, stale));
    sim_run(&sim, 2);
    cr_expect_eq(count, 2);
}

static event_id own;
static void cancel_self(struct sim *s, void *object, uint64_t word) {
    note(s, object, word);
    cr_expect_not(sim_cancel(s, own), "the running event is no longer pending");
}

Test(event_list, an_event_cannot_cancel_itself) {
    own = sim_at(&sim, 1, cancel_self, NULL, 1);
    sim_at(&sim, 2, note, NULL, 2);
    sim_run(&sim, 2);
    cr_expect_eq(count, 2);
}

static void cancel_object(struct sim *s, void *object, uint64_t word) {
    note(s, object, word);
    cr_expect(sim_cancel(s, *(event_id *)object));
}

Test(event_list, a_handler_can_cancel_an_event_of_the_same_instant) {
    event_id victim = EVENT_NONE;
    sim_at(&sim, 5, cancel_object, &victim, 1);
    victim = sim_at(&sim, 5, note, NULL, 2);
    sim_at(&sim, 5, note, NULL, 3);
    sim_run(&sim, 5);
    cr_expect_eq(count, 2);
    cr_expect_eq(ran[1], 3);
}

static void expect_pending(struct sim *s, void *object, uint64_t word) {
    note(s, object, word);
    cr_expect_eq(event_pending(&s->events), word);
    sim_after(s, 1000, note, NULL, 0);
    cr_expect_eq(event_pending(&s->events), word + 1);
    sim_after(s, 1000, note, NULL, 0);
    cr_expect_eq(event_pending(&s->events), word + 2);
}

Test(event_list, pending_counts_what_will_still_run_also_while_one_runs) {
    cr_expect_eq(event_pending(&sim.events), 0);
    sim_at(&sim, 1, expect_pending, NULL, 2);
    event_id other = sim_at(&sim, 2, note, NULL, 0);
    sim_at(&sim, 3, note, NULL, 0);
    event_id gone = sim_at(&sim, 3, note, NULL, 0);
    cr_expect_eq(event_pending(&sim.events), 4);
    sim_cancel(&sim, gone);
    cr_expect_eq(event_pending(&sim.events), 3);
    sim_run(&sim, 1);
    cr_expect_eq(event_pending(&sim.events), 4);
    sim_cancel(&sim, other);
    sim_run(&sim, 5000);
    cr_expect_eq(event_pending(&sim.events), 0);
    cr_expect_eq(count, 4);
}

Test(event_list, grows_far_beyond_what_was_expected_and_keeps_the_order) {
    struct random_stream stream;
    random_stream_init(&stream, 1, 0, 0);
    for (int i = 0; i < LOG_MAX; i++) {
        uint64_t at = random_below(&stream, 1000000);
        sim_at(&sim, (sim_time)at, note, NULL, at);
    }
    cr_expect_eq(event_pending(&sim.events), LOG_MAX);
    sim_run(&sim, 1000000);
    cr_assert_eq(count, LOG_MAX);
    for (int i = 1; i < LOG_MAX; i++) cr_assert_leq(ran[i - 1], ran[i]);
}

/* Growth in the middle of a handler, when the root is a hole. */
static void burst(struct sim *s, void *object, uint64_t word) {
    note(s, object, word);
    for (uint64_t i = 0; i < word; i++) sim_after(s, (sim_time)(word - i), note, NULL, i);
}

Test(event_list, grows_while_a_handler_runs) {
    for (int i = 0; i < 63; i++) sim_at(&sim, 1, note, NULL, 0);
    sim_at(&sim, 0, burst, NULL, 5000);
    sim_run(&sim, 10000);
    cr_expect_eq(count, 1 + 63 + 5000);
}

Test(event_list, cancelled_events_are_swept_before_they_surface) {
    enum { ROUNDS = 1000, BATCH = 100 };
    for (int round = 0; round < ROUNDS; round++) {
        event_id ids[BATCH];
        for (int i = 0; i < BATCH; i++) ids[i] = sim_at(&sim, SIM_S, note, NULL, 0);
        for (int i = 0; i < BATCH; i++) cr_assert(sim_cancel(&sim, ids[i]));
    }
    cr_expect_eq(event_pending(&sim.events), 0);
    cr_expect_leq(sim.events.capacity, 1024, "a hundred pending at once do not need %u nodes", sim.events.capacity);
}

/* A retransmission timer: each packet cancels the last timeout and sets a new one, far away. The cancel comes
 * first in its handler, when the list has a hole. */
static event_id timeout;
static void packet(struct sim *s, void *object, uint64_t left) {
    sim_cancel(s, timeout);
    timeout = sim_after(s, SIM_S, note, object, 0);
    if (left > 0) sim_after(s, SIM_NS, packet, object, left - 1);
}

Test(event_list, timers_that_are_always_reset_do_not_pile_up) {
    sim_at(&sim, 0, packet, NULL, 100000);
    sim_run(&sim, 2 * SIM_S);
    cr_expect_eq(count, 1);
    cr_expect_leq(sim.events.capacity, 1024, "two pending at once do not need %u nodes", sim.events.capacity);
}

Test(event_list, refuses_more_events_than_it_can_name) {
    struct event_list list;
    struct diag diag = {""};
    cr_expect_eq(event_list_init(&list, 1u << 24, &diag), IOP_INVALID);
    cr_expect_neq(diag.message[0], '\0');
}
