/* The flows of a traffic, from a CSV file. */
#include <string.h>

#include "scenarios/csv.h"
#include "scenarios/fleet_input.h"

enum { FROM, TO, OFFERED, COLUMNS };
static const struct csv_column columns[COLUMNS] = {{"from", true}, {"to", true}, {"offered", true}};

struct matrix {
    struct fleet_scenario *scenario;
    const struct fleet_traffic_input *input;
    int traffic;
};

/* An instance of the group that the traffic has at this end. */
static enum iop_status take_end(const struct matrix *matrix, const struct csv_row *row, int field, int group, int *end,
                                struct diag *diag) {
    const struct fleet *fleet = &matrix->scenario->fleet;
    struct diag problem = {0};
    const char *word = row->fields[field];
    bool outside = strcmp(word, "outside") == 0;
    *end = FLEET_OUTSIDE;
    if (outside && group == FLEET_OUTSIDE) return IOP_OK;
    if (group == FLEET_OUTSIDE) return csv_fail(row, field, diag, "is not outside, as the traffic says");
    if (!outside) *end = fleet_find_instance(fleet, word, &problem);
    if (!outside && *end < 0)
        return diag_set(diag, IOP_INVALID, "%s:%d:%d: %s", row->path, row->line, row->columns[field], problem.message);
    if (outside || fleet->group_of_instance[*end] != group)
        return csv_fail(row, field, diag, "is not of group '%s', as the traffic says", fleet->groups[group].name);
    return IOP_OK;
}

static enum iop_status take_offered(const struct matrix *matrix, const struct csv_row *row, double *units,
                                    struct diag *diag) {
    struct quantity quantity;
    struct diag problem = {0};
    unsigned rates = DIM_BIT(DIM_PACKET_RATE) | DIM_BIT(DIM_BIT_RATE) | DIM_BIT(DIM_REQUEST_RATE);
    if (quantity_parse(row->fields[OFFERED], rates, &quantity, &problem) != IOP_OK)
        return diag_set(diag, IOP_INVALID, "%s:%d:%d: %s", row->path, row->line, row->columns[OFFERED],
                        problem.message);
    enum workload_kind kind = (enum workload_kind)matrix->input->workload.kind;
    const struct fleet_traffic *traffic = &matrix->scenario->fleet.traffics[matrix->traffic];
    if (fleet_units(traffic, kind, &quantity, units, &problem) != IOP_OK)
        return csv_fail(row, OFFERED, diag, "%s", problem.message);
    return IOP_OK;
}

static enum iop_status take_row(void *to, const struct csv_row *row, struct diag *diag) {
    const struct matrix *matrix = to;
    const struct fleet_traffic *traffic = &matrix->scenario->fleet.traffics[matrix->traffic];
    struct fleet_flow flow = {.traffic = matrix->traffic};
    enum iop_status status = take_end(matrix, row, FROM, traffic->from, &flow.from, diag);
    if (status == IOP_OK) status = take_end(matrix, row, TO, traffic->to, &flow.to, diag);
    if (status == IOP_OK && flow.from == flow.to) status = csv_fail(row, TO, diag, "cannot be its own peer");
    if (status == IOP_OK) status = take_offered(matrix, row, &flow.offered, diag);
    flow.offered /= matrix->input->connections;
    for (int i = 0; i < matrix->input->connections && status == IOP_OK; i++)
        status = fleet_add_flow(&matrix->scenario->fleet, &flow, diag);
    return status;
}

enum iop_status fleet_take_matrix(struct fleet_scenario *scenario, int traffic, struct diag *diag) {
    struct matrix matrix = {scenario, fleet_traffic_input(scenario, traffic), traffic};
    char path[2 * TEXT_MAX];
    int before = scenario->fleet.flow_count;
    scenario_beside(scenario->file, matrix.input->matrix, path, sizeof path);
    enum iop_status status = csv_read_named(path, columns, COLUMNS, take_row, &matrix, diag);
    if (status == IOP_OK && scenario->fleet.flow_count == before)
        return diag_set(diag, IOP_INVALID, "%s: there are no flows in it", path);
    return status;
}
