/* iopath calibrate: the set it writes, what it reports, and what it refuses. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tool.h"

static void setup(void) {
    tool_setup();
    write_scenario("s.yaml", "name: one sender\nhost: ec2-ivybridge\n"
                             "guests:\n- name: web\n  instance: c3.8xlarge\n  mode: sriov\n"
                             "  workloads:\n  - {name: flood, kind: udp-stream, frame: 64 B}\n"
                             "run: {duration: 2 ms, warmup: 1 ms, replications: 1}\n");
    write_scenario("own.csv",
                   "scenario,metric,value,unit,source,set\n"
                   "s,guests[web].workloads[flood].pps,940,kpps,M084,\n"
                   "s,cpu[web].share[driver],35,%,own host,\n"
                   "s,guests[web].workloads[flood].pps,905,kpps,M086,guests[web].workloads[flood].frame=512 B\n");
}

TestSuite(calibrate, .init = setup, .fini = tool_teardown);

#define FIT "calibrate own.csv --fit driver.tx,socket.send --base ec2-ivybridge "

/* Nothing of the machine or the day is in it. */
Test(calibrate, writes_a_set_that_lists_and_runs) {
    expect_tool(FIT "-o new.yaml --jobs 2", 0, "2 costs of ec2-ivybridge fitted to 3 rows", NULL);
    char *text = read_whole("new.yaml");
    cr_expect_not_null(strstr(text, "name: \"new\"\n"));
    cr_expect_not_null(strstr(text, "base: \"ec2-ivybridge\"\n"));
    cr_expect_not_null(strstr(text, "how: fitted, source: [M084, M086],\n"), "%s", text);
    cr_expect_null(strstr(text, "/tmp"));
    free(text);
    expect_tool("list costs ./new.yaml", 0, "fitted    M084 M086", NULL);
    expect_tool("run s.yaml --set cost_set=new.yaml", 0, "costs new", NULL);
    struct tool_outcome outcome = run_tool("run s.yaml --set cost_set=new.yaml --format csv");
    const char *row = strstr(outcome.out, ",pps,1/s,");
    cr_assert_not_null(row);
    cr_expect_float_eq(strtod(row + strlen(",pps,1/s,"), NULL), 940e3, 20e3);
    tool_outcome_free(&outcome);
}

Test(calibrate, a_fitted_set_may_be_the_base_of_the_next) {
    expect_tool(FIT "-o new.yaml", 0, "Written to new.yaml", NULL);
    expect_tool("calibrate own.csv --fit driver.tx --base new.yaml -o next.yaml", 2, NULL, "values of their own");
    expect_tool("calibrate own.csv --fit copy.hot --base new.yaml -o next.yaml", 0, "1 cost of new", NULL);
    char *text = read_whole("next.yaml");
    cr_expect_not_null(strstr(text, "base: \"./new.yaml\"\n"), "%s", text);
    free(text);
    expect_tool("list costs ./next.yaml", 0, "fitted    M084 M086", NULL);
}

Test(calibrate, json_has_costs_rows_and_errors) {
    struct tool_outcome outcome = run_tool(FIT "-o new.yaml --format json");
    cr_assert_eq(outcome.code, 0, "%s", outcome.err);
    json_t *value = json_loads(outcome.out, 0, NULL);
    cr_assert_not_null(value);
    const char *name, *state, *row;
    double after, low, high, error, rms;
    int failed = json_unpack(value, "{s:[{s:s, s:s, s:F, s:F, s:F}], s:[{s:s, s:F}], s:{s:{s:F}}, s:b}", "costs",
                             "name", &name, "state", &state, "after", &after, "low", &low, "high", &high, "rows", "row",
                             &row, "error", &error, "error", "after", "rms", &rms, "converged", &(int){0});
    cr_assert_eq(failed, 0);
    cr_expect_str_eq(name, "socket.send");
    cr_expect_str_eq(state, "determined");
    cr_expect_str_eq(row, "own.csv:2");
    cr_expect(low <= after && after <= high && rms < 0.05);
    json_decref(value);
    tool_outcome_free(&outcome);
}

