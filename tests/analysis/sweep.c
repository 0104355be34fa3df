/* Sweeps: points, keys, resumption, precision. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/precision.h"
#include "analysis/store_export.h"
#include "analysis/sweep.h"
#include "scenarios/axis.h"

static char folder[] = "/tmp/iopath-sweep-XXXXXX";

static const char scenario[] = "name: a sweep\n"
                               "host: ec2-ivybridge\n"
                               "guests:\n"
                               "  - {name: a, instance: c3.8xlarge, mode: sriov,\n"
                               "     workloads: [{name: b, kind: udp-stream, frame: 64 B}]}\n"
                               "run: {duration: 500 us, warmup: 100 us, replications: %d%s}\n"
                               "sweep:\n"
                               "  - {set: \"guests[0].mode\", values: [pv, sriov, virtio]}\n"
                               "  - {set: \"guests[0].workloads[0].frame\", values: [%s]}\n";

static void given(int replications, const char *more, const char *frames) {
    FILE *out = fopen("s.yaml", "w");
    cr_assert_not_null(out);
    fprintf(out, scenario, replications, more, frames);
    fclose(out);
}

static void enter(void) {
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    given(2, "", "64 B, 512 B");
}

static void leave(void) {
    cr_assert_eq(chdir("/"), 0);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(sweep, .init = enter, .fini = leave);

static struct sweep_request request = {.file = "s.yaml", .version = "1"};

static void plan_into(struct sweep_plan *plan) {
    struct diag diag = {""};
    cr_assert_eq(sweep_plan_make(&request, plan, &diag), IOP_OK, "%s", diag.message);
}

static struct sweep_outcome run_with(const char *file, const struct crew *crew, enum iop_status expected) {
    struct sweep_plan plan;
    struct store *store;
    struct sweep_outcome outcome;
    struct diag diag = {""};
    plan_into(&plan);
    cr_assert_eq(store_open(file, STORE_WRITE, &store, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(sweep_run(&plan, store, crew, &outcome, &diag), expected, "%s", diag.message);
    store_close(store);
    sweep_plan_free(&plan);
    return outcome;
}

static struct sweep_outcome run(const char *file, int jobs) {
    const struct crew crew = {.jobs = jobs};
    return run_with(file, &crew, IOP_OK);
}

static char *exported(const char *file, const struct store_filter *filters, int count) {
    struct store *store;
    struct diag diag = {""};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert_eq(store_open(file, STORE_READ, &store, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(store_export_csv(store, filters, count, out, &diag), IOP_OK, "%s", diag.message);
    store_close(store);
    fclose(out);
    return text;
}

static void expect_same_export(const char *one, const char *other) {
    char *a = exported(one, NULL, 0), *b = exported(other, NULL, 0);
    cr_expect_str_eq(a, b, "%s and %s differ", one, other);
    cr_expect_gt(strlen(a), 2000);
    free(a);
    free(b);
}

static int lines(const char *text) {
    int count = 0;
    for (; *text != '\0'; text++) count += *text == '\n';
    return count;
}

Test(sweep, the_last_axis_is_the_fastest) {
    struct sweep_plan plan;
    plan_into(&plan);
    cr_assert_eq(plan.count, 6);
    struct setting settings[2];
    sweep_settings(&plan, 3, settings);
    cr_expect_str_eq(settings[0].value, "sriov");
    cr_expect_str_eq(settings[1].value, "512 B");
    sweep_plan_free(&plan);
}

/* virtio does not exist under Xen. */
Test(sweep, runs_what_exists_once) {
    struct sweep_outcome first = run("s.db", 2), again = run("s.db", 2);
    cr_expect(first.points == 6 && first.run == 8 && first.found == 0 && first.absent == 2, "%d", first.run);
    cr_expect(again.run == 0 && again.found == 8 && again.absent == 2);
}

Test(sweep, threads_do_not_change_a_byte) {
    run("one.db", 1);
    run("two.db", 3);
    expect_same_export("one.db", "two.db");
}

