#include "sim/processor.h"

#include <criterion/criterion.h>

#include "sim/random.h"

static struct sim sim;
static struct processor cpu, twin;
static struct {
    uint64_t word;
    sim_time at;
} done[64];
static int count;

static void setup(void) {
    cr_assert_eq(sim_init(&sim, 1, 0, 0, NULL), IOP_OK);
    cr_assert_eq(processor_init(&cpu, &sim, NULL), IOP_OK);
    cr_assert_eq(processor_init(&twin, &sim, NULL), IOP_OK);
}
static void teardown(void) {
    processor_fini(&cpu);
    processor_fini(&twin);
    sim_fini(&sim);
}
TestSuite(processor, .init = setup, .fini = teardown);

static void on_done(struct sim *s, void *object, uint64_t word) {
    (void)object;
    done[count].word = word;
    done[count++].at = s->now;
}

#define expect_done(i, which, when)                                                                               \
    do {                                                                                                          \
        cr_expect_eq(done[i].word, (uint64_t)(which), "number %d was %llu", i, (unsigned long long)done[i].word); \
        cr_expect_eq(done[i].at, when, "number %d was complete at %lld", i, (long long)done[i].at);               \
    } while (0)

/* Submits later: the word packs context, duration and name. */
static void submit_now(struct sim *s, void *object, uint64_t packed) {
    (void)s;
    processor_submit(object, (enum context)(packed & 7), (sim_time)(packed >> 16), on_done, object, packed >> 8 & 0xff);
}

static void submit_at(sim_time at, struct processor *processor, enum context context, sim_time duration, int name) {
    sim_at(&sim, at, submit_now, processor, (uint64_t)duration << 16 | (uint64_t)name << 8 | (uint64_t)context);
}

Test(processor, work_takes_its_duration) {
    submit_at(10, &cpu, CONTEXT_TASK, 100, 1);
    sim_run(&sim, 1000);
    cr_assert_eq(count, 1);
    expect_done(0, 1, 110);
}

Test(processor, one_context_is_first_come_first_served) {
    for (int i = 0; i < 40; i++) submit_at(i, &cpu, CONTEXT_TASK, 100, i); /* more than the first queue holds */
    sim_run(&sim, 10000);
    cr_assert_eq(count, 40);
    for (int i = 0; i < 40; i++) expect_done(i, i, 100 * (i + 1));
}

Test(processor, a_preempted_piece_resumes_where_it_was) {
    submit_at(0, &cpu, CONTEXT_TASK, 100, 1);
    submit_at(30, &cpu, CONTEXT_HARDIRQ, 20, 2);
    submit_at(90, &cpu, CONTEXT_SOFTIRQ, 5, 3);
    sim_run(&sim, 1000);
    cr_assert_eq(count, 3);
    expect_done(0, 2, 50);
    expect_done(1, 3, 95);
    expect_done(2, 1, 125);
    cr_expect_eq(cpu.preemptions, 2);
}

Test(processor, preemptions_nest_by_priority) {
    submit_at(0, &cpu, CONTEXT_TASK, 100, 1);
    submit_at(10, &cpu, CONTEXT_SOFTIRQ, 100, 2);
    submit_at(20, &cpu, CONTEXT_HARDIRQ, 100, 3);
    submit_at(30, &cpu, CONTEXT_HYPERVISOR, 100, 4);
    sim_run(&sim, 1000);
    expect_done(0, 4, 130);
    expect_done(1, 3, 220);
    expect_done(2, 2, 310);
    expect_done(3, 1, 400);
}

Test(processor, lower_and_equal_contexts_wait) {
    submit_at(0, &cpu, CONTEXT_SOFTIRQ, 100, 1);
    submit_at(10, &cpu, CONTEXT_TASK, 10, 2);
    submit_at(20, &cpu, CONTEXT_SOFTIRQ, 10, 3);
    sim_run(&sim, 1000);
    expect_done(0, 1, 100);
    expect_done(1, 3, 110);
    expect_done(2, 2, 120);
    cr_expect_eq(cpu.preemptions, 0);
}

Test(processor, a_preempted_piece_stays_first_of_its_context) {
    submit_at(0, &cpu, CONTEXT_TASK, 100, 1);
    submit_at(10, &cpu, CONTEXT_HARDIRQ, 100, 2);
    submit_at(20, &cpu, CONTEXT_TASK, 1, 3);
    sim_run(&sim, 1000);
    expect_done(1, 1, 200);
    expect_done(2, 3, 201);
}

Test(processor, work_may_be_zero_long) {
    submit_at(5, &cpu, CONTEXT_TASK, 0, 1);
    submit_at(5, &cpu, CONTEXT_TASK, 0, 2);
    sim_run(&sim, 100);
    cr_assert_eq(count, 2);
    expect_done(0, 1, 5);
    expect_done(1, 2, 5);
}

