/* The commands at work, on the scenarios of the tutorial. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

TestSuite(commands, .init = tool_setup, .fini = tool_teardown);

#define SHORT "--set run.duration='2 ms' --set run.warmup='1 ms' --replications 2 "
#define FIRST "tutorial/01-first-run "

static json_t *json_of(const char *arguments) {
    struct tool_outcome outcome = run_tool(arguments);
    cr_assert_eq(outcome.code, 0, "iopath %s: %s", arguments, outcome.err);
    json_error_t error;
    json_t *value = json_loads(outcome.out, 0, &error);
    cr_assert(value != NULL, "iopath %s: line %d: %s", arguments, error.line, error.text);
    tool_outcome_free(&outcome);
    return value;
}

Test(commands, run_prints_a_table) {
    expect_tool("run " SHORT FIRST, 0, "bottleneck", NULL);
    expect_tool("run " SHORT FIRST, 0, "2 replications of 2.00 ms after a warm-up of 1.00 ms", NULL);
}

Test(commands, run_json_is_the_contracts) {
    json_t *root = json_of("run --format=json --seed 5 " SHORT FIRST);
    cr_expect_eq(json_integer_value(json_object_get(root, "seed")), 5);
    cr_expect_eq(json_integer_value(json_object_get(root, "replications")), 2);
    json_t *guest = json_array_get(json_object_get(root, "guests"), 0);
    json_t *workload = json_array_get(json_object_get(guest, "workloads"), 0);
    json_t *pps = json_object_get(workload, "pps");
    double mean = json_number_value(json_object_get(pps, "mean"));
    cr_expect(mean > 0 && json_number_value(json_object_get(pps, "low")) <= mean);
    cr_expect_str_eq(json_string_value(json_object_get(guest, "mode")), "sriov");
    json_decref(root);
}

Test(commands, run_says_how_long_guests_wait_for_shared_cpus) {
    json_t *root = json_of("run --format=json mechanisms/credit-weights"), *cpu = json_object_get(root, "cpu"), *entry;
    size_t i;
    double steal = 0;
    json_array_foreach(cpu, i, entry) steal += json_number_value(json_object_get(entry, "steal"));
    cr_expect_float_eq(steal, 1, 0.02, "two guests want one CPU: %g", steal);
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(root, "bottleneck"), "resource")), "pool/cpu0");
    json_decref(root);
    expect_tool("run mechanisms/credit-weights", 0, "STEAL", NULL);
    expect_tool("run --format csv mechanisms/credit-weights", 0, "cpu[light].steal,1,", NULL);
    struct tool_outcome pinned = run_tool("run mechanisms/credit-weights --set scheduler.kind=pinned");
    cr_expect(pinned.code == 0 && strstr(pinned.out, "STEAL") == NULL, "nobody waits");
    tool_outcome_free(&pinned);
}

Test(commands, run_twice_gives_the_same_bytes_but_for_the_wall_clock) {
    json_t *one = json_of("run --format json " SHORT FIRST), *two = json_of("run --format json " SHORT FIRST);
    json_object_del(one, "wall_s");
    json_object_del(two, "wall_s");
    cr_expect(json_equal(one, two));
    json_decref(one);
    json_decref(two);
    struct tool_outcome first = run_tool("run --format csv " SHORT FIRST);
    struct tool_outcome second = run_tool("run --format csv " SHORT FIRST);
    cr_expect_str_eq(first.out, second.out);
    cr_expect(strncmp(first.out, "scenario,content_hash,version,", 30) == 0);
    tool_outcome_free(&first);
    tool_outcome_free(&second);
}

static json_t *pps_of(json_t *root) {
    json_t *guest = json_array_get(json_object_get(root, "guests"), 0);
    return json_object_get(json_array_get(json_object_get(guest, "workloads"), 0), "pps");
}

/* The same samples whether the option or the scenario asks for them, and beside the same result as without. */
Test(commands, run_samples_the_ranges_of_costs) {
    json_t *plain = json_of("run --format=json " SHORT FIRST);
    json_t *asked = json_of("run --format=json --uncertainty 12 --jobs 2 " SHORT FIRST);
    json_t *set = json_of("run --format=json --set run.uncertainty=12 --jobs 1 " SHORT FIRST);
    json_t *range = json_object_get(pps_of(asked), "prediction");
    double low = json_number_value(json_object_get(range, "low")),
           high = json_number_value(json_object_get(range, "high"));
    double mean = json_number_value(json_object_get(pps_of(asked), "mean"));
    cr_expect_eq(json_integer_value(json_object_get(range, "samples")), 12);
    cr_expect(low < mean && mean < high, "%g < %g < %g", low, mean, high);
    cr_expect(json_equal(pps_of(asked), pps_of(set)));
    json_object_del(pps_of(asked), "prediction");
    cr_expect(json_equal(pps_of(asked), pps_of(plain)));
    json_decref(plain);
    json_decref(asked);
    json_decref(set);
    expect_tool("run --uncertainty 12 " SHORT FIRST, 0, "PREDICTED", NULL);
    expect_tool("run --format csv --uncertainty 12 " SHORT FIRST, 0, ",prediction_high\n", NULL);
    expect_tool("run --uncertainty -1 " FIRST, 2, NULL, "--uncertainty: '-1' is not a whole number from 0 to 100000");
    struct tool_outcome none = run_tool("run --set run.uncertainty=12 --uncertainty 0 " SHORT FIRST);
    cr_expect(none.code == 0 && strstr(none.out, "PREDICTED") == NULL, "0 is none");
    tool_outcome_free(&none);
}