/* More values and replications in the file: the old ones are found, the rest is run. */
Test(sweep, grows) {
    run("s.db", 2);
    given(3, "", "64 B, 512 B, 1518 B");
    struct sweep_outcome more = run("s.db", 2);
    cr_expect(more.found == 8 && more.run == 4 * 1 + 2 * 3, "found %d, run %d", more.found, more.run);
    run("whole.db", 2);
    char *grown = exported("s.db", NULL, 0), *whole = exported("whole.db", NULL, 0);
    cr_expect_eq(lines(grown), lines(whole));
    free(grown);
    free(whole);
}

Test(sweep, a_changed_file_makes_other_points) {
    run("s.db", 2);
    given(2, ", seed: 2", "64 B, 512 B");
    cr_expect_eq(run("s.db", 2).run, 8);
    given(2, ", precision: 50 %", "64 B, 512 B");
    cr_expect_eq(run("s.db", 2).found, 8, "the precision asked for is no other point");
}

static int stop_at;

static int stop(void *user, int done, int total) {
    (void)user, (void)total;
    return done >= stop_at;
}

Test(sweep, goes_on_after_interruptions) {
    struct crew crew = {.jobs = 1, .progress = stop};
    for (stop_at = 1; stop_at < 6; stop_at++) run_with("s.db", &crew, IOP_INTERRUPTED);
    run("s.db", 2);
    run("whole.db", 2);
    expect_same_export("s.db", "whole.db");
}

Test(sweep, shards_make_a_whole) {
    struct diag diag = {""};
    request.shards = 3;
    for (request.shard = 0; request.shard < 3; request.shard++) {
        char file[16];
        snprintf(file, sizeof file, "%d.db", request.shard);
        cr_expect_eq(run(file, 2).points, 2);
    }
    request.shards = request.shard = 0;
    run("whole.db", 2);
    struct store *store;
    cr_assert_eq(store_open("merged.db", STORE_WRITE, &store, &diag), IOP_OK);
    const char *const parts[] = {"2.db", "0.db", "1.db"};
    for (int i = 0; i < 3; i++) cr_assert_eq(store_merge(store, parts[i], &diag), IOP_OK, "%s", diag.message);
    store_close(store);
    expect_same_export("merged.db", "whole.db");
}

