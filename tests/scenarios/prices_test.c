/* Price lists: those of the catalog, and the user's own. */
#include "scenarios/prices.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/fixture.h"

TestSuite(prices, .init = lab_setup, .fini = lab_teardown);

static void refused(const char *file, const char *text, const char *wanted) {
    struct price_list list;
    struct diag diag = {0};
    write_text(file, text);
    cr_expect_eq(prices_load(file, &list, &diag), IOP_INVALID, "%s", text);
    cr_expect_str_eq(diag.message, wanted);
    cr_expect_eq(list.count, 0);
}

Test(prices, are_read_from_yaml) {
    struct price_list list;
    struct diag diag = {0};
    write_text("p.yaml", "name: mine\ncurrency: EUR\nsources: [XN025]\nprices:\n- {instance: t9.small, hour: 0.5}\n"
                         "- {instance: elsewhere.huge, hour: 12}\n");
    cr_assert_eq(prices_load("p.yaml", &list, &diag), IOP_OK, "%s", diag.message);
    cr_expect_str_eq(list.currency, "EUR");
    cr_expect_str_eq(list.sources[0], "XN025");
    cr_expect_eq(prices_find(&list, "t9.small"), 0.5);
    cr_expect_eq(prices_find(&list, "elsewhere.huge"), 12, "types that the catalog lacks are no mistake");
    cr_expect(isnan(prices_find(&list, "t9.metal")));
    prices_free(&list);
}

Test(prices, are_read_from_csv) {
    struct price_list list;
    struct diag diag = {0};
    write_text("p.csv", "# own\nhour,instance\n0.25, t9.small\n1e1,t9.metal\n");
    cr_assert_eq(prices_load("p.csv", &list, &diag), IOP_OK, "%s", diag.message);
    cr_expect_eq(list.count, 2);
    cr_expect_str_eq(list.currency, "USD");
    cr_expect_eq(prices_find(&list, "t9.small"), 0.25);
    cr_expect_eq(prices_find(&list, "t9.metal"), 10);
    prices_free(&list);
}

Test(prices, mistakes_are_named_where_they_stand) {
    refused("p.yaml", "name: p\nprices: [{instance: a, hour: 1}, {instance: a, hour: 2}]\n",
            "p.yaml:2:45: prices[1].instance: 'a' stands here twice");
    refused("p.yaml", "name: p\nprices: [{instance: a, huor: 1}]\n",
            "p.yaml:2:24: prices[0]: 'huor' is not a key of a price; did you mean 'hour'?");
    refused("p.yaml", "name: p\nprices: [{instance: a, hour: 0}]\n",
            "p.yaml:2:30: prices[0].hour: '0' is out of range; allowed are 1e-06 to 1000000");
    refused("p.csv", "instance,hour\na,1\na,2\n", "p.csv:3:1: 'a' stands here twice");
    refused("p.csv", "instance,hour\na,-1\n",
            "p.csv:2:3: '-1' is not a price of an hour; allowed are numbers above 0 up to 1e+06");
    refused("p.csv", "instance,hour\na,cheap\n",
            "p.csv:2:3: 'cheap' is not a price of an hour; allowed are numbers above 0 up to 1e+06");
    refused("p.csv", "instance,hour\n", "p.csv: has no prices");
}

/* What ships: every price of a type of the catalog, each list with the row of the bibliography it is from. */
Test(prices, that_ship_are_of_types_of_the_catalog) {
    setenv("IOPATH_DATA", source_folder(), 1);
    struct name_list lists;
    struct diag diag = {0};
    struct bibliography *all = bibliography_load(&diag);
    cr_assert_not_null(all, "%s", diag.message);
    cr_assert_eq(catalog_names("prices", &lists, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(lists.count, 2);
    for (int i = 0; i < lists.count; i++) {
        struct price_list list;
        cr_assert_eq(prices_load(lists.names[i], &list, &diag), IOP_OK, "%s", diag.message);
        cr_expect_gt(list.count, 30, "%s", lists.names[i]);
        for (int p = 0; p < list.count; p++)
            cr_expect(catalog_has("instances", list.prices[p].instance), "%s", list.prices[p].instance);
        cr_assert_eq(list.source_count, 1);
        cr_expect_not_null(bibliography_find(all, list.sources[0]), "%s", list.sources[0]);
        prices_free(&list);
    }
    names_free(&lists);
    bibliography_free(all);
}

/* PR001, PR002. */
Test(prices, are_what_was_published) {
    setenv("IOPATH_DATA", source_folder(), 1);
    struct price_list then, later;
    cr_assert_eq(prices_load("ec2-2014", &then, NULL), IOP_OK);
    cr_assert_eq(prices_load("ec2-2017", &later, NULL), IOP_OK);
    cr_expect_eq(prices_find(&then, "c3.8xlarge"), 1.68);
    cr_expect_eq(prices_find(&then, "m3.xlarge"), 0.28);
    cr_expect_eq(prices_find(&later, "m3.xlarge"), 0.266);
    cr_expect_eq(prices_find(&later, "c5.18xlarge"), 3.06);
    cr_expect(isnan(prices_find(&then, "c4.large")), "not sold in 2014");
    prices_free(&then);
    prices_free(&later);
}