Test(commands, run_set_errors_name_the_path) {
    expect_tool("run --set 'guests[0].mode=sriv' " FIRST, 2, NULL, "did you mean 'sriov'?");
    expect_tool("run --set 'guests[0].mood=pv' " FIRST, 2, NULL, "did you mean 'mode'?");
    expect_tool("run --set 'guests[7].mode=pv' " FIRST, 2, NULL, "guests[7]");
}

Test(commands, errors_in_files_name_the_place) {
    write_scenario("bad.yaml", "name: x\nhost: ec2-ivybridge\nguests:\n  - name: a\n    mode: sriv\n");
    expect_tool("run bad.yaml", 2, NULL, "bad.yaml:5:11: guests[0].mode: 'sriv'");
    struct tool_outcome outcome = run_tool("run bad.yaml");
    cr_expect(strncmp(outcome.err, "bad.yaml:5:11:", 14) == 0, "%s", outcome.err);
    tool_outcome_free(&outcome);
    expect_tool("run nowhere.yaml", 2, NULL, "nowhere.yaml: there is no such file");
}

Test(commands, output_file_appears_whole_or_not_at_all) {
    expect_tool("run --format json -o result.json " SHORT FIRST, 0, NULL, NULL);
    json_t *root = json_load_file("result.json", 0, NULL);
    cr_expect_not_null(root);
    json_decref(root);
    expect_tool("run -o result.json --set 'guests[0].mode=no' " FIRST, 2, NULL, "'no'");
    root = json_load_file("result.json", 0, NULL);
    cr_expect_not_null(root, "the old result must survive");
    json_decref(root);
    expect_tool("run -o no/such/folder " FIRST, 2, NULL, "no/such/folder: cannot be created");
    expect_tool("run -o /dev/full " SHORT FIRST, 2, NULL, "/dev/full: write error");
    cr_expect_eq(files_named("tmp"), 0);
    cr_expect_eq(files_named("result"), 1);
}

Test(commands, compare_side_by_side) {
    expect_tool("compare --modes pv,sriov " SHORT FIRST, 0, "RATIO", NULL);
    json_t *array = json_of("compare --modes pv,sriov --format json " SHORT FIRST);
    cr_assert_eq(json_array_size(array), 2);
    json_t *sriov = json_array_get(array, 1);
    cr_expect_str_eq(json_string_value(json_object_get(sriov, "ratio_to")), "pv");
    cr_expect(json_number_value(json_object_get(sriov, "ratio")) > 1, "SR-IOV moves more packets than PV");
    json_decref(array);
}