static void submit_two_more(struct sim *s, void *object, uint64_t word) {
    on_done(s, object, word);
    processor_submit(object, CONTEXT_TASK, 10, on_done, object, 20);
    processor_submit(object, CONTEXT_HARDIRQ, 10, on_done, object, 21);
    cr_expect_eq(cpu.running, PROCESSOR_IDLE, "nothing starts before the handler has returned");
}

Test(processor, what_a_done_handler_submits_goes_behind_and_by_priority) {
    processor_submit(&cpu, CONTEXT_TASK, 10, submit_two_more, &cpu, 1);
    processor_submit(&cpu, CONTEXT_TASK, 10, on_done, &cpu, 2);
    sim_run(&sim, 100);
    expect_done(0, 1, 10);
    expect_done(1, 21, 20);
    expect_done(2, 2, 30);
    expect_done(3, 20, 40);
    cr_expect_eq(cpu.preemptions, 0);
}

/* ---- idle states ---- */

static void set_idle_states(void) {
    cpu.idle = (struct idle_states){.shallow_exit = 2, .deep_exit = 50, .deep_after = 200};
}

Test(processor, a_short_sleep_costs_the_shallow_exit_a_long_one_the_deep) {
    set_idle_states();
    submit_at(100, &cpu, CONTEXT_TASK, 10, 1); /* idle for 100: ready at 102, done at 112 */
    submit_at(311, &cpu, CONTEXT_TASK, 10, 2); /* idle for 199 */
    submit_at(523, &cpu, CONTEXT_TASK, 10, 3); /* idle for 200 */
    sim_run(&sim, 1000);
    expect_done(0, 1, 112);
    expect_done(1, 2, 323);
    expect_done(2, 3, 583);
    cr_expect_eq(cpu.wakeups, 3);
    cr_expect_eq(cpu.deep_wakeups, 1);
}

Test(processor, work_that_comes_while_it_wakes_is_ordered_by_priority) {
    set_idle_states();
    submit_at(300, &cpu, CONTEXT_TASK, 10, 1);
    submit_at(310, &cpu, CONTEXT_HARDIRQ, 10, 2);
    sim_run(&sim, 1000);
    expect_done(0, 2, 360);
    expect_done(1, 1, 370);
    cr_expect_eq(cpu.wakeups, 1);
}

Test(processor, a_busy_processor_does_not_pay_for_waking) {
    set_idle_states();
    submit_at(100, &cpu, CONTEXT_TASK, 10, 1);
    submit_at(105, &cpu, CONTEXT_TASK, 10, 2);
    sim_run(&sim, 1000);
    expect_done(1, 2, 122);
    cr_expect_eq(cpu.wakeups, 1);
    cr_expect_eq(processor_busy(&cpu), 20, "waking is not work");
}

/* ---- stalls ---- */

static void stall(struct sim *s, void *object, uint64_t word) {
    on_done(s, object, word);
    processor_stall(object);
}
static void resume(struct sim *s, void *object, uint64_t word) {
    (void)s;
    (void)word;
    processor_resume(object);
}

Test(processor, a_stalled_one_takes_no_interrupts_until_it_resumes) {
    processor_submit(&cpu, CONTEXT_TASK, 10, stall, &cpu, 1);
    submit_at(20, &cpu, CONTEXT_HARDIRQ, 5, 2);
    submit_at(30, &cpu, CONTEXT_TASK, 5, 3);
    submit_at(35, &cpu, CONTEXT_HYPERVISOR, 5, 4);
    sim_at(&sim, 100, resume, &cpu, 0);
    sim_run(&sim, 1000);
    expect_done(0, 1, 10);
    expect_done(1, 4, 105);
    expect_done(2, 2, 110);
    expect_done(3, 3, 115);
    cr_expect_eq(cpu.stalled_for, 90);
    cr_expect_eq(processor_busy(&cpu), 25, "stalled time is counted apart");
}

Test(processor, a_stall_leaves_a_preempted_piece_where_it_was) {
    submit_at(0, &cpu, CONTEXT_TASK, 100, 1);
    sim_run(&sim, 40);
    processor_submit(&cpu, CONTEXT_HYPERVISOR, 10, stall, &cpu, 2);
    sim_at(&sim, 200, resume, &cpu, 0);
    sim_run(&sim, 1000);
    expect_done(0, 2, 50);
    expect_done(1, 1, 260);
}

Test(processor, resuming_does_not_count_as_waking_and_idle_time_starts_anew) {
    set_idle_states();
    processor_submit(&cpu, CONTEXT_TASK, 10, stall, &cpu, 1); /* wakes shallow: done at 12 */
    sim_at(&sim, 500, resume, &cpu, 0);
    submit_at(510, &cpu, CONTEXT_TASK, 10, 2);
    sim_run(&sim, 1000);
    expect_done(0, 1, 12);
    expect_done(1, 2, 522); /* idle for 10, not for 498 */
}

