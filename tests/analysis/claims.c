/* Claims on a scenario whose rates are known, and those that ship. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/claim.h"
#include "scenarios/catalog.h"

/* Two streams far below what the machine can: each delivers its rate. */
#define SCENARIO                                                                                       \
    "name: known rates\nhost: kvm-lab\nguests:\n"                                                      \
    "  - {name: vm, mode: sriov, vcpus: 2, workloads: [\n"                                             \
    "      {name: a, kind: udp-stream, rate: 20 kpps}, {name: b, kind: udp-stream, rate: 10 kpps}]}\n" \
    "run: {duration: 5 ms, warmup: 5 ms, replications: 3}\nclaim:\n  statement: more is more\n"
#define METRIC  "metric: 'guests[vm].workloads[a].pps', "
#define DOUBLED "of: ['guests[0].workloads[a].rate=40 kpps'], "

static const char rises[] = "    - {what: rises, " METRIC DOUBLED "at_least: 1.9, at_most: 2.1}\n";
static const char falls[] = "    - {what: falls, " METRIC DOUBLED "at_most: 1}\n";

static char file[] = "/tmp/iopath-claim-XXXXXX";

static void write_claim(const char *head, const char *tests, const char *conditions) {
    strcpy(file, "/tmp/iopath-claim-XXXXXX");
    int descriptor = mkstemp(file);
    cr_assert(descriptor >= 0);
    FILE *stream = fdopen(descriptor, "w");
    fprintf(stream, SCENARIO "%s  tests:\n%s%s", head, tests, conditions);
    cr_assert_eq(fclose(stream), 0);
}

static enum iop_status plan(struct claim_set *set, struct diag *diag) {
    const char *name = file;
    enum iop_status status = claims_plan(&name, 1, set, diag);
    unlink(file);
    return status;
}

static enum iop_status run(struct claim_set *set, int jobs, struct diag *diag) {
    struct diag problem = {""};
    const struct crew crew = {.jobs = jobs};
    cr_assert_eq(plan(set, &problem), IOP_OK, "%s", problem.message);
    return claims_run(set, &crew, diag);
}

/* The verdict as stated of a claim that is expected to end so. */
static void expect_verdict(const char *head, const char *tests, enum claim_verdict verdict, int held) {
    struct claim_set set;
    struct diag diag = {""};
    write_claim(head, tests, "");
    cr_expect_eq(run(&set, 1, &diag), IOP_OK, "%s", diag.message);
    cr_expect_eq(set.studies[0].cases[0].verdict, verdict, "%s%s", head, tests);
    cr_expect_eq(set.studies[0].cases[0].held, held);
    claims_free(&set);
}

static const char *joined(const char *first, const char *second, const char *third) {
    static char text[2048];
    snprintf(text, sizeof text, "%s%s%s", first, second, third);
    return text;
}

Test(claims, hold_fail_or_depend_on_the_test) {
    expect_verdict("  verdict: holds\n", rises, CLAIM_HOLDS, 1);
    expect_verdict("  verdict: holds\n", joined(rises, rises, ""), CLAIM_HOLDS, 2);
    expect_verdict("  verdict: fails\n", falls, CLAIM_FAILS, 0);
    expect_verdict("  verdict: depends\n", joined(rises, falls, ""), CLAIM_DEPENDS, 1);
}

Test(claims, of_most_tasks_hold_with_more_than_half) {
    expect_verdict("  verdict: holds\n  most: true\n", joined(rises, falls, rises), CLAIM_HOLDS, 2);
    expect_verdict("  verdict: fails\n  most: true\n", joined(rises, falls, ""), CLAIM_FAILS, 1);
    expect_verdict("  verdict: fails\n  most: true\n", joined(falls, rises, falls), CLAIM_FAILS, 1);
}

