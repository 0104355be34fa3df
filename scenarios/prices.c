#include "scenarios/prices.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/csv.h"
#include "scenarios/data.h"

static const double most_per_hour = 1e6;

/* --- YAML --- */

struct price_row {
    const struct node *at;
    struct price price;
};

struct price_file {
    char name[256], description[200], currency[8];
    const struct node *sources;
    struct list prices; /* of struct price_row */
};

static const struct field price_fields[] = {
    {"instance", FIELD_TEXT, FIELD_AT(struct price_row, price.instance), .noun = "an instance type", .required = true,
     .text = "as sold, such as c3.8xlarge"},
    {"hour", FIELD_QUANTITY, FIELD_AT(struct price_row, price.hour), .dimensions = DIM_BIT(DIM_PLAIN), .minimum = 1e-6,
     .maximum = 1e6, .required = true, .text = "what an hour of it costs, in the list's currency"},
};
const struct table price_table = {"price", "what an instance type costs", TABLE_ROWS(price_fields),
                                  sizeof(struct price_row), true};

static const struct field price_list_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct price_file, name), .required = true, .text = "the file's name without .yaml"},
    {"description", FIELD_TEXT, FIELD_AT(struct price_file, description), .text = "whose prices, where and when"},
    {"currency", FIELD_TEXT, FIELD_AT(struct price_file, currency), .fallback = "USD", .text = "such as USD"},
    {"sources", FIELD_IDS, FIELD_AT(struct price_file, sources),
     .text = "rows of the bibliography the prices are from"},
    {"prices", FIELD_LIST, FIELD_AT(struct price_file, prices), .table = &price_table, .minimum = 1, .maximum = 10000,
     .required = true, .text = "of each instance type, once"},
};
const struct table price_list_table = {"price list", "what instance types cost", TABLE_ROWS(price_list_fields),
                                       sizeof(struct price_file), false};

static enum iop_status add(struct price_list *list, const struct price *price, struct diag *diag) {
    struct price *larger = realloc(list->prices, ((size_t)list->count + 1) * sizeof *larger);
    if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    list->prices = larger;
    larger[list->count++] = *price;
    return IOP_OK;
}

static enum iop_status take(const struct price_file *file, struct price_list *list, struct diag *diag) {
    enum iop_status status = IOP_OK;
    memcpy(list->name, file->name, sizeof list->name);
    memcpy(list->description, file->description, sizeof list->description);
    memcpy(list->currency, file->currency, sizeof list->currency);
    for (int i = 0; file->sources != NULL && i < file->sources->count; i++)
        snprintf(list->sources[list->source_count++], SOURCE_ID_MAX, "%s", file->sources->children[i]->value);
    const struct price_row *rows = file->prices.items;
    for (int i = 0; i < file->prices.count && status == IOP_OK; i++) {
        if (isnan(prices_find(list, rows[i].price.instance)))
            status = add(list, &rows[i].price, diag);
        else
            status = node_fail(node_child(rows[i].at, "instance"), diag, "'%s' stands here twice",
                               shown(rows[i].price.instance).text);
    }
    return status;
}

static enum iop_status read_yaml(const char *name, struct price_list *list, struct diag *diag) {
    struct document document;
    struct price_file file = {.name = ""};
    enum iop_status status = catalog_read_file("prices", name, &price_list_table, &document, &file, diag);
    if (status != IOP_OK) return status;
    status = take(&file, list, diag);
    document_fini(&document);
    return status;
}

/* --- CSV --- */

enum { COLUMN_INSTANCE, COLUMN_HOUR, COLUMNS };
static const struct csv_column columns[COLUMNS] = {{"instance", true}, {"hour", true}};

static enum iop_status take_row(void *to, const struct csv_row *row, struct diag *diag) {
    struct price_list *list = to;
    struct price price = {.instance = ""};
    struct quantity hour;
    if (strlen(row->fields[COLUMN_INSTANCE]) >= sizeof price.instance)
        return csv_fail(row, COLUMN_INSTANCE, diag, "is too long; allowed are %zu bytes", sizeof price.instance - 1);
    snprintf(price.instance, sizeof price.instance, "%s", row->fields[COLUMN_INSTANCE]);
    if (!isnan(prices_find(list, price.instance))) return csv_fail(row, COLUMN_INSTANCE, diag, "stands here twice");
    if (quantity_parse(row->fields[COLUMN_HOUR], DIM_BIT(DIM_PLAIN), &hour, NULL) != IOP_OK ||
        !(hour.value > 0 && hour.value <= most_per_hour))
        return csv_fail(row, COLUMN_HOUR, diag, "is not a price of an hour; allowed are numbers above 0 up to %g",
                        most_per_hour);
    price.hour = hour.value;
    return add(list, &price, diag);
}

static bool is_csv(const char *name) {
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".csv") == 0;
}

static enum iop_status read_csv(const char *name, struct price_list *list, struct diag *diag) {
    snprintf(list->name, sizeof list->name, "%s", name);
    snprintf(list->currency, sizeof list->currency, "USD");
    enum iop_status status = csv_read_named(name, columns, COLUMNS, take_row, list, diag);
    if (status == IOP_OK && list->count == 0) return diag_set(diag, IOP_INVALID, "%s: has no prices", name);
    return status;
}

enum iop_status prices_load(const char *name, struct price_list *list, struct diag *diag) {
    *list = (struct price_list){.name = ""};
    enum iop_status status = is_csv(name) ? read_csv(name, list, diag) : read_yaml(name, list, diag);
    if (status != IOP_OK) prices_free(list);
    return status;
}

void prices_free(struct price_list *list) {
    free(list->prices);
    *list = (struct price_list){.name = ""};
}

double prices_find(const struct price_list *list, const char *instance) {
    for (int i = 0; i < list->count; i++)
        if (strcmp(list->prices[i].instance, instance) == 0) return list->prices[i].hour;
    return NAN;
}
