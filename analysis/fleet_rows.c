/* Rows of a fleet's result: one for each flow, instance, resource, rack or epoch. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fleet_report.h"
#include "analysis/units.h"

const char *const fleet_rows_names[FLEET_ROWS_COUNT] = {"flows", "instances", "resources", "racks", "epochs"};

#define LEFT(key) \
    { key, key, TABLE_LEFT }
#define RIGHT(key) \
    { key, key, TABLE_RIGHT }

static void plain(struct table *table, double value) {
    char shown[UNITS_TEXT];
    if (isfinite(value))
        table_number(table, value, units_si(value, "", shown));
    else
        table_empty(table);
}

/* ---- flows and instances */

static const struct table_column flow_columns[] = {
    LEFT("traffic"),    LEFT("from"),        LEFT("to"),         RIGHT("offered_mean"),
    RIGHT("rate_mean"), RIGHT("rate_least"), RIGHT("rate_most"), RIGHT("throughput_mean"),
    RIGHT("served"),
};

static void end_name(const struct fleet *fleet, int instance, char *out, size_t size) {
    if (instance < 0)
        snprintf(out, size, "outside");
    else
        fleet_instance_name(fleet, instance, out, size);
}

static void flow_rows(const struct fleet_result *result, struct table *table) {
    const struct fleet *fleet = result->fleet;
    char name[RESOURCE_NAME_MAX];
    for (int i = 0; i < fleet->flow_count; i++) {
        const struct fleet_flow *flow = &fleet->flows[i];
        const struct flow_sum *sum = &result->flows[i];
        const struct fleet_traffic *traffic = &fleet->traffics[flow->traffic];
        table_text(table, traffic->name);
        end_name(fleet, flow->from, name, sizeof name);
        table_text(table, name);
        end_name(fleet, flow->to, name, sizeof name);
        table_text(table, flow->to < 0 && !traffic->crosses ? "disk" : name);
        plain(table, sum->offered / result->duration_s);
        plain(table, sum->units / result->duration_s);
        plain(table, sum->least);
        plain(table, sum->most);
        plain(table, fleet_bps(fleet, i, sum->units / result->duration_s));
        plain(table, isfinite(sum->offered) && sum->offered > 0 ? sum->units / sum->offered : NAN);
    }
}

static const struct table_column instance_columns[] = {
    LEFT("instance"),       LEFT("group"),
    LEFT("type"),           LEFT("mode"),
    LEFT("host"),           RIGHT("sent_mean"),
    RIGHT("received_mean"), RIGHT("throughput_mean"),
    RIGHT("fullest"),       LEFT("fullest_resource"),
};

static void fullest_of(const struct fleet_result *result, int instance, struct table *table) {
    const struct fleet *fleet = result->fleet;
    const struct fleet_slots *slots = &fleet->groups[fleet->group_of_instance[instance]].slots;
    int first = fleet->first_slot_of_instance[instance], fullest = -1;
    for (int s = 0; s < slots->count; s++)
        if (fullest < 0 || result->resources[first + s].peak > result->resources[first + fullest].peak) fullest = s;
    plain(table, fullest < 0 ? NAN : result->resources[first + fullest].peak);
    table_text(table, fullest < 0 ? NULL : slots->names[fullest]);
}

static bool instance_rows(const struct fleet_result *result, struct table *table) {
    const struct fleet *fleet = result->fleet;
    double *sums = calloc(3 * (size_t)fleet->instance_count + 1, sizeof *sums);
    char name[RESOURCE_NAME_MAX];
    if (sums == NULL) return false;
    for (int i = 0; i < fleet->flow_count; i++) {
        const struct fleet_flow *flow = &fleet->flows[i];
        const int ends[] = {flow->from, flow->to};
        for (int end = 0; end < 2; end++) {
            if (ends[end] < 0) continue;
            sums[3 * ends[end] + end] += result->flows[i].units / result->duration_s;
            sums[3 * ends[end] + 2] += fleet_bps(fleet, i, result->flows[i].units / result->duration_s);
        }
    }
    for (int i = 0; i < fleet->instance_count; i++) {
        const struct fleet_group *group = &fleet->groups[fleet->group_of_instance[i]];
        fleet_instance_name(fleet, i, name, sizeof name);
        table_text(table, name);
        table_text(table, group->name);
        table_text(table, group->instance_type[0] != '\0' ? group->instance_type : NULL);
        table_text(table, mode_info(group->mode)->name);
        fleet_host_name(fleet, fleet->host_of_instance[i], name, sizeof name);
        table_text(table, name);
        for (int k = 0; k < 3; k++) plain(table, sums[3 * i + k]);
        fullest_of(result, i, table);
    }
    free(sums);
    return true;
}

