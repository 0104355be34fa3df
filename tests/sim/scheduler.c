/* Shares, caps and waits under a scheduler, against what the policies promise and what theory says. */
#include "sim/scheduler.h"

#include <criterion/criterion.h>
#include <math.h>

#include "sim/random.h"
#include "tests/sim/support.h"

enum { PROCESSORS = 16 };

static struct sim sim;
static struct scheduler scheduler;
static struct processor processors[PROCESSORS];
static struct sched_group *groups[PROCESSORS];
static int used;

static struct scheduler_settings credit(int cpus) {
    return (struct scheduler_settings){
        .policy = SCHEDULER_CREDIT, .cpus = cpus, .slice = 30 * SIM_MS, .ratelimit = SIM_MS, .boost = true};
}

static struct scheduler_settings cfs(int cpus) {
    return (struct scheduler_settings){.policy = SCHEDULER_CFS,
                                       .cpus = cpus,
                                       .latency = 24 * SIM_MS,
                                       .granularity = 3 * SIM_MS,
                                       .wakeup_granularity = 4 * SIM_MS};
}

static void given(struct scheduler_settings settings) {
    cr_assert_eq(sim_init(&sim, 1, 0, 0, NULL), IOP_OK);
    cr_assert_eq(scheduler_init(&scheduler, &sim, &settings, PROCESSORS, NULL), IOP_OK);
    used = 0;
}

static void done_with(void) {
    for (int i = 0; i < used; i++) processor_fini(&processors[i]);
    scheduler_fini(&scheduler);
    sim_fini(&sim);
}

/* A processor that is a group of its own. */
static struct processor *given_entity(double weight, double cap) {
    struct processor *processor = &processors[used];
    cr_assert_eq(processor_init(processor, &sim, NULL), IOP_OK);
    groups[used] = scheduler_add_group(&scheduler, weight, cap);
    scheduler_add(&scheduler, groups[used++], processor, UINT64_MAX);
    return processor;
}

static void compute_on(struct sim *s, void *object, uint64_t word) {
    (void)s;
    processor_submit(object, CONTEXT_TASK, (sim_time)word, compute_on, object, word);
}

static struct processor *given_hog(double weight, double cap) {
    struct processor *processor = given_entity(weight, cap);
    processor_submit(processor, CONTEXT_TASK, 100 * SIM_US, compute_on, processor, 100 * SIM_US);
    return processor;
}

static double share(const struct processor *processor) {
    return sim_seconds(processor_busy(processor)) / sim_seconds(sim.now);
}

#define expect_near(value, expected, distance) \
    cr_expect_float_eq(value, expected, distance, "%g, expected %g", (double)(value), (double)(expected))

/* ---- shares ---- */

static void expect_shares_by_weight(struct scheduler_settings settings) {
    given(settings);
    for (int i = 0; i < 4; i++) given_hog(i + 1, 0);
    sim_run(&sim, 20 * SIM_S);
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        expect_near(share(&processors[i]), (i + 1) / 10.0, 0.01);
        sum += share(&processors[i]);
    }
    expect_near(sum, 1, 1e-6);
    done_with();
}

Test(scheduler, credit_gives_shares_by_weight) { expect_shares_by_weight(credit(1)); }
Test(scheduler, cfs_gives_shares_by_weight) { expect_shares_by_weight(cfs(1)); }

/* Three on two CPUs get two thirds each, so that somebody must change CPUs; nobody idles, nothing is lost. */
static void expect_work_conservation(struct scheduler_settings settings) {
    given(settings);
    for (int i = 0; i < 3; i++) given_hog(1, 0);
    sim_run(&sim, 10 * SIM_S);
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        expect_near(share(&processors[i]), 2.0 / 3, 0.02);
        sum += share(&processors[i]);
        struct entity *entity = processors[i].entity;
        cr_expect_eq(entity_ran(entity) + entity_waited(entity), sim.now, "ran or waited all the time");
        cr_expect_eq(entity_ran(entity), processor_busy(&processors[i]));
    }
    expect_near(sum, 2, 1e-9);
    for (int i = 0; i < 2; i++) cr_expect_eq(sched_cpu_busy(&scheduler.cpus[i]), sim.now);
    done_with();
}

Test(scheduler, credit_wastes_no_cpu) { expect_work_conservation(credit(2)); }
Test(scheduler, cfs_wastes_no_cpu) { expect_work_conservation(cfs(2)); }

/* A CPU whose own queue is empty takes from another's: without that, the third would starve the first. */
Test(scheduler, credit_steals_between_queues) {
    given(credit(2));
    for (int i = 0; i < 3; i++) given_hog(1, 0);
    sim_run(&sim, SIM_S);
    cr_expect_gt(scheduler.steals, 0);
    done_with();
}