/* The rate doubles exactly; with the second stream there are 50 instead of 30 thousand packets per second. */
Test(claims, factor_is_that_of_the_metric_or_of_a_sum) {
    struct claim_set set;
    struct diag diag = {""};
    write_claim("  verdict: holds\n",
                joined(rises, "    - {what: sum, metric: 'guests[vm].workloads[*].pps', " DOUBLED "at_least: 1}\n", ""),
                "");
    cr_assert_eq(run(&set, 1, &diag), IOP_OK, "%s", diag.message);
    const struct claim_outcome *outcomes = set.studies[0].cases[0].outcomes;
    cr_expect_float_eq(outcomes[0].factor.mean, 2, 0.02, "%g", outcomes[0].factor.mean);
    cr_expect_float_eq(outcomes[1].factor.mean, 5.0 / 3, 0.02, "%g", outcomes[1].factor.mean);
    cr_expect(outcomes[0].factor.low <= outcomes[0].factor.mean && outcomes[0].factor.mean <= outcomes[0].factor.high);
    cr_expect(outcomes[0].clear, "2.0 is far from 1.9");
    cr_expect_eq(set.side_count, 2, "sides that are alike are run once: %d", set.side_count);
    claims_free(&set);
}

Test(claims, conditions_stand_around_the_settings_of_a_test) {
    struct claim_set set;
    struct diag diag = {""};
    write_claim(
        "  verdict: holds\n", rises,
        "  conditions:\n"
        "    - {when: both start higher, set: ['guests[0].workloads[a].rate=30 kpps'], verdict: fails}\n"
        "    - {when: the first side is set last, of: ['guests[0].workloads[a].rate=20 kpps'], verdict: fails}\n"
        "    - {when: nothing of it matters, set: [run.seed=9], verdict: holds}\n");
    cr_assert_eq(run(&set, 1, &diag), IOP_OK, "%s", diag.message);
    const struct claim_case *cases = set.studies[0].cases;
    cr_assert_eq(set.studies[0].case_count, 4);
    cr_expect_float_eq(cases[1].outcomes[0].factor.mean, 4.0 / 3, 0.02, "40 of a test wins over 30 of its condition");
    cr_expect_float_eq(cases[2].outcomes[0].factor.mean, 1, 1e-12);
    cr_expect_eq(cases[3].verdict, CLAIM_HOLDS);
    claims_free(&set);
}

Test(claims, what_limits_must_be_what_is_said_to) {
    static const char slow[] = "    - {what: t, " METRIC DOUBLED "at_least: 1.9, bottleneck: vcpu}\n",
                      wrong[] = "    - {what: t, " METRIC DOUBLED "at_least: 1.9, bottleneck: dom0}\n";
    expect_verdict("  verdict: holds\n", slow, CLAIM_HOLDS, 1);
    expect_verdict("  verdict: fails\n", wrong, CLAIM_FAILS, 0);
}

Test(claims, a_verdict_that_is_not_expected_is_a_failed_check) {
    struct claim_set set;
    struct diag diag = {""};
    write_claim("  verdict: fails\n", rises, "");
    cr_expect_eq(run(&set, 1, &diag), IOP_CHECK_FAILED);
    cr_expect(strstr(diag.message, "the verdict is 'holds', not 'fails' as the file expects"), "%s", diag.message);
    cr_expect_eq(set.studies[0].cases[0].verdict, CLAIM_HOLDS, "results are complete");
    claims_free(&set);
    diag.message[0] = '\0';
    write_claim("  verdict: holds\n", rises, "  conditions: [{when: it rains, set: [run.seed=2], verdict: fails}]\n");
    cr_expect_eq(run(&set, 1, &diag), IOP_CHECK_FAILED);
    cr_expect(strstr(diag.message, "the verdict when it rains is 'holds', not 'fails'"), "%s", diag.message);
    claims_free(&set);
}

