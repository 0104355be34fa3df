/* Figures, tables and pages of results that were kept. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/html_report.h"
#include "analysis/result_file.h"
#include "analysis/results_table.h"
#include "analysis/store_figure.h"

static char folder[] = "/tmp/iopath-stored-XXXXXX";

static void enter(void) {
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
}

static void leave(void) {
    cr_assert_eq(chdir("/"), 0);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(stored_figures, .init = enter, .fini = leave);

#define MODE  "guests[web].mode"
#define FRAME "guests[web].workloads[flood].frame"

static const char *const modes[] = {"pv", "sriov"};
static const char *const frames[] = {"64 B", "1 KiB", "256 B"}; /* not in the order of the numbers */

static void add_row(struct results *results, const char *mode, const char *metric, const char *unit, double mean) {
    const bool machine = strncmp(metric, "cpu[", 4) == 0;
    const struct result_row row = {.guest = machine ? "" : "web",
                                   .workload = machine ? "" : "flood",
                                   .instance = machine ? "" : "c3.large",
                                   .mode = machine ? "" : mode,
                                   .metric = metric,
                                   .unit = unit,
                                   .over = {mean, 0.9 * mean, 1.1 * mean},
                                   .replications = 3};
    cr_assert_eq(results_add_row(results, &row, NULL), IOP_OK);
}

/* pps is (1 + frame) * 1000 for pv and ten times that for sriov, plus 1 per seed beyond the first. */
static void add_point(struct results *results, int mode, int frame, const char *seed, double factor) {
    char key[32];
    snprintf(key, sizeof key, "%d-%d-%s", mode, frame, seed);
    const struct result_point point = {
        .scenario = "frames & <modes>", .key = key, .version = "1", .cost_set = "ec2-ivybridge", .seed = seed};
    cr_assert_eq(results_add_point(results, &point, NULL), IOP_OK);
    cr_assert_eq(results_add_setting(results, MODE, modes[mode], NULL), IOP_OK);
    cr_assert_eq(results_add_setting(results, FRAME, frames[frame], NULL), IOP_OK);
    add_row(results, modes[mode], "pps", "1/s", factor * (mode == 0 ? 1 : 10) * 1000 * (frame + 1));
    add_row(results, modes[mode], "latency_mean", "s", 1e-5);
    add_row(results, modes[mode], "latency_p99", "s", 3e-5);
    add_row(results, modes[mode], "cpu[web].cores", "1", 0.5);
    add_row(results, modes[mode], "cpu[web].share[udp]", "1", 0.25);
    add_row(results, modes[mode], "cpu[web].share[driver]", "1", 0.75);
}

static struct results made_up(void) {
    struct results results;
    results_init(&results);
    for (int mode = 0; mode < 2; mode++)
        for (int frame = 0; frame < 3; frame++) add_point(&results, mode, frame, "1", 1);
    return results;
}

static struct plot_request asked(const char *kind, const char *x, const char *y, const char *lines) {
    struct plot_request request = {.kind = ""};
    snprintf(request.kind, sizeof request.kind, "%s", kind);
    snprintf(request.x, sizeof request.x, "%s", x);
    snprintf(request.y, sizeof request.y, "%s", y);
    snprintf(request.lines, sizeof request.lines, "%s", lines);
    return request;
}

static void expect_refused(const struct results *results, struct plot_request request, const char *message) {
    struct result_figure figure;
    struct diag diag = {""};
    cr_expect_eq(result_figure(results, &request, &figure, &diag), IOP_INVALID);
    cr_expect(strstr(diag.message, message) != NULL, "%s", diag.message);
    result_figure_free(&figure);
}

static struct result_figure drawn(const struct results *results, struct plot_request request) {
    struct result_figure figure;
    struct diag diag = {""};
    cr_assert_eq(result_figure(results, &request, &figure, &diag), IOP_OK, "%s", diag.message);
    return figure;
}

Test(stored_figures, scaling_has_a_line_per_mode_over_frames_in_their_order) {
    struct results results = made_up();
    struct result_figure figure = drawn(&results, asked("scaling", FRAME, "pps", MODE));
    const struct plot_panel *panel = &figure.figure.panels[0];
    cr_expect_eq(panel->kind, PANEL_LINES);
    cr_expect_str_eq(panel->x_label, "frame [B]");
    cr_assert(panel->series_count == 2 && panel->series[1].count == 3);
    cr_expect_str_eq(panel->series[1].label, "sriov");
    const double x[] = {64, 256, 1024}, y[] = {10000, 30000, 20000};
    for (int i = 0; i < 3; i++) {
        const struct plot_value *value = &panel->series[1].values[i];
        cr_expect(value->present && value->x == x[i] && value->y == y[i], "%g at %g", value->y, value->x);
        cr_expect(value->low == 0.9 * y[i] && value->high == 1.1 * y[i]);
    }
    result_figure_free(&figure);
    results_free(&results);
}

