/* Limits, and the highest load that keeps them, against queueing theory where a path follows it. */
#include "analysis/capacity.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct limit limit(const char *text) {
    struct limit limit;
    struct diag diag = {""};
    cr_assert_eq(limit_parse(text, &limit, &diag), IOP_OK, "%s", diag.message);
    return limit;
}

static void expect_refused(const char *text, const char *part) {
    struct limit limit;
    struct diag diag = {""};
    cr_expect_eq(limit_parse(text, &limit, &diag), IOP_INVALID, "%s", text);
    cr_expect(strstr(diag.message, part) != NULL, "%s", diag.message);
}

Test(limit, has_metric_relation_and_value_in_si_units) {
    struct limit found = limit(" latency_p99<=500 us");
    cr_expect_str_eq(found.metric, "latency_p99");
    cr_expect_eq(found.relation, LIMIT_AT_MOST);
    cr_expect_float_eq(found.value, 500e-6, 1e-18);
    cr_expect_eq(limit("pps > 2 Mpps").value, 2e6);
    cr_expect_eq(limit("iops >= 300 kIOPS").relation, LIMIT_AT_LEAST);
    cr_expect_eq(limit("throughput < 1 Gbit/s").value, 1e9);
    cr_expect_float_eq(limit("lost <= 2 %").value, 0.02, 1e-15);
    cr_expect_str_eq(limit("cpu[dom0].share[netback] < 0.5").metric, "cpu[dom0].share[netback]");
    char text[200];
    found = limit("guests[a].workloads[b].latency_p50 < 20 us");
    limit_text(&found, text, sizeof text);
    cr_expect_str_eq(text, "guests[a].workloads[b].latency_p50 < 20.0 us");
}

Test(limit, what_is_wrong_is_said) {
    expect_refused("latency_p9 <= 5 us", "did you mean 'latency_p90'?");
    expect_refused("latency_p99 <= 5", "expected a time");
    expect_refused("latency_p99 <= 5 kpps", "expected a time");
    expect_refused("latency_p99 = 5 us", "is not METRIC <= QUANTITY");
    expect_refused("<= 5 us", "is not METRIC <= QUANTITY");
    expect_refused("", "is not METRIC <= QUANTITY");
}

