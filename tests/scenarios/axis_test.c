/* Axes and designs of sweeps: what they say, and what is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "scenarios/axis.h"
#include "scenarios/schema.h"

TestSuite(axis, .init = lab_setup, .fini = lab_teardown);

/* The usual scenario with one more block; it begins in line 7. */
static const char * and (const char *block) {
    static char text[4096];
    snprintf(text, sizeof text, "%s%s\n", with(GUEST, WORKLOAD), block);
    return text;
}

static void expect_values(const struct sweep_axis *axis, const char *wanted) {
    char text[1024] = "";
    for (int i = 0; i < axis->count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i > 0 ? "," : "", axis->values[i]);
    cr_expect_str_eq(text, wanted, "%s: '%s'", axis->path, text);
}

/* Ends as written, whole numbers once, equal ratios, units that read back. */
Test(axis, a_range_is_a_list_of_its_steps) {
    const struct {
        const char *range, *values;
    } cases[] = {
        {"guests[0].workloads[0].frame=64 B..256 B/4", "64 B,128 B,192 B,256 B"},
        {"guests[0].workloads[0].frame=64 B..1024 B/5/log", "64 B,128 B,256 B,512 B,1024 B"},
        {"guests[0].workloads[0].frame=1000 B..2000 B/2", "1000 B,2000 B"},
        {"guests[0].queues=1..3/9", "1,2,3"},
        {"guests[0].queues=1..8/4/log", "1,2,4,8"},
        {"guests[0].workloads[0].rate=1 Mbit/s..10 Mbit/s/4", "1 Mbit/s,4 Mbit/s,7 Mbit/s,10 Mbit/s"},
        {"guests[0].workloads[0].rate=10 kpps..1 Mpps/3/log", "10 kpps,100 kpps,1 Mpps"},
        {"run.duration=1 us..2 us/3/linear", "1 us,1500 ns,2 us"},
        {"run.seed=1..4/4", "1,2,3,4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sweep_axis axis;
        struct diag diag = {""};
        cr_expect_eq(axis_parse(cases[i].range, &axis, &diag), IOP_OK, "%s", diag.message);
        cr_expect(axis.range.given);
        expect_values(&axis, cases[i].values);
        cr_expect_eq(axis_check(&axis, &diag), IOP_OK, "%s", diag.message);
        free(axis.values);
    }
}

Test(axis, a_file_says_it_as_the_command_line) {
    struct scenario *scenario =
        load_good(and("sweep:\n  - {set: \"guests[0].queues\", from: 1, to: 8, steps: 4, scale: log}\n"
                      "  - {set: \"guests[0].workloads[0].frame\", from: 64 B, to: 1518 B}\n"
                      "design: {kind: latin-hypercube, points: 20, seed: 3}\n"));
    expect_values(&scenario->axes[0], "1,2,4,8");
    cr_expect(scenario->axes[1].range.given && scenario->axes[1].range.whole && scenario->axes[1].count == 0);
    cr_expect_float_eq(scenario->axes[1].range.to, 1518, 0);
    cr_expect(scenario->design.kind == DESIGN_LATIN_HYPERCUBE && scenario->design.points == 20 &&
              scenario->design.seed == 3);
    scenario_free(scenario);
}

/* Every sample of a range may stand in a file, whole where the key is, and whole numbers have equal parts. */
Test(axis, samples_lie_in_the_range_and_read_back) {
    static const char *const ranges[] = {"guests[0].queues=1..16", "guests[0].workloads[0].frame=64 B..1518 B",
                                         "guests[0].workloads[0].rate=1 kpps..10 Mpps/log", "run.precision=1 %..50 %",
                                         "run.duration=1 us..3600 s/log"};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        struct sweep_axis axis;
        struct diag diag = {""};
        cr_assert_eq(axis_parse(ranges[i], &axis, &diag), IOP_OK, "%s", diag.message);
        for (int j = 0; j < 1000; j++) {
            struct setting setting;
            struct quantity read;
            memcpy(setting.path, axis.path, sizeof setting.path);
            axis_sample(&axis, j / 1000.0, setting.value);
            cr_expect_eq(scenario_check_setting(&setting, &diag), IOP_OK, "%s", diag.message);
            cr_expect_eq(quantity_parse(setting.value, DIM_ANY, &read, &diag), IOP_OK, "%s", diag.message);
            cr_expect(read.value >= axis.range.from && read.value <= axis.range.to, "%s", setting.value);
        }
    }
}

Test(axis, each_whole_number_has_an_equal_part) {
    struct sweep_axis axis;
    struct diag diag = {""};
    cr_assert_eq(axis_parse("guests[0].queues=1..16", &axis, &diag), IOP_OK, "%s", diag.message);
    for (int i = 0; i < 64; i++) {
        char value[PATH_TEXT_MAX], wanted[16];
        axis_sample(&axis, (i + 0.5) / 64, value);
        snprintf(wanted, sizeof wanted, "%d", 1 + i / 4);
        cr_expect_str_eq(value, wanted);
    }
}

