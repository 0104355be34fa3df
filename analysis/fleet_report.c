#include "analysis/fleet_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/json_write.h"
#include "analysis/units.h"

enum { SHOWN_RESOURCES = 12 };

static const char *const unit_names[] = {
    [FLEET_FRAMES] = "pps", [FLEET_TRANSACTIONS] = "/s", [FLEET_REQUESTS] = "IOPS"};

static void percent(struct table *table, double share) {
    char shown[UNITS_TEXT];
    snprintf(shown, sizeof shown, "%.*f %%", share < 0.0995 ? 1 : 0, 100 * share);
    if (isfinite(share))
        table_number(table, share, shown);
    else
        table_empty(table);
}

static void quantity(struct table *table, double value, const char *unit) {
    char shown[UNITS_TEXT];
    if (isfinite(value))
        table_number(table, value, units_si(value, unit, shown));
    else
        table_text(table, "all it can");
}

static void hours(struct table *table, double seconds) {
    char shown[UNITS_TEXT];
    if (seconds > 0 && seconds < 360)
        units_time(seconds, shown);
    else
        snprintf(shown, sizeof shown, "%.3g h", seconds / 3600);
    table_number(table, seconds, shown);
}

static enum iop_status print_part(struct table *table, const char *heading, FILE *out, struct diag *diag) {
    enum iop_status status = IOP_OK;
    if (table == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    if (table_rows(table) > 0) {
        fprintf(out, "%s\n", heading);
        status = table_print(table, 2, out, diag);
        fputc('\n', out);
    }
    table_free(table);
    return status;
}

/* ---- traffic */

static const struct table_column traffic_columns[] = {
    {"traffic", "TRAFFIC", TABLE_LEFT},     {"flows", "FLOWS", TABLE_RIGHT},
    {"offered", "OFFERED", TABLE_RIGHT},    {"delivered", "DELIVERED", TABLE_RIGHT},
    {"throughput", "PAYLOAD", TABLE_RIGHT}, {"served", "SERVED", TABLE_RIGHT},
    {"worst", "WORST FLOW", TABLE_RIGHT},   {"from_most", "ONE SENDER AT MOST", TABLE_RIGHT},
    {"from_limit", "BY", TABLE_LEFT},       {"to_most", "ONE RECEIVER", TABLE_RIGHT},
    {"to_limit", "BY", TABLE_LEFT},
};

static void add_end(struct table *table, const struct fleet_demand *demand, const char *unit) {
    if (demand->count == 0) {
        table_empty(table);
        table_empty(table);
        return;
    }
    quantity(table, demand->most, unit);
    table_text(table, demand->bottleneck);
}

static struct table *traffic_table(const struct fleet_report *report) {
    const struct fleet_result *result = report->result;
    const struct fleet *fleet = result->fleet;
    struct table *table = table_new(traffic_columns, sizeof traffic_columns / sizeof *traffic_columns);
    for (int t = 0; t < fleet->traffic_count; t++) {
        const struct fleet_traffic *traffic = &fleet->traffics[t];
        const char *unit = unit_names[traffic->unit];
        double units = 0, offered = 0, worst = INFINITY;
        int flows = 0;
        for (int i = 0; i < fleet->flow_count; i++) {
            const struct flow_sum *sum = &result->flows[i];
            if (fleet->flows[i].traffic != t) continue;
            flows++;
            units += sum->units / result->duration_s;
            offered += sum->offered / result->duration_s;
            if (isfinite(sum->offered) && sum->offered > 0) worst = fmin(worst, sum->units / sum->offered);
        }
        table_text(table, traffic->name);
        table_count(table, flows);
        quantity(table, offered, unit);
        quantity(table, units, unit);
        quantity(table, units * traffic->payload_bits, "bit/s");
        percent(table, isfinite(offered) && offered > 0 ? units / offered : NAN);
        percent(table, isfinite(worst) ? worst : NAN);
        add_end(table, &traffic->at[0], unit);
        add_end(table, &traffic->at[1], unit);
    }
    return table;
}

/* ---- resources: those of one name in a group or kind of host, together */

static const struct table_column resource_columns[] = {
    {"resource", "RESOURCE", TABLE_LEFT}, {"of", "OF", TABLE_LEFT},
    {"count", "COUNT", TABLE_RIGHT},      {"were_full", "WERE FULL", TABLE_RIGHT},
    {"longest", "LONGEST", TABLE_RIGHT},  {"mean", "MEAN USE", TABLE_RIGHT},
    {"peak", "PEAK", TABLE_RIGHT},        {"worst", "FULLEST", TABLE_LEFT},
};

struct alike {
    const char *name, *owner;
    int count, were_full, fullest;
    struct resource_sum sum; /* used_s of all; the longest full_s; the highest peak */
};

static void add_alike(struct alike *alike, const struct fleet_result *result, int resource) {
    const struct resource_sum *sum = &result->resources[resource], *best = &result->resources[alike->fullest];
    if (alike->count == 0 || sum->full_s > best->full_s || (sum->full_s == best->full_s && sum->used_s > best->used_s))
        alike->fullest = resource;
    alike->count++;
    alike->were_full += sum->full_s > 0;
    alike->sum.used_s += sum->used_s;
    alike->sum.full_s = fmax(alike->sum.full_s, sum->full_s);
    alike->sum.peak = fmax(alike->sum.peak, sum->peak);
}

static int add_groups(const struct fleet_result *result, struct alike *alike) {
    const struct fleet *fleet = result->fleet;
    int count = 0;
    for (int g = 0; g < fleet->group_count; g++)
        for (int s = 0; s < fleet->groups[g].slots.count; s++, count++) {
            const struct fleet_group *group = &fleet->groups[g];
            alike[count] = (struct alike){.name = group->slots.names[s], .owner = group->name};
            for (int i = 0; i < group->instances; i++)
                add_alike(&alike[count], result, fleet->first_slot_of_instance[group->first_instance + i] + s);
        }
    return count;
}

static int add_kinds(const struct fleet_result *result, struct alike *alike) {
    const struct fleet *fleet = result->fleet;
    int count = 0;
    for (int k = 0; k < fleet->kind_count; k++)
        for (int s = 0; s < fleet->kinds[k].slots.count; s++, count++) {
            alike[count] = (struct alike){.name = fleet->kinds[k].slots.names[s], .owner = fleet->kinds[k].name};
            for (int h = 0; h < fleet->host_count; h++)
                if (fleet->racks[fleet->rack_of_host[h]].kind == k)
                    add_alike(&alike[count], result, fleet->first_slot_of_host[h] + s);
        }
    return count;
}

static int add_links(const struct fleet_result *result, struct alike *alike) {
    static const char *const names[] = {"port up", "port down", "uplink up", "uplink down"};
    const struct fleet *fleet = result->fleet;
    for (int link = FLEET_PORT_UP; link <= FLEET_UPLINK_DOWN; link++) {
        bool of_host = link == FLEET_PORT_UP || link == FLEET_PORT_DOWN;
        alike[link] = (struct alike){.name = names[link], .owner = of_host ? "hosts" : "racks"};
        for (int i = 0; i < (of_host ? fleet->host_count : fleet->rack_count); i++)
            add_alike(&alike[link], result, fleet_link_resource(fleet, (enum fleet_link)link, i));
    }
    return 4;
}

static int fullest_first(const void *a, const void *b) {
    const struct alike *x = a, *y = b;
    if (x->sum.full_s != y->sum.full_s) return x->sum.full_s < y->sum.full_s ? 1 : -1;
    if (x->were_full != y->were_full) return y->were_full - x->were_full;
    return x->sum.peak < y->sum.peak ? 1 : x->sum.peak > y->sum.peak ? -1 : strcmp(x->name, y->name);
}

static struct table *resource_table(const struct fleet_report *report) {
    const struct fleet_result *result = report->result;
    const struct fleet *fleet = result->fleet;
    size_t room = 4 + (size_t)(fleet->group_count + fleet->kind_count) * FLEET_SLOTS_MAX;
    struct alike *alike = calloc(room, sizeof *alike);
    if (alike == NULL) return NULL;
    int count = add_groups(result, alike);
    count += add_kinds(result, alike + count);
    count += add_links(result, alike + count);
    qsort(alike, (size_t)count, sizeof *alike, fullest_first);
    struct table *table = table_new(resource_columns, sizeof resource_columns / sizeof *resource_columns);
    char name[RESOURCE_NAME_MAX];
    for (int i = 0; i < count && i < SHOWN_RESOURCES && alike[i].sum.used_s > 0; i++) {
        table_text(table, alike[i].name);
        table_text(table, alike[i].owner);
        table_count(table, alike[i].count);
        table_count(table, alike[i].were_full);
        hours(table, alike[i].sum.full_s);
        percent(table, alike[i].sum.used_s / alike[i].count / result->duration_s);
        percent(table, alike[i].sum.peak);
        fleet_resource_name(fleet, alike[i].fullest, name, sizeof name);
        table_text(table, name);
    }
    free(alike);
    return table;
}

/* ---- migrations, energy, upgrades */

static const struct table_column move_columns[] = {
    {"instance", "INSTANCE", TABLE_LEFT}, {"from", "FROM", TABLE_LEFT},          {"to", "TO", TABLE_LEFT},
    {"began_s", "BEGAN", TABLE_RIGHT},    {"took_s", "TOOK", TABLE_RIGHT},       {"rounds", "ROUNDS", TABLE_RIGHT},
    {"sent_bytes", "SENT", TABLE_RIGHT},  {"stopped_s", "STOPPED", TABLE_RIGHT},
};

static struct table *move_table(const struct fleet_report *report) {
    const struct fleet_result *result = report->result;
    struct table *table = table_new(move_columns, sizeof move_columns / sizeof *move_columns);
    char text[RESOURCE_NAME_MAX], shown[UNITS_TEXT];
    for (int i = 0; i < result->move_count; i++) {
        const struct fleet_move *move = &result->moves[i];
        bool ended = !isnan(move->ended_s);
        fleet_instance_name(result->fleet, move->instance, text, sizeof text);
        table_text(table, text);
        fleet_host_name(result->fleet, move->from_host, text, sizeof text);
        table_text(table, text);
        fleet_host_name(result->fleet, move->to_host, text, sizeof text);
        table_text(table, text);
        hours(table, move->began_s);
        if (ended)
            table_number(table, move->ended_s - move->began_s, units_time(move->ended_s - move->began_s, shown));
        else
            table_text(table, "did not end");
        table_count(table, move->precopy.round);
        quantity(table, move->precopy.sent_bytes, "B");
        table_number(table, move->precopy.stopped_s, units_time(move->precopy.stopped_s, shown));
    }
    return table;
}

static const struct table_column energy_columns[] = {
    {"rack", "RACK", TABLE_LEFT},
    {"hosts", "HOSTS", TABLE_RIGHT},
    {"power_w", "MEAN POWER", TABLE_RIGHT},
    {"energy_j", "ENERGY", TABLE_RIGHT},
};

static struct table *energy_table(const struct fleet_report *report) {
    const struct fleet_result *result = report->result;
    struct table *table = table_new(energy_columns, sizeof energy_columns / sizeof *energy_columns);
    for (int r = 0; r < result->fleet->rack_count; r++) {
        const struct fleet_rack *rack = &result->fleet->racks[r];
        char shown[UNITS_TEXT];
        if (!(rack->full_w > 0)) continue;
        table_text(table, rack->name);
        table_count(table, rack->hosts);
        quantity(table, result->rack_j[r] / result->duration_s, "W");
        table_number(table, result->rack_j[r], units_si(result->rack_j[r] / 3600, "Wh", shown));
    }
    return table;
}

static const struct table_column upgrade_columns[] = {
    {"upgrade", "UPGRADE", TABLE_LEFT},      {"offered", "OFFERED", TABLE_RIGHT},
    {"delivered", "DELIVERED", TABLE_RIGHT}, {"gain", "GAIN", TABLE_RIGHT},
    {"units", "UNITS", TABLE_RIGHT},         {"full_s", "FULL", TABLE_RIGHT},
    {"power_w", "MEAN POWER", TABLE_RIGHT},
};

static struct table *upgrade_table(const struct fleet_report *report) {
    struct table *table = table_new(upgrade_columns, sizeof upgrade_columns / sizeof *upgrade_columns);
    const struct fleet_upgrade_outcome *base = report->upgrades;
    for (int i = 0; i <= report->upgrade_count && report->upgrade_count > 0; i++) {
        const struct fleet_upgrade_outcome *outcome = &report->upgrades[i];
        char shown[UNITS_TEXT];
        double gain = outcome->delivered_bps / base->delivered_bps;
        table_text(table, i == 0 ? "as it is" : outcome->name);
        quantity(table, outcome->offered_bps, "bit/s");
        quantity(table, outcome->delivered_bps, "bit/s");
        snprintf(shown, sizeof shown, "%.3g x", gain);
        table_number(table, gain, shown);
        quantity(table, outcome->units, "/s");
        hours(table, outcome->full_hours * 3600);
        if (outcome->power_w > 0)
            quantity(table, outcome->power_w, "W");
        else
            table_empty(table);
    }
    return table;
}

/* ---- all of it */

static void print_head(const struct fleet_report *report, FILE *out) {
    const struct fleet_result *result = report->result;
    const struct fleet *fleet = result->fleet;
    int kept = 0;
    for (int i = 0; i < report->probes->count; i++) kept += report->probes->found[i];
    fprintf(out, "%s\n", report->scenario->name);
    if (report->scenario->description[0] != '\0') fprintf(out, "%s\n", report->scenario->description);
    fprintf(out, "%d hosts in %d racks, %d instances, %d flows; %.4g h in %d epochs\n", fleet->host_count,
            fleet->rack_count, fleet->instance_count, fleet->flow_count, result->duration_s / 3600,
            result->epoch_count);
    fprintf(out, "demands from %d probes of the packet level, %d of them from the store\n\n", report->probes->count,
            kept);
}

enum iop_status fleet_report_table(const struct fleet_report *report, FILE *out, struct diag *diag) {
    print_head(report, out);
    enum iop_status status = print_part(traffic_table(report), "Traffic, means over the time", out, diag);
    if (status == IOP_OK) status = print_part(resource_table(report), "Resources, longest full first", out, diag);
    if (status == IOP_OK) status = print_part(move_table(report), "Migrations", out, diag);
    if (status == IOP_OK) status = print_part(energy_table(report), "Energy", out, diag);
    if (status == IOP_OK) status = print_part(upgrade_table(report), "Upgrades, each by itself", out, diag);
    return status;
}

enum iop_status fleet_report_csv(const struct fleet_report *report, enum fleet_rows rows, FILE *out,
                                 struct diag *diag) {
    struct table *table = fleet_rows(report, rows);
    enum iop_status status = table_csv(table, out, diag);
    table_free(table);
    return status;
}

/* ---- JSON */

static json_t *json_and_free(struct table *table) {
    json_t *array = table_to_json(table);
    table_free(table);
    return array;
}

static json_t *json_probes(const struct fleet_report *report) {
    json_t *array = json_array();
    for (int i = 0; i < report->probes->count; i++) {
        const struct probe_request *request = &report->probes->requests[i];
        const struct probe *probe = &report->probes->probes[i];
        json_t *needs = json_array();
        for (int n = 0; n < probe->count; n++)
            json_array_append_new(needs, json_pack("{s:s, s:b, s:f}", "resource", probe->needs[n].name, "shared",
                                                   probe->needs[n].of_host, "seconds", probe->needs[n].share));
        json_array_append_new(array,
                              json_pack("{s:s, s:s, s:b, s:i, s:f, s:f, s:s, s:f, s:f, s:o}", "traffic",
                                        report->result->fleet->traffics[request->traffic].name, "end",
                                        request->end == FLEET_FROM ? "from" : "to", "response", request->response,
                                        "guests", probe->guests, "most", probe->most, "most_of_all", probe->most_of_all,
                                        "bottleneck", probe->bottleneck, "guest_cores", probe->guest_cores,
                                        "host_cores", probe->host_cores, "needs", needs));
    }
    return array;
}

enum iop_status fleet_report_json(const struct fleet_report *report, FILE *out, struct diag *diag) {
    const struct fleet_result *result = report->result;
    json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:I, s:i, s:i, s:i, s:f}", "iopath", report->version, "scenario",
                             report->scenario->name, "file", report->scenario->file, "level", "fleet", "seed",
                             (json_int_t)report->scenario->run.seed, "host_count", result->fleet->host_count,
                             "instance_count", result->fleet->instance_count, "flow_count", result->fleet->flow_count,
                             "duration_s", result->duration_s);
    bool failed = root == NULL;
    const struct {
        const char *key;
        json_t *value;
    } parts[] = {
        {"traffic", json_and_free(traffic_table(report))},  {"probes", json_probes(report)},
        {"migrations", json_and_free(move_table(report))},  {"energy", json_and_free(energy_table(report))},
        {"upgrades", json_and_free(upgrade_table(report))},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        failed = json_object_set_new(root, parts[i].key, parts[i].value) != 0 || failed;
    for (int rows = 0; rows < FLEET_ROWS_COUNT; rows++)
        failed = json_object_set_new(root, fleet_rows_names[rows],
                                     json_and_free(fleet_rows(report, (enum fleet_rows)rows))) != 0 ||
                 failed;
    if (!failed) return json_write(root, out, diag);
    json_decref(root);
    return diag_set(diag, IOP_NO_MEMORY, "out of memory while writing JSON");
}