Test(commands, compare_lists_what_does_not_exist) {
    expect_tool("compare --instances m1.large --modes pv,sriov " SHORT FIRST, 0, "m1.large sriov: ", NULL);
    expect_tool("compare --instances m1.large --modes sriov " SHORT FIRST, 2, NULL, "no combination exists");
    expect_tool("compare --instances c3.8xlrge " FIRST, 2, NULL, "did you mean 'c3.8xlarge'?");
}

Test(commands, compare_csv_carries_the_swept_values) {
    struct tool_outcome outcome = run_tool("compare --modes pv,sriov --format csv " SHORT FIRST);
    cr_expect(strstr(outcome.out, "guests[0].mode=pv,web,c3.8xlarge,pv,flood,pps,1/s,") != NULL, "%s", outcome.out);
    cr_expect(strstr(outcome.out, "guests[0].mode=sriov,web,c3.8xlarge,sriov,flood,pps,1/s,") != NULL);
    tool_outcome_free(&outcome);
}

Test(commands, compare_draws_a_plot) {
    struct stat about;
    expect_tool("compare --modes pv,sriov --plot modes.svg " SHORT FIRST, 0, "RATIO", NULL);
    cr_assert(stat("modes.svg", &about) == 0 && about.st_size > 5000);
    expect_tool("compare --plot modes.gif " FIRST, 2, NULL, "must end in .svg, .png or .pdf");
    cr_expect_eq(files_named("modes"), 1);
}

Test(commands, explain_numbers_the_steps) {
    expect_tool("explain sriov", 0, "\n 1  guest", NULL);
    expect_tool("explain pv --sources", 0, "Costs, from the cost set", NULL);
    expect_tool("explain pv --direction receive", 0, "Total per resource", NULL);
    expect_tool("explain " FIRST "--direction receive", 2, NULL, "no workload has that direction");
    expect_tool("explain pvv", 2, NULL, "neither a mode nor a scenario file; did you mean 'pv'?");
    json_t *steps = json_of("explain sriov --format json --sources");
    cr_expect(json_array_size(steps) > 5);
    cr_expect(json_is_string(json_object_get(json_array_get(steps, 0), "mechanism")));
    json_decref(steps);
}

Test(commands, estimate_is_an_upper_bound) {
    json_t *bounds = json_of("estimate --format json " FIRST);
    double bound = json_number_value(json_object_get(json_array_get(bounds, 0), "pps"));
    json_t *root = json_of("run --format json " SHORT FIRST);
    json_t *guest = json_array_get(json_object_get(root, "guests"), 0);
    json_t *pps = json_object_get(json_array_get(json_object_get(guest, "workloads"), 0), "pps");
    double simulated = json_number_value(json_object_get(pps, "mean"));
    cr_expect(simulated <= bound * 1.02, "simulated %g, bound %g", simulated, bound);
    json_decref(bounds);
    json_decref(root);
}

Test(commands, check_looks_at_all_files) {
    write_scenario("bad.yaml", "name: x\n");
    write_scenario("good.yaml", "name: x\nhost: ec2-ivybridge\nguests:\n  - name: a\n    instance: c3.8xlarge\n"
                                "    mode: pv\n    workloads:\n      - {name: w, kind: udp-stream, frame: 64 B}\n");
    expect_tool("check good.yaml", 0, "good.yaml: ok\n", NULL);
    expect_tool("check bad.yaml good.yaml", 2, "good.yaml: ok\n", "bad.yaml:");
}

Test(commands, list_knows_its_kinds) {
    static const char *const kinds[] = {"modes", "instances", "hosts",     "nics",
                                        "disks", "costs",     "workloads", "scenarios"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char line[64];
        snprintf(line, sizeof line, "list %s", kinds[i]);
        expect_tool(line, 0, "\n", NULL);
        snprintf(line, sizeof line, "list %s --format json", kinds[i]);
        json_t *array = json_of(line);
        cr_expect(json_array_size(array) > 0, "%s", kinds[i]);
        json_decref(array);
    }
    expect_tool("list modes", 0, "sriov", NULL);
    expect_tool("list costs ec2-ivybridge", 0, "netback.tx", NULL);
    expect_tool("list costs ec2-ivybrigde", 2, NULL, "did you mean 'ec2-ivybridge'?");
    expect_tool("list mode", 2, NULL, "did you mean 'modes'?");
}