Test(axis, a_logarithmic_sample_has_the_geometric_mean_in_its_middle) {
    struct sweep_axis axis;
    struct diag diag = {""};
    char value[PATH_TEXT_MAX];
    cr_assert_eq(axis_parse("guests[0].workloads[0].rate=10 kpps..1 Mpps/log", &axis, &diag), IOP_OK);
    axis_sample(&axis, 0.5, value);
    cr_expect_str_eq(value, "100 kpps");
}

Test(axis, files_with_dots_are_a_list) {
    struct sweep_axis axis;
    struct diag diag = {""};
    cr_assert_eq(axis_parse("host=../a.yaml,../b.yaml", &axis, &diag), IOP_OK);
    expect_values(&axis, "../a.yaml,../b.yaml");
    free(axis.values);
}

Test(axis, wrong_ranges_of_the_command_line) {
    const struct {
        const char *text, *message;
    } cases[] = {
        {"guests[0].mode=1..2", "--grid guests[0].mode: 'mode' takes no numbers, so it has no range; list its values"},
        {"guests[0].queues=4..4/2", "--grid guests[0].queues: '4' is not more than '4', where the range begins"},
        {"guests[0].queues=1..17/2", "--grid guests[0].queues: '17' is out of range; allowed are 1 to 16"},
        {"guests[0].queues=1..2/1",
         "--grid guests[0].queues: '1..2/1': steps are out of range; allowed are 2 to 100000"},
        {"guests[0].workloads[0].rate=1 kpps..1 Mbit/s/3",
         "--grid guests[0].workloads[0].rate: '1 kpps' is a packet rate and '1 Mbit/s' a bit rate; both ends of a "
         "range are of one kind"},
        {"run.seed=0..8/log", "--grid run.seed: '0' is not above 0, as equal ratios need it"},
        {"run.seed=0..18446744073709551615/3", "--grid run.seed: '18446744073709551615' is too large for a range; "
                                               "allowed are whole numbers up to 9007199254740992"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sweep_axis axis;
        struct diag diag = {""};
        cr_expect_eq(axis_parse(cases[i].text, &axis, &diag), IOP_INVALID, "%s", cases[i].text);
        cr_expect_str_eq(diag.message, cases[i].message, "%s", diag.message);
        free(axis.values);
    }
}

Test(axis, wrong_axes_of_a_file) {
    expect_message(and("sweep: [{set: \"guests[0].queues\"}]"),
                   "s.yaml:7:9: sweep[0]: 'values' is missing: the list of values it takes, or 'from' and 'to'");
    expect_message(and("sweep: [{set: \"guests[0].queues\", from: 1}]"),
                   "s.yaml:7:9: sweep[0]: 'to' is missing: a range has two ends");
    expect_message(and("sweep: [{set: \"guests[0].queues\", values: [1], steps: 2}]"),
                   "s.yaml:7:48: sweep[0]: 'steps' belongs to a range; this axis lists its values");
    expect_message(and("sweep: [{set: \"guests[0].queues\", from: 1, to: 99}]"),
                   "s.yaml:7:48: sweep[0].to: '99' is out of range; allowed are 1 to 16");
    expect_message(and("sweep: [{set: \"guests[0].mode\", from: 1, to: 9}]"),
                   "s.yaml:7:15: sweep[0].set: 'mode' takes no numbers, so it has no range; list its values");
    expect_message(and("design: {kind: sobol}"),
                   "s.yaml:7:9: design: 'points' is missing: how many points the sobol has");
    expect_message(and("design: {points: 3}"),
                   "s.yaml:7:10: design: 'points' is not for a grid, which has as many as its axes make");
    expect_message(and("design: {kind: sobel, points: 3}"),
                   "s.yaml:7:16: design.kind: 'sobel' is not a design; did you mean 'sobol'?");
}

Test(axis, designs_of_the_command_line) {
    struct sweep_design design;
    struct diag diag = {""};
    cr_expect_eq(design_parse("latin-hypercube:200:7", &design, &diag), IOP_OK);
    cr_expect(design.kind == DESIGN_LATIN_HYPERCUBE && design.points == 200 && design.seed == 7);
    cr_expect_eq(design_parse("sobol:64", &design, &diag), IOP_OK);
    cr_expect(design.kind == DESIGN_SOBOL && design.points == 64 && design.seed == 1);
    cr_expect_eq(design_parse("grid", &design, &diag), IOP_OK);
    static const char *const wrong[] = {
        "sobol", "sobol:", "sobol:0", "sobol:1000001", "sobol:3:", "sobol:3:x", "grid:3", "", "sobal:3", "sobol:-3"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(design_parse(wrong[i], &design, &diag), IOP_INVALID, "%s", wrong[i]);
}
