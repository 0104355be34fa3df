/* iopath run --find-max, as a user calls it. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

TestSuite(find_max, .init = tool_setup, .fini = tool_teardown);

#define RUN    "run tutorial/01-first-run --set run.duration='2 ms' --set run.warmup='1 ms' "
#define SEARCH RUN "--find-max offered_pps "

Test(find_max, json_has_the_loads_on_both_sides) {
    struct tool_outcome outcome = run_tool(SEARCH "--subject-to 'latency_p99 <= 20 us' --format json");
    cr_assert_eq(outcome.code, 0, "%s", outcome.err);
    json_t *result = json_loads(outcome.out, 0, NULL);
    cr_assert_not_null(result);
    json_t *within = json_object_get(result, "within"), *beyond = json_object_get(result, "beyond");
    double least = json_real_value(json_object_get(within, "offered")),
           most = json_real_value(json_object_get(beyond, "offered"));
    cr_expect(least > 0 && least < most && most <= 1.01 * least, "%g to %g", least, most);
    json_t *latency = json_object_get(json_object_get(within, "metrics"), "latency_p99");
    cr_expect_leq(json_real_value(json_object_get(latency, "high")), 20e-6);
    json_t *limits = json_object_get(result, "limits");
    cr_expect_eq(json_array_size(limits), 2, "that of lost is added");
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(limits, 0), "relation")), "<=");
    cr_expect_eq(json_real_value(json_object_get(json_array_get(limits, 1), "value")), 0.01);
    cr_expect_not_null(json_object_get(json_object_get(beyond, "bottleneck"), "resource"));
    json_decref(result);
    tool_outcome_free(&outcome);
}

Test(find_max, table_and_csv_have_both_loads) {
    expect_tool(SEARCH, 0, "highest within the limits", NULL);
    expect_tool(SEARCH, 0, "lowest beyond them", NULL);
    expect_tool(SEARCH "--format csv", 0, ",within,", NULL);
    expect_tool(SEARCH "--format csv", 0, ",lost,1,", NULL);
}

Test(find_max, says_what_is_wrong_and_writes_nothing) {
    expect_tool(SEARCH "--subject-to 'latency_p9 <= 1 us' -o out.txt", 2, NULL, "did you mean 'latency_p90'?");
    expect_tool(SEARCH "--subject-to 'iops > 1' -o out.txt", 2, NULL, "'iops' is not in the results");
    expect_tool(SEARCH "--uncertainty 5 -o out.txt", 2, NULL, "do not go together");
    expect_tool(RUN "--find-max speed -o out.txt", 2, NULL, "'speed' is no load");
    expect_tool(RUN "--subject-to 'lost < 1%' -o out.txt", 2, NULL, "--find-max, which is not given");
    expect_tool("run tutorial/05-disks --find-max guests[0].workloads[9].rate", 2, NULL, "there is no entry [9]");
    cr_expect_eq(files_named("out.txt"), 0);
}

Test(find_max, no_load_within_the_limits_ends_with_1) {
    expect_tool(SEARCH "--subject-to 'latency_mean <= 1 ns' -o out.txt", 1, NULL,
                "no load keeps 'latency_mean <= 1.00 ns'");
    cr_expect_eq(files_named("out.txt"), 0);
}