/* ---- simultaneous multithreading ---- */

static void make_twins(double stretch) {
    cpu.sibling = &twin;
    twin.sibling = &cpu;
    cpu.smt_stretch = twin.smt_stretch = stretch;
}

Test(processor, work_beside_a_busy_sibling_is_stretched) {
    make_twins(1.5);
    submit_at(0, &cpu, CONTEXT_TASK, 100, 1);   /* alone when it starts */
    submit_at(50, &twin, CONTEXT_TASK, 100, 2); /* beside it */
    submit_at(300, &cpu, CONTEXT_TASK, 100, 3); /* alone again */
    sim_run(&sim, 1000);
    expect_done(0, 1, 100);
    expect_done(1, 2, 200);
    expect_done(2, 3, 400);
    cr_expect_eq(twin.busy[CONTEXT_TASK], 150);
    cr_expect_eq(twin.worked, 100);
    cr_expect_eq(cpu.busy[CONTEXT_TASK], cpu.worked);
}

Test(processor, a_stretched_piece_loses_no_work_when_preempted) {
    make_twins(1.5);
    submit_at(0, &cpu, CONTEXT_TASK, 1000, 1);
    submit_at(10, &twin, CONTEXT_TASK, 100, 2);   /* would take 150 */
    submit_at(40, &twin, CONTEXT_HARDIRQ, 20, 3); /* 30 on the clock have done 20; takes 30 */
    sim_run(&sim, 5000);
    expect_done(0, 3, 70);
    expect_done(1, 2, 190); /* 80 left, stretched to 120 */
    cr_expect_eq(twin.worked, 120);
    cr_expect_eq(processor_busy(&twin), 180);
}

/* ---- accounts ---- */

Test(processor, busy_includes_the_running_piece) {
    submit_at(0, &cpu, CONTEXT_TASK, 100, 1);
    sim_run(&sim, 30);
    cr_expect_eq(processor_busy(&cpu), 30);
    sim_run(&sim, 500);
    cr_expect_eq(processor_busy(&cpu), 100);
}

static struct random_stream stream;
static sim_time submitted[CONTEXT_COUNT];
static uint64_t completed;

static void complete(struct sim *s, void *object, uint64_t word) {
    (void)s;
    (void)object;
    (void)word;
    completed++;
}

static void submit_random(struct sim *s, void *object, uint64_t left) {
    enum context context = (enum context)random_below(&stream, CONTEXT_COUNT);
    sim_time duration = random_below(&stream, 1000);
    submitted[context] += duration;
    processor_submit(object, context, duration, complete, object, 0);
    if (left > 1) sim_after(s, random_below(&stream, 1100), submit_random, object, left - 1);
}

Test(processor, busy_is_the_sum_of_the_work_in_every_context) {
    random_stream_init(&stream, 1, 0, 0);
    sim_at(&sim, 0, submit_random, &cpu, 100000);
    sim_run(&sim, SIM_MS);
    cr_expect_eq(completed, 100000);
    sim_time all = 0;
    for (int i = 0; i < CONTEXT_COUNT; i++) {
        cr_expect_eq(cpu.busy[i], submitted[i], "context %d", i);
        all += submitted[i];
    }
    cr_expect_eq(cpu.worked, all);
    cr_expect_eq(processor_busy(&cpu), all);
    cr_expect_gt(cpu.preemptions, 10000);
}

Test(processor, stretched_work_adds_up_as_well) {
    make_twins(1.4);
    random_stream_init(&stream, 2, 0, 0);
    sim_at(&sim, 0, submit_random, &cpu, 50000);
    sim_at(&sim, 0, submit_random, &twin, 50000);
    sim_run(&sim, SIM_MS);
    sim_time all = 0;
    for (int i = 0; i < CONTEXT_COUNT; i++) all += submitted[i];
    cr_expect_eq(completed, 100000);
    cr_expect_eq(cpu.worked + twin.worked, all, "not a picosecond of work is lost to rounding");
    cr_expect_gt(processor_busy(&cpu) + processor_busy(&twin), all);
}

Test(processor, a_cpu_that_a_thread_spins_on_is_awake) {
    cpu.idle = (struct idle_states){.shallow_exit = 1000, .deep_exit = 5000, .deep_after = 20000};
    cpu.awake_until = 10000;
    submit_at(5000, &cpu, CONTEXT_TASK, 100, 1);
    submit_at(29000, &cpu, CONTEXT_TASK, 100, 2);
    submit_at(60000, &cpu, CONTEXT_TASK, 100, 3);
    sim_run(&sim, 100000);
    expect_done(0, 1, 5100);
    expect_done(1, 2, 30100); /* asleep since 10000 only: the shallow state */
    expect_done(2, 3, 65100);
}
