#include "measured.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/exit_counts.h"
#include "analysis/experiment.h"
#include "analysis/fit_parameters.h"
#include "scenarios/catalog.h"

static char folder[64];

static const char scenario_text[] = "name: one sender\nhost: ec2-ivybridge\n"
                                    "guests:\n- name: web\n  instance: c3.8xlarge\n  mode: sriov\n"
                                    "  workloads:\n  - {name: flood, kind: udp-stream, frame: 64 B}\n"
                                    "run: {duration: 2 ms, warmup: 1 ms, replications: 1}\n";

void write_text(const char *name, const char *text) {
    FILE *file = fopen(name, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

void measured_setup(void) {
    snprintf(folder, sizeof folder, "/tmp/iopath-fit-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL && chdir(folder) == 0);
    write_text("s.yaml", scenario_text);
}

void measured_teardown(void) {
    char command[128];
    snprintf(command, sizeof command, "cd / && rm -rf %s", folder);
    cr_expect(system(command) == 0 && chdir("/") == 0);
}

static double value_of(const char *costs, const struct measurement *row) {
    struct setting settings[2] = {{.path = "costs"}};
    struct diag diag = {""};
    snprintf(settings[0].value, sizeof settings[0].value, "%s", costs);
    int count = 1;
    if (row->set[0] != '\0')
        cr_assert_eq(setting_parse(row->set, &settings[count++], &diag), IOP_OK, "%s", diag.message);
    struct scenario *scenario = scenario_load("s.yaml", settings, count, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    scenario->run.seed = 77; /* another measurement, not the fit's own random numbers */
    struct experiment_result result;
    const struct crew alone = {.jobs = 1};
    cr_assert_eq(experiment_run(&scenario->model, &scenario->run, &alone, &result, &diag), IOP_OK, "%s", diag.message);
    const struct estimate *found = experiment_find(&result, &scenario->model, row->metric);
    cr_assert_not_null(found, "%s", row->metric);
    double value = found->over.mean;
    experiment_result_free(&result);
    scenario_free(scenario);
    return value;
}

void measure(const char *file, const char *costs, const struct measurement *rows, int count) {
    FILE *out = fopen(file, "w");
    cr_assert_not_null(out);
    fputs("scenario,metric,value,unit,set\n", out);
    for (int i = 0; i < count; i++)
        fprintf(out, "s.yaml,%s,%.6g,%s,%s\n", rows[i].metric, rows[i].factor * value_of(costs, &rows[i]), rows[i].unit,
                rows[i].set);
    fclose(out);
}

static enum iop_status read_input(struct fit_of *fit) {
    struct exit_counts exits = {.count = 0};
    enum iop_status status = catalog_costs("ec2-ivybridge", &fit->base, &fit->diag);
    if (status == IOP_OK) status = fit_parameters_parse(fit->names, &fit->base, &fit->parameters, &fit->diag);
    if (status == IOP_OK) status = calibration_data_read("own.csv", &fit->data, &fit->diag);
    if (status == IOP_OK && fit->exits != NULL) status = exit_counts_read(fit->exits, &exits, &fit->diag);
    if (status == IOP_OK && fit->exits != NULL)
        status = exit_counts_observe(&exits, &fit->base, &fit->parameters, &fit->data, &fit->diag);
    exit_counts_free(&exits);
    return status;
}

void fit_own(struct fit_of *fit, enum iop_status wanted) {
    const struct crew crew = {.jobs = fit->jobs > 0 ? fit->jobs : 1};
    enum iop_status status = read_input(fit);
    const struct calibration_request request = {
        .data = &fit->data, .base = &fit->base, .parameters = &fit->parameters, .robust = fit->robust, .crew = &crew};
    if (status == IOP_OK) status = calibration_run(&request, &fit->calibration, &fit->diag);
    cr_assert_eq(status, wanted, "status %d: %s", (int)status, fit->diag.message);
}

void fit_free(struct fit_of *fit) {
    calibration_free(&fit->calibration);
    calibration_data_free(&fit->data);
}

const struct fitted_cost *fitted(const struct fit_of *fit, enum cost cost) {
    for (int i = 0; i < fit->calibration.cost_count; i++)
        if (fit->calibration.costs[i].axis.cost == cost) return &fit->calibration.costs[i];
    cr_assert_fail("%s is not fitted", cost_parameter(cost)->name);
    return NULL;
}
