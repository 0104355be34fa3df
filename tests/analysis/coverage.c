/* How often the 95 % intervals hold the truth: of a queue with a formula, and of a path with a very long run.
 *
 * IOPATH_COVERAGE_SEEDS says over how many seeds; docs/statistics.md has the figures of 1,000. Then 93 to 97 % have to
 * hold it, with fewer as many as a binomial variable of 95 % has but for 1 time in 1000 at either end. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/experiment.h"
#include "scenarios/scenario.h"
#include "sim/processor.h"
#include "sim/random.h"

enum { FEW_SEEDS = 100, MANY_SEEDS = 1000 };

static int seeds(void) {
    const char *text = getenv("IOPATH_COVERAGE_SEEDS");
    int count = text != NULL ? atoi(text) : 0;
    return count > 0 ? count : FEW_SEEDS;
}

static void expect_coverage(const char *what, int held) {
    int count = seeds();
    double share = (double)held / count;
    printf("coverage of %s: %d of %d intervals, %.1f %%\n", what, held, count, 100 * share);
    if (count >= MANY_SEEDS)
        cr_expect(share >= 0.93 && share <= 0.97, "%s: %.1f %% of the intervals hold the truth", what, 100 * share);
    else
        cr_expect(gsl_cdf_binomial_P((unsigned)held, 0.95, (unsigned)count) > 0.001 &&
                      (held == count || gsl_cdf_binomial_Q((unsigned)held - 1, 0.95, (unsigned)count) > 0.001),
                  "%s: %d of %d intervals hold the truth", what, held, count);
}

static bool holds(const struct interval *over, double truth) { return over->low <= truth && truth <= over->high; }

/* ---- M/M/1: half the time busy, services of 1 us */

enum { MM1_REPLICATIONS = 10, WAITING_MAX = 1000 };

struct mm1 {
    struct random_stream arrivals, services;
    struct processor processor;
    sim_time born[WAITING_MAX]; /* of those inside, a circle */
    unsigned first, inside;
    sim_time warmup;
    double sojourns; /* s */
    unsigned served;
};

static sim_time exponential(struct random_stream *stream, double mean_us) {
    return sim_time_of(random_exponential(stream, mean_us) * 1e-6);
}

static void on_served(struct sim *sim, void *object, uint64_t word);

static void serve(struct mm1 *mm1) {
    processor_submit(&mm1->processor, CONTEXT_TASK, exponential(&mm1->services, 1), on_served, mm1, 0);
}

static void on_served(struct sim *sim, void *object, uint64_t word) {
    struct mm1 *mm1 = object;
    (void)word;
    sim_time born = mm1->born[mm1->first];
    mm1->first = (mm1->first + 1) % WAITING_MAX;
    if (born >= mm1->warmup) {
        mm1->sojourns += sim_seconds(sim->now - born);
        mm1->served++;
    }
    if (--mm1->inside > 0) serve(mm1);
}

static void on_arrival(struct sim *sim, void *object, uint64_t word) {
    struct mm1 *mm1 = object;
    (void)word;
    cr_assert_lt(mm1->inside, WAITING_MAX);
    mm1->born[(mm1->first + mm1->inside) % WAITING_MAX] = sim->now;
    if (mm1->inside++ == 0) serve(mm1);
    sim_after(sim, exponential(&mm1->arrivals, 2), on_arrival, mm1, 0);
}

static double mm1_mean_sojourn(uint64_t seed, uint32_t replication) {
    struct sim sim;
    struct mm1 *mm1 = calloc(1, sizeof *mm1);
    cr_assert(mm1 != NULL && sim_init(&sim, seed, replication, 16, NULL) == IOP_OK);
    cr_assert_eq(processor_init(&mm1->processor, &sim, NULL), IOP_OK);
    random_stream_init(&mm1->arrivals, seed, replication, 1);
    random_stream_init(&mm1->services, seed, replication, 2);
    mm1->warmup = 200 * SIM_US;
    sim_after(&sim, exponential(&mm1->arrivals, 2), on_arrival, mm1, 0);
    sim_run(&sim, 6 * SIM_MS);
    double mean = mm1->sojourns / mm1->served;
    processor_fini(&mm1->processor);
    sim_fini(&sim);
    free(mm1);
    return mean;
}

Test(coverage, of_the_mean_sojourn_in_an_mm1) {
    const double truth = 2e-6; /* 1 / (1 - 0.5) */
    int held = 0;
    for (int seed = 1; seed <= seeds(); seed++) {
        double means[MM1_REPLICATIONS];
        for (int r = 0; r < MM1_REPLICATIONS; r++) means[r] = mm1_mean_sojourn((uint64_t)seed, (uint32_t)r + 1);
        struct interval over = student_interval(means, MM1_REPLICATIONS);
        held += holds(&over, truth);
    }
    expect_coverage("M/M/1", held);
}

/* ---- a path: Poisson packets through a virtual function, at half its rate */

static struct scenario *poisson_path(void) {
    static const struct setting settings[] = {{"guests[0].workloads[0].rate", "400 kpps"},
                                              {"guests[0].workloads[0].arrivals", "poisson"},
                                              {"run.warmup", "1 ms"}};
    struct diag diag = {""};
    struct scenario *scenario = scenario_load("tutorial/01-first-run", settings, 3, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    return scenario;
}

static struct interval mean_latency(const struct scenario *scenario) {
    struct experiment_result result;
    struct diag diag = {""};
    const struct crew crew = {.jobs = 1};
    cr_assert_eq(experiment_run(&scenario->model, &scenario->run, &crew, &result, &diag), IOP_OK, "%s", diag.message);
    const struct estimate *found =
        experiment_find(&result, &scenario->model, "guests[web].workloads[flood].latency_mean");
    cr_assert_not_null(found);
    struct interval over = found->over;
    experiment_result_free(&result);
    return over;
}

/* Of intervals from so many replications of so long, each of so many batches. */
static void cover_path(const char *what, int replications, sim_time duration, int batches) {
    struct scenario *scenario = poisson_path();
    scenario->run.replications = 1;
    scenario->run.duration = seeds() >= MANY_SEEDS ? 20 * SIM_S : 4 * SIM_S;
    scenario->run.seed = 1000000;
    double truth = mean_latency(scenario).mean;
    int held = 0;
    scenario->run.replications = replications;
    scenario->run.duration = duration;
    scenario->run.batches = batches;
    for (int seed = 1; seed <= seeds(); seed++) {
        scenario->run.seed = (uint64_t)seed;
        struct interval over = mean_latency(scenario);
        held += holds(&over, truth);
    }
    expect_coverage(what, held);
    scenario_free(scenario);
}

Test(coverage, of_the_mean_latency_of_a_path) { cover_path("a path, replications", 8, 4 * SIM_MS, 0); }

Test(coverage, of_batch_means_on_a_path) { cover_path("a path, batch means", 1, 40 * SIM_MS, 20); }