Test(stored_figures, what_is_left_out_is_chosen) {
    struct results results = made_up();
    struct result_figure figure = drawn(&results, asked("scaling", "", "", ""));
    cr_expect_eq(figure.figure.panels[0].series_count, 2);
    cr_expect_str_eq(figure.figure.panels[0].y_label, "pps");
    result_figure_free(&figure);
    figure = drawn(&results, asked("scaling", FRAME, "", "guests[0].mode"));
    cr_expect_str_eq(figure.figure.panels[0].series[1].label, "sriov", "the mode is known by any path");
    result_figure_free(&figure);
    figure = drawn(&results, asked("bars", "", "guests[web].workloads[flood].pps", ""));
    cr_expect(figure.figure.panels[0].category_count == 3 && figure.figure.panels[0].series_count == 2);
    cr_expect_str_eq(figure.figure.panels[0].categories[1], "1 KiB");
    result_figure_free(&figure);
    results_free(&results);
}

/* A second seed makes lines of their own instead of two values in one place. */
Test(stored_figures, what_else_differs_is_in_the_labels) {
    struct results results = made_up();
    for (int frame = 0; frame < 3; frame++) add_point(&results, 0, frame, "2", 1.5);
    struct result_figure figure = drawn(&results, asked("scaling", FRAME, "pps", MODE));
    cr_assert_eq(figure.figure.panels[0].series_count, 3);
    cr_expect_str_eq(figure.figure.panels[0].series[2].label, "pv, seed 2");
    result_figure_free(&figure);
    expect_refused(&results, asked("heatmap", FRAME, "pps", MODE), "two results stand for 64 B of pv");
    results_free(&results);
}

Test(stored_figures, latency_has_a_bar_per_quantile) {
    struct results results = made_up();
    struct result_figure figure = drawn(&results, asked("latency", "", "", ""));
    const struct plot_panel *panel = &figure.figure.panels[0];
    cr_assert(panel->category_count == 6 && panel->series_count == 2);
    cr_expect_str_eq(panel->series[1].label, "latency_p99");
    cr_expect_str_eq(panel->categories[4], "sriov, 1 KiB");
    cr_expect_eq(panel->series[1].values[4].y, 3e-5);
    result_figure_free(&figure);
    results_free(&results);
}

Test(stored_figures, breakdown_stacks_sum_to_one) {
    struct results results = made_up();
    struct result_figure figure = drawn(&results, asked("breakdown", "", "", ""));
    const struct plot_panel *panel = &figure.figure.panels[0];
    cr_assert(figure.figure.panel_count == 1 && panel->series_count == 2 && panel->category_count == 6);
    cr_expect_str_eq(panel->title, "web");
    cr_expect_str_eq(panel->series[1].label, "driver");
    for (int i = 0; i < 6; i++) cr_expect_eq(panel->series[0].values[i].y + panel->series[1].values[i].y, 1);
    result_figure_free(&figure);
    results_free(&results);
}

Test(stored_figures, a_heatmap_writes_its_values_legibly) {
    struct results results = made_up();
    struct result_figure figure = drawn(&results, asked("heatmap", FRAME, "pps", MODE));
    char *script = NULL;
    size_t size;
    FILE *out = open_memstream(&script, &size);
    cr_assert_eq(plot_script(&figure.figure, "x.svg", out, NULL), IOP_OK);
    fclose(out);
    cr_expect(strstr(script, "2 1 1.5 2.5 0.5 1.5 30000\n") != NULL, "the cell of 256 B and sriov:\n%s", script);
    cr_expect(strstr(script, "set label \"30.0 k\" at 2,1 center front font ',9' tc rgb '#000000'") != NULL);
    cr_expect(strstr(script, "set label \"1.00 k\" at 0,0 center front font ',9' tc rgb '#ffffff'") != NULL);
    free(script);
    struct diag diag = {""};
    cr_expect_eq(plot_write(&figure.figure, "map.svg", &diag), IOP_OK, "%s", diag.message);
    result_figure_free(&figure);
    results_free(&results);
}

Test(stored_figures, errors_name_what_there_is) {
    struct results results = made_up();
    expect_refused(&results, asked("bars", "guests[web].mod", "", ""), "did you mean 'guests[web].mode'?");
    expect_refused(&results, asked("bars", "", "ppz", ""), "did you mean 'pps'?");
    expect_refused(&results, asked("scaling", MODE, "", ""), "'pv' of guests[web].mode is not a number");
    expect_refused(&results, asked("timeline", "", "", ""), "from a trace, which nothing writes yet");
    expect_refused(&results, asked("validation", "", "", ""), "validate --format json");
    results_free(&results);
    results_init(&results);
    expect_refused(&results, asked("bars", "", "", ""), "nothing to draw");
    results_free(&results);
}

