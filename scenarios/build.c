/* From what the file says to what is simulated: names resolved, guests copied, limits checked. */
#include <stdio.h>
#include <string.h>

#include "scenarios/data.h"
#include "scenarios/input.h"

static const struct guest_input *guest_input(const struct builder *b, int entry) {
    return (const struct guest_input *)b->input->guests.items + entry;
}

/* --- one guest --- */

static enum iop_status take_instance(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    static const char *const given[] = {"vcpus",        "memory",          "network", "network_burst",
                                        "network_flow", "network_packets", "ebs"};
    const struct node *node = node_child(input->at, "instance");
    const struct host_config *host = &b->scenario->model.host;
    bool found = false;
    enum iop_status status = find_instance(input->instance, &guest->instance, &found, b->diag);
    if (status != IOP_OK) return status;
    if (!found) {
        char text[700];
        catalog_unknown("instances", input->instance, text, sizeof text);
        return node_fail(node, b->diag, "%s", text);
    }
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        const struct node *extra = node_child(input->at, given[i]);
        if (extra != NULL)
            return node_fail(extra, b->diag, "comes with the instance type %s; leave out one of the two",
                             input->instance);
    }
    if (!names_a_path(b->input->host) && strcmp(guest->instance.host, host->name) != 0)
        return node_fail(node, b->diag, "'%s' runs on host '%s', not on '%s'", input->instance, guest->instance.host,
                         host->name);
    guest->has_instance = true;
    guest->vcpus = guest->instance.vcpus;
    guest->memory_bytes = guest->instance.memory_bytes;
    guest->clock_hz = guest->instance.clock_hz;
    guest->network_bps = guest->instance.network_bps;
    guest->network_burst_bps = guest->instance.burst_bps;
    guest->network_flow_bps = input->placement_group ? guest->instance.flow_in_group_bps : guest->instance.flow_bps;
    guest->network_pps = guest->instance.network_pps;
    guest->ebs_bps = guest->instance.ebs_bps;
    return IOP_OK;
}

static enum iop_status take_size(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct node *burst = node_child(input->at, "network_burst");
    guest->network_credits_spent = input->network_credits != 0;
    if (burst != NULL && node_child(input->at, "network") == NULL)
        return node_fail(burst, b->diag, "a burst needs 'network', the limit of the long run");
    if (burst != NULL && input->network_burst < input->network)
        return node_fail(burst, b->diag, "'%s' is less than what the guest always has, %s", burst->value,
                         node_child(input->at, "network")->value);
    if (input->instance[0] != '\0') return take_instance(b, input, guest);
    if (node_child(input->at, "vcpus") == NULL)
        return node_fail(input->at, b->diag, "'vcpus' is missing: a guest needs an instance type or its own size");
    guest->vcpus = input->vcpus;
    if (node_child(input->at, "memory") != NULL) guest->memory_bytes = input->memory;
    guest->network_bps = input->network;
    guest->network_burst_bps = input->network_burst;
    guest->network_flow_bps = input->network_flow;
    guest->network_pps = input->network_packets;
    guest->ebs_bps = input->ebs;
    return IOP_OK; /* the clock follows when the server's instances are known */
}

static enum iop_status take_mode(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    guest->mode = (enum mode)input->mode;
    if (guest->mode == MODE_NONE) return IOP_OK; /* noted as not available */
    struct diag problem = {0};
    if (mode_available(guest->mode, &b->scenario->model.host, guest->has_instance ? &guest->instance : NULL,
                       &problem) == IOP_OK)
        return IOP_OK;
    return node_fail(node_child(input->at, "mode"), b->diag, "%s", problem.message);
}

/* --- all guests --- */

static enum iop_status count_guests(struct builder *b) {
    int total = 0;
    for (int e = 0; e < b->input->guests.count; e++) {
        const struct guest_input *input = guest_input(b, e);
        b->first[e] = total;
        total += input->count;
        if (total > GUESTS_MAX)
            return node_fail(node_child(b->root, "guests"), b->diag,
                             "more than %d guests, their counts included; allowed are %d", GUESTS_MAX, GUESTS_MAX);
    }
    b->scenario->model.guest_count = total;
    b->scenario->file_guest_count = b->input->guests.count;
    return IOP_OK;
}

/* Several copies of sut are sut0, sut1, …, which may meet the name of another guest. */
static enum iop_status name_guest(struct builder *b, const struct guest_input *input, int copy, int index) {
    struct guest_config *guests = b->scenario->model.guests;
    const struct node *node = node_child(input->at, "name");
    char name[NAME_MAX_BYTES + 16];
    if (input->count == 1)
        snprintf(name, sizeof name, "%s", input->name);
    else
        snprintf(name, sizeof name, "%s%d", input->name, copy);
    if (strlen(name) >= sizeof guests[index].name)
        return node_fail(node, b->diag, "'%s' is too long; allowed are %zu bytes", shown(name).text,
                         sizeof guests[index].name - 1);
    for (int i = 0; i < index; i++)
        if (strcmp(guests[i].name, name) == 0)
            return node_fail(node, b->diag, "'%s' is the name of another guest", shown(name).text);
    memcpy(guests[index].name, name, strlen(name) + 1);
    return IOP_OK;
}

