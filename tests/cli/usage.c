/* Usage: help, wrong options and operands, exit codes, which stream gets what. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

TestSuite(usage, .init = tool_setup, .fini = tool_teardown);

static const char *const commands[] = {"run",       "compare", "sweep",    "plot",     "report", "export",
                                       "merge",     "explain", "estimate", "validate", "claims", "sensitivity",
                                       "calibrate", "check",   "list",     "bench"};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

Test(usage, help_goes_to_standard_output) {
    expect_tool("--help", 0, "Usage: iopath", NULL);
    expect_tool("-h", 0, "Usage: iopath", NULL);
    expect_tool("help run", 0, "Usage: iopath run SCENARIO", NULL);
}

Test(usage, every_command_has_help_with_an_example) {
    for (int i = 0; i < COMMANDS; i++) {
        char line[64], usage[64];
        snprintf(line, sizeof line, "%s --help", commands[i]);
        snprintf(usage, sizeof usage, "Usage: iopath %s", commands[i]);
        expect_tool(line, 0, usage, NULL);
        expect_tool(line, 0, "Examples:\n  iopath ", NULL);
    }
}

Test(usage, help_fits_a_terminal) {
    for (int i = 0; i < COMMANDS; i++) {
        char line[64];
        snprintf(line, sizeof line, "%s --help", commands[i]);
        struct tool_outcome outcome = run_tool(line);
        for (char *rest = outcome.out, *text; (text = strtok_r(rest, "\n", &rest)) != NULL;)
            cr_expect(strlen(text) <= 104, "%s --help: '%s'", commands[i], text);
        tool_outcome_free(&outcome);
    }
}

Test(usage, version) {
    expect_tool("--version", 0, "iopath ", NULL);
    expect_tool("version", 0, "iopath ", NULL);
}

Test(usage, no_command_is_an_error) { expect_tool("", 2, NULL, "Usage: iopath"); }

Test(usage, unknown_command_suggests_the_nearest) {
    expect_tool("comapre x", 2, NULL, "iopath: 'comapre' is not a command, did you mean 'compare'?");
    expect_tool("xyzzy", 2, NULL, "'xyzzy' is not a command; see");
    expect_tool("--frob", 2, NULL, "unknown option '--frob'");
}

Test(usage, commands_to_come_say_so) { expect_tool("trace x.yaml", 2, NULL, "'trace' is not available yet"); }

Test(usage, unknown_option_suggests_the_nearest) {
    expect_tool("run --frmat json x.yaml", 2, NULL, "unknown option '--frmat', did you mean '--format'?");
    expect_tool("run -x x.yaml", 2, NULL, "unknown option '-x'");
    expect_tool("run --sources x.yaml", 2, NULL, "unknown option '--sources'");
    expect_tool("run --help=yes", 2, NULL, "--help takes no argument");
}

Test(usage, missing_arguments_and_operands) {
    expect_tool("run", 2, NULL, "SCENARIO|STORE is missing");
    expect_tool("run --seed", 2, NULL, "--seed needs an argument");
    expect_tool("run a.yaml b.yaml", 2, NULL, "'b.yaml' is one operand too many");
    expect_tool("bench now", 2, NULL, "one operand too many");
}

Test(usage, wrong_values) {
    expect_tool("run x --format jsn", 2, NULL, "'jsn' is not one of table, json, csv; did you mean 'json'?");
    expect_tool("bench --format csv", 2, NULL, "'csv' is not one of table, json");
    expect_tool("run x --seed -1", 2, NULL, "--seed: '-1' is not a whole number");
    expect_tool("run x --seed 99999999999999999999", 2, NULL, "not a whole number");
    expect_tool("run x --replications 0", 2, NULL, "from 1 to");
    expect_tool("run x --precision 150%", 2, NULL, "--precision: '150%'");
    expect_tool("run x --jobs 0", 2, NULL, "--jobs: '0' is not a whole number from 1 to 256");
    expect_tool("run x --set mode", 2, NULL, "--set");
    expect_tool("compare x --modes pv,sriv", 2, NULL, "did you mean 'sriov'?");
    expect_tool("compare x --modes pv,pv", 2, NULL, "there twice");
    expect_tool("compare x --modes ,", 2, NULL, "no mode given");
    expect_tool("explain pv --direction recieve", 2, NULL, "did you mean 'receive'?");
    expect_tool("explain pv --direction read", 2, NULL, "not available yet");
}

Test(usage, operands_may_follow_a_double_dash) {
    expect_tool("run -- --seed", 2, NULL, "--seed: there is no such file");
}

Test(usage, abbreviated_options_are_understood) { expect_tool("run --he", 0, "Usage: iopath run", NULL); }

Test(usage, a_full_disk_is_reported) {
    expect_tool("--help >/dev/full", 2, NULL, "write error: No space left on device");
    expect_tool("list modes >/dev/full", 2, NULL, "write error");
    expect_tool("list modes >&-", 2, NULL, "write error");
}

Test(usage, a_reader_that_stops_is_no_error_to_talk_about) {
    struct tool_outcome outcome = run_tool("list modes | true");
    cr_expect_str_eq(outcome.err, "");
    tool_outcome_free(&outcome);
}