Test(stored_figures, ratios_are_to_pv_at_the_same_frame) {
    struct results results = made_up();
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert_eq(results_table(&results, RESULTS_CSV, true, out, NULL), IOP_OK);
    fclose(out);
    cr_expect(strstr(text, "\nsriov,256 B,c3.large,30000,,,0.1") != NULL, "%s", text);
    cr_expect(strstr(text, ",10,") != NULL && strstr(text, ",1,") != NULL, "%s", text);
    free(text);
    results_free(&results);
}

/* ---- JSON */

static void write_file(const char *name, const char *text) {
    FILE *out = fopen(name, "w");
    fputs(text, out);
    fclose(out);
}

static const char comparison[] =
    "[{\"settings\": {\"guests[web].mode\": \"pv\"}, \"not_run\": \"no\"}, {\"settings\": {\"guests[web].mode\":"
    " \"sriov\"}, \"result\": {\"iopath\": \"1\", \"scenario\": \"s\", \"seed\": 7, \"replications\": 3, \"guests\":"
    " [{\"name\": \"web\", \"mode\": \"sriov\", \"workloads\": [{\"name\": \"flood\", \"kind\": \"udp-stream\","
    " \"pps\": {\"mean\": 5, \"low\": 4, \"high\": 6}, \"latency\": {\"p99\": 0.5}, \"lost\": {\"nic\": 2}}]}],"
    " \"cpu\": [{\"domain\": \"dom0\", \"cores\": 0.5, \"share\": {\"bridge\": 0.25}}],"
    " \"rates\": {\"exits\": {\"total\": 9, \"by_reason\": {\"hlt\": 3}}}}}]";

