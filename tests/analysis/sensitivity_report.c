/* The forms in which a sensitivity analysis is reported. */
#include "analysis/sensitivity_report.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "made_up.h"

static struct made_up made_up;
static struct sensitivity sensitivity;

/* Two costs with indices, one whose index is nothing, one left out, two without effect. */
static void given_analysis(void) {
    made_up_init(&made_up);
    sensitivity = (struct sensitivity){.metric = made_up.result.estimates[0].metric,
                                       .path = "guests[web].workloads[flood].pps",
                                       .seed = 7,
                                       .duration = SIM_MS,
                                       .samples = 64,
                                       .runs = 500,
                                       .uncertain = 6,
                                       .mean = 1.9e6,
                                       .variance = 1e10,
                                       .low = 1.5e6,
                                       .high = 2.4e6,
                                       .row_count = 3,
                                       .left_out_count = 1,
                                       .left_out = {{COST_MSI, 0.004}},
                                       .no_effect_count = 2,
                                       .no_effect = {COST_NETBACK_TX, COST_GRANT_COPY},
                                       .next = 1,
                                       .narrower = 0.23};
    sensitivity.rows[0] =
        (struct sensitivity_row){{COST_UDP_SEND, 400, 700, 1100}, {{0.5, 0.4, 0.6}, {0.55, 0.45, 0.65}}};
    sensitivity.rows[1] =
        (struct sensitivity_row){{COST_DRIVER_TX, 600, 900, 1400}, {{0.4, 0.3, 0.5}, {0.45, 0.35, 0.55}}};
    sensitivity.rows[2] = (struct sensitivity_row){{COST_DOORBELL, 2e-7, 2.26e-7, 4e-7}, {{0}, {0}}};
    made_up.scenario->model.host.costs.values[COST_UDP_SEND].how = PROV_MEASURED;
    made_up.scenario->model.host.costs.values[COST_DRIVER_TX].how = PROV_ASSUMED;
}

static void free_analysis(void) { made_up_free(&made_up); }

TestSuite(sensitivity_report, .init = given_analysis, .fini = free_analysis);

typedef enum iop_status writer(const struct report *about, const struct sensitivity *sensitivity, FILE *out,
                               struct diag *diag);

static char *text_of(writer *write) {
    char *text = NULL;
    size_t size = 0;
    struct diag diag = {""};
    FILE *out = open_memstream(&text, &size);
    cr_assert_eq(write(&made_up.report, &sensitivity, out, &diag), IOP_OK, "%s", diag.message);
    fclose(out);
    return text;
}

static void expect_phrases(const char *text, const char *const *phrases, size_t count) {
    for (size_t i = 0; i < count; i++)
        cr_expect(strstr(text, phrases[i]) != NULL, "'%s' is not in\n%s", phrases[i], text);
}

Test(sensitivity_report, table_says_what_to_measure_next) {
    static const char *const phrases[] = {
        "guests[web].workloads[flood].pps: 2.00 Mpps at the costs' values",
        "1.50 Mpps to 2.40 Mpps, mean 1.90 Mpps",
        "udp.send   700 cycles  400 cycles  1100 cycles  measured  0.500  0.400  0.600  0.550  0.450  0.650",
        "below 0.0005  1 further cost:\n                pcie.doorbell\n",
        "1 cost that may hold 0.4 % of the effects:\n                pcie.msi\n",
        "2 of the 6 costs with a range change nothing",
        "measure next  driver.tx, assumed: were it known, the range of the result would be about 23 % narrower"};
    char *text = text_of(sensitivity_table);
    expect_phrases(text, phrases, sizeof phrases / sizeof *phrases);
    cr_expect(strstr(text, " \n") == NULL, "no line ends in a space");
    free(text);
    sensitivity.next = -1;
    text = text_of(sensitivity_table);
    cr_expect(strstr(text, "nothing: all costs that matter are measured") != NULL);
    free(text);
    sensitivity.variance = 0;
    text = text_of(sensitivity_table);
    cr_expect(strstr(text, "nothing: no cost changes pps") != NULL);
    free(text);
}

Test(sensitivity_report, csv_rows_carry_their_context) {
    static const char *const phrases[] = {
        "scenario,content_hash,version,cost_set,seed,swept,metric,samples,parameter,value,low,high,how,first,first_low,"
        "first_high,total,total_low,total_high,unit\n",
        "0000000000000abc,1.2.3,costs,7,guests[0].workloads[0].frame=64 "
        "B,guests[web].workloads[flood].pps,64,driver.tx,"
        "900,600,1400,assumed,0.4,0.3,0.5,0.45,0.35,0.55,cycles\n",
        ",pcie.doorbell,"};
    char *text = text_of(sensitivity_csv);
    expect_phrases(text, phrases, sizeof phrases / sizeof *phrases);
    free(text);
}

static json_t *at(json_t *value, const char *first, size_t index, const char *second) {
    return json_object_get(json_array_get(json_object_get(value, first), index), second);
}

Test(sensitivity_report, json_holds_all_of_it) {
    char *text = text_of(sensitivity_json);
    json_t *root = json_loads(text, 0, NULL);
    cr_assert_not_null(root, "%s", text);
    cr_expect_str_eq(json_string_value(at(root, "parameters", 0, "name")), "udp.send");
    cr_expect_eq(json_number_value(json_object_get(at(root, "parameters", 1, "total"), "high")), 0.55);
    cr_expect_eq(json_number_value(json_object_get(at(root, "parameters", 1, "first"), "value")), 0.4);
    cr_expect_eq(json_array_size(json_object_get(root, "parameters")), 3);
    cr_expect_str_eq(json_string_value(at(root, "left_out", 0, "name")), "pcie.msi");
    cr_expect_eq(json_array_size(json_object_get(root, "no_effect")), 2);
    json_t *next = json_object_get(root, "measure_next"), *prediction = json_object_get(root, "prediction");
    cr_expect_str_eq(json_string_value(json_object_get(next, "name")), "driver.tx");
    cr_expect_eq(json_number_value(json_object_get(next, "narrower")), 0.23);
    cr_expect_eq(json_number_value(json_object_get(prediction, "high")), 2.4e6);
    cr_expect_eq(json_number_value(json_object_get(root, "deviation")), 1e5);
    json_decref(root);
    free(text);
}

Test(sensitivity_report, nothing_to_plot_is_an_error) {
    struct diag diag = {""};
    sensitivity.variance = 0;
    cr_expect_eq(sensitivity_plot(&made_up.report, &sensitivity, "x.svg", &diag), IOP_INVALID);
    cr_expect(strstr(diag.message, "no cost changes guests[web]") != NULL, "%s", diag.message);
}
