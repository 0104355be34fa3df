/* Published results from the command line. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

TestSuite(validate, .init = tool_setup, .fini = tool_teardown);

static const char head[] = "name: made up\n"
                           "host: ec2-ivybridge\n"
                           "guests:\n"
                           "  - {name: a, vcpus: 1, mode: native, workloads: [{name: b, kind: syscall}]}\n"
                           "run: {duration: 1 ms, warmup: 0 s, replications: 1}\n"
                           "expect:\n";

static void given(const char *metric, const char *rest) {
    char text[1000];
    snprintf(text, sizeof text, "%s  - {metric: \"%s\", tolerance: 25 %%, source: VX101, %s}\n", head, metric, rest);
    write_scenario("made-up.yaml", text);
}

/* A system call takes 70 ns there. */
Test(validate, exit_codes) {
    const char *metric = "guests[a].workloads[b].latency_mean";
    given(metric, "value: 70 ns");
    expect_tool("validate made-up.yaml --uncertainty 0", 0, "within", NULL);
    given(metric, "value: 700 ns");
    expect_tool("validate made-up.yaml --uncertainty 0", 1, "OUTSIDE", "1 of 1 rows left their tolerance");
    given(metric, "value: 700 ns, missed: it is made up");
    expect_tool("validate made-up.yaml --uncertainty 0", 0, "VX101: it is made up", NULL);
    given("guests[a].workloads[b].iops", "value: 700");
    expect_tool("validate made-up.yaml", 2, NULL, "the scenario yields no 'guests[a].workloads[b].iops'");
    expect_tool("validate absent.yaml", 2, NULL, "absent.yaml: there is no such file");
    expect_tool("validate tutorial/01-first-run", 2, NULL, "none of the scenarios has an `expect` block");
}

Test(validate, shows_intervals_and_draws) {
    given("guests[a].workloads[b].latency_mean", "value: 70 ns");
    expect_tool("validate made-up.yaml --uncertainty 5 --plot v.svg", 0, "LOW", NULL);
    cr_expect_eq(files_named("v.svg"), 1);
    expect_tool("validate made-up.yaml --uncertainty 5 --format json -o v.json", 0, NULL, NULL);
    char *json = read_whole("v.json");
    cr_expect_not_null(strstr(json, "\"inside_interval\": 1"));
    free(json);
}
