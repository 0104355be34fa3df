/* What the results of a scenario depend on, as a hash. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

#include "tests/scenarios/fixture.h"

TestSuite(content, .init = lab_setup, .fini = lab_teardown);

static uint64_t content(const char *file) {
    uint64_t hash = 0;
    struct diag diag = {0};
    cr_assert_eq(scenario_content(file, NULL, 0, &hash, &diag), IOP_OK, "%s", diag.message);
    return hash;
}

Test(content, names_do_not_count_and_values_do) {
    write_text("a.yaml", "name: a\nhost: lab\nrun: {replications: 2}\n");
    write_text("b.yaml", "name: b\nhost: lab\nrun: {replications: 3}\n");
    write_text("c.yaml", "name: a\nhost: bare\nrun: {replications: 2}\n");
    cr_expect_eq(content("a.yaml"), content("b.yaml"));
    cr_expect_neq(content("a.yaml"), content("c.yaml"));
}

/* Wherever the program runs. */
Test(content, a_host_of_ones_own_counts_where_the_scenario_sees_it) {
    cr_assert_eq(system("mkdir own"), 0);
    write_text("own/s.yaml", "name: a\nhost: mine.yaml\n");
    uint64_t without = content("own/s.yaml");
    write_text("own/mine.yaml", "name: mine\nclock: 2 GHz\n");
    uint64_t with_it = content("own/s.yaml");
    cr_expect_neq(with_it, without);
    write_text("own/mine.yaml", "name: mine\nclock: 3 GHz\n");
    cr_expect_neq(content("own/s.yaml"), with_it);
}

Test(content, a_file_that_names_itself_ends) {
    write_text("own.yaml", "name: own.yaml\nhost: own.yaml\n");
    content("own.yaml");
}
