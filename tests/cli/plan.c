/* iopath plan, as a user calls it. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"

#define DEMAND                                                                                                    \
    "name: frames\n"                                                                                              \
    "workload: {kind: udp-stream, frame: 200 B, direction: receive, rate: 5 Mpps, flows: 8, arrivals: poisson}\n" \
    "objective: {latency_p99: 1 ms}\n"                                                                            \
    "instances: [c3.8xlarge, m1.small, c4.8xlarge]\n"                                                             \
    "modes: [pv, sriov]\n"                                                                                        \
    "prices: ec2-2014\n"                                                                                          \
    "run: {duration: 5 ms, warmup: 2 ms, replications: 2, precision: 5 %}\n"

static void write_demand(void) {
    tool_setup();
    write_scenario("d.yaml", DEMAND);
}

TestSuite(plan, .init = write_demand, .fini = tool_teardown);

static json_t *json_of(const char *arguments) {
    struct tool_outcome outcome = run_tool(arguments);
    cr_assert_eq(outcome.code, 0, "%s: %s", arguments, outcome.err);
    json_t *value = json_loads(outcome.out, 0, NULL);
    cr_assert_not_null(value, "%s", outcome.out);
    tool_outcome_free(&outcome);
    return value;
}

static json_t *option_of(json_t *plan, const char *list, const char *instance, const char *mode) {
    json_t *options = json_object_get(plan, list);
    for (size_t i = 0; i < json_array_size(options); i++) {
        json_t *option = json_array_get(options, i);
        if (strcmp(json_string_value(json_object_get(option, "instance")), instance) == 0 &&
            strcmp(json_string_value(json_object_get(option, "mode")), mode) == 0)
            return option;
    }
    return NULL;
}

static double number(json_t *object, const char *key) { return json_number_value(json_object_get(object, key)); }

/* 5 Mpps of 200-byte requests at p99 under 1 ms, what the command was asked to show. */
Test(plan, pv_needs_many_times_the_instances) {
    json_t *plan = json_of("plan d.yaml --format json");
    json_t *sriov = option_of(plan, "options", "c3.8xlarge", "sriov"),
           *pv = option_of(plan, "options", "c3.8xlarge", "pv");
    cr_assert(sriov != NULL && pv != NULL);
    cr_expect_gt(number(pv, "count"), 5 * number(sriov, "count"));
    cr_expect_eq(number(json_array_get(json_object_get(plan, "options"), 0), "rank"), 1);
    json_decref(plan);
}

Test(plan, json_has_all_that_an_option_is_made_of) {
    json_t *plan = json_of("plan d.yaml --format json");
    json_t *options = json_object_get(plan, "options");
    double cost = 0, required = number(plan, "required");
    cr_expect_eq(json_array_size(options), 3);
    for (size_t i = 0; i < json_array_size(options); i++) {
        json_t *option = json_array_get(options, i), *capacity = json_object_get(option, "capacity");
        json_t *share = json_object_get(option, "share"),
               *p99 = json_object_get(json_object_get(share, "latency"), "p99");
        double count = number(option, "count"), value = number(capacity, "value");
        cr_expect_geq(number(option, "cost_hour"), cost, "cheapest first");
        cost = number(option, "cost_hour");
        cr_expect_float_eq(cost, count * number(option, "price_hour"), 1e-9 * cost);
        cr_expect_geq(count * value, required);
        cr_expect_float_eq(number(share, "load"), number(plan, "load") / count, 1e-6);
        cr_expect_float_eq(number(option, "headroom"), count * value / number(plan, "load") - 1, 1e-9);
        cr_expect_lt(value, number(json_object_get(capacity, "search"), "high"));
        cr_expect(number(p99, "low") <= 1e-3 && number(p99, "mean") > 0);
        cr_expect_gt(strlen(json_string_value(json_object_get(json_object_get(option, "bottleneck"), "resource"))), 0);
    }
    json_t *absent = option_of(plan, "left_out", "m1.small", "sriov");
    cr_assert_not_null(absent);
    cr_expect(strstr(json_string_value(json_object_get(absent, "reason")), "cannot run in mode 'sriov'") != NULL);
    absent = option_of(plan, "left_out", "c4.8xlarge", "sriov");
    cr_assert_not_null(absent);
    cr_expect_str_eq(json_string_value(json_object_get(absent, "reason")), "ec2-2014 has no price of it");
    json_decref(plan);
}

Test(plan, threads_do_not_change_a_byte) {
    struct tool_outcome one = run_tool("plan d.yaml --jobs 1 --uncertainty 3");
    struct tool_outcome several = run_tool("plan d.yaml --jobs 3 --uncertainty 3");
    cr_expect_eq(one.code, 0, "%s", one.err);
    cr_expect_str_eq(one.out, several.out);
    cr_expect(strstr(one.out, "BY THE COSTS") != NULL, "%s", one.out);
    tool_outcome_free(&one);
    tool_outcome_free(&several);
}