static json_t *entry_of(json_t *array, const char *key, const char *name) {
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *entry = json_array_get(array, i);
        if (strcmp(json_string_value(json_object_get(entry, key)), name) == 0) return entry;
    }
    return NULL;
}

/* The bounds are those of the data sheet (DV05, DV09); a disk without a limit has none. */
Test(commands, list_disks_shows_what_they_can_do) {
    expect_tool("list disks", 0, "intel-p3700", NULL);
    json_t *array = json_of("list disks --format json"), *disk = entry_of(array, "disk", "intel-p3700");
    cr_assert_not_null(disk);
    cr_expect_str_eq(json_string_value(json_object_get(disk, "kind")), "ssd");
    cr_expect_str_eq(json_string_value(json_object_get(disk, "interface")), "nvme");
    cr_expect_float_eq(json_number_value(json_object_get(disk, "read_iops")), 460e3, 1);
    cr_expect_float_eq(json_number_value(json_object_get(disk, "write_bytes_per_s")), 2e9, 1e6);
    cr_expect_eq(json_integer_value(json_object_get(disk, "queue_depth")), 1024);
    cr_expect_null(json_object_get(entry_of(array, "disk", "null"), "read_iops"));
    json_decref(array);
}

Test(commands, an_interrupted_run_stops_with_3_and_leaves_nothing) {
    struct tool_outcome outcome = run_tool(
        "run -o result " FIRST " --set run.duration='10 ms' --replications 100000 & sleep 1; kill -TERM $!; wait $!");
    cr_expect_eq(outcome.code, 3, "%s", outcome.err);
    cr_expect(strstr(outcome.err, "interrupted after") != NULL, "%s", outcome.err);
    cr_expect_eq(files_named("result"), 0);
    tool_outcome_free(&outcome);
}

#define TINY "--set run.duration='200 us' --set run.warmup='100 us' --samples 4 "

Test(commands, sensitivity_shows_indices_in_all_forms) {
    expect_tool("sensitivity " TINY FIRST, 0, "measure next", NULL);
    expect_tool("sensitivity --format csv --metric latency_mean " TINY FIRST, 0, ".latency_mean,4,", NULL);
    json_t *one = json_of("sensitivity --format json --jobs 1 " TINY FIRST);
    json_t *two = json_of("sensitivity --format json --jobs 3 " TINY FIRST);
    cr_expect(json_equal(one, two), "threads do not matter");
    cr_expect_str_eq(json_string_value(json_object_get(one, "metric")), "guests[web].workloads[flood].pps");
    cr_expect_gt(json_array_size(json_object_get(one, "parameters")), 0);
    cr_expect_gt(json_array_size(json_object_get(one, "no_effect")), 0);
    json_decref(one);
    json_decref(two);
}

Test(commands, sensitivity_draws_a_figure) {
    expect_tool("sensitivity --plot costs.svg -o costs.json --format json " TINY FIRST, 0, NULL, NULL);
    char *figure = read_whole("costs.svg");
    cr_expect(strstr(figure, "total index") != NULL && strstr(figure, "udp.send") != NULL);
    free(figure);
}

Test(commands, sensitivity_errors_write_nothing) {
    expect_tool("sensitivity --metric guests[web].workloads[flood].ppps -o x " TINY FIRST, 2, NULL,
                "did you mean 'guests[web].workloads[flood].pps'?");
    expect_tool("sensitivity --samples 1 " FIRST, 2, NULL, "--samples: '1' is not a whole number from 2 to 65536");
    expect_tool("sensitivity --plot x.txt " FIRST, 2, NULL, "must end in .svg, .png or .pdf");
    expect_tool("sensitivity --modes pv " FIRST, 2, NULL, "unknown option '--modes'");
    cr_expect_eq(files_named("x"), 0);
}
