/* Comparisons: what is run, what is refused and why, and how it is reported. */
#include "analysis/comparison.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "made_up.h"
#include "scenarios/catalog.h"

static enum iop_status json(const struct comparison *comparison, FILE *out, struct diag *diag) {
    return comparison_json(comparison, "1.2.3", out, diag);
}

static char *comparison_as(const struct comparison *comparison,
                           enum iop_status (*write)(const struct comparison *, FILE *, struct diag *)) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert_eq(write(comparison, out, NULL), IOP_OK);
    fclose(out);
    return text;
}

Test(comparison, table_has_ratios_and_lists_what_does_not_exist) {
    struct comparison comparison;
    made_up_comparison(&comparison);
    char *text = comparison_as(&comparison, comparison_table);
    cr_expect(strstr(text, "5.00") != NULL, "2 Mpps is 5 times 400 kpps\n%s", text);
    cr_expect(strstr(text, "c3.8xlarge hvm: it was made up") != NULL, "%s", text);
    cr_expect(strstr(text, "dom0/netback0") != NULL);
    cr_expect(strstr(text, "TRANSACTIONS") == NULL, "columns without content are left out");
    free(text);
    made_up_comparison_free(&comparison);
}

Test(comparison, json_has_settings_and_result_or_reason) {
    struct comparison comparison;
    made_up_comparison(&comparison);
    char *text = comparison_as(&comparison, json);
    json_t *array = json_loads(text, 0, NULL);
    cr_assert_eq(json_array_size(array), 3);
    json_t *hvm = json_array_get(array, 1), *sriov = json_array_get(array, 2);
    cr_expect(json_is_string(json_object_get(hvm, "not_run")) && json_object_get(hvm, "result") == NULL);
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(sriov, "settings"), "guests[0].mode")), "sriov");
    cr_expect_eq(json_real_value(json_object_get(sriov, "ratio")), 5);
    cr_expect_str_eq(json_string_value(json_object_get(sriov, "ratio_to")), "pv");
    cr_expect_not_null(json_object_get(json_object_get(sriov, "result"), "guests"));
    json_decref(array);
    free(text);
    made_up_comparison_free(&comparison);
}

Test(comparison, workloads_add_up_and_the_worst_latency_counts) {
    struct comparison comparison;
    struct comparison_summary sums;
    made_up_comparison(&comparison);
    struct experiment_result *result = &comparison.points[0].result;
    result->estimates[result->estimate_count] = result->estimates[0]; /* a second stream */
    result->estimates[result->estimate_count++].over = (struct interval){1e5, 0.9e5, 1.1e5};
    result->estimates[result->estimate_count] = result->estimates[3];
    result->estimates[result->estimate_count++].over.mean = 1;
    comparison_summarize(&comparison.points[0], &sums);
    cr_expect_eq(sums.pps.mean, 5e5);
    cr_expect_eq(sums.pps.low, sums.pps.high);
    cr_expect_eq(sums.p99, 1);
    cr_expect(isnan(sums.p50));
    made_up_comparison_free(&comparison);
}

static const char *tutorial(const char *name) {
    static char path[600];
    char below[400];
    struct diag diag = {""};
    cr_assert_eq(data_path("scenarios/tutorial", below, sizeof below, &diag), IOP_OK, "%s", diag.message);
    snprintf(path, sizeof path, "%s/%s", below, name);
    return path;
}

Test(comparison, instances_bring_their_hosts_and_missing_modes_are_explained) {
    static const enum mode modes[] = {MODE_PV, MODE_SRIOV};
    static const char *const instances[] = {"m1.large", "c3.8xlarge"};
    const struct comparison_request request = {.file = tutorial("01-first-run.yaml"),
                                               .mode_count = 2,
                                               .modes = modes,
                                               .instance_count = 2,
                                               .instances = instances};
    struct comparison comparison;
    struct diag diag = {""};
    cr_assert_eq(comparison_plan(&request, &comparison, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(comparison.count, 4);
    cr_assert_not_null(comparison.points[0].scenario, "%s", comparison.points[0].reason);
    cr_expect_str_eq(comparison.points[0].scenario->model.host.name, "ec2-gen1");
    cr_expect_null(comparison.points[1].scenario, "m1.large has no SR-IOV");
    cr_expect(comparison.points[1].reason[0] != '\0' && strstr(comparison.points[1].reason, ".yaml:") == NULL, "%s",
              comparison.points[1].reason);
    cr_expect_str_eq(comparison.points[3].scenario->model.host.name, "ec2-ivybridge");
    cr_expect_eq(comparison.points[3].scenario->model.guests[0].mode, MODE_SRIOV);
    cr_expect_eq(comparison.points[3].reference, 2, "c3.8xlarge sriov compares with c3.8xlarge pv");
    cr_expect(comparison.points[2].content_hash != comparison.points[3].content_hash);
    comparison_free(&comparison);
}

Test(comparison, sweep_axes_multiply_and_chosen_modes_replace_swept_ones) {
    static const enum mode modes[] = {MODE_PV};
    struct comparison_request request = {.file = tutorial("03-frame-sizes.yaml")}; /* 2 modes, 7 frames */
    struct comparison comparison;
    struct diag diag = {""};
    cr_assert_eq(comparison_plan(&request, &comparison, &diag), IOP_OK, "%s", diag.message);
    cr_expect_eq(comparison.count, 14);
    cr_expect_eq(comparison.points[13].scenario->model.guests[0].workloads[0].frame_bytes, 1518);
    comparison_free(&comparison);
    request.mode_count = 1;
    request.modes = modes;
    cr_assert_eq(comparison_plan(&request, &comparison, &diag), IOP_OK, "%s", diag.message);
    cr_expect_eq(comparison.count, 7);
    for (int i = 0; i < 7; i++) cr_expect_str_eq(comparison.points[i].mode, "pv");
    comparison_free(&comparison);
}

Test(comparison, nothing_that_exists_is_an_error) {
    static const enum mode modes[] = {MODE_SRIOV};
    static const char *const instances[] = {"m1.large"};
    const struct comparison_request request = {.file = tutorial("01-first-run.yaml"),
                                               .mode_count = 1,
                                               .modes = modes,
                                               .instance_count = 1,
                                               .instances = instances};
    struct comparison comparison;
    struct diag diag = {""};
    cr_expect_eq(comparison_plan(&request, &comparison, &diag), IOP_INVALID);
    cr_expect(strstr(diag.message, "no combination exists") != NULL, "%s", diag.message);
}
