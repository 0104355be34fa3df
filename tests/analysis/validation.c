/* Rows of published and predicted values, judged and summed up. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/plot.h"
#include "analysis/validation.h"

static struct validation_row row(const char *publication, enum mode mode, double published, double predicted,
                                 double tolerance, const char *missed) {
    struct validation_row row = {.file = "file", .mode = mode, .predicted = predicted, .kind = METRIC_PPS};
    snprintf(row.publication, sizeof row.publication, "%s", publication);
    row.expected = (struct expectation){
        .metric = "guests[a].workloads[b].pps", .value = published, .tolerance = tolerance, .source = "M084"};
    snprintf(row.expected.missed, sizeof row.expected.missed, "%s", missed);
    row.error = fabs(predicted - published) / published;
    bool within = row.error <= tolerance;
    row.verdict = within ? VERDICT_WITHIN : missed[0] != '\0' ? VERDICT_MISSED : VERDICT_OUTSIDE;
    return row;
}

/* Errors 0, 10, 20, 40 and 90 %: median 20 %, 90th percentile between the last two at 0.6 of the way. */
static void fill(struct validation *validation) {
    *validation = (struct validation){.row_count = 5, .rows = calloc(5, sizeof *validation->rows)};
    validation->rows[0] = row("one", MODE_PV, 100, 100, 0.25, "");
    validation->rows[1] = row("one", MODE_PV, 100, 110, 0.25, "");
    validation->rows[2] = row("two", MODE_HVM, 100, 80, 0.25, "");
    validation->rows[3] = row("two", MODE_HVM, 100, 140, 0.25, "nobody knows");
    validation->rows[4] = row("two", MODE_PV, 100, 190, 0.25, "nobody knows");
}

Test(validation, sums_up_errors) {
    struct validation validation;
    fill(&validation);
    struct validation_summary all = validation_summarize(&validation, validation_all, NULL);
    cr_expect_eq(all.rows, 5);
    cr_expect_eq(all.within, 3);
    cr_expect_float_eq(all.median, 0.2, 1e-12);
    cr_expect_float_eq(all.p90, 0.4 + 0.6 * 0.5, 1e-12);
    struct validation_summary one = validation_summarize(&validation, validation_of_publication, "one");
    cr_expect(one.rows == 2 && fabs(one.median - 0.05) < 1e-12);
    enum mode mode = MODE_HVM;
    struct validation_summary hvm = validation_summarize(&validation, validation_of_mode, &mode);
    cr_expect(hvm.rows == 2 && fabs(hvm.median - 0.3) < 1e-12);
    mode = MODE_NITRO;
    cr_expect(isnan(validation_summarize(&validation, validation_of_mode, &mode).median));
    validation_free(&validation);
}

Test(validation, known_misses_do_not_fail_and_others_do) {
    struct validation validation;
    struct diag diag = {""};
    fill(&validation);
    cr_expect_eq(validation_verdict(&validation, &diag), IOP_OK);
    validation.rows[3] = row("two", MODE_HVM, 100, 140, 0.25, "");
    cr_expect_eq(validation_verdict(&validation, &diag), IOP_CHECK_FAILED);
    cr_expect_str_eq(diag.message, "1 of 5 rows left their tolerance, first M084 of file: +40 %");
    validation_free(&validation);
}

static char *text_of(enum iop_status (*write)(const struct validation *, FILE *, struct diag *),
                     const struct validation *validation) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct diag diag = {""};
    cr_assert_eq(write(validation, out, &diag), IOP_OK, "%s", diag.message);
    fclose(out);
    return text;
}

Test(validation, the_table_gives_each_reason_once) {
    struct validation validation;
    fill(&validation);
    char *text = text_of(validation_table, &validation);
    cr_expect_not_null(strstr(text, "M084, M084: nobody knows\n"), "%s", text);
    cr_expect_not_null(strstr(text, "+90 %"));
    free(text);
    text = text_of(validation_csv, &validation);
    cr_expect_not_null(strstr(text, "file,guests[a].workloads[b].pps,M084,two,pv,network,1/s,100,190,,,,,0.9,0.25,"));
    free(text);
    validation_free(&validation);
}

/* The shape that the contract promises. */
Test(validation, the_json_is_the_contracts) {
    struct validation validation;
    fill(&validation);
    validation.samples = 7;
    validation.rows[0].has_interval = validation.rows[1].has_interval = validation.rows[1].inside = true;
    validation.rows[1].low = 90;
    validation.rows[1].high = 120;
    validation.model_error = 1.5;
    char *text = text_of(validation_json, &validation);
    json_t *root = json_loads(text, 0, NULL);
    cr_assert_not_null(root);
    cr_expect_float_eq(json_number_value(json_object_get(root, "median_error")), 0.2, 1e-12);
    cr_expect_float_eq(json_number_value(json_object_get(root, "inside_interval")), 0.5, 1e-12);
    json_t *second = json_array_get(json_object_get(root, "rows"), 1);
    cr_expect_str_eq(json_string_value(json_object_get(second, "mode")), "pv");
    cr_expect_float_eq(json_number_value(json_object_get(second, "high")), 120, 1e-12);
    cr_expect(json_is_true(json_object_get(second, "within")));
    cr_expect_null(json_object_get(json_array_get(json_object_get(root, "rows"), 2), "low"));
    cr_expect_eq(json_array_size(json_object_get(root, "by_source")), 2);
    cr_expect_eq(json_array_size(json_object_get(root, "by_mode")), 2);
    json_decref(root);
    free(text);
    validation_free(&validation);
}