Test(plan, growth_and_headroom_raise_the_count) {
    json_t *plan = json_of("plan d.yaml --format json --set growth='50 %' --set years=2 --set headroom='20 %'");
    json_t *option = option_of(plan, "options", "c3.8xlarge", "sriov");
    cr_assert_not_null(option);
    cr_expect_float_eq(number(plan, "load"), 2.25 * 5e6, 1);
    cr_expect_float_eq(number(plan, "required"), 1.2 * 2.25 * 5e6, 1);
    double least = number(plan, "required") / number(json_object_get(option, "capacity"), "value");
    cr_expect(number(option, "count") >= least && number(option, "count") < least + 1);
    cr_expect_geq(number(option, "headroom"), 0.2);
    json_decref(plan);
}

Test(plan, draws_cost_against_latency) {
    struct stat about;
    expect_tool("plan d.yaml --plot p.svg -o p.txt", 0, NULL, NULL);
    cr_assert(stat("p.svg", &about) == 0 && about.st_size > 5000);
    char *text = read_whole("p.svg");
    cr_expect(strstr(text, "USD per hour") != NULL && strstr(text, "c3.8xlarge") != NULL);
    cr_expect(strstr(text, "objective") != NULL);
    free(text);
    text = read_whole("p.txt");
    cr_expect(strstr(text, "PER MONTH") != NULL);
    free(text);
}

Test(plan, csv_has_a_row_for_each_option) {
    struct tool_outcome outcome = run_tool("plan d.yaml --format csv");
    int lines = 0;
    for (const char *at = outcome.out; (at = strchr(at, '\n')) != NULL; at++) lines++;
    cr_expect_eq(lines, 1 + 6, "%s", outcome.out);
    cr_expect(strncmp(outcome.out, "demand,version,seed,prices,currency,load,required,rank,instance,mode,count,", 60) ==
              0);
    tool_outcome_free(&outcome);
}

Test(plan, says_what_is_wrong_and_writes_nothing) {
    expect_tool("plan d.yaml --set instances=c3.8xlarge -o out.txt", 2, NULL, "--set instances: expected a list");
    expect_tool("plan d.yaml --set prices=ec2-2015 -o out.txt", 2, NULL, "did you mean 'ec2-2014'?");
    expect_tool("plan d.yaml --set workload.fraem='64 B' -o out.txt", 2, NULL, "did you mean 'frame'?");
    expect_tool("plan d.yaml --set workload.frame='9 kB' --set workload.mtu='1500 B' -o out.txt", 2, NULL,
                "is more than the mtu");
    expect_tool("plan d.yaml --plot p.gif", 2, NULL, "must end in .svg, .png or .pdf");
    expect_tool("plan nothing.yaml", 2, NULL, "there is no such file");
    write_scenario("none.yaml",
                   "name: n\nworkload: {kind: udp-stream, rate: 1 kpps}\ninstances: [m1.*]\nmodes: [sriov]\n");
    expect_tool("plan none.yaml -o out.txt", 2, NULL, "none of the instances and modes allowed can be");
    cr_expect_eq(files_named("out.txt"), 0);
}

Test(plan, an_objective_that_none_keeps_ends_with_1) {
    expect_tool("plan d.yaml --set objective.latency_p99='1 us'", 1, "no load keeps 'latency_p99 <= 1.00 us'",
                "no option keeps the objective");
}

Test(plan, an_interrupted_one_stops_soon_with_3_and_leaves_nothing) {
    struct tool_outcome outcome =
        run_tool("plan -o result d.yaml --set run.duration='2 s' & sleep 1; kill -TERM $!; wait $!");
    cr_expect_eq(outcome.code, 3, "%s", outcome.err);
    cr_expect(strstr(outcome.err, "interrupted after") != NULL, "%s", outcome.err);
    cr_expect_eq(files_named("result"), 0);
    tool_outcome_free(&outcome);
}

Test(plan, demands_and_prices_are_checked_and_listed) {
    expect_tool("check d.yaml plan/iops", 0, "d.yaml: ok\n", NULL);
    write_scenario("bad.yaml", DEMAND "guest:\n  kernle: \"3.2\"\n");
    expect_tool("check bad.yaml", 2, NULL, "bad.yaml:9:3: guest: 'kernle' is not a key of a guest");
    write_scenario("p.yaml", "name: p\nprices:\n- {instance: a, hour: x}\n");
    expect_tool("check p.yaml", 2, NULL, "p.yaml:3:23: prices[0].hour");
    expect_tool("list prices", 0, "ec2-2017", NULL);
    expect_tool("list prices ec2-2014", 0, "c3.8xlarge", NULL);
    expect_tool("list demands", 0, "plan/requests", NULL);
}