Test(limit, is_judged_by_the_whole_interval) {
    const struct interval over = {5, 4, 6};
    const struct {
        enum limit_relation relation;
        double value;
        enum limit_side side;
    } cases[] = {
        {LIMIT_AT_MOST, 6, LIMIT_KEPT},       {LIMIT_AT_MOST, 5.9, LIMIT_UNDECIDED}, {LIMIT_AT_MOST, 3.9, LIMIT_BROKEN},
        {LIMIT_BELOW, 6, LIMIT_UNDECIDED},    {LIMIT_BELOW, 4, LIMIT_BROKEN},        {LIMIT_ABOVE, 4, LIMIT_UNDECIDED},
        {LIMIT_ABOVE, 3.9, LIMIT_KEPT},       {LIMIT_ABOVE, 6, LIMIT_BROKEN},        {LIMIT_AT_LEAST, 4, LIMIT_KEPT},
        {LIMIT_AT_LEAST, 6, LIMIT_UNDECIDED}, {LIMIT_AT_LEAST, 6.1, LIMIT_BROKEN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct limit limit = {.relation = cases[i].relation, .value = cases[i].value};
        cr_expect_eq(limit_judge(&limit, &over), cases[i].side, "case %zu", i);
    }
}

/* ---- searches: full frames to a 10 Gbit/s port, which is their limit */

static const double wire_rate = 10e9 / (8 * (1518 + 20)); /* preamble and gap take 20 bytes */

static struct scenario *full_frames(const char *arrivals, const char *duration) {
    struct setting settings[] = {{"guests[0].workloads[0].frame", "1518 B"},
                                 {"guests[0].workloads[0].rate", "1 kpps"},
                                 {"guests[0].workloads[0].flows", "4"},
                                 {"guests[0].workloads[0].arrivals", ""},
                                 {"run.warmup", "1 ms"},
                                 {"run.duration", ""}};
    snprintf(settings[3].value, sizeof settings[3].value, "%s", arrivals);
    snprintf(settings[5].value, sizeof settings[5].value, "%s", duration);
    struct diag diag = {""};
    struct scenario *scenario = scenario_load("tutorial/01-first-run", settings, 6, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    return scenario;
}

static enum iop_status find_with(const struct scenario *scenario, const char *load, const char *text, int jobs,
                                 struct capacity *capacity, struct diag *diag) {
    struct limit limits[1];
    struct capacity_request request = {.load = load, .limits = limits};
    const struct crew crew = {.jobs = jobs};
    if (text != NULL) limits[request.limit_count++] = limit(text);
    return capacity_find(scenario, &request, &crew, capacity, diag);
}

static void find(const struct scenario *scenario, const char *text, struct capacity *capacity) {
    struct diag diag = {""};
    cr_assert_eq(find_with(scenario, "offered_pps", text, 1, capacity, &diag), IOP_OK, "%s", diag.message);
    cr_expect(capacity->kept.offered < capacity->broken.offered);
    cr_expect_leq(capacity->broken.offered, capacity->kept.offered * (1 + capacity->precision));
}

/* 99 % of the load delivered, and what is delivered is the wire's rate. */
Test(capacity, of_a_wire_is_its_rate_and_the_loss_allowed) {
    struct scenario *scenario = full_frames("constant", "20 ms");
    struct capacity capacity;
    find(scenario, NULL, &capacity);
    double expected = wire_rate / 0.99;
    cr_expect(capacity.kept.offered <= 1.003 * expected && capacity.broken.offered >= 0.997 * expected,
              "%g to %g, not %g", capacity.kept.offered, capacity.broken.offered, expected);
    cr_expect_str_eq(capacity.kept.bottleneck, "wire");
    cr_expect_eq(capacity.limit_count, 1);
    scenario_free(scenario);
}

/* Mean wait of M/D/1 (Pollaczek-Khinchine). */
static double md1_wait(double rate) {
    double service = 1 / wire_rate, load = rate * service;
    return load * service / (2 * (1 - load));
}

static double mean_latency(struct scenario *scenario, double rate) {
    struct experiment_result result;
    const struct crew crew = {.jobs = 1};
    scenario->model.guests[0].workloads[0].rate_pps = rate;
    cr_assert_eq(experiment_run(&scenario->model, &scenario->run, &crew, &result, NULL), IOP_OK);
    double mean = experiment_find(&result, &scenario->model, "guests[web].workloads[flood].latency_mean")->over.mean;
    experiment_result_free(&result);
    return mean;
}

/* Poisson frames wait for the wire as in M/D/1; the rest of their way takes about as long at 90 as at 80 % load. */
Test(capacity, under_a_latency_limit_follows_md1) {
    struct scenario *scenario = full_frames("poisson", "50 ms");
    double rest = mean_latency(scenario, 0.8 * wire_rate) - md1_wait(0.8 * wire_rate), expected = 0.9 * wire_rate;
    char text[80];
    snprintf(text, sizeof text, "latency_mean <= %.6f us", 1e6 * (rest + md1_wait(expected)));
    struct capacity capacity;
    find(scenario, text, &capacity);
    cr_expect(capacity.kept.offered <= 1.015 * expected && capacity.broken.offered >= 0.985 * expected,
              "%g to %g, not %g (%s)", capacity.kept.offered, capacity.broken.offered, expected, text);
    scenario_free(scenario);
}

Test(capacity, tighter_limits_never_allow_more) {
    static const char *const limits[] = {"latency_p99 <= 15 us", "latency_p99 <= 25 us", "latency_p99 <= 50 us",
                                         "latency_p99 <= 100 us"};
    struct scenario *scenario = full_frames("poisson", "10 ms");
    double last = 0;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct capacity capacity;
        find(scenario, limits[i], &capacity);
        cr_expect_geq(capacity.kept.offered, last, "%s", limits[i]);
        last = capacity.kept.offered;
    }
    scenario_free(scenario);
}

Test(capacity, threads_do_not_change_a_bit) {
    struct scenario *scenario = full_frames("poisson", "5 ms");
    struct capacity one, several;
    cr_assert_eq(find_with(scenario, "guests[web].workloads[flood].rate", "latency_p99 <= 30 us", 1, &one, NULL),
                 IOP_OK);
    cr_assert_eq(find_with(scenario, "guests[0].workloads[0].rate", "latency_p99 <= 30 us", 3, &several, NULL), IOP_OK);
    cr_expect_eq(one.kept.offered, several.kept.offered);
    cr_expect_eq(one.kept.limited[0].high, several.kept.limited[0].high);
    cr_expect_eq(one.broken.replications, several.broken.replications);
    scenario_free(scenario);
}

static void expect_failure(const char *load, const char *text, enum iop_status status, const char *part) {
    struct scenario *scenario = full_frames("constant", "2 ms");
    struct capacity capacity;
    struct diag diag = {""};
    cr_expect_eq(find_with(scenario, load, text, 1, &capacity, &diag), status, "%s", diag.message);
    cr_expect(strstr(diag.message, part) != NULL, "%s", diag.message);
    scenario_free(scenario);
}

static double capacity_of_a_disk(const char *arrivals) {
    struct setting settings[] = {{"guests[0].workloads[0].rate", "1 kIOPS"},
                                 {"guests[0].workloads[0].arrivals", ""},
                                 {"run.duration", "20 ms"},
                                 {"run.warmup", "5 ms"}};
    snprintf(settings[1].value, sizeof settings[1].value, "%s", arrivals);
    struct diag diag = {""};
    struct scenario *scenario = scenario_load("tutorial/05-disks", settings, 4, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    struct capacity capacity;
    find(scenario, NULL, &capacity);
    scenario_free(scenario);
    return capacity.kept.offered;
}

/* Whether 1 % or less is lost shows in short runs, too: what was due counts, not the nominal rate. */
Test(capacity, chance_in_how_many_requests_come_is_no_loss) {
    double constant = capacity_of_a_disk("constant"), poisson = capacity_of_a_disk("poisson");
    cr_expect(poisson > 0.95 * constant && poisson < 1.05 * constant, "%g and %g", constant, poisson);
}

Test(capacity, says_why_there_is_none) {
    struct scenario *scenario = full_frames("constant", "2 ms");
    struct capacity capacity;
    struct diag diag = {""};
    find(scenario, NULL, &capacity);
    cr_expect_eq(capacity.outcome, CAPACITY_FOUND);
    find_with(scenario, "rate", "latency_mean <= 100 ns", 1, &capacity, &diag);
    cr_expect_eq(capacity.outcome, CAPACITY_NEVER_KEPT);
    find_with(scenario, "rate", "lost <= 100 %", 1, &capacity, &diag);
    cr_expect_eq(capacity.outcome, CAPACITY_ALWAYS_KEPT);
    find_with(scenario, "speed", NULL, 1, &capacity, &diag);
    cr_expect_eq(capacity.outcome, CAPACITY_UNKNOWN);
    scenario_free(scenario);
}

Test(capacity, limits_that_no_load_keeps_are_named) {
    expect_failure("rate", "latency_mean <= 100 ns", IOP_CHECK_FAILED, "no load keeps 'latency_mean <= 100 ns': at ");
}

Test(capacity, a_load_without_effect_is_none) {
    expect_failure("rate", "lost <= 100 %", IOP_CHECK_FAILED, "the load has no effect");
}

Test(capacity, metrics_and_loads_must_be_there) {
    expect_failure("rate", "iops >= 5", IOP_INVALID, "'iops' is not in the results");
    expect_failure("rate", "cpu[dom9].cores <= 1", IOP_INVALID, "'cpu[dom9].cores' is not in the results");
    expect_failure("speed", NULL, IOP_INVALID, "'speed' is no load");
    expect_failure("guests[wed].workloads[0].rate", NULL, IOP_INVALID, "did you mean 'web'?");
    expect_failure("guests[0].workloads[1].rate", NULL, IOP_INVALID, "there is no entry [1]");
}