Test(scheduler, affinity_binds) {
    given(credit(2));
    for (int i = 0; i < 2; i++) {
        struct processor *processor = &processors[used];
        cr_assert_eq(processor_init(processor, &sim, NULL), IOP_OK);
        groups[used] = scheduler_add_group(&scheduler, 1, 0);
        scheduler_add(&scheduler, groups[used++], processor, 1);
        processor_submit(processor, CONTEXT_TASK, SIM_MS, compute_on, processor, SIM_MS);
    }
    sim_run(&sim, 6 * SIM_S);
    expect_near(share(&processors[0]), 0.5, 0.01);
    cr_expect_eq(sched_cpu_busy(&scheduler.cpus[1]), 0);
    done_with();
}

/* ---- caps and burst credits ---- */

/* Parked for whole periods: exact over a cycle of run and park, 30 ms of each 30 ms / cap. */
Test(scheduler, a_cap_is_exact_over_its_cycle) {
    const double caps[] = {0.05, 0.1, 0.2, 0.4, 0.5};
    for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
        given(credit(1));
        given_hog(1, caps[i]);
        sim_time cycle = (sim_time)(30e9 / caps[i]);
        sim_run(&sim, 10 * cycle);
        sim_time before = processor_busy(&processors[0]);
        sim_run(&sim, 30 * cycle);
        double ran = sim_seconds(processor_busy(&processors[0]) - before);
        expect_near(ran / sim_seconds(20 * cycle), caps[i], 0.001);
        done_with();
    }
}

Test(scheduler, a_cap_of_two_cpus_holds_for_four_vcpus_together) {
    given(credit(4));
    struct sched_group *group = scheduler_add_group(&scheduler, 1, 2);
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(processor_init(&processors[used], &sim, NULL), IOP_OK);
        scheduler_add(&scheduler, group, &processors[used], UINT64_MAX);
        processor_submit(&processors[used], CONTEXT_TASK, SIM_MS, compute_on, &processors[used], SIM_MS);
        used++;
    }
    sim_run(&sim, 12 * SIM_S);
    expect_near(sim_seconds(sched_group_used(group)) / sim_seconds(sim.now), 2, 0.02);
    done_with();
}

Test(scheduler, what_a_cap_leaves_goes_to_the_others) {
    given(credit(1));
    given_hog(1, 0.2);
    given_hog(1, 0);
    sim_run(&sim, 15 * SIM_S);
    expect_near(share(&processors[0]), 0.2, 0.005);
    expect_near(share(&processors[1]), 0.8, 0.005);
    done_with();
}

/* 0.3 s in hand and 0.1 CPU earned last 1/3 s at full speed; then the baseline. */
Test(scheduler, burst_credits_run_out_and_the_baseline_stays) {
    given(credit(1));
    given_hog(1, 0);
    scheduler_set_burst(groups[0], 0.1, 300 * SIM_MS, SIM_S);
    sim_run(&sim, 330 * SIM_MS);
    expect_near(share(&processors[0]), 1, 1e-9);
    sim_time before = processor_busy(&processors[0]);
    sim_run(&sim, 630 * SIM_MS + 6 * SIM_S);
    double ran = sim_seconds(processor_busy(&processors[0]) - before);
    expect_near(ran / 6.3, 0.1, 0.01);
    cr_expect(groups[0]->burst.exhausted);
    done_with();
}

Test(scheduler, burst_credits_are_earned_while_idle) {
    given(credit(1));
    given_entity(1, 0);
    scheduler_set_burst(groups[0], 0.5, 0, 10 * SIM_S);
    sim_run(&sim, 4 * SIM_S);
    cr_expect_not(groups[0]->burst.exhausted);
    expect_near(sim_seconds(groups[0]->burst.balance), 2, 0.02);
    sim_run(&sim, 100 * SIM_S);
    cr_expect_eq(groups[0]->burst.balance, 10 * SIM_S, "what is beyond the most is lost");
    done_with();
}

/* ---- waiting ---- */

static sim_time asked, longest;
static int answers;

static void answered(struct sim *s, void *object, uint64_t word) {
    (void)object;
    (void)word;
    answers++;
    if (s->now - asked > longest) longest = s->now - asked;
}

static void ask(struct sim *s, void *object, uint64_t period) {
    asked = s->now;
    processor_submit(object, CONTEXT_TASK, 10 * SIM_US, answered, object, 0);
    sim_after(s, (sim_time)period, ask, object, period);
}

/* The longest wait of a processor that wakes for 10 us each 97 ms, beside two that compute. */
static double longest_wait_ms(struct scheduler_settings settings) {
    given(settings);
    struct processor *processor = given_entity(1, 0);
    for (int i = 0; i < 2; i++) given_hog(1, 0);
    longest = answers = 0;
    sim_at(&sim, 50 * SIM_MS, ask, processor, 97 * SIM_MS);
    sim_run(&sim, 10 * SIM_S);
    cr_expect_gt(answers, 100);
    done_with();
    return sim_seconds(longest) * 1e3;
}

