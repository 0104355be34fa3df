/* Racks of a fleet, their hosts, and what kinds of hosts these are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/catalog.h"
#include "scenarios/data.h"
#include "scenarios/fleet_input.h"

/* Entries with the same word name the same kind. */
static int kind_before(const struct fleet_scenario *scenario, int entry) {
    for (int i = 0; i < entry; i++)
        if (strcmp(fleet_rack_input(scenario, i)->host, fleet_rack_input(scenario, entry)->host) == 0)
            return fleet_rack_input(scenario, i)->kind;
    return -1;
}

static enum iop_status read_host(const struct fleet_scenario *scenario, const struct fleet_rack_input *input,
                                 struct host_config *host, struct diag *diag) {
    const struct node *node = node_child(input->at, "host");
    char path[DATA_PATH_MAX], text[700];
    if (names_a_path(input->host)) {
        scenario_beside(scenario->file, input->host, path, sizeof path);
        return catalog_host(path, host, diag);
    }
    if (catalog_has("hosts", input->host)) return catalog_host(input->host, host, diag);
    catalog_unknown("hosts", input->host, text, sizeof text);
    return node_fail(node, diag, "%s", text);
}

static enum iop_status add_kind(struct fleet_scenario *scenario, struct fleet_rack_input *input, struct diag *diag) {
    struct fleet *fleet = &scenario->fleet;
    struct host_config *host = malloc(sizeof *host); /* too large for a stack */
    if (host == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = read_host(scenario, input, host, diag);
    if (status == IOP_OK) {
        struct fleet_kind *kind = &fleet->kinds[fleet->kind_count];
        memcpy(kind->name, host->name, sizeof kind->name);
        kind->cores = host->sockets * host->cores_per_socket * host->threads_per_core;
        kind->link_bps = host->nic.link_bps;
        input->kind = fleet->kind_count++;
    }
    free(host);
    return status;
}

static double uplink(const struct fleet_rack_input *input, const struct fleet_kind *kind) {
    if (node_child(input->at, "uplink") != NULL) return input->uplink;
    double links = input->hosts * kind->link_bps;
    return node_child(input->at, "oversubscription") != NULL ? links / input->oversubscription : links;
}

static enum iop_status check_rack(const struct fleet_rack_input *input, struct diag *diag) {
    const struct node *over = node_child(input->at, "oversubscription");
    if (over != NULL && node_child(input->at, "uplink") != NULL)
        return node_fail_key(over, diag, "'oversubscription' or 'uplink' says what the uplink is; leave out one");
    if (input->power.at != NULL && input->power.full < input->power.idle) {
        const struct node *full = node_child(input->power.at, "full");
        return node_fail(full, diag, "'%s' is less than it draws when idle, %s", full->value,
                         node_child(input->power.at, "idle")->value);
    }
    return IOP_OK;
}

static enum iop_status add_racks(struct fleet_scenario *scenario, struct fleet_rack_input *input, struct diag *diag) {
    struct fleet *fleet = &scenario->fleet;
    input->first = fleet->rack_count;
    for (int i = 0; i < input->count; i++) {
        struct fleet_rack rack = {.kind = input->kind,
                                  .first_host = fleet->host_count,
                                  .hosts = input->hosts,
                                  .uplink_bps = uplink(input, &fleet->kinds[input->kind]),
                                  .idle_w = input->power.idle,
                                  .full_w = input->power.full};
        char name[NAME_MAX_BYTES + 16];
        if (input->count == 1)
            snprintf(name, sizeof name, "%s", input->name);
        else
            snprintf(name, sizeof name, "%s-%d", input->name, i + 1);
        const struct node *node = node_child(input->at, "name");
        if (strlen(name) >= sizeof rack.name)
            return node_fail(node, diag, "'%s' is too long; allowed are %zu bytes", name, sizeof rack.name - 1);
        if (fleet_rack_named(fleet, name) >= 0) return node_fail(node, diag, "'%s' is the name of another rack", name);
        memcpy(rack.name, name, strlen(name) + 1);
        fleet->racks[fleet->rack_count++] = rack;
        fleet->host_count += input->hosts;
    }
    return IOP_OK;
}

static enum iop_status count_racks(const struct fleet_scenario *scenario, size_t *racks, size_t *hosts,
                                   struct diag *diag) {
    *racks = *hosts = 0;
    for (int i = 0; i < scenario->input->racks.count; i++) {
        const struct fleet_rack_input *input = fleet_rack_input(scenario, i);
        size_t all = *hosts + (size_t)input->count * (size_t)input->hosts;
        if (all > FLEET_HOSTS_MAX)
            return node_fail(node_child(input->at, "hosts"), diag,
                             "with the racks before, these are %zu hosts; allowed are %d", all, FLEET_HOSTS_MAX);
        *racks += (size_t)input->count;
        *hosts = all;
    }
    return IOP_OK;
}

enum iop_status fleet_take_racks(struct fleet_scenario *scenario, struct diag *diag) {
    struct fleet *fleet = &scenario->fleet;
    unsigned entries = (unsigned)scenario->input->racks.count;
    size_t racks, hosts;
    enum iop_status status = count_racks(scenario, &racks, &hosts, diag);
    if (status != IOP_OK) return status;
    fleet->kinds = calloc(entries, sizeof *fleet->kinds);
    fleet->racks = calloc(racks, sizeof *fleet->racks);
    fleet->rack_of_host = calloc(hosts, sizeof *fleet->rack_of_host);
    if (fleet->kinds == NULL || fleet->racks == NULL || fleet->rack_of_host == NULL)
        return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = 0; i < (int)entries && status == IOP_OK; i++) {
        struct fleet_rack_input *input = fleet_rack_input(scenario, i);
        input->kind = kind_before(scenario, i);
        status = check_rack(input, diag);
        if (status == IOP_OK && input->kind < 0) status = add_kind(scenario, input, diag);
        if (status == IOP_OK) status = add_racks(scenario, input, diag);
    }
    for (int r = 0; r < fleet->rack_count; r++)
        for (int h = 0; h < fleet->racks[r].hosts; h++) fleet->rack_of_host[fleet->racks[r].first_host + h] = r;
    return status;
}
