/* Reading cost sets: every parameter of COST_TABLE, in the unit the table asks for. */
#include <stdio.h>
#include <string.h>

#include "scenarios/data.h"

static const char *const cost_names[] = {
#define X(id, name, unit, text) name,
    COST_TABLE(X)
#undef X
};

enum iop_status cost_value_parse(const struct cost_set *costs, enum cost cost, const char *text, double *value,
                                 struct diag *diag) {
    static const unsigned dimensions[] = {[COST_CYCLES] = DIM_BIT(DIM_CYCLES) | DIM_BIT(DIM_TIME),
                                          [COST_TIME] = DIM_BIT(DIM_TIME),
                                          [COST_RATE] = DIM_BIT(DIM_BYTE_RATE),
                                          [COST_COUNT] = DIM_BIT(DIM_PLAIN),
                                          [COST_SETTING] = DIM_BIT(DIM_PLAIN)};
    enum cost_unit unit = cost_parameter(cost)->unit;
    struct quantity quantity;
    enum iop_status status = quantity_parse(text, dimensions[unit], &quantity, diag);
    if (status != IOP_OK) return status;
    *value = quantity.value;
    if (unit == COST_CYCLES && quantity.dimension == DIM_TIME) *value *= costs->clock_hz;
    if (unit == COST_RATE && *value == 0) /* a copy would never end */
        return diag_set(diag, IOP_INVALID, "'%s' must be more than 0", shown(text).text);
    return IOP_OK;
}

enum iop_status cost_unknown(const struct node *node, struct diag *diag) {
    const char *same[COST_COUNT_];
    size_t count = 0, category = strcspn(node->value, ".") + 1;
    for (int c = 0; c < COST_COUNT_; c++)
        if (strncmp(cost_names[c], node->value, category) == 0) same[count++] = cost_names[c];
    const char *near = nearest_name(node->value, cost_names, COST_COUNT_);
    char end[700] = "; `iopath list costs` has them all";
    if (near != NULL || count > 0)
        suggest(end, sizeof end, node->value, near != NULL ? &near : same, near != NULL ? 1 : count);
    return node_fail(node, diag, "'%s' is not the name of a cost%s", shown(node->value).text, end);
}

static enum iop_status read_amount(const struct cost_set *costs, enum cost cost, const struct cost_row *row,
                                   const char *key, const char *text, double *value, struct diag *diag) {
    struct diag problem = {0};
    enum iop_status status = cost_value_parse(costs, cost, text, value, &problem);
    return status == IOP_OK ? IOP_OK : node_fail(node_child(row->at, key), diag, "%s", problem.message);
}

static enum iop_status read_cost(struct cost_set *costs, const struct cost_row *row, bool *seen, struct diag *diag) {
    enum cost cost = cost_find(row->name);
    const struct node *name = node_child(row->at, "name");
    if (cost == COST_NONE) return cost_unknown(name, diag);
    if (seen[cost]) return node_fail(name, diag, "'%s' stands here twice", row->name);
    seen[cost] = true;
    struct cost_value *to = &costs->values[cost];
    *to = (struct cost_value){.how = (enum provenance)row->how};
    memcpy(to->note, row->note, sizeof to->note);
    enum iop_status status = read_amount(costs, cost, row, "value", row->value, &to->value, diag);
    to->low = to->high = to->value;
    if (status == IOP_OK && row->low[0] != '\0')
        status = read_amount(costs, cost, row, "low", row->low, &to->low, diag);
    if (status == IOP_OK && row->high[0] != '\0')
        status = read_amount(costs, cost, row, "high", row->high, &to->high, diag);
    if (status != IOP_OK) return status;
    if (!(to->low <= to->value && to->value <= to->high))
        return node_fail(node_child(row->at, "value"), diag, "'%s' does not lie between low and high",
                         shown(row->value).text);
    for (int i = 0; row->source != NULL && i < row->source->count; i++)
        snprintf(to->source[to->sources++], SOURCE_ID_MAX, "%s", row->source->children[i]->value);
    return IOP_OK;
}

enum { BASES_MAX = 8 };

static enum iop_status read_costs(const char *name, struct cost_set *costs, int depth, struct diag *diag);

static enum iop_status fill_costs(const struct node *root, const struct cost_file *file, struct cost_set *costs,
                                  int depth, struct diag *diag) {
    if (file->base[0] != '\0') {
        const struct node *base = node_child(root, "base");
        if (depth >= BASES_MAX) return node_fail(base, diag, "more than %d cost sets on each other", BASES_MAX);
        char path[DATA_PATH_MAX];
        enum iop_status status = catalog_resolve(base, "costs", file->base, path, sizeof path, diag);
        if (status == IOP_OK) status = read_costs(path, costs, depth + 1, diag);
        if (status != IOP_OK) return status;
    }
    memcpy(costs->name, file->name, sizeof costs->name);
    memcpy(costs->description, file->description, sizeof costs->description);
    costs->clock_hz = file->clock;
    bool seen[COST_COUNT_] = {false};
    const struct cost_row *rows = file->costs.items;
    for (int i = 0; i < file->costs.count; i++) {
        enum iop_status status = read_cost(costs, &rows[i], seen, diag);
        if (status != IOP_OK) return status;
    }
    for (int c = 0; c < COST_COUNT_ && file->base[0] == '\0'; c++)
        if (!seen[c])
            return node_fail(node_child(root, "costs"), diag, "'%s' is missing: %s", cost_names[c],
                             cost_parameter((enum cost)c)->text);
    return IOP_OK;
}

static enum iop_status read_costs(const char *name, struct cost_set *costs, int depth, struct diag *diag) {
    struct document document;
    struct cost_file file = {0};
    enum iop_status status = catalog_read_file("costs", name, &cost_set_table, &document, &file, diag);
    if (status != IOP_OK) return status;
    status = fill_costs(document.root, &file, costs, depth, diag);
    document_fini(&document);
    return status;
}

/* Only what the switch itself does: the rest is the host's. */
static enum iop_status lay_over(const struct node *root, const struct cost_file *file, struct cost_set *costs,
                                struct diag *diag) {
    bool seen[COST_COUNT_] = {false};
    const struct cost_row *rows = file->costs.items;
    if (file->base[0] != '\0') return node_fail(node_child(root, "base"), diag, "a switch has no base");
    for (int i = 0; i < file->costs.count; i++) {
        if (strncmp(rows[i].name, "switch.", strlen("switch.")) != 0)
            return node_fail(node_child(rows[i].at, "name"), diag, "'%s' is not a cost of a switch (switch.*)",
                             shown(rows[i].name).text);
        enum iop_status status = read_cost(costs, &rows[i], seen, diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

enum iop_status catalog_switch(const char *name, struct cost_set *costs, struct diag *diag) {
    struct document document;
    struct cost_file file = {0};
    enum iop_status status = catalog_read_file("switches", name, &cost_set_table, &document, &file, diag);
    if (status != IOP_OK) return status;
    status = lay_over(document.root, &file, costs, diag);
    document_fini(&document);
    return status;
}

enum iop_status catalog_costs(const char *name, struct cost_set *costs, struct diag *diag) {
    *costs = (struct cost_set){0};
    return read_costs(name, costs, 0, diag);
}