/* ---- resources */

static const struct table_column resource_columns[] = {
    LEFT("resource"),
    RIGHT("used_mean"),
    RIGHT("used_peak"),
    RIGHT("full_s"),
};

struct ranked {
    const struct resource_sum *sum;
    int resource;
};

static int fullest_first(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    if (x->sum->full_s != y->sum->full_s) return x->sum->full_s < y->sum->full_s ? 1 : -1;
    if (x->sum->used_s != y->sum->used_s) return x->sum->used_s < y->sum->used_s ? 1 : -1;
    return x->resource < y->resource ? -1 : 1;
}

int fleet_rank(const struct fleet_result *result, int **order) {
    int all = result->fleet->resource_count, count = 0;
    struct ranked *ranked = malloc(((size_t)all + 1) * sizeof *ranked);
    *order = malloc(((size_t)all + 1) * sizeof **order);
    if (ranked == NULL || *order == NULL) {
        free(ranked);
        free(*order);
        *order = NULL;
        return -1;
    }
    for (int i = 0; i < all; i++)
        if (result->resources[i].used_s > 0) ranked[count++] = (struct ranked){&result->resources[i], i};
    qsort(ranked, (size_t)count, sizeof *ranked, fullest_first);
    for (int i = 0; i < count; i++) (*order)[i] = ranked[i].resource;
    free(ranked);
    return count;
}

static bool resource_rows(const struct fleet_result *result, struct table *table) {
    int *order, count = fleet_rank(result, &order);
    char name[RESOURCE_NAME_MAX];
    for (int i = 0; i < count; i++) {
        const struct resource_sum *sum = &result->resources[order[i]];
        fleet_resource_name(result->fleet, order[i], name, sizeof name);
        table_text(table, name);
        plain(table, sum->used_s / result->duration_s);
        plain(table, sum->peak);
        plain(table, sum->full_s);
    }
    free(order);
    return count >= 0;
}

/* ---- racks and epochs */

static const struct table_column rack_columns[] = {
    RIGHT("from_s"), LEFT("rack"), RIGHT("cpus"), RIGHT("busiest_of_hosts"), RIGHT("uplink"),
};

static void rack_rows(const struct fleet_result *result, struct table *table) {
    const float *heat = result->heat;
    for (int e = 0; e < result->epoch_count; e++)
        for (int r = 0; r < result->fleet->rack_count; r++, heat += FLEET_HEATS) {
            plain(table, result->epochs[e].from_s);
            table_text(table, result->fleet->racks[r].name);
            for (int k = 0; k < FLEET_HEATS; k++) plain(table, (double)heat[k]);
        }
}

static const struct table_column epoch_columns[] = {
    RIGHT("from_s"),          RIGHT("to_s"),       RIGHT("offered_bps"), RIGHT("delivered_bps"), RIGHT("power_w"),
    RIGHT("competing_flows"), RIGHT("hosts_down"),
};

static void epoch_rows(const struct fleet_result *result, struct table *table) {
    for (int e = 0; e < result->epoch_count; e++) {
        const struct fleet_epoch *epoch = &result->epochs[e];
        plain(table, epoch->from_s);
        plain(table, epoch->to_s);
        plain(table, epoch->offered_bps);
        plain(table, epoch->delivered_bps);
        plain(table, epoch->power_w);
        table_count(table, epoch->competing);
        table_count(table, epoch->down);
    }
}

struct table *fleet_rows(const struct fleet_report *report, enum fleet_rows rows) {
    static const struct {
        const struct table_column *columns;
        int count;
    } forms[] = {
#define FORM(columns) {columns, sizeof columns / sizeof *columns}
        [FLEET_ROWS_FLOWS] = FORM(flow_columns),         [FLEET_ROWS_INSTANCES] = FORM(instance_columns),
        [FLEET_ROWS_RESOURCES] = FORM(resource_columns), [FLEET_ROWS_RACKS] = FORM(rack_columns),
        [FLEET_ROWS_EPOCHS] = FORM(epoch_columns),
#undef FORM
    };
    const struct fleet_result *result = report->result;
    struct table *table = table_new(forms[rows].columns, forms[rows].count);
    bool room = table != NULL;
    if (rows == FLEET_ROWS_FLOWS) flow_rows(result, table);
    if (rows == FLEET_ROWS_INSTANCES) room = instance_rows(result, table) && room;
    if (rows == FLEET_ROWS_RESOURCES) room = resource_rows(result, table) && room;
    if (rows == FLEET_ROWS_RACKS) rack_rows(result, table);
    if (rows == FLEET_ROWS_EPOCHS) epoch_rows(result, table);
    if (room) return table;
    table_free(table);
    return NULL;
}