Test(claims, errors_name_the_test) {
    struct claim_set set;
    struct diag diag = {""};
    write_claim("  verdict: holds\n", rises,
                "  conditions: [{when: c, of: ['guests[0].mode=sriv'], verdict: holds}]\n");
    cr_expect_eq(plan(&set, &diag), IOP_INVALID);
    cr_expect(strstr(diag.message, ":11:7: claim.tests[0] when c: guests[0].mode: 'sriv' is not a mode"), "%s",
              diag.message);
    diag.message[0] = '\0';
    write_claim("  verdict: holds\n", "    - {what: t, metric: 'guests[vm].pps', of: [run.seed=2], at_least: 1}\n", "");
    cr_expect_eq(run(&set, 1, &diag), IOP_INVALID);
    cr_expect(strstr(diag.message, "claim.tests[0].metric: 'guests[vm].pps' is not in the results of the first side"),
              "%s", diag.message);
    claims_free(&set);
}

static char *json_with(int jobs) {
    struct claim_set set;
    struct diag diag = {""};
    char *text = NULL;
    size_t size = 0;
    write_claim("  verdict: depends\n  sources: [M085]\n", joined(rises, falls, ""),
                "  conditions: [{when: it rains, set: [run.seed=2], verdict: depends}]\n");
    cr_assert_eq(run(&set, jobs, &diag), IOP_OK, "%s", diag.message);
    snprintf(set.studies[0].name, sizeof set.studies[0].name, "claim"); /* the file's is random */
    FILE *stream = open_memstream(&text, &size);
    cr_assert_eq(claims_json(&set, stream, &diag), IOP_OK);
    fclose(stream);
    claims_free(&set);
    return text;
}

Test(claims, json_holds_cases_tests_and_settings_whatever_the_threads) {
    char *one = json_with(1), *several = json_with(3);
    cr_expect_str_eq(one, several);
    json_t *array = json_loads(one, 0, NULL), *first = json_array_get(array, 0);
    cr_assert_not_null(first);
    json_t *tests = json_object_get(json_object_get(first, "as_stated"), "tests"), *test = json_array_get(tests, 1);
    cr_expect_str_eq(json_string_value(json_object_get(first, "statement")), "more is more");
    cr_expect_eq(json_array_size(json_object_get(first, "conditions")), 1);
    cr_expect_eq(json_array_size(tests), 2);
    cr_expect(json_is_false(json_object_get(test, "holds")) && json_is_true(json_object_get(test, "clear")));
    cr_expect_null(json_object_get(test, "at_least"));
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(test, "of"), "guests[0].workloads[a].rate")),
                     "40 kpps");
    json_decref(array);
    free(one);
    free(several);
}

/* Those of scenarios/claims: all come out as their files expect, and rest on rows of the bibliography. */
Test(claims, that_ship_come_out_as_expected) {
    struct name_list names = {0};
    struct diag diag = {""};
    const char *claims[64];
    int count = 0;
    cr_assert_eq(catalog_names("scenarios", &names, &diag), IOP_OK, "%s", diag.message);
    for (int i = 0; i < names.count && count < 64; i++)
        if (strncmp(names.names[i], "claims/", 7) == 0) claims[count++] = names.names[i];
    cr_assert_geq(count, 10);
    struct claim_set set;
    const struct crew crew = {.jobs = 2};
    cr_assert_eq(claims_plan(claims, count, &set, &diag), IOP_OK, "%s", diag.message);
    cr_expect_eq(claims_run(&set, &crew, &diag), IOP_OK, "%s", diag.message);
    struct bibliography *all = bibliography_load(&diag);
    cr_assert_not_null(all);
    for (int i = 0; i < set.study_count; i++) {
        const struct claim *claim = set.studies[i].scenario->claim;
        cr_expect_gt(claim->source_count, 0, "%s", set.studies[i].name);
        for (int s = 0; s < claim->source_count; s++) {
            const struct source *source = bibliography_find(all, claim->sources[s]);
            cr_assert_not_null(source, "%s: %s", set.studies[i].name, claim->sources[s]);
            cr_expect_str_neq(source->provenance, "unverified", "%s: %s", set.studies[i].name, claim->sources[s]);
        }
    }
    bibliography_free(all);
    claims_free(&set);
    names_free(&names);
}
