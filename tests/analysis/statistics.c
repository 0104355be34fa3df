/* Numbers with known answers: Student intervals, MSER-5, FNV-1a, bottlenecks. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/bottleneck.h"
#include "analysis/content_hash.h"
#include "analysis/mser5.h"
#include "analysis/student.h"

static void expect_near(double actual, double expected, double tolerance) {
    cr_expect(fabs(actual - expected) <= tolerance, "%.12g is not %.12g +- %g", actual, expected, tolerance);
}

Test(student, interval_of_five_values_uses_t_of_four_degrees) {
    const double values[] = {10, 12, 11, 13, 14}; /* s^2 = 2.5; t(0.975, 4) = 2.776445 */
    struct interval over = student_interval(values, 5);
    expect_near(over.mean, 12, 1e-12);
    expect_near(over.high - over.mean, 2.776445 * sqrt(2.5 / 5), 1e-5);
    expect_near(over.mean - over.low, over.high - over.mean, 1e-12);
}

/* Student's own example (Biometrika 6, 1908): extra hours of sleep by optical isomers, ten patients. */
Test(student, sleep_data_of_1908) {
    const double hours[] = {1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4};
    struct interval over = student_interval(hours, 10);
    expect_near(over.mean, 1.58, 1e-12);
    expect_near(over.low, 0.7001142, 1e-6);
    expect_near(over.high, 2.4598858, 1e-6);
}

Test(student, one_value_has_no_width) {
    const double value = 3;
    struct interval over = student_interval(&value, 1);
    cr_expect(over.low == 3 && over.mean == 3 && over.high == 3);
}

Test(student, equal_values_have_no_width) {
    const double values[] = {0.1, 0.1, 0.1, 0.1};
    struct interval over = student_interval(values, 4);
    cr_expect(over.low == over.high);
}

/* Ratios of 2 and 4: the logarithms have the mean 1.5 ln 2 and the deviation ln 2 / sqrt 2; t(0.975, 1) = 12.7062. */
Test(student, factor_is_the_geometric_mean_of_paired_ratios) {
    const double of[] = {2, 8}, to[] = {1, 2};
    struct interval over = student_factor(of, to, 2), back = student_factor(to, of, 2);
    expect_near(over.mean, sqrt(8), 1e-12);
    expect_near(log(over.high / over.mean), 12.7062 * log(2) / 2, 1e-4);
    expect_near(back.mean * over.mean, 1, 1e-12);
    expect_near(back.low * over.high, 1, 1e-12);
}

Test(student, factor_of_values_that_move_together_has_no_width) {
    const double of[] = {3, 30, 300}, to[] = {1, 10, 100};
    struct interval over = student_factor(of, to, 3);
    expect_near(over.low, 3, 1e-12);
    expect_near(over.high, 3, 1e-12);
}

Test(student, factor_needs_values_above_zero) {
    const double some[] = {1, 2}, none[] = {1, 0};
    cr_expect(isnan(student_factor(some, none, 2).mean) && isnan(student_factor(none, some, 2).low));
}

/* A deterministic "noise" of mean 0 that no truncation can profit from. */
static double ripple(int i) { return (i * 7919 % 13 - 6) / 6.0; }

Test(mser5, cuts_a_known_transient) {
    double series[250];
    for (int i = 0; i < 250; i++) series[i] = (i < 40 ? i * 5 : 200) + ripple(i);
    int cut = mser5(series, 250);
    cr_expect_eq(cut % 5, 0);
    cr_expect(cut >= 35 && cut <= 45, "cut at %d, the transient ends at 40", cut);
}

Test(mser5, keeps_all_of_a_constant_series) {
    double series[250];
    for (int i = 0; i < 250; i++) series[i] = 0.1;
    cr_expect_eq(mser5(series, 250), 0);
}

Test(mser5, keeps_nearly_all_of_a_stationary_series) {
    double series[250];
    for (int i = 0; i < 250; i++) series[i] = 1000 + ripple(i);
    cr_expect(mser5(series, 250) <= 25, "cut %d", mser5(series, 250));
}

Test(mser5, never_cuts_more_than_half) {
    double series[100];
    for (int i = 0; i < 100; i++) series[i] = i < 90 ? i * 10 : 1000;
    cr_expect(mser5(series, 100) <= 50);
}

