/* A cost set of the scenario's own choice, and what a set's base is seen from. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/scenarios/fixture.h"

TestSuite(cost_set, .init = lab_setup, .fini = lab_teardown);

#define MINE "name: mine\nclock: 2.5 GHz\nbase: flat\ncosts:\n- {name: pcie.msi, value: 777 ns, how: fitted}\n"

Test(cost_set, stands_for_the_hosts) {
    struct diag diag = {""};
    write_text("mine.yaml", MINE);
    struct scenario *scenario = load_with(with(GUEST, WORKLOAD), "cost_set=mine.yaml", &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    const struct cost_set *costs = &scenario->model.host.costs;
    cr_expect_str_eq(costs->name, "mine");
    cr_expect_float_eq(costs->values[COST_MSI].value, 777e-9, 1e-15);
    cr_expect_eq(costs->values[COST_MSI].how, PROV_FITTED);
    scenario_free(scenario);
}

Test(cost_set, that_does_not_exist_is_refused) {
    expect_set_message(with(GUEST, WORKLOAD), "cost_set=falt",
                       "--set cost_set: 'falt' is not a cost set; did you mean 'flat'?");
}

/* From another folder, too. */
Test(cost_set, a_base_that_is_a_path_is_seen_from_its_file) {
    cr_assert_eq(system("mkdir sub"), 0);
    write_text("sub/mine.yaml", MINE);
    write_text("sub/other.yaml", "name: other\nclock: 2.5 GHz\nbase: ./mine.yaml\ncosts: []\n");
    struct cost_set costs;
    struct diag diag = {""};
    cr_assert_eq(catalog_costs("sub/other.yaml", &costs, &diag), IOP_OK, "%s", diag.message);
    cr_expect_float_eq(costs.values[COST_MSI].value, 777e-9, 1e-15);
}
