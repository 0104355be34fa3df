/* The scenarios of published experiments: every expectation holds within its tolerance, or is said to be missed and is.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/expectation.h"
#include "scenarios/catalog.h"

static void expect_all(const struct scenario *scenario) {
    struct diag diag = {""};
    struct experiment_result result;
    const struct crew alone = {.jobs = 1};
    enum iop_status status = experiment_run(&scenario->model, &scenario->run, &alone, &result, &diag);
    cr_assert_eq(status, IOP_OK, "%s: %s", scenario->file, diag.message);
    double *bases = calloc((size_t)scenario->expect_count, sizeof *bases);
    cr_assert_eq(expectation_bases(scenario, bases, &diag), IOP_OK, "%s", diag.message);
    for (int i = 0; i < scenario->expect_count; i++) {
        const struct expectation *expectation = &scenario->expect[i];
        struct outcome outcome = {0};
        bool found = expectation_outcome(expectation, bases[i], &result, &scenario->model, &outcome);
        cr_expect(found, "%s: no %s", scenario->file, expectation->metric);
        bool missed = expectation->missed[0] != '\0';
        cr_expect(!found || outcome.within != missed, "%s: %s: %s is %.4g, published %.4g (%+.0f %%)%s", scenario->file,
                  expectation->source, expectation->metric, outcome.predicted, expectation->value,
                  100 * (outcome.predicted / expectation->value - 1), missed ? ", said to be missed" : "");
    }
    free(bases);
    experiment_result_free(&result);
}

/* Half of the files each, so that two cores work on them. */
static void expect_every_second(int first) {
    struct name_list scenarios = {0};
    struct diag diag = {""};
    cr_assert_eq(catalog_names("scenarios", &scenarios, &diag), IOP_OK, "%s", diag.message);
    int number = 0;
    for (int i = 0; i < scenarios.count; i++) {
        if (strncmp(scenarios.names[i], "fleet/", 6) == 0) continue;
        struct scenario *scenario = scenario_load(scenarios.names[i], NULL, 0, &diag);
        cr_assert_not_null(scenario, "%s", diag.message);
        if (scenario->expect_count > 0 && number++ % 2 == first) expect_all(scenario);
        scenario_free(scenario);
    }
    names_free(&scenarios);
}

Test(published_scenarios, expectations_hold_in_one_half) { expect_every_second(0); }
Test(published_scenarios, expectations_hold_in_the_other_half) { expect_every_second(1); }