Test(stored_figures, json_has_the_metrics_that_a_store_has) {
    static const struct {
        const char *metric, *unit;
        double mean;
    } rows[] = {{"pps", "1/s", 5},
                {"latency_p99", "s", 0.5},
                {"lost.nic", "1/s", 2},
                {"cpu[dom0].cores", "1", 0.5},
                {"cpu[dom0].share[bridge]", "1", 0.25},
                {"rates.exits", "1/s", 9},
                {"rates.exits[hlt]", "1/s", 3}};
    struct results results;
    struct diag diag = {""};
    results_init(&results);
    write_file("c.json", comparison);
    cr_assert_eq(results_add_file(&results, "c.json", NULL, 0, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(results.row_count, 7);
    for (int i = 0; i < 7; i++) {
        cr_expect_str_eq(results.rows[i].metric, rows[i].metric);
        cr_expect_str_eq(results.rows[i].unit, rows[i].unit);
        cr_expect_eq(results.rows[i].over.mean, rows[i].mean);
    }
    cr_expect(results.rows[0].over.low == 4 && results.rows[0].over.high == 6);
    cr_expect_str_eq(results_value(&results, &results.rows[0], results_dimension(&results, MODE)), "sriov");
    results_free(&results);
    const struct store_filter filters[] = {{"metric", "pps"}, {"metric", "rates.exits"}, {"mode", "sriov"}};
    cr_assert_eq(results_add_file(&results, "c.json", filters, 3, &diag), IOP_OK);
    cr_expect_eq(results.row_count, 1, "one of the metrics and the mode");
    results_free(&results);
}

Test(stored_figures, other_files_are_refused_with_what_they_are) {
    static const struct {
        const char *text, *message;
    } files[] = {{"name: x\n", "x.json:1:4: neither a store nor a JSON result"},
                 {"{}", "x.json: not a result"},
                 {"{\"rows\": [], \"not_run\": []}", "name the store itself"},
                 {"{\"rows\": [], \"by_source\": []}", "a validation, not results of runs"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct results results;
        struct diag diag = {""};
        results_init(&results);
        write_file("x.json", files[i].text);
        cr_expect_eq(results_add_file(&results, "x.json", NULL, 0, &diag), IOP_INVALID);
        cr_expect(strstr(diag.message, files[i].message) != NULL, "%s", diag.message);
        results_free(&results);
    }
}

/* ---- the page */

static bool is_void(const char *name, size_t length) {
    return (length == 4 && strncmp(name, "meta", 4) == 0) || (length == 2 && strncmp(name, "br", 2) == 0);
}

/* Every element that begins ends, innermost first; the depth that is left. */
static int unbalanced(const char *page) {
    static char open[200][32];
    int depth = 0;
    for (const char *at = page; (at = strchr(at, '<')) != NULL; at++) {
        if (at[1] == '!' || at[1] == '?') continue;
        bool ends = at[1] == '/';
        const char *name = at + 1 + ends;
        size_t length = strcspn(name, " \t\n>/");
        const char *close = strchr(at, '>');
        cr_assert(close != NULL && length > 0 && length < 32, "%.40s", at);
        if (close[-1] == '/' || is_void(name, length)) continue;
        if (ends) {
            cr_assert(depth > 0 && strlen(open[depth - 1]) == length && strncmp(open[depth - 1], name, length) == 0,
                      "%.40s ends, %s is open", at, depth > 0 ? open[depth - 1] : "nothing");
            depth--;
        } else {
            cr_assert_lt(depth, 200);
            snprintf(open[depth++], 32, "%.*s", (int)length, name);
        }
    }
    return depth;
}

static int occurrences(const char *text, const char *part) {
    int count = 0;
    for (; (text = strstr(text, part)) != NULL; text++) count++;
    return count;
}

static char *page_of(const char *file) {
    char *page = NULL;
    size_t size;
    struct diag diag = {""};
    FILE *out = open_memstream(&page, &size);
    cr_assert_eq(html_report(&file, 1, NULL, 0, "1.2.3", out, &diag), IOP_OK, "%s", diag.message);
    fclose(out);
    return page;
}

Test(stored_figures, the_page_is_whole_and_needs_nothing_else) {
    char text[sizeof comparison + 100];
    snprintf(text, sizeof text, "%s", comparison);
    char *name = strstr(text, "\"scenario\": \"s\"");
    char changed[sizeof text + 100];
    snprintf(changed, sizeof changed, "%.*s\"scenario\": \"a & <b>\", \"cost_set\": \"ec2-ivybridge\"%s",
             (int)(name - text), text, name + strlen("\"scenario\": \"s\""));
    write_file("c.json", changed);
    char *page = page_of("c.json");
    cr_expect_eq(unbalanced(page), 0);
    cr_expect_eq(strncmp(page, "<!DOCTYPE html>", 15), 0);
    cr_expect(strstr(page, "<h2>a &amp; &lt;b&gt;</h2>") != NULL, "names are escaped");
    cr_expect(strstr(page, "5.00 pps") != NULL);
    cr_expect(strstr(page, "<li>XN025: ") != NULL, "the cost set cites it");
    cr_expect_eq(occurrences(page, "<svg"), 3, "rate, latency, breakdown");
    cr_expect_eq(occurrences(page, "id=\"f1-gnuplot_canvas\""), 1);
    cr_expect(strstr(page, "src=") == NULL && strstr(page, "<link") == NULL && strstr(page, "<script") == NULL);
    cr_expect(strstr(page, "id='gp") == NULL && strstr(page, "#gp") == NULL, "ids of two figures are the same");
    free(page);
}

static const char validation[] =
    "{\"rows\": [{\"file\": \"a.yaml\", \"metric\": \"m\", \"source\": \"M084\", \"publication\": \"P <1>\","
    " \"mode\": \"pv\", \"io\": \"network\", \"unit\": \"1/s\", \"published\": 100, \"predicted\": 110, \"error\": 0.1,"
    " \"tolerance\": 0.2, \"low\": 90, \"high\": 120, \"verdict\": \"within\"}, {\"file\": \"b.yaml\", \"metric\": "
    "\"n\","
    " \"source\": \"\", \"publication\": \"Q\", \"mode\": \"sriov\", \"io\": \"block\", \"unit\": \"ratio\","
    " \"published\": 2, \"predicted\": 1, \"error\": 0.5, \"tolerance\": 0.2, \"verdict\": \"outside\"}],"
    " \"median_error\": 0.3, \"by_source\": []}";

Test(stored_figures, a_validation_is_read_back) {
    struct read_validation read;
    struct diag diag = {""};
    write_file("v.json", validation);
    cr_assert_eq(result_file_validation(&read, "v.json", &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(read.of.row_count, 2);
    const struct validation_row *rows = read.of.rows;
    cr_expect(rows[0].has_interval && rows[0].low == 90 && rows[0].expected.value == 100 && rows[0].predicted == 110);
    cr_expect_str_eq(validation_unit(&rows[0]), "1/s");
    cr_expect_str_eq(validation_unit(&rows[1]), "ratio");
    cr_expect(rows[1].io == VALIDATION_BLOCK && !rows[1].has_interval && rows[1].mode == mode_find("sriov"));
    cr_expect_eq(validation_plot(&read.of, "v.svg", &diag), IOP_OK, "%s", diag.message);
    read_validation_free(&read);
    char *page = page_of("v.json");
    cr_expect_eq(unbalanced(page), 0);
    cr_expect(strstr(page, "<td>P &lt;1&gt;</td>") != NULL && strstr(page, "median error 30.0 %") != NULL);
    free(page);
}