Test(calibrate, jobs_and_repetition_change_nothing) {
    expect_tool(FIT "-o one/../new.yaml", 2, NULL, "cannot be created");
    struct tool_outcome one = run_tool(FIT "-o new.yaml --jobs 1");
    char *first = read_whole("new.yaml");
    struct tool_outcome three = run_tool(FIT "-o new.yaml --jobs 3");
    char *second = read_whole("new.yaml");
    cr_expect_str_eq(one.out, three.out);
    cr_expect_str_eq(first, second);
    free(first);
    free(second);
    tool_outcome_free(&one);
    tool_outcome_free(&three);
}

Test(calibrate, counts_of_exits_alone_are_data) {
    write_scenario("exits.csv", "reason,samples,time_s\nEOI_INDUCED,1000,0.0004\nCPUID,3,0.1\n");
    expect_tool("calibrate --exits exits.csv --fit exit.eoi --base ec2-ivybridge -o new.yaml", 0,
                "Exits that are left out:\n  CPUID: the model has no cost for it", NULL);
    expect_tool("list costs ./new.yaml", 0, "exit.eoi                        1900 cycles", NULL);
}

Test(calibrate, says_what_is_missing_or_wrong) {
    expect_tool("calibrate --fit driver.tx --base ec2-ivybridge -o n.yaml", 2, NULL,
                "DATA.csv (or --exits) is missing");
    expect_tool("calibrate own.csv --base ec2-ivybridge -o n.yaml", 2, NULL, "--fit is missing");
    expect_tool("calibrate own.csv --fit driver.tx -o n.yaml", 2, NULL, "--base is missing");
    expect_tool("calibrate own.csv --fit driver.tx --base ec2-ivybridge", 2, NULL, "-o, the file of the new cost set");
    expect_tool("calibrate own.csv --fit driver.tx --base ec2-ivybrige -o n.yaml", 2, NULL,
                "'ec2-ivybrige' is not a cost set; did you mean 'ec2-ivybridge'?");
    expect_tool("calibrate no.csv --fit driver.tx --base ec2-ivybridge -o n.yaml", 2, NULL, "no.csv");
    expect_tool("calibrate own.csv --fit drver.tx --base ec2-ivybridge -o n.yaml", 2, NULL,
                "did you mean 'driver.tx'?");
    cr_expect_eq(files_named("n.yaml"), 0);
}

/* A signal between two runs: exit code 3, and nothing is written. */
Test(calibrate, an_interrupt_leaves_nothing) {
    char command[600];
    snprintf(command, sizeof command,
             "timeout --foreground --preserve-status -s INT 1 \"$IOPATH_BINARY\" calibrate own.csv --fit "
             "driver.tx,socket.send "
             "--base ec2-ivybridge -o new.yaml --jobs 1 > out 2> err");
    char *text = read_whole("s.yaml"), *run = strstr(text, "run: ");
    cr_assert_not_null(run);
    strcpy(run, "run: {duration: 0.1 s}\n"); /* shorter than what stood there */
    write_scenario("s.yaml", text);
    int state = system(command);
    cr_expect(WIFEXITED(state) && WEXITSTATUS(state) == 3, "state %d", state);
    char *err = read_whole("err"), *out = read_whole("out");
    cr_expect_not_null(strstr(err, "interrupted"), "%s", err);
    cr_expect_str_eq(out, "");
    cr_expect_eq(files_named("new.yaml"), 0);
    free(text);
    free(err);
    free(out);
}

/* A failure after the reading leaves what was there before. */
Test(calibrate, the_file_is_whole_or_as_it_was) {
    write_scenario("new.yaml", "as it was\n");
    write_scenario("bad.csv", "scenario,metric,value,unit\ns,guests[web].workloads[flood].ppz,1,pps\n");
    expect_tool("calibrate bad.csv --fit driver.tx --base ec2-ivybridge -o new.yaml", 2, NULL, "bad.csv:2:3: metric:");
    char *text = read_whole("new.yaml");
    cr_expect_str_eq(text, "as it was\n");
    free(text);
    cr_expect_eq(files_named("tmp"), 0);
}
