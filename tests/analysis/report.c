/* The contract's result JSON and CSV, and the report for people. */
#include "analysis/report.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "made_up.h"

static json_t *report_as_json(struct made_up *made_up) {
    char *text = written(report_json, &made_up->report);
    json_error_t error;
    json_t *root = json_loads(text, 0, &error);
    cr_assert(root != NULL, "%s", error.text);
    free(text);
    return root;
}

/* A value by its path; names of objects, or indices of arrays. */
static json_t *at(json_t *value, const char *path) {
    char copy[128];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *rest = copy, *word; (word = strtok_r(rest, "/", &rest)) != NULL;)
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(word)) : json_object_get(value, word);
    cr_assert(value != NULL, "there is no %s", path);
    return value;
}

static double number_at(json_t *value, const char *path) { return json_number_value(at(value, path)); }

Test(report, json_has_the_keys_of_the_contract) {
    struct made_up made_up;
    made_up_init(&made_up);
    json_t *root = report_as_json(&made_up);
    static const char *const keys[] = {"iopath",
                                       "scenario",
                                       "file",
                                       "level",
                                       "seed",
                                       "replications",
                                       "simulated_s",
                                       "wall_s",
                                       "events",
                                       "guests/0/name",
                                       "guests/0/instance",
                                       "guests/0/mode",
                                       "guests/0/workloads/0/name",
                                       "guests/0/workloads/0/kind",
                                       "guests/0/workloads/0/pps/mean",
                                       "guests/0/workloads/0/pps/low",
                                       "guests/0/workloads/0/pps/high",
                                       "guests/0/workloads/0/throughput/mean",
                                       "guests/0/workloads/0/latency/mean",
                                       "guests/0/workloads/0/latency/p99",
                                       "guests/0/workloads/0/lost/backend",
                                       "cpu/0/domain",
                                       "cpu/0/cores",
                                       "cpu/0/share/netback",
                                       "rates/exits/total",
                                       "rates/exits/by_reason/hlt",
                                       "rates/hypercalls",
                                       "bottleneck/resource",
                                       "bottleneck/utilization",
                                       "bottleneck/next/resource",
                                       "bottleneck/next/headroom",
                                       "bounds/pps",
                                       "checks/conserved",
                                       "checks/littles_law_error",
                                       "expect"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) at(root, keys[i]);
    cr_expect_str_eq(json_string_value(at(root, "level")), "packet");
    cr_expect_str_eq(json_string_value(at(root, "iopath")), "1.2.3");
    cr_expect_eq(number_at(root, "guests/0/workloads/0/pps/mean"), 2e6);
    cr_expect_eq(number_at(root, "seed"), 7);
    json_decref(root);
    made_up_free(&made_up);
}

Test(report, json_leaves_out_what_does_not_apply) {
    struct made_up made_up;
    made_up_init(&made_up);
    made_up.result.estimates[0].over.mean = NAN;
    made_up.scenario->model.guests[0].has_instance = false;
    json_t *root = report_as_json(&made_up), *guest = at(root, "guests/0"), *workload = at(guest, "workloads/0");
    cr_expect_null(json_object_get(workload, "pps"));
    cr_expect_null(json_object_get(workload, "transactions"));
    cr_expect_null(json_object_get(workload, "iops"));
    cr_expect_null(json_object_get(at(workload, "latency"), "p50"));
    cr_expect_null(json_object_get(guest, "instance"));
    cr_expect_null(json_object_get(at(root, "rates"), "iotlb_miss_ratio"));
    json_decref(root);
    made_up_free(&made_up);
}