/* Twenty rows of publication "one", the k-th published a factor 1 + k/10 above its interval, and one of "two": the
 * interval of "two" is widened by the 19th of them (rank 0.9 * 21 = 18.9), that of a row of "one" by nothing, as "two"
 * has but one. */
Test(validation, intervals_own_up_to_what_other_publications_miss) {
    struct validation validation = {.row_count = 21, .rows = calloc(21, sizeof *validation.rows)};
    for (int i = 0; i < 21; i++) {
        struct validation_row *at = &validation.rows[i];
        *at = row(i < 20 ? "one" : "two", MODE_PV, i < 20 ? 110 * (1 + (i + 1) / 10.0) : 300, 100, 0.25, "");
        at->has_interval = true;
        at->cost_low = 90;
        at->cost_high = 110;
    }
    validation_widen(&validation);
    const struct validation_row *one = &validation.rows[0], *two = &validation.rows[20];
    cr_expect(one->low == 90 && one->high == 110 && !one->inside && !one->inside_costs);
    cr_expect_float_eq(two->high, 110 * 2.9, 1e-9);
    cr_expect_float_eq(two->low, 90 / 2.9, 1e-9);
    cr_expect(two->inside && !two->inside_costs);
    validation_free(&validation);
}

static const char *const files[] = {"published/barham2003-ttcp-pv-transmit", "published/ec2-clock-xen",
                                    "tutorial/01-first-run"};

static void run(int samples, int jobs, struct validation *validation) {
    struct diag diag = {""};
    const struct crew crew = {.jobs = jobs};
    cr_assert_eq(validation_run(files, 3, samples, &crew, validation, &diag), IOP_OK, "%s", diag.message);
}

/* A row relative to another file, and one that is not; a file without expectations is passed over. */
Test(validation, runs_files_whatever_the_threads) {
    struct validation one, two;
    run(5, 1, &one);
    run(5, 2, &two);
    cr_assert_eq(one.row_count, 2);
    cr_assert_eq(two.row_count, 2);
    for (int i = 0; i < 2; i++) {
        const struct validation_row *a = &one.rows[i], *b = &two.rows[i];
        cr_expect(a->predicted == b->predicted && a->low == b->low && a->high == b->high, "%s", a->file);
        cr_expect(a->has_interval && a->low < a->high);
        cr_expect_eq(a->inside, a->low <= a->expected.value && a->expected.value <= a->high);
        cr_expect(a->low == a->cost_low && a->high == a->cost_high, "widened by one other row");
    }
    cr_expect_str_eq(one.rows[0].publication, "Xen and the Art of Virtualization");
    cr_expect_eq(one.rows[0].mode, MODE_PV);
    cr_expect_eq(one.rows[0].io, VALIDATION_NETWORK);
    cr_expect_eq(one.rows[1].io, VALIDATION_COMPUTING);
    cr_expect_eq(one.rows[1].verdict, VERDICT_MISSED);
    cr_expect_str_eq(validation_unit(&one.rows[1]), "ratio");
    validation_free(&one);
    validation_free(&two);
}

/* vswitch.packet is fitted to M007 and M045, so that M053 of the same publication is no prediction of it either. */
Test(validation, knows_publications_that_a_cost_is_fitted_to) {
    static const char *const fitted_files[] = {"published/ec2-packet-limit-m1-large",
                                               "published/ec2-packet-limit-c3-large", "published/zhang2019-p2p-vpp"};
    const struct crew crew = {.jobs = 2};
    struct validation validation;
    struct diag diag = {""};
    cr_assert_eq(validation_run(fitted_files, 3, 0, &crew, &validation, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(validation.row_count, 3);
    cr_expect(validation.rows[0].fitted && validation.rows[1].fitted && !validation.rows[2].fitted);
    cr_expect_eq(validation_summarize(&validation, validation_unfitted, NULL).rows, 1);
    validation_free(&validation);
}

Test(validation, needs_an_expectation) {
    struct validation validation;
    struct diag diag = {""};
    const struct crew crew = {.jobs = 1};
    cr_expect_eq(validation_run(&files[2], 1, 0, &crew, &validation, &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, "none of the scenarios has an `expect` block");
}

/* Bands are drawn around equality, and points on both axes are what they are. */
Test(plot_equal, draws_bands_and_points) {
    const struct plot_value values[] = {{true, 1000, 1100, 1000, 1200}, {true, 2e6, 1.9e6, 1.9e6, 1.9e6}};
    const struct plot_series series = {"network", values, 2};
    const struct plot_panel panel = {
        .kind = PANEL_EQUAL, .unit = "1/s", .bands = {0.1, 0.25}, .series_count = 1, .series = &series};
    const struct figure figure = {"title", 1, &panel};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert_eq(plot_script(&figure, "x.svg", out, NULL), IOP_OK);
    fclose(out);
    cr_expect_not_null(strstr(text, "($1/1.25):($1*1.25)"));
    cr_expect_not_null(strstr(text, "($1/1.1):($1*1.1)"));
    cr_expect_not_null(strstr(text, "\n1000 1100 1000 1200\n"));
    cr_expect_not_null(strstr(text, "set logscale x\nset xrange [500:4e+06]"));
    free(text);
}
