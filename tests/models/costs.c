#include "models/costs.h"

#include <criterion/criterion.h>
#include <string.h>

#include "scenarios/catalog.h"

Test(costs, every_name_is_unique_found_and_has_a_category) {
    for (int i = 0; i < COST_COUNT_; i++) {
        const struct cost_parameter *cost = cost_parameter((enum cost)i);
        cr_expect_eq(cost_find(cost->name), (enum cost)i, "%s", cost->name);
        const char *dot = strchr(cost->name, '.');
        cr_expect(dot != NULL && dot > cost->name && dot[1] != '\0' && strchr(dot + 1, '.') == NULL,
                  "'%s' is not category.name", cost->name);
        cr_expect_lt(strlen(cost->name), (size_t)CATALOG_NAME_MAX);
        cr_expect_gt(strlen(cost->text), 0u, "%s has no sentence", cost->name);
        for (int j = 0; j < i; j++) cr_expect_str_neq(cost->name, cost_parameter((enum cost)j)->name);
    }
    cr_expect_eq(cost_find("grant"), COST_NONE);
    cr_expect_eq(cost_find("grant.copy "), COST_NONE);
}

Test(costs, units_and_provenances_have_names) {
    cr_expect_str_eq(cost_unit_name(COST_CYCLES), "cycles");
    cr_expect_str_eq(cost_unit_name(COST_TIME), "s");
    cr_expect_str_eq(cost_unit_name(COST_RATE), "B/s");
    cr_expect_str_eq(cost_unit_name(COST_COUNT), "");
    cr_expect_str_eq(provenance_name(PROV_MEASURED), "measured");
    cr_expect_str_eq(provenance_name(PROV_ASSUMED), "assumed");
}

static void expect_sound(const struct cost_set *set) {
    cr_expect_gt(set->clock_hz, 0.5e9);
    cr_expect_lt(set->clock_hz, 6e9);
    for (int i = 0; i < COST_COUNT_; i++) {
        const struct cost_value *value = &set->values[i];
        const char *name = cost_parameter((enum cost)i)->name;
        cr_expect_leq(value->low, value->value, "%s of %s", name, set->name);
        cr_expect_leq(value->value, value->high, "%s of %s", name, set->name);
        cr_expect_geq(value->low, 0, "%s of %s", name, set->name);
        cr_expect_gt(value->high, 0, "%s of %s", name, set->name);
        cr_expect(value->how == PROV_ASSUMED || value->sources > 0, "%s of %s is %s and cites nothing", name, set->name,
                  provenance_name(value->how));
        cr_expect(cost_parameter((enum cost)i)->unit != COST_RATE || value->low > 0,
                  "%s of %s is a rate that can be zero", name, set->name);
    }
}

Test(costs, every_shipped_set_is_within_its_ranges_and_cites_its_sources) {
    struct name_list list;
    struct diag diag = {0};
    cr_assert_eq(catalog_names("costs", &list, &diag), IOP_OK, "%s", diag.message);
    cr_assert_geq(list.count, 2);
    for (int i = 0; i < list.count; i++) {
        static struct cost_set set;
        cr_assert_eq(catalog_costs(list.names[i], &set, &diag), IOP_OK, "%s", diag.message);
        expect_sound(&set);
    }
    names_free(&list);
}
