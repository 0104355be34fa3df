/* One workload over all instance types and all modes: every combination is in the table or has its reason. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

TestSuite(compare_all, .init = tool_setup, .fini = tool_teardown);

#define SHORT "--set run.duration='2 ms' --set run.warmup='1 ms' --replications 1 tutorial/01-first-run"
enum { TYPES = 91, MODES = 12 };

static json_t *json_of(const char *arguments) {
    struct tool_outcome outcome = run_tool(arguments);
    cr_assert_eq(outcome.code, 0, "iopath %s: %s", arguments, outcome.err);
    json_t *value = json_loads(outcome.out, 0, NULL);
    cr_assert_not_null(value);
    tool_outcome_free(&outcome);
    return value;
}

static const char *setting(const json_t *point, const char *path) {
    return json_string_value(json_object_get(json_object_get(point, "settings"), path));
}

Test(compare_all, instance_types_in_one_mode) {
    json_t *array = json_of("compare --instances all --modes nitro --format json " SHORT);
    cr_assert_eq(json_array_size(array), TYPES);
    int ran = 0;
    for (int i = 0; i < TYPES; i++) {
        const json_t *point = json_array_get(array, (size_t)i);
        bool has_result = json_object_get(point, "result") != NULL;
        const char *host = setting(point, "host"), *type = setting(point, "guests[0].instance");
        cr_expect_eq(has_result, strcmp(host, "nitro-skylake") == 0, "%s on %s", type, host);
        cr_expect(has_result || json_is_string(json_object_get(point, "not_run")), "%s", type);
        ran += has_result;
    }
    cr_expect_eq(ran, 16);
    json_decref(array);
}

Test(compare_all, instance_types_in_all_modes) {
    json_t *array = json_of("compare --instances all --format json " SHORT);
    cr_assert_eq(json_array_size(array), TYPES * MODES);
    int ran[MODES] = {0};
    for (int i = 0; i < TYPES * MODES; i++) {
        const json_t *point = json_array_get(array, (size_t)i), *result = json_object_get(point, "result");
        cr_expect(result != NULL || json_is_string(json_object_get(point, "not_run")), "point %d", i);
        if (result == NULL) continue;
        ran[i % MODES]++;
        const json_t *guest = json_array_get(json_object_get(result, "guests"), 0);
        const json_t *work = json_array_get(json_object_get(guest, "workloads"), 0);
        double pps = json_number_value(json_object_get(json_object_get(work, "pps"), "mean"));
        cr_expect_gt(pps, 0, "%s %s", setting(point, "guests[0].instance"), setting(point, "guests[0].mode"));
    }
    cr_expect(ran[1] > 0 && ran[10] > 0 && ran[11] > 0, "pv %d, sriov %d, nitro %d", ran[1], ran[10], ran[11]);
    json_decref(array);
}

Test(compare_all, types_of_one_reason_stand_together_by_family_and_size) {
    struct tool_outcome outcome = run_tool("compare --instances all --modes nitro " SHORT);
    cr_assert_eq(outcome.code, 0, "%s", outcome.err);
    cr_expect_not_null(strstr(outcome.out, "\n    i3.large, i3.xlarge, i3.2xlarge, i3.4xlarge, i3.8xlarge,"), "%s",
                       outcome.out);
    int reasons = 0;
    for (const char *at = outcome.out; (at = strstr(at, "\n  nitro: ")) != NULL; at++) reasons++;
    cr_expect_eq(reasons, 9, "one for each host: %s", outcome.out);
    tool_outcome_free(&outcome);
    expect_tool("compare --instances all,c3.large --modes sriov " SHORT, 2, NULL, "'all' is not an instance type");
}

/* What was published is about the file's own machines. */
Test(compare_all, expectations_are_shown_for_the_scenario_as_it_is) {
    json_t *as_is = json_of("run --format json --set run.duration='2 ms' ec2/c3-8xlarge-udp64");
    json_t *other =
        json_of("run --format json --set 'guests[sut].mode=pv' --set run.duration='2 ms' ec2/c3-8xlarge-udp64");
    cr_expect_eq(json_array_size(json_object_get(as_is, "expect")), 1);
    cr_expect_eq(json_array_size(json_object_get(other, "expect")), 0);
    json_decref(as_is);
    json_decref(other);
}
