/* iopath estimate: operational bounds, without simulating. */
#include <stdlib.h>

#include "analysis/describe.h"
#include "analysis/table.h"
#include "analysis/units.h"
#include "cli/command.h"
#include "cli/support.h"
#include "models/model.h"

static const struct table_column columns[] = {
    {"guest", "GUEST", TABLE_LEFT},      {"instance", "INSTANCE", TABLE_LEFT},
    {"mode", "MODE", TABLE_LEFT},        {"workload", "WORKLOAD", TABLE_LEFT},
    {"pps", "AT MOST", TABLE_RIGHT},     {"transactions", "AT MOST", TABLE_RIGHT},
    {"latency", "LATENCY", TABLE_RIGHT}, {"bottleneck", "LIMITED BY", TABLE_LEFT},
};

static void add_row(const struct scenario *scenario, const struct bound *bound, struct table *table) {
    const struct guest_config *guest = &scenario->model.guests[bound->guest];
    const struct workload_config *workload = &guest->workloads[bound->workload];
    char rate[UNITS_TEXT], latency[UNITS_TEXT];
    bool transactional = workload_is_transactional(workload->kind);
    table_text(table, guest->name);
    table_text(table, guest->has_instance ? guest->instance.name : NULL);
    table_text(table, mode_info(guest->mode)->name);
    table_text(table, workload->name);
    if (transactional) table_empty(table);
    table_number(table, bound->pps, units_si(bound->pps, transactional ? "/s" : "pps", rate));
    if (!transactional) table_empty(table);
    table_number(table, bound->latency_s, units_time(bound->latency_s, latency));
    table_text(table, bound->bottleneck);
}

static enum iop_status write_bounds(const struct options *options, const struct scenario *scenario,
                                    const struct bound *bounds, int count, struct diag *diag) {
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (int i = 0; i < count; i++) add_row(scenario, &bounds[i], table);
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status == IOP_OK) {
        if (options->format == FORMAT_TABLE) {
            fprintf(output.stream, "%s: bounds from the demands of one packet on each resource\n\n", scenario->name);
            status = table_print(table, 0, output.stream, diag);
        }
        if (options->format == FORMAT_JSON) status = table_json(table, output.stream, diag);
        if (options->format == FORMAT_CSV) status = table_csv(table, output.stream, diag);
        status = output_close(&output, status, diag);
    }
    table_free(table);
    return status;
}

int estimate_command(struct options *options) {
    struct diag diag = {""};
    enum iop_status status = output_check(options, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    struct scenario *scenario = scenario_open(options->operands[0], options, &diag);
    if (scenario == NULL) return fail(IOP_INVALID, &diag);
    enum { BOUNDS_MAX = GUESTS_MAX * WORKLOADS_MAX };
    struct bound *bounds = calloc(BOUNDS_MAX, sizeof *bounds);
    int count = 0;
    status = bounds == NULL ? diag_set(&diag, IOP_NO_MEMORY, "out of memory")
                            : model_bounds(&scenario->model, bounds, BOUNDS_MAX, &count, &diag);
    if (status == IOP_OK) status = write_bounds(options, scenario, bounds, count, &diag);
    free(bounds);
    scenario_free(scenario);
    return fail(status, &diag);
}