Test(mser5, short_series_are_kept) {
    const double series[] = {0, 0, 0, 9, 9, 9, 9};
    for (int count = 0; count <= 7; count++) cr_expect_eq(mser5(series, count), 0);
}

/* Test vectors of draft-eastlake-fnv, appendix C. */
Test(content_hash, fnv1a_matches_its_test_vectors) {
    cr_expect_eq(fnv1a_64(FNV1A_64_START, "", 0), UINT64_C(0xcbf29ce484222325));
    cr_expect_eq(fnv1a_64(FNV1A_64_START, "a", 1), UINT64_C(0xaf63dc4c8601ec8c));
    cr_expect_eq(fnv1a_64(FNV1A_64_START, "foobar", 6), UINT64_C(0x85944171f73967e8));
}

Test(content_hash, depends_on_file_and_settings) {
    char name[] = "/tmp/iopath-hash-XXXXXX";
    int descriptor = mkstemp(name);
    cr_assert(descriptor >= 0 && write(descriptor, "foobar", 6) == 6);
    close(descriptor);
    struct setting one[] = {{"a", "bc"}}, other[] = {{"ab", "c"}};
    uint64_t plain, with_one, with_other;
    struct diag diag = {""};
    cr_assert_eq(content_hash(name, NULL, 0, &plain, &diag), IOP_OK);
    cr_assert_eq(content_hash(name, one, 1, &with_one, &diag), IOP_OK);
    cr_assert_eq(content_hash(name, other, 1, &with_other, &diag), IOP_OK);
    unlink(name);
    cr_expect_eq(plain, UINT64_C(0x85944171f73967e8));
    cr_expect(with_one != plain && with_one != with_other);
}

Test(content_hash, depends_on_the_traces_of_replays) {
    char name[] = "/tmp/iopath-trace-XXXXXX";
    int descriptor = mkstemp(name);
    cr_assert_geq(descriptor, 0);
    struct diag diag = {""};
    struct scenario_trace trace = {.trace = NULL};
    snprintf(trace.path, sizeof trace.path, "%s", name);
    struct scenario scenario = {.trace_count = 1, .traces = &trace};
    uint64_t hash[2] = {FNV1A_64_START, FNV1A_64_START}, without = FNV1A_64_START;
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(write(descriptor, "0,64\n", 5), 5);
        cr_assert_eq(content_hash_traces(&scenario, &hash[i], &diag), IOP_OK, "%s", diag.message);
    }
    cr_expect_neq(hash[0], hash[1]);
    scenario.trace_count = 0;
    cr_assert_eq(content_hash_traces(&scenario, &without, &diag), IOP_OK);
    cr_expect_eq(without, FNV1A_64_START);
    close(descriptor);
    unlink(name);
}

Test(content_hash, missing_file_is_an_error) {
    uint64_t hash;
    struct diag diag = {""};
    cr_expect_eq(content_hash("/nonexistent/file", NULL, 0, &hash, &diag), IOP_IO);
    cr_expect(strstr(diag.message, "/nonexistent/file") != NULL);
}

static struct bottleneck find(struct resource_use *resources, int count, char *sentence, size_t size) {
    struct experiment_result result = {.resource_count = count, .resources = resources};
    struct bottleneck found = bottleneck_find(&result);
    bottleneck_sentence(&found, sentence, size);
    return found;
}

Test(bottleneck, headroom_is_the_ratio_of_the_two_highest) {
    struct resource_use resources[] = {{"a", 0.99}, {"b", 0.55}, {"c", 0.1}};
    char sentence[512];
    struct bottleneck found = find(resources, 3, sentence, sizeof sentence);
    cr_expect_str_eq(found.first->name, "a");
    cr_expect_str_eq(found.next->name, "b");
    expect_near(found.headroom, 1.8, 1e-12);
    cr_expect_str_eq(sentence, "a limits the rate: relieving it gains up to 1.8 times before b is the limit.");
}

Test(bottleneck, an_idle_host_has_none) {
    struct resource_use resources[] = {{"a", 0.2}, {"b", 0}};
    char sentence[512];
    struct bottleneck found = find(resources, 2, sentence, sizeof sentence);
    cr_expect_null(found.next);
    cr_expect(strncmp(sentence, "Nothing is saturated", 20) == 0, "%s", sentence);
    found = find(resources + 1, 1, sentence, sizeof sentence);
    cr_expect_null(found.first);
}