/* TM05: behind two that compute it is 60 ms at most; XN003: boosted, the ratelimit. */
Test(scheduler, waking_waits_for_the_ratelimit_and_without_boost_for_the_slices) {
    struct scheduler_settings settings = credit(1);
    double boosted = longest_wait_ms(settings);
    cr_expect_leq(boosted, 1.011, "%g ms", boosted);
    settings.ratelimit = 0;
    expect_near(longest_wait_ms(settings), 0.01, 1e-6);
    settings.boost = false;
    double waits = longest_wait_ms(settings);
    cr_expect(waits > 50 && waits <= 60.011, "%g ms", waits);
}

/* Who has just got the CPU keeps it for the ratelimit, whoever wakes: 0.2 ms after the last time, the wait is the
 * rest of it. */
Test(scheduler, the_ratelimit_protects_whoever_has_just_begun) {
    struct scheduler_settings settings = credit(1);
    for (int limited = 0; limited < 2; limited++) {
        settings.ratelimit = limited ? SIM_MS : 0;
        given(settings);
        struct processor *processor = given_entity(1, 0);
        given_hog(1, 0);
        longest = answers = 0;
        for (int i = 1; i <= 20; i++) { /* the other one is boosted until the first tick, it woke, too */
            sim_at(&sim, (10 * i + 5) * SIM_MS, ask, processor, SIM_S);
            sim_at(&sim, (10 * i + 5) * SIM_MS + 210 * SIM_US, ask, processor, SIM_S);
        }
        sim_run(&sim, 250 * SIM_MS);
        cr_expect_eq(answers, 40);
        expect_near(sim_seconds(longest) * 1e3, limited ? 0.81 : 0.01, 1e-6);
        done_with();
    }
}

static void begin_to_compute(struct sim *s, void *object, uint64_t word) {
    (void)s;
    processor_submit(object, CONTEXT_TASK, (sim_time)word, compute_on, object, word);
}

/* What it has not used while it slept is not owed to it, but for half of the latency. */
Test(scheduler, cfs_does_not_let_a_sleeper_catch_up) {
    given(cfs(1));
    struct processor *sleeper = given_entity(1, 0), *hog = given_hog(1, 0);
    sim_at(&sim, 5 * SIM_S, begin_to_compute, sleeper, SIM_MS);
    sim_run(&sim, 5 * SIM_S);
    sim_time before = processor_busy(hog);
    sim_run(&sim, 5 * SIM_S + 120 * SIM_MS);
    double share_since = sim_seconds(processor_busy(hog) - before) / 0.12;
    expect_near(share_since, 0.45, 0.06);
    done_with();
}

/* A sleeper is placed behind those who run, so that it preempts them at once. */
Test(scheduler, cfs_lets_a_sleeper_run_at_once) {
    expect_near(longest_wait_ms(cfs(1)), 0.01, 1e-6);
    struct scheduler_settings settings = cfs(1);
    settings.wakeup_granularity = 100 * SIM_MS; /* never ahead enough */
    double waits = longest_wait_ms(settings);
    cr_expect(waits > 3 && waits <= 12.011, "%g ms: up to half of the latency, there are two others", waits);
}

/* ---- switching ---- */

Test(scheduler, a_switch_takes_time_from_everybody) {
    struct scheduler_settings settings = credit(1);
    settings.switch_time = 3 * SIM_MS;
    given(settings);
    for (int i = 0; i < 2; i++) given_hog(1, 0);
    sim_run(&sim, 33 * SIM_S);
    double switched = sim_seconds(scheduler.cpus[0].switched) / sim_seconds(sim.now);
    cr_expect(switched > 0.04 && switched < 3.0 / 33, "%g", switched); /* each slice, or each second one */
    expect_near(share(&processors[0]) + share(&processors[1]), 1 - switched, 3e-3 / 33);
    cr_expect_eq(sched_cpu_busy(&scheduler.cpus[0]), sim.now);
    done_with();
}

static void resume(struct sim *s, void *object, uint64_t word) {
    (void)s;
    (void)word;
    processor_resume(object);
}

static void stall(struct sim *s, void *object, uint64_t word) {
    processor_stall(object);
    processor_submit(object, CONTEXT_TASK, SIM_MS, stall, object, word);
    sim_after(s, 9 * SIM_MS, resume, object, word);
}