Test(report, expectations_stand_beside_predictions) {
    struct made_up made_up;
    made_up_init(&made_up);
    struct expectation expect[3] = {
        {.metric = "guests[web].workloads[flood].pps", .value = 1.6e6, .tolerance = 0.2, .source = "M084"},
        {.metric = "guests[web].workloads[flood].pps", .value = 2, .relative_to = "other.yaml"},
        {.metric = "guests[web].workloads[flood].iops", .value = 2}};
    const double bases[3] = {1, 0.5e6, 1};
    made_up.scenario->expect = expect;
    made_up.scenario->expect_count = 3;
    made_up.report.bases = bases;
    json_t *changed = report_as_json(&made_up);
    cr_expect_eq(json_array_size(at(changed, "expect")), 0, "a setting of guests: not what was published");
    json_decref(changed);
    snprintf(made_up.setting.path, sizeof made_up.setting.path, "run.duration");
    json_t *root = report_as_json(&made_up);
    cr_expect_eq(json_array_size(at(root, "expect")), 2);
    cr_expect(fabs(number_at(root, "expect/1/predicted") - number_at(root, "expect/0/predicted") / 0.5e6) < 1e-9);
    cr_expect(fabs(number_at(root, "expect/0/error") - 0.25) < 1e-12);
    cr_expect(json_is_false(at(root, "expect/0/within")));
    cr_expect_str_eq(json_string_value(at(root, "expect/0/source")), "M084");
    json_decref(root);
    made_up_free(&made_up);
}

static enum iop_status csv(const struct report *report, FILE *out, struct diag *diag) {
    (void)diag;
    report_csv_heading(out);
    report_csv_rows(report, out);
    return IOP_OK;
}

Test(report, csv_rows_carry_their_context) {
    struct made_up made_up;
    made_up_init(&made_up);
    char *text = written(csv, &made_up.report), *rest = text;
    char *heading = strtok_r(rest, "\n", &rest), *first = strtok_r(rest, "\n", &rest);
    cr_expect_str_eq(heading, "scenario,content_hash,version,cost_set,seed,replication,swept,guest,instance,mode,"
                              "workload,metric,unit,mean,low,high");
    cr_expect_str_eq(first, "\"small packets, \"\"made up\"\"\",0000000000000abc,1.2.3,costs,7,all,"
                            "guests[0].workloads[0].frame=64 B,web,c3.8xlarge,pv,flood,pps,1/s,"
                            "2000000,1800000,2200000");
    int rows = 1;
    while (strtok_r(rest, "\n", &rest) != NULL) rows++;
    cr_expect_eq(rows, made_up.result.estimate_count);
    free(text);
    made_up_free(&made_up);
}

/* Prediction intervals for each metric, of 80 to 130 % of its mean. */
static struct uncertainty *given_uncertainty(struct made_up *made_up) {
    static struct uncertain_range ranges[32];
    static struct uncertainty uncertainty;
    uncertainty = (struct uncertainty){64, made_up->result.estimate_count, ranges};
    for (int i = 0; i < uncertainty.count; i++) {
        double mean = made_up->result.estimates[i].over.mean;
        ranges[i] = (struct uncertain_range){0.8 * mean, 1.3 * mean};
    }
    made_up->report.uncertainty = &uncertainty;
    return &uncertainty;
}

Test(report, json_has_prediction_intervals_beside_each_metric) {
    struct made_up made_up;
    made_up_init(&made_up);
    given_uncertainty(&made_up);
    json_t *root = report_as_json(&made_up), *workload = at(root, "guests/0/workloads/0");
    cr_expect_eq(number_at(workload, "pps/mean"), 2e6);
    cr_expect_eq(number_at(workload, "pps/high"), 2e6 * 1.1);
    cr_expect_eq(number_at(workload, "pps/prediction/samples"), 64);
    cr_expect_eq(number_at(workload, "pps/prediction/low"), 0.8 * 2e6);
    cr_expect_eq(number_at(workload, "pps/prediction/high"), 1.3 * 2e6);
    cr_expect_eq(number_at(workload, "latency/prediction/p99/low"), 0.8 * 90 / 2e6);
    cr_expect_eq(number_at(workload, "lost/prediction/backend/high"), 1300);
    cr_expect_eq(number_at(root, "cpu/0/prediction/cores/low"), 0.8 * 0.97);
    cr_expect_eq(number_at(root, "cpu/0/prediction/share/bridge/high"), 1.3 * 0.4);
    cr_expect_eq(number_at(root, "cpu/0/share/bridge"), 0.4);
    cr_expect_eq(number_at(root, "rates/exits/prediction/total/low"), 4000);
    cr_expect_eq(number_at(root, "rates/exits/prediction/by_reason/hlt/low"), 3200);
    cr_expect_eq(number_at(root, "rates/prediction/hypercalls/high"), 15600);
    cr_expect_eq(number_at(root, "rates/prediction/samples"), 64);
    json_decref(root);
    made_up_free(&made_up);
}

