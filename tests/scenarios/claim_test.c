/* The `claim` block of a scenario: what it says, and what is wrong with it. */
#include "scenarios/claim.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/scenarios/fixture.h"

TestSuite(claim, .init = lab_setup, .fini = lab_teardown);

/* A scenario whose claim has these lines; the first of them is line 6. Good until the next call. */
static const char *claim(const char *lines) {
    static char text[4096];
    snprintf(text, sizeof text,
             "name: n\nhost: lab\nguests:\n  - {name: a, mode: pv, vcpus: 1, workloads: [{name: w, kind: ping}]}\n"
             "claim:\n%s",
             lines);
    return text;
}

#define HEAD "  statement: s\n  verdict: holds\n  tests:\n"
#define TEST "    - {what: t, metric: m, of: [run.seed=2], at_least: 2}\n"

Test(claim, is_absent_unless_given) {
    struct scenario *scenario = load_good(
        "name: n\nhost: lab\nguests:\n  - {name: a, mode: pv, vcpus: 1, workloads: [{name: w, kind: ping}]}\n");
    cr_expect_null(scenario->claim);
    scenario_free(scenario);
}

Test(claim, is_read_whole) {
    struct scenario *scenario = load_good(
        claim("  statement: it is so\n  verdict: depends\n  sources: [M085, NET-132]\n  tests:\n"
              "    - {what: first, metric: m, set: [run.seed=1], of: [run.seed=2], to: [run.seed=3], at_least: 0.5, "
              "at_most: 2, bottleneck: dom0, scenario: other.yaml}\n"
              "    - {what: second, metric: m, to: [run.seed=3], bottleneck: dom0}\n"
              "  conditions:\n    - {when: it rains, of: ['guests[0].mode=hvm', run.seed=4], verdict: fails}\n"));
    const struct claim *read = scenario->claim;
    cr_expect_str_eq(read->statement, "it is so");
    cr_expect_eq(read->verdict, CLAIM_DEPENDS);
    cr_expect_not(read->most);
    cr_assert_eq(read->source_count, 2);
    cr_expect_str_eq(read->sources[1], "NET-132");
    cr_assert_eq(read->test_count, 2);
    const struct claim_test *first = &read->tests[0], *second = &read->tests[1];
    cr_expect_str_eq(first->place, "s.yaml:10:7: claim.tests[0]");
    cr_expect_str_eq(first->what, "first");
    cr_expect_str_eq(first->scenario, "other.yaml");
    cr_expect_str_eq(first->sides.of.items[0].value, "2");
    cr_expect_eq(first->sides.both.count + first->sides.to.count, 2);
    cr_expect(first->at_least == 0.5 && first->at_most == 2);
    cr_expect(second->at_least == 0 && isinf(second->at_most), "without a bound all factors are within");
    cr_expect_str_eq(second->bottleneck, "dom0");
    cr_assert_eq(read->condition_count, 1);
    cr_expect_eq(read->conditions[0].verdict, CLAIM_FAILS);
    cr_expect_str_eq(read->conditions[0].sides.of.items[0].path, "guests[0].mode");
    cr_expect_eq(read->conditions[0].sides.of.count, 2);
    scenario_free(scenario);
}

Test(claim, needs_statement_verdict_and_tests) {
    expect_message(claim("  verdict: holds\n"),
                   "s.yaml:6:3: claim: 'statement' is missing: what somebody claims, in one sentence");
    expect_message(claim("  statement: s\n  tests:\n" TEST),
                   "s.yaml:6:3: claim: 'verdict' is missing: what is expected to come out; the claim holds if all its "
                   "tests do, fails if none does, and depends else");
    expect_message(claim("  statement: s\n  verdict: holds\n"),
                   "s.yaml:6:3: claim: 'tests' is missing: what must hold");
    expect_message(claim("  statement: s\n  verdict: holds\n  tests: []\n"), "s.yaml:8:10: claim.tests: an empty list");
}

Test(claim, names_the_nearest_verdict_and_key) {
    expect_message(claim("  statement: s\n  verdict: hold\n  tests:\n" TEST),
                   "s.yaml:7:12: claim.verdict: 'hold' is not a verdict; did you mean 'holds'?");
    expect_message(
        claim(HEAD "    - {what: t, metric: m, of: [run.seed=2], at_lest: 2}\n"),
        "s.yaml:9:46: claim.tests[0]: 'at_lest' is not a key of a test of a claim; did you mean 'at_least'?");
}

Test(claim, must_ask_for_something_that_can_differ) {
    expect_message(claim(HEAD "    - {what: t, metric: m, of: [run.seed=2]}\n"),
                   "s.yaml:9:7: claim.tests[0]: nothing is asked for: at_least, at_most or bottleneck is missing");
    expect_message(claim(HEAD "    - {what: t, metric: m, at_least: 2}\n"),
                   "s.yaml:9:7: claim.tests[0]: both sides are the same: 'of' or 'to' is missing");
    expect_message(claim(HEAD "    - {what: t, metric: m, of: [run.seed=2], at_least: 2, at_most: 1}\n"),
                   "s.yaml:9:56: claim.tests[0].at_least: '2' is above at_most, 1");
    expect_message(claim(HEAD TEST "  conditions: [{when: c, verdict: holds}]\n"),
                   "s.yaml:10:16: claim.conditions[0]: nothing changes: 'set', 'of' or 'to' is missing");
}

Test(claim, cannot_depend_where_most_tests_decide) {
    expect_message(claim("  statement: s\n  verdict: depends\n  most: true\n  tests:\n" TEST),
                   "s.yaml:7:12: claim.verdict: 'depends' cannot come out where most tests decide; allowed are holds, "
                   "fails");
}

Test(claim, settings_have_the_form_of_those_of_the_command_line) {
    expect_message(claim(HEAD "    - {what: t, metric: m, of: [pv], at_least: 2}\n"),
                   "s.yaml:9:33: claim.tests[0].of[0]: 'pv' is not PATH=VALUE, such as guests[0].mode=pv");
    expect_message(claim(HEAD "    - {what: t, metric: m, of: [], at_least: 2}\n"),
                   "s.yaml:9:32: claim.tests[0].of: an empty list");
}
