/* What flows in a fleet: units of traffic, and what one has on the wire. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/hardware/wire.h"
#include "models/paths/program.h"
#include "scenarios/fleet_input.h"

enum { ETHERNET_BYTES = 18 }; /* header and CRC */

/* --- its ends --- */

static enum iop_status take_end(const struct fleet_scenario *scenario, const struct fleet_traffic_input *input,
                                const char *key, const char *name, int *end, struct diag *diag) {
    const struct fleet *fleet = &scenario->fleet;
    *end = FLEET_OUTSIDE;
    if (strcmp(name, "outside") == 0) return IOP_OK;
    *end = fleet_group_named(fleet, name);
    if (*end >= 0) return IOP_OK;
    const char *names[FLEET_ENTRIES_MAX + 1] = {"outside"};
    for (int i = 0; i < fleet->group_count; i++) names[i + 1] = fleet->groups[i].name;
    char text[400];
    suggest(text, sizeof text, name, names, (size_t)fleet->group_count + 1);
    return node_fail(node_child(input->at, key), diag, "'%s' is not a group of instances%s", name, text);
}

static enum iop_status take_ends(const struct fleet_scenario *scenario, const struct fleet_traffic_input *input,
                                 struct fleet_traffic *traffic, struct diag *diag) {
    const struct node *to = node_child(input->at, "to");
    bool block = input->workload.kind == KIND_BLOCK;
    enum iop_status status = take_end(scenario, input, "from", input->from, &traffic->from, diag);
    traffic->to = FLEET_OUTSIDE;
    if (status == IOP_OK && to != NULL) status = take_end(scenario, input, "to", input->to, &traffic->to, diag);
    if (status != IOP_OK) return status;
    if (block && traffic->from == FLEET_OUTSIDE)
        return node_fail(node_child(input->at, "from"), diag, "'outside' has no disks here to ask; name a group");
    if (block && to != NULL && traffic->to == FLEET_OUTSIDE)
        return node_fail(to, diag, "'outside' has no disks; name a group of storage servers, or leave it out");
    if (!block && to == NULL)
        return node_fail(input->at, diag, "'to' is missing: a group, or outside, for all but block");
    if (!block && traffic->from == FLEET_OUTSIDE && traffic->to == FLEET_OUTSIDE)
        return node_fail(to, diag, "'outside' is both ends; name a group at one");
    traffic->crosses = !block || to != NULL;
    return IOP_OK;
}

/* --- its workload --- */

/* What the traffic says instead, or what a fleet has not got. */
static enum iop_status check_workload(const struct workload_input *input, struct diag *diag) {
    static const char *const others[] = {"name", "direction", "peer", "rate", "file"};
    const struct node *kind = node_child(input->at, "kind");
    if (input->kind != KIND_UDP_STREAM && input->kind != KIND_TCP_STREAM && input->kind != KIND_BLOCK)
        return node_fail(kind, diag, "'%s' is no traffic of a fleet; allowed are udp-stream, tcp-stream, block",
                         kind->value);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct node *node = node_child(input->at, others[i]);
        if (node == NULL) continue;
        return node_fail_key(node, diag, "'%s' does not belong to the workload of a fleet's traffic%s", others[i],
                             strcmp(others[i], "rate") == 0 ? "; 'offered' says it" : "");
    }
    return IOP_OK;
}

static enum iop_status check_response(const struct fleet_traffic_input *input, struct diag *diag) {
    const struct workload_input *response = &input->response;
    if (response->at == NULL) return IOP_OK;
    enum iop_status status = check_workload(response, diag);
    const struct workload_input *wrong = input->workload.kind != KIND_UDP_STREAM ? &input->workload : response;
    if (status != IOP_OK || wrong->kind == KIND_UDP_STREAM) return status;
    const struct node *kind = node_child(wrong->at, "kind");
    return node_fail(kind, diag,
                     "'%s' cannot be half of a transaction, a frame there and one back; allowed is "
                     "udp-stream",
                     kind->value);
}