/* A vCPU that waits for its device model is not on a CPU: one that computes has it meanwhile. */
Test(scheduler, a_stalled_processor_gives_up_its_cpu) {
    given(credit(1));
    struct processor *waiter = given_entity(1, 0);
    processor_submit(waiter, CONTEXT_TASK, SIM_MS, stall, waiter, 0);
    given_hog(1, 0);
    sim_run(&sim, 10 * SIM_S);
    expect_near(share(waiter), 0.1, 0.01);
    expect_near(share(&processors[1]), 0.9, 0.01);
    cr_expect_lt(entity_waited(waiter->entity), 150 * SIM_MS);
    done_with();
}

/* ---- hardware threads ---- */

static double worked(const struct processor *processor) {
    return sim_seconds(processor->worked) / sim_seconds(sim.now);
}

/* Two cores: two entities have one each; a third shares one, and those two get 1 / 1.6 of it each. */
Test(scheduler, hardware_threads_share_a_core) {
    for (int hogs = 2; hogs <= 4; hogs++) {
        struct scheduler_settings settings = credit(4);
        settings.smt_stretch = 1.6;
        given(settings);
        for (int i = 0; i < hogs; i++) given_hog(1, 0);
        sim_run(&sim, 10 * SIM_S);
        double sum = 0;
        for (int i = 0; i < hogs; i++) {
            expect_near(share(&processors[i]), 1, 1e-3);
            sum += worked(&processors[i]);
        }
        const double cores[] = {2, 1 + 2 / 1.6, 4 / 1.6};
        expect_near(sum, cores[hogs - 2], 0.01);
        done_with();
    }
}

/* ---- processor sharing ---- */

enum { JOBS = 64 };

static struct {
    struct processor processors[JOBS];
    bool taken[JOBS];
    sim_time born[JOBS];
    struct random_stream random;
    double sojourns_s, mean_s;
    uint64_t finished;
    bool spread;
} queue;

static void finished(struct sim *s, void *object, uint64_t job) {
    (void)object;
    queue.taken[job] = false;
    queue.sojourns_s += sim_seconds(s->now - queue.born[job]);
    queue.finished++;
}

/* Mostly short, some ten times as long as the mean; or all alike. */
static double service_s(void) {
    if (!queue.spread) return queue.mean_s;
    bool long_one = random_uniform(&queue.random) < 0.05;
    return random_exponential(&queue.random, long_one ? 10 * queue.mean_s : 0.5 / 0.95 * queue.mean_s);
}

static void arrive(struct sim *s, void *object, uint64_t word) {
    (void)object;
    sim_after(s, sim_time_of(random_exponential(&queue.random, queue.mean_s / 0.5)), arrive, NULL, word);
    uint64_t job = 0;
    while (job < JOBS && queue.taken[job]) job++;
    cr_assert_lt(job, (uint64_t)JOBS);
    queue.taken[job] = true;
    queue.born[job] = s->now;
    processor_submit(&queue.processors[job], CONTEXT_TASK, sim_time_of(service_s()), finished, NULL, job);
}

static double mean_sojourn_in_services(bool spread, uint32_t replication) {
    struct scheduler_settings settings = cfs(1);
    settings.latency = settings.granularity = 100 * SIM_US; /* small against the work of 10 ms */
    settings.wakeup_granularity = 0;
    cr_assert_eq(sim_init(&sim, 1, replication, 0, NULL), IOP_OK);
    cr_assert_eq(scheduler_init(&scheduler, &sim, &settings, JOBS, NULL), IOP_OK);
    struct sched_group *group = scheduler_add_group(&scheduler, 1, 0);
    for (int i = 0; i < JOBS; i++) {
        cr_assert_eq(processor_init(&queue.processors[i], &sim, NULL), IOP_OK);
        scheduler_add(&scheduler, group, &queue.processors[i], UINT64_MAX);
        queue.taken[i] = false;
    }
    queue.mean_s = 0.01;
    queue.spread = spread;
    queue.sojourns_s = 0;
    queue.finished = 0;
    random_stream_init(&queue.random, 1, replication, 0);
    sim_at(&sim, 0, arrive, NULL, 0);
    sim_run(&sim, 400 * SIM_S);
    double mean = queue.sojourns_s / (double)queue.finished / queue.mean_s;
    for (int i = 0; i < JOBS; i++) processor_fini(&queue.processors[i]);
    scheduler_fini(&scheduler);
    sim_fini(&sim);
    return mean;
}

/* M/G/1 with processor sharing: S / (1 - load), whatever the distribution of the work; first come first served
 * would be 1.5 and, spread, 5.8 services. */
Test(scheduler, fine_slices_are_processor_sharing_whatever_the_work, .timeout = 120) {
    double alike[10], spread[10];
    for (uint32_t i = 0; i < 10; i++) {
        alike[i] = mean_sojourn_in_services(false, i);
        spread[i] = mean_sojourn_in_services(true, i);
    }
    expect_in_interval("M/D/1-PS", alike, 10, 2, 0.03);
    expect_in_interval("M/H2/1-PS", spread, 10, 2, 0.12);
}
