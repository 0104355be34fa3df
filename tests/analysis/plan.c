/* Plans, where what an instance can carry is known: types with a network limit, far below what their hosts can do. */
#include "analysis/plan.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/iopath-plan-XXXXXX";

static void make_folder(void) { cr_assert(mkdtemp(folder) != NULL && chdir(folder) == 0); }

static void remove_folder(void) {
    char command[64];
    snprintf(command, sizeof command, "cd / && rm -rf %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(plan, .init = make_folder, .fini = remove_folder);

#define FRAMES                                                                                                \
    "name: frames\nworkload: {kind: udp-stream, frame: 980 B, direction: transmit, rate: 1 Mpps, flows: 4}\n" \
    "run: {duration: 20 ms, warmup: 5 ms, replications: 2}\n"

static struct demand *demand_of(const char *text) {
    struct diag diag = {""};
    FILE *file = fopen("d.yaml", "w");
    cr_assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    struct demand *demand = demand_load("d.yaml", NULL, 0, &diag);
    cr_assert_not_null(demand, "%s", diag.message);
    return demand;
}

static struct plan *run(const struct demand *demand, int samples, int jobs) {
    static struct plan plan;
    struct diag diag = {""};
    const struct crew crew = {.jobs = jobs};
    cr_assert_eq(plan_make(demand, &plan, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(plan_run(&plan, samples, &crew, &diag), IOP_OK, "%s", diag.message);
    return &plan;
}

static const struct plan_option *option_of(const struct plan *plan, const char *instance, enum mode mode) {
    for (int i = 0; i < plan->count; i++)
        if (strcmp(plan->options[i].type.name, instance) == 0 && plan->options[i].mode == mode)
            return &plan->options[i];
    return NULL;
}

/* A frame of 980 B takes 1000 B with preamble and gap; 99 % of the load must be delivered. */
Test(plan, capacities_are_the_network_limits) {
    static const struct {
        const char *name;
        double bps;
    } types[] = {{"c3.xlarge", 800e6}, {"c3.2xlarge", 1e9}, {"c3.4xlarge", 2e9}};
    struct demand *demand = demand_of(FRAMES "instances: [c3.xlarge, c3.2xlarge, c3.4xlarge]\nmodes: [sriov]\n");
    struct plan *plan = run(demand, 0, 2);
    cr_expect_eq(plan->ranked, 3);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const struct plan_option *option = option_of(plan, types[i].name, MODE_SRIOV);
        double expected = types[i].bps / 8000 / 0.99;
        cr_expect(option->capacity <= 1.005 * expected && option->capacity_high >= 0.995 * expected,
                  "%s: %g to %g, not %g", types[i].name, option->capacity, option->capacity_high, expected);
        cr_expect_eq(option->count, ceil(1e6 / option->capacity));
        cr_expect_float_eq(option->share, 1e6 / option->count, 1e-6);
        cr_expect_str_eq(option->search.kept.bottleneck, "sut/network limit");
        cr_expect_leq(option->latency[PLAN_MEAN].mean, option->latency[PLAN_P99].mean);
    }
    plan_free(plan);
    demand_free(demand);
}

/* At the same price per bit the count decides; at the same cost the latency. */
Test(plan, ranks_by_cost_then_by_latency) {
    FILE *file = fopen("p.csv", "w");
    cr_assert(file != NULL && fputs("instance,hour\nc3.xlarge,1\nc3.2xlarge,5\nc3.4xlarge,1\n", file) >= 0);
    fclose(file);
    struct demand *demand = demand_of(
        FRAMES "instances: [c3.*]\nmodes: [sriov, pv, nitro]\nprices: p.csv\nobjective: {latency_p50: 1 s}\n");
    struct plan *plan = run(demand, 0, 2);
    cr_expect_eq(plan->objective, PLAN_P50);
    cr_assert_gt(plan->ranked, 3);
    for (int i = 1; i < plan->ranked; i++) {
        const struct plan_option *a = &plan->options[i - 1], *b = &plan->options[i];
        cr_expect(plan_cost(a) < plan_cost(b) ||
                      (plan_cost(a) == plan_cost(b) && a->latency[PLAN_P50].mean <= b->latency[PLAN_P50].mean),
                  "%s %g before %s %g", a->type.name, plan_cost(a), b->type.name, plan_cost(b));
        cr_expect_str_eq(a->reason, "");
    }
    cr_expect_str_eq(option_of(plan, "c3.large", MODE_PV)->reason, "p.csv has no price of it");
    cr_expect(strstr(option_of(plan, "c3.xlarge", MODE_NITRO)->reason, "needs the hypervisor Nitro") != NULL);
    plan_free(plan);
    demand_free(demand);
}

/* A network limit is no cost: the interval of the costs is that of the search, and all samples agree. */
Test(plan, costs_leave_open_what_depends_on_them) {
    struct demand *demand =
        demand_of("name: frames\nworkload: {kind: udp-stream, frame: 980 B, rate: 1 Mpps, flows: 4}\n"
                  "instances: [c3.xlarge, c3.4xlarge]\nmodes: [pv, sriov]\nobjective: {lost: 2 %}\n"
                  "run: {duration: 5 ms, warmup: 2 ms, replications: 2, precision: 3 %}\n");
    struct plan *plan = run(demand, 8, 2);
    const struct plan_option *limited = option_of(plan, "c3.xlarge", MODE_SRIOV);
    const struct plan_option *bound = option_of(plan, "c3.4xlarge", MODE_PV);
    double of_limit = limited->predicted.high / limited->predicted.low;
    double of_costs = bound->predicted.high / bound->predicted.low;
    cr_expect(of_limit <= 1.03 && of_costs > of_limit + 0.03, "%g and %g", of_limit, of_costs);
    cr_expect(bound->count_low <= bound->count && bound->count <= bound->count_high);
    struct plan first = *plan; /* run() reuses its own */
    const struct plan_option before = *bound;
    plan = run(demand, 8, 1);
    cr_expect_eq(option_of(plan, "c3.4xlarge", MODE_PV)->predicted.low, before.predicted.low);
    cr_expect_eq(option_of(plan, "c3.4xlarge", MODE_PV)->latency[PLAN_P99].mean, before.latency[PLAN_P99].mean);
    plan_free(&first);
    plan_free(plan);
    demand_free(demand);
}

Test(plan, a_wire_that_carries_all_it_can_is_the_capacity) {
    struct demand *demand = demand_of(
        "name: wire\nworkload: {kind: udp-stream, frame: 1500 B, direction: receive, rate: 10 Mpps, flows: 8}\n"
        "objective: {latency_p99: 1 ms}\ninstances: [c3.8xlarge]\nmodes: [sriov]\n"
        "run: {duration: 5 ms, warmup: 2 ms, replications: 2}\n");
    struct plan *plan = run(demand, 0, 1);
    const double wire = 10e9 / 8 / 1520;
    const struct plan_option *option = &plan->options[0];
    cr_expect(option->capacity > 0.97 * wire && option->capacity <= 1.01 * wire, "%g of %g", option->capacity, wire);
    plan_free(plan);
    demand_free(demand);
}

/* Three that may send 800 Mbit/s each have a port of 1 Gbit/s together. */
Test(plan, instances_that_share_a_host_share_its_port) {
    struct demand *demand = demand_of(
        "name: shared\nworkload: {kind: udp-stream, frame: 1480 B, direction: transmit, rate: 1 Mpps, flows: 2}\n"
        "instances: [m1.large]\nmodes: [pv]\nper_host: 3\n"
        "run: {duration: 20 ms, warmup: 10 ms, replications: 2}\n");
    struct plan *plan = run(demand, 0, 1);
    const struct plan_option *option = &plan->options[0];
    const double expected = 1e9 / 8 / 1500 / 3 / 0.99;
    cr_expect_eq(option->per_host, 3);
    cr_expect(option->capacity <= 1.01 * expected && option->capacity_high >= 0.99 * expected, "%g, not %g (%s)",
              option->capacity, expected, option->search.kept.bottleneck);
    plan_free(plan);
    demand_free(demand);
}

static int stop_at_once(void *user, int done, int total) {
    (void)user, (void)done, (void)total;
    return 1;
}

Test(plan, stops_when_asked) {
    struct demand *demand = demand_of(FRAMES "instances: [c3.*]\n");
    struct plan plan;
    struct diag diag = {""};
    const struct crew crew = {.jobs = 2, .progress = stop_at_once};
    cr_assert_eq(plan_make(demand, &plan, &diag), IOP_OK);
    cr_expect_eq(plan_run(&plan, 0, &crew, &diag), IOP_INTERRUPTED);
    cr_expect(strstr(diag.message, "interrupted after") != NULL, "%s", diag.message);
    plan_free(&plan);
    demand_free(demand);
}