/* What nobody asked for is not there, and neither is what no sample observed. */
Test(report, json_without_prediction_intervals_is_as_before) {
    struct made_up made_up;
    made_up_init(&made_up);
    json_t *root = report_as_json(&made_up);
    cr_expect_null(json_object_get(at(root, "guests/0/workloads/0/pps"), "prediction"));
    cr_expect_null(json_object_get(at(root, "guests/0/workloads/0/latency"), "prediction"));
    json_decref(root);
    given_uncertainty(&made_up)->ranges[0] = (struct uncertain_range){NAN, NAN};
    root = report_as_json(&made_up);
    cr_expect_null(json_object_get(at(root, "guests/0/workloads/0/pps"), "prediction"));
    at(root, "guests/0/workloads/0/throughput/prediction");
    json_decref(root);
    made_up_free(&made_up);
}

static enum iop_status csv_uncertain(const struct report *report, FILE *out, struct diag *diag) {
    (void)diag;
    report_csv_heading_uncertain(out);
    report_csv_rows(report, out);
    return IOP_OK;
}

Test(report, csv_has_prediction_intervals_as_further_columns) {
    struct made_up made_up;
    made_up_init(&made_up);
    given_uncertainty(&made_up)->ranges[1].low = NAN;
    char *text = written(csv_uncertain, &made_up.report), *rest = text;
    char *heading = strtok_r(rest, "\n", &rest), *first = strtok_r(rest, "\n", &rest);
    char *second = strtok_r(rest, "\n", &rest);
    cr_expect(strstr(heading, ",mean,low,high,prediction_samples,prediction_low,prediction_high") != NULL);
    cr_expect(strstr(first, ",pps,1/s,2000000,1800000,2200000,64,1600000,2600000") != NULL, "%s", first);
    cr_expect_str_eq(second + strlen(second) - 5, ",64,,", "no sample observed it");
    free(text);
    made_up_free(&made_up);
}

Test(report, table_shows_prediction_intervals_where_they_were_asked_for) {
    struct made_up made_up;
    made_up_init(&made_up);
    char *text = written(report_table, &made_up.report);
    cr_expect(strstr(text, "PREDICTED") == NULL);
    free(text);
    given_uncertainty(&made_up);
    text = written(report_table, &made_up.report);
    static const char *const phrases[] = {"costs  64 samples of their ranges", "1.60 Mpps to 2.60 Mpps", "0.78 to 1.26",
                                          "9.60 k/s to 15.6 k/s"};
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        cr_expect(strstr(text, phrases[i]) != NULL, "'%s' is not in\n%s", phrases[i], text);
    cr_expect(strstr(text, " \n") == NULL, "no line ends in a space");
    free(text);
    made_up_free(&made_up);
}

Test(report, table_says_what_people_need) {
    struct made_up made_up;
    made_up_init(&made_up);
    char *text = written(report_table, &made_up.report);
    static const char *const phrases[] = {"small packets",
                                          "5 replications of 1.00 s after a warm-up of 1.00 ms, seed 7",
                                          "guests[0].workloads[0].frame=64 B",
                                          "2.00 Mpps",
                                          "± 10 %",
                                          "netback 60 %, bridge 40 %",
                                          "dom0/netback0 at 99 %; next web/vcpu0 at 55 % (headroom 1.8)",
                                          "packets conserved",
                                          "1.00 M events"};
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        cr_expect(strstr(text, phrases[i]) != NULL, "'%s' is not in\n%s", phrases[i], text);
    cr_expect(strstr(text, " \n") == NULL, "no line ends in a space");
    free(text);
    made_up_free(&made_up);
}

Test(report, a_broken_invariant_is_loud) {
    struct made_up made_up;
    made_up_init(&made_up);
    made_up.result.conserved = false;
    char *text = written(report_table, &made_up.report);
    cr_expect(strstr(text, "NOT CONSERVED") != NULL);
    free(text);
    made_up_free(&made_up);
}