static enum iop_status build_guest(struct builder *b, int entry) {
    const struct guest_input *input = guest_input(b, entry);
    struct guest_config *first = &b->scenario->model.guests[b->first[entry]];
    enum iop_status status = take_size(b, input, first);
    if (status == IOP_OK) status = take_mode(b, input, first);
    if (status == IOP_OK) status = take_network(b, input, first);
    if (status == IOP_OK) status = take_disks(b, input, first);
    if (status == IOP_OK) status = take_cpus(b, input, first);
    if (status == IOP_OK) status = take_clock(b, input, first);
    if (status != IOP_OK) return status;
    if (node_child(input->at, "memory_pages") != NULL) first->memory_page_bytes = input->memory_pages;
    first->server = input->server - 1;
    for (int copy = 0; copy < input->count; copy++) {
        if (copy > 0) first[copy] = *first;
        status = name_guest(b, input, copy, b->first[entry] + copy);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

/* --- servers --- */

static enum iop_status count_servers(struct builder *b) {
    struct model_config *model = &b->scenario->model;
    bool used[64] = {false};
    for (int e = 0; e < b->input->guests.count; e++) {
        int number = guest_input(b, e)->server;
        used[number] = true;
        if (number > model->servers) model->servers = number;
    }
    for (int n = 1; n < model->servers; n++) {
        if (used[n]) continue;
        for (int e = 0; e < b->input->guests.count; e++)
            if (guest_input(b, e)->server == model->servers)
                return node_fail(node_child(guest_input(b, e)->at, "server"), b->diag,
                                 "there is a server %d but no server %d; servers are numbered 1, 2, … without a gap",
                                 model->servers, n);
    }
    return IOP_OK;
}

/* A server's CPUs run at one clock: that of the instance types on it, or else the host's. */
static enum iop_status check_clocks(struct builder *b) {
    struct model_config *model = &b->scenario->model;
    const struct guest_config *gives[64] = {NULL};
    for (int e = 0; e < b->input->guests.count; e++) {
        const struct guest_config *guest = &model->guests[b->first[e]];
        if (!guest->has_instance) continue;
        const struct guest_config *other = gives[guest->server];
        if (other == NULL) gives[guest->server] = guest;
        if (other != NULL && other->clock_hz != guest->clock_hz) /* both from the catalog, not computed */
            return node_fail(node_child(guest_input(b, e)->at, "instance"), b->diag,
                             "%s at %.4g GHz and %s at %.4g GHz cannot be on one server; give them different numbers "
                             "(server: 2)",
                             guest->instance.name, guest->clock_hz / 1e9, other->instance.name, other->clock_hz / 1e9);
    }
    for (int i = 0; i < model->guest_count; i++) {
        struct guest_config *guest = &model->guests[i];
        const struct guest_config *from = gives[guest->server];
        if (!guest->has_instance) guest->clock_hz = from != NULL ? from->clock_hz : model->host.clock_hz;
    }
    return IOP_OK;
}

/* Bare metal is the whole machine, a NIC passed through has one user. */
static enum iop_status check_alone(struct builder *b) {
    const struct model_config *model = &b->scenario->model;
    for (int e = 0; e < b->input->guests.count; e++) {
        const struct guest_config *guest = &model->guests[b->first[e]];
        if (guest->mode != MODE_NATIVE && guest->mode != MODE_PASSTHROUGH) continue;
        for (int i = 0; i < model->guest_count; i++)
            if (i != b->first[e] && model->guests[i].server == guest->server)
                return node_fail(node_child(guest_input(b, e)->at, "mode"), b->diag, "%s, but '%s' is on server %d too",
                                 guest->mode == MODE_NATIVE ? "native is the whole machine"
                                                            : "passthrough takes the whole NIC",
                                 model->guests[i].name, guest->server + 1);
    }
    return IOP_OK;
}

static enum iop_status check_some_work(struct builder *b) {
    for (int e = 0; e < b->input->guests.count; e++)
        if (guest_input(b, e)->workloads.count > 0) return IOP_OK;
    return node_fail(node_child(b->root, "guests"), b->diag, "no guest has a workload; there is nothing to simulate");
}

enum iop_status build_model(struct builder *b) {
    enum iop_status status = build_host(b);
    if (status == IOP_OK && b->input->guests.count == 0)
        return node_fail(b->root, b->diag, "'guests' is missing: the virtual machines");
    if (status == IOP_OK) status = count_guests(b);
    for (int e = 0; status == IOP_OK && e < b->input->guests.count; e++) status = build_guest(b, e);
    if (status == IOP_OK) status = count_servers(b);
    if (status == IOP_OK) status = check_clocks(b);
    if (status == IOP_OK) status = check_alone(b);
    for (int e = 0; status == IOP_OK && e < b->input->guests.count; e++)
        for (int copy = 0; status == IOP_OK && copy < guest_input(b, e)->count; copy++)
            status = build_workloads(b, e, copy);
    if (status == IOP_OK && b->reading == READING_FILE) status = check_some_work(b);
    return status;
}