Test(sweep, filters_select_rows) {
    run("s.db", 2);
    const struct store_filter pps[] = {{"metric", "pps"}}, sriov[] = {{"metric", "pps"}, {"mode", "sriov"}},
                              path[] = {{"metric", "pps"}, {"guests[0].workloads[0].frame", "64 B"}},
                              none[] = {{"guests[0].workloads[0].frame", "64"}};
    const struct {
        const struct store_filter *filters;
        int count, rows;
    } cases[] = {{pps, 1, 4}, {sriov, 2, 2}, {path, 2, 2}, {none, 1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = exported("s.db", cases[i].filters, cases[i].count);
        cr_expect_eq(lines(text) - 1, cases[i].rows, "case %zu: %s", i, text);
        free(text);
    }
}

/* Poisson arrivals: the rate of one half millisecond is known to some per cent only. */
Test(sweep, replications_are_added_until_it_is_precise) {
    FILE *out = fopen("s.yaml", "w");
    fputs("name: noisy\nhost: ec2-ivybridge\nguests:\n  - {name: a, instance: c3.8xlarge, mode: sriov, workloads: [\n"
          "     {name: b, kind: udp-stream, frame: 64 B, rate: 100 kpps, arrivals: poisson}]}\n"
          "run: {duration: 500 us, warmup: 100 us, replications: 2, precision: 10 %}\n",
          out);
    fclose(out);
    struct sweep_outcome outcome = run("s.db", 1);
    cr_expect_gt(outcome.run, 5);
    cr_expect_lt(outcome.run, PRECISION_CAP + 1);
    cr_expect_eq(run("s.db", 1).run, 0);
}

/* ---- designs and conditions */

static void add_line(const char *line) {
    FILE *out = fopen("s.yaml", "a");
    cr_assert_not_null(out);
    fprintf(out, "%s\n", line);
    fclose(out);
}

Test(sweep, conditions_leave_points_out_whose_numbers_stay) {
    add_line("only: [\"guests[a].mode != virtio\", \"guests[0].mode = sriov or guests[0].workloads[b].frame < 1 kB\",\n"
             "  \"guests[0].workloads[0].frame <= guests[0].workloads[0].mtu\", \"host = ec2-ivybridge\"]");
    struct condition condition;
    struct diag diag = {""};
    cr_assert_eq(condition_parse("guests[0].workloads[0].frame > 64 B", &condition, &diag), IOP_OK);
    request.conditions = &condition;
    request.condition_count = 1;
    struct sweep_plan plan;
    plan_into(&plan);
    cr_assert_eq(plan.count, 6);
    cr_expect_eq(plan.unwanted, 4);
    static const bool wanted[6] = {false, true, false, true, false, false};
    for (int i = 0; i < 6; i++) cr_expect_eq(sweep_takes(&plan, i), wanted[i], "point %d", i);
    sweep_plan_free(&plan);
    struct sweep_outcome outcome = run("s.db", 2);
    cr_expect(outcome.points == 2 && outcome.run == 4 && outcome.absent == 0);
}

/* Conditions hold or not for the settings of the command line as for the file. */
Test(sweep, conditions_see_settings) {
    const struct setting pv = {"guests[0].workloads[0].flows", "3"};
    struct condition condition;
    struct diag diag = {""};
    cr_assert_eq(condition_parse("guests[a].workloads[b].flows = 3", &condition, &diag), IOP_OK);
    request.conditions = &condition;
    request.condition_count = 1;
    struct sweep_plan plan;
    cr_expect_eq(sweep_plan_make(&request, &plan, &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, "s.yaml: the conditions leave out all 6 points");
    request.settings = &pv;
    request.setting_count = 1;
    plan_into(&plan);
    cr_expect_eq(plan.unwanted, 0);
    sweep_plan_free(&plan);
}

/* c3.large has 2 vCPUs, c3.2xlarge 8; the file says none. */
Test(sweep, conditions_see_the_vcpus_of_instance_types) {
    struct sweep_axis axes[2];
    struct condition condition;
    struct diag diag = {""};
    cr_assert_eq(axis_parse("guests[0].instance=c3.large,c3.2xlarge", &axes[0], &diag), IOP_OK);
    cr_assert_eq(axis_parse("guests[a].queues=2,4", &axes[1], &diag), IOP_OK);
    cr_assert_eq(condition_parse("guests[0].queues <= guests[a].vcpus", &condition, &diag), IOP_OK);
    request.grid = axes;
    request.grid_count = 2;
    request.conditions = &condition;
    request.condition_count = 1;
    struct sweep_plan plan;
    plan_into(&plan);
    cr_assert_eq(plan.count, 24);
    for (int i = 0; i < plan.count; i++) cr_expect_eq(sweep_takes(&plan, i), i % 4 != 1, "point %d", i);
    sweep_plan_free(&plan);
}

/* Every point that is left is in one shard, with any design. */
Test(sweep, shards_cover_what_conditions_leave_once) {
    static const struct sweep_design designs[] = {
        {DESIGN_GRID, 0, 1}, {DESIGN_LATIN_HYPERCUBE, 50, 1}, {DESIGN_SOBOL, 50, 1}};
    add_line("only: [\"guests[0].mode != virtio\"]");
    for (size_t k = 0; k < 3; k++) {
        int taken[50] = {0}, left = 0;
        request.design = &designs[k];
        for (request.shards = 3, request.shard = 0; request.shard < 3; request.shard++) {
            struct sweep_plan plan;
            plan_into(&plan);
            left = plan.count - plan.unwanted - plan.repeated;
            for (int i = 0; i < plan.count; i++) taken[i] += sweep_takes(&plan, i);
            sweep_plan_free(&plan);
        }
        request.shards = request.shard = 0;
        struct sweep_plan whole;
        plan_into(&whole);
        int sum = 0;
        for (int i = 0; i < whole.count; i++) {
            cr_expect_eq(taken[i], sweep_takes(&whole, i), "point %d", i);
            sum += taken[i];
        }
        cr_expect(sum == left && sum > 0);
        sweep_plan_free(&whole);
    }
}

/* What was run is found again: by more points of a sequence, and whatever a file says of design and conditions. */
Test(sweep, more_points_keep_the_keys_of_the_first) {
    struct sweep_design design = {DESIGN_SOBOL, 8, 1};
    char few[8][STORE_KEY_MAX], key[STORE_KEY_MAX];
    struct sweep_axis axis;
    struct sweep_plan plan;
    struct diag diag = {""};
    cr_assert_eq(axis_parse("guests[0].workloads[0].frame=64 B..1518 B", &axis, &diag), IOP_OK);
    request.grid = &axis;
    request.grid_count = 1;
    request.design = &design;
    plan_into(&plan);
    for (int i = 0; i < 8; i++) cr_assert_eq(sweep_key(&plan, i, few[i], &diag), IOP_OK);
    sweep_plan_free(&plan);
    add_line("design: {kind: latin-hypercube, points: 3}\nonly: [\"guests[0].mode != virtio\"]");
    design.points = 20;
    plan_into(&plan);
    for (int i = 0; i < 8; i++) {
        cr_assert_eq(sweep_key(&plan, i, key, &diag), IOP_OK);
        cr_expect_str_eq(key, few[i], "point %d", i);
    }
    sweep_plan_free(&plan);
}

Test(sweep, the_file_says_the_design) {
    given(1, "", "64 B, 512 B");
    add_line("design: {kind: latin-hypercube, points: 6}");
    struct sweep_plan plan;
    plan_into(&plan);
    cr_expect_eq(plan.count, 6);
    cr_expect_eq(plan.design.config.kind, DESIGN_LATIN_HYPERCUBE);
    sweep_plan_free(&plan);
}

/* Poisson arrivals under two seeds: the axis reaches the random numbers. */
Test(sweep, seeds_and_replications_can_be_swept) {
    FILE *out = fopen("s.yaml", "w");
    fputs("name: noisy\nhost: ec2-ivybridge\nguests:\n  - {name: a, instance: c3.8xlarge, mode: sriov, workloads: [\n"
          "     {name: b, kind: udp-stream, frame: 64 B, rate: 100 kpps, arrivals: poisson}]}\n"
          "run: {duration: 500 us, warmup: 100 us, replications: 1}\n"
          "sweep:\n  - {set: run.seed, values: [1, 2]}\n  - {set: run.replications, values: [1, 3]}\n",
          out);
    fclose(out);
    cr_expect_eq(run("s.db", 1).run, 2 * 3, "points that differ in replications only are one");
    const struct store_filter pps[] = {{"metric", "pps"}};
    char *text = exported("s.db", pps, 1), first[256], *second;
    cr_assert_eq(lines(text), 1 + 2);
    char *row = strchr(text, '\n') + 1;
    second = strchr(row, '\n') + 1;
    snprintf(first, sizeof first, "%.*s", (int)(strchr(row, '\n') - row), row);
    cr_expect_str_neq(strstr(first, ",pps,"), strstr(second, ",pps,"), "%s", text);
    free(text);
}

Test(precision, asks_for_more_until_the_cap) {
    int count = 1;
    for (int i = 0; i < 30; i++) {
        int next = precision_next(count);
        cr_expect(next > count || next == PRECISION_CAP);
        count = next;
    }
    cr_expect_eq(count, PRECISION_CAP);
    const struct interval wide = {10, 8, 12};
    cr_expect(!precision_reached(&wide, 5, 0.1) && precision_reached(&wide, 5, 0.2) &&
              !precision_reached(&wide, 1, 0.5));
    cr_expect(precision_counts("pps") && precision_counts("cpu[dom0].cores") && !precision_counts("lost.nic") &&
              !precision_counts("rates.exits"));
}
