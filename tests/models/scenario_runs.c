#include "tests/models/scenario_runs.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "scenarios/scenario.h"

enum { SETTINGS_MAX = 8 };

void run_mechanism(const char *name, const char *const settings[], struct run_result *result) {
    run_mechanism_for(name, settings, 20 * SIM_MS, result);
}

void run_mechanism_for(const char *name, const char *const settings[], sim_time duration, struct run_result *result) {
    static struct setting parsed[SETTINGS_MAX];
    struct diag diag = {0};
    char file[128];
    int count = 0;
    for (; settings[count] != NULL; count++) {
        cr_assert_lt(count, SETTINGS_MAX);
        cr_assert_eq(setting_parse(settings[count], &parsed[count], &diag), IOP_OK, "%s", diag.message);
    }
    snprintf(file, sizeof file, "mechanisms/%s", name);
    struct scenario *scenario = scenario_load(file, parsed, count, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    enum iop_status status = try_run(&scenario->model, 1, 1, 5 * SIM_MS, duration, result, &diag);
    cr_assert_eq(status, IOP_OK, "%s: %s", name, diag.message);
    scenario_free(scenario);
}
