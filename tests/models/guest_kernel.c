/* The kernel feature table: versions compare as releases do, rows are complete and cited. */
#include "models/guest/kernel.h"

#include <criterion/criterion.h>
#include <string.h>

#include "scenarios/catalog.h"

Test(kernel, versions_compare_as_releases_do) {
    static const char *const rising[] = {"2.6.18-8.el5", "2.6.39", "3.2", "3.10", "3.10.7", "3.16", "4.4.0-31", "5.10"};
    for (size_t i = 1; i < sizeof rising / sizeof *rising; i++)
        cr_expect_lt(kernel_version(rising[i - 1]), kernel_version(rising[i]), "%s", rising[i]);
    cr_expect_eq(kernel_version(""), 0);
    char text[24];
    cr_expect_str_eq(kernel_version_text(kernel_version("2.6.18-8.el5"), text, sizeof text), "2.6.18");
    cr_expect_str_eq(kernel_version_text(kernel_version("3.10"), text, sizeof text), "3.10");
    cr_expect_str_eq(kernel_version_text(0, text, sizeof text), "not given");
}

Test(kernel, a_feature_is_there_from_its_first_to_its_last_version) {
    for (int id = 0; id < FEATURE_COUNT; id++) {
        enum kernel_feature_id feature = (enum kernel_feature_id)id;
        const struct kernel_feature *row = kernel_feature(feature);
        cr_expect(kernel_has(feature, row->first), "%s", row->name);
        cr_expect_not(kernel_has(feature, row->first - 1), "%s", row->name);
        cr_expect_eq(kernel_has(feature, KERNEL_VERSION(99, 0, 0)), row->last == 0, "%s", row->name);
        if (row->last == 0) continue;
        cr_expect(kernel_has(feature, row->last), "%s", row->name);
        cr_expect_not(kernel_has(feature, row->last + 1), "%s", row->name);
    }
}

/* Upstream's netback mapped, copied and mapped again (KF08, KF01). */
Test(kernel, netback_copies_from_2_6_39_to_3_14_only) {
    static const struct {
        const char *version;
        bool copies;
    } known[] = {{"2.6.32", false}, {"2.6.39", true}, {"3.2", true},
                 {"3.14.79", true}, {"3.15", false},  {"4.4", false}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        cr_expect_eq(kernel_has(FEATURE_NETBACK_COPY, kernel_version(known[i].version)), known[i].copies, "%s",
                     known[i].version);
}

Test(kernel, every_row_is_cited_and_says_what_it_does) {
    for (int id = 0; id < FEATURE_COUNT; id++) {
        const struct kernel_feature *row = kernel_feature((enum kernel_feature_id)id);
        struct source source;
        struct diag diag = {0};
        cr_assert_not_null(row->name, "row %d", id);
        cr_expect_eq(catalog_source(row->source, &source, &diag), IOP_OK, "%s: %s", row->name, diag.message);
        cr_expect_gt(strlen(row->text), 10, "%s", row->name);
    }
}
