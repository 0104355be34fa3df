/* iopath list prices, demands: what plans are made of. */
#include <stdio.h>

#include "cli/list.h"
#include "scenarios/catalog.h"
#include "scenarios/demand.h"

static enum iop_status one_list(struct table *table, const char *name, struct diag *diag) {
    struct price_list list;
    enum iop_status status = prices_load(name, &list, diag);
    if (status != IOP_OK) return status;
    table_text(table, list.name);
    table_count(table, list.count);
    table_text(table, list.currency);
    table_text(table, list.description);
    prices_free(&list);
    return IOP_OK;
}

static enum iop_status prices_of(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {{"instance", "INSTANCE", TABLE_LEFT}, {"hour", "HOUR", TABLE_RIGHT}};
    struct price_list list;
    enum iop_status status = prices_load(name, &list, diag);
    if (status != IOP_OK) return status;
    *table = table_new(COLUMNS(columns));
    for (int i = 0; i < list.count; i++) {
        char shown[32];
        snprintf(shown, sizeof shown, "%.4f", list.prices[i].hour);
        table_text(*table, list.prices[i].instance);
        table_number(*table, list.prices[i].hour, shown);
    }
    prices_free(&list);
    return IOP_OK;
}

enum iop_status list_prices(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {{"prices", "PRICES", TABLE_LEFT},
                                                  {"types", "TYPES", TABLE_RIGHT},
                                                  {"currency", "CURRENCY", TABLE_LEFT},
                                                  {"description", "DESCRIPTION", TABLE_LEFT}};
    if (name != NULL) return prices_of(table, name, diag);
    *table = table_new(COLUMNS(columns));
    return list_each("prices", one_list, *table, diag);
}

static enum iop_status one_demand(struct table *table, const char *name, struct diag *diag) {
    struct demand *demand = demand_load(name, NULL, 0, diag);
    if (demand == NULL) return IOP_INVALID;
    table_text(table, name);
    table_text(table, demand->name);
    table_text(table, demand->description);
    demand_free(demand);
    return IOP_OK;
}

enum iop_status list_demands(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {
        {"demand", "DEMAND", TABLE_LEFT}, {"name", "NAME", TABLE_LEFT}, {"description", "DESCRIPTION", TABLE_LEFT}};
    (void)name;
    *table = table_new(COLUMNS(columns));
    return list_each("demands", one_demand, *table, diag);
}
