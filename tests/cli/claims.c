/* iopath claims: statements put to the test. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

TestSuite(claims_command, .init = tool_setup, .fini = tool_teardown);

#define SCENARIO(verdict, mode)                                                                                      \
    "name: n\nhost: kvm-lab\nguests:\n"                                                                              \
    "  - {name: vm, mode: sriov, vcpus: 2, workloads: [{name: w, kind: udp-stream, rate: 20 kpps}]}\n"               \
    "run: {duration: 2 ms, warmup: 1 ms, replications: 2}\n"                                                         \
    "claim:\n  statement: a limit limits\n  verdict: " verdict "\n  tests:\n"                                        \
    "    - {what: half the rate, metric: 'guests[vm].workloads[w].pps', of: ['guests[0].workloads[w].rate=10 kpps'," \
    " 'guests[0].mode=" mode "'], at_most: 0.6}\n"

Test(claims_command, shows_verdict_factor_and_bounds) {
    write_scenario("mine.yaml", SCENARIO("holds", "sriov"));
    expect_tool("claims mine.yaml", 0, "mine: holds\n  a limit limits\n", NULL);
    expect_tool("claims mine.yaml", 0, "half the rate     0.5  0.5 to 0.5     <= 0.6  yes", NULL);
    expect_tool("claims mine.yaml", 0, "Of 1 claim 1 hold, 0 fail, 0 depend on the test; conditions turn 0.\n", NULL);
    expect_tool("claims mine.yaml --format csv", 0, "\nmine,a limit limits,as stated,holds,holds,half the rate,", NULL);
    expect_tool("claims mine.yaml --format json", 0, "\"statement\": \"a limit limits\"", NULL);
}

Test(claims_command, ends_with_1_where_a_verdict_is_not_expected) {
    write_scenario("mine.yaml", SCENARIO("fails", "sriov"));
    expect_tool("claims mine.yaml -o out.txt", 1, NULL,
                "mine: the verdict is 'holds', not 'fails' as the file expects");
    char *text = read_whole("out.txt");
    cr_expect(strstr(text, "holds, not fails"), "%s", text);
}

Test(claims_command, finds_claims_by_name) {
    expect_tool("claims pv64-costs", 0, "pv64-costs: holds", NULL);
    expect_tool("claims pv64-cost", 2, NULL, "'pv64-cost' is no claim and no file; did you mean 'pv64-costs'?");
    expect_tool("claims tutorial/01-first-run", 2, NULL, "01-first-run.yaml: the scenario has no claim");
    expect_tool("claims xyzzyxyzzyxyzzy", 2, NULL, "allowed are emulated-devices, ");
}

Test(claims_command, wrong_settings_are_found_by_check_and_write_nothing) {
    write_scenario("mine.yaml", SCENARIO("holds", "sriv"));
    static const char message[] =
        "mine.yaml:10:7: claim.tests[0]: guests[0].mode: 'sriv' is not a mode; did you mean 'sriov'?";
    expect_tool("check mine.yaml", 2, NULL, message);
    expect_tool("claims mine.yaml -o out.txt", 2, NULL, message);
    cr_expect_eq(files_named("out.txt"), 0);
}

Test(claims_command, a_scenario_with_a_claim_runs_as_it_stands) {
    write_scenario("mine.yaml", SCENARIO("holds", "sriov"));
    expect_tool("check mine.yaml", 0, "mine.yaml: ok", NULL);
    expect_tool("run mine.yaml", 0, "20.0 kpps", NULL);
}