static enum iop_status take_profile(const struct node *list, struct fleet_traffic *traffic, struct diag *diag) {
    if (list == NULL) return IOP_OK;
    if (list->count > FLEET_STEPS_MAX)
        return node_fail(list, diag, "%d factors; allowed are 1 to %d", list->count, FLEET_STEPS_MAX);
    traffic->profile = calloc((size_t)list->count, sizeof *traffic->profile);
    if (traffic->profile == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    traffic->steps = list->count;
    for (int i = 0; i < list->count; i++) {
        const struct node *node = list->children[i];
        struct quantity factor;
        struct diag problem = {0};
        if (quantity_parse(node->value, DIM_BIT(DIM_PLAIN) | DIM_BIT(DIM_SHARE), &factor, &problem) != IOP_OK)
            return node_fail(node, diag, "%s", problem.message);
        if (factor.value > 1000)
            return node_fail(node, diag, "'%s' is out of range; allowed are 0 to 1000", shown(node->value).text);
        traffic->profile[i] = factor.value;
    }
    return IOP_OK;
}

static enum iop_status take_one(struct fleet_scenario *scenario, int number, struct diag *diag) {
    const struct fleet_traffic_input *input = fleet_traffic_input(scenario, number);
    struct fleet_traffic *traffic = &scenario->fleet.traffics[number];
    scenario->fleet.traffic_count = number + 1;
    for (int i = 0; i < number; i++)
        if (strcmp(scenario->fleet.traffics[i].name, input->name) == 0)
            return node_fail(node_child(input->at, "name"), diag, "'%s' is the name of another traffic", input->name);
    memcpy(traffic->name, input->name, sizeof traffic->name);
    traffic->unit = input->response.at != NULL           ? FLEET_TRANSACTIONS
                    : input->workload.kind == KIND_BLOCK ? FLEET_REQUESTS
                                                         : FLEET_FRAMES;
    enum iop_status status = check_workload(&input->workload, diag);
    if (status == IOP_OK) status = check_response(input, diag);
    if (status == IOP_OK) status = take_ends(scenario, input, traffic, diag);
    return status == IOP_OK ? take_profile(input->profile, traffic, diag) : status;
}

/* --- what a unit is: as the packet level reads the workloads, each by a guest at its end --- */

static void add_frame(struct fleet_traffic *traffic, double *bits, const struct workload_config *workload) {
    int overhead = protocol_overhead_bytes(workload->kind), frame = workload->frame_bytes;
    if (workload->kind == WORK_TCP_STREAM) frame = workload->mtu_bytes + ETHERNET_BYTES; /* a full segment */
    *bits = 8.0 * (frame + WIRE_OVERHEAD_BYTES);
    traffic->payload_bits += 8.0 * (frame - overhead);
}

static void take_unit(struct fleet_traffic *traffic, const struct workload_config *workload, bool response) {
    if (workload->kind != WORK_BLOCK) {
        add_frame(traffic, response ? &traffic->back_bits : &traffic->out_bits, workload);
        return;
    }
    double bits = 8.0 * workload->block_bytes;
    traffic->payload_bits = bits;
    traffic->out_bits = (1 - workload->read_share) * bits;
    traffic->back_bits = workload->read_share * bits;
}

struct ends {
    int count;
    struct fleet_load_of_guest loads[WORKLOADS_MAX];
};

/* Each end is checked; the first that is met says what a unit is. */
static enum iop_status check_ends(struct fleet_scenario *scenario, struct ends *ends, struct diag *diag) {
    if (ends->count == 0) return IOP_OK;
    struct fleet *fleet = &scenario->fleet;
    uint64_t hash;
    struct scenario *packets =
        fleet_packets(scenario, fleet->groups[ends->loads[0].group].kind, ends->loads, ends->count, &hash, diag);
    if (packets == NULL) return IOP_INVALID;
    enum iop_status status = IOP_OK;
    if (packets->not_available[0] != '\0')
        status = diag_set(diag, IOP_INVALID, "%s is not available yet", packets->not_available);
    for (int i = 0; i < ends->count && status == IOP_OK; i++) {
        struct fleet_traffic *traffic = &fleet->traffics[ends->loads[i].traffic];
        bool response = ends->loads[i].response;
        if ((response ? traffic->back_bits : traffic->out_bits + traffic->back_bits) > 0) continue;
        take_unit(traffic, &packets->model.guests[0].workloads[i], response);
    }
    scenario_free(packets);
    ends->count = 0;
    return status;
}

static enum iop_status add_end(struct fleet_scenario *scenario, struct ends *ends, struct fleet_load_of_guest load,
                               struct diag *diag) {
    ends->loads[ends->count++] = load;
    return ends->count == WORKLOADS_MAX ? check_ends(scenario, ends, diag) : IOP_OK;
}

static enum iop_status check_group(struct fleet_scenario *scenario, int group, struct diag *diag) {
    struct ends ends = {0};
    enum iop_status status = IOP_OK;
    for (int i = 0; i < scenario->fleet.traffic_count; i++) {
        const struct fleet_traffic *traffic = &scenario->fleet.traffics[i];
        for (enum fleet_end end = FLEET_FROM; end <= FLEET_TO && status == IOP_OK; end++) {
            struct fleet_load_of_guest load = {.group = group, .traffic = i, .end = end};
            bool served = traffic->unit == FLEET_REQUESTS && end == FLEET_TO; /* by ports alone */
            if (served || (end == FLEET_FROM ? traffic->from : traffic->to) != group) continue;
            status = add_end(scenario, &ends, load, diag);
            load.response = true;
            if (status == IOP_OK && traffic->unit == FLEET_TRANSACTIONS) status = add_end(scenario, &ends, load, diag);
        }
    }
    return status == IOP_OK ? check_ends(scenario, &ends, diag) : status;
}

enum iop_status fleet_take_traffic(struct fleet_scenario *scenario, struct diag *diag) {
    struct fleet *fleet = &scenario->fleet;
    int count = scenario->input->traffic.count;
    fleet->traffics = calloc((size_t)count, sizeof *fleet->traffics);
    if (fleet->traffics == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = IOP_OK;
    for (int i = 0; i < count && status == IOP_OK; i++) status = take_one(scenario, i, diag);
    for (int g = 0; g < fleet->group_count && status == IOP_OK; g++) status = check_group(scenario, g, diag);
    return status;
}
