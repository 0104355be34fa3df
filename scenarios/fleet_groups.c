/* Groups of instances: what each is, and on which hosts it can be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/catalog.h"
#include "scenarios/data.h"
#include "scenarios/fleet_input.h"

/* --- where --- */

static bool is_listed(const struct fleet_group_input *input, const char *rack) {
    if (input->racks == NULL) return true;
    for (int i = 0; i < input->racks->count; i++)
        if (strcmp(input->racks->children[i]->value, rack) == 0) return true;
    return false;
}

bool fleet_may_be_in(const struct fleet_scenario *scenario, int group, int rack) {
    int entry = 0;
    while (entry + 1 < scenario->input->racks.count && fleet_rack_input(scenario, entry + 1)->first <= rack) entry++;
    const struct fleet_rack_input *input = fleet_rack_input(scenario, entry);
    return input->kind == scenario->fleet.groups[group].kind &&
           is_listed(fleet_group_input(scenario, group), input->name);
}

static enum iop_status check_racks(const struct fleet_scenario *scenario, const struct fleet_group_input *input,
                                   struct diag *diag) {
    const char *names[FLEET_ENTRIES_MAX];
    int count = scenario->input->racks.count;
    for (int i = 0; i < count; i++) names[i] = fleet_rack_input(scenario, i)->name;
    for (int i = 0; input->racks != NULL && i < input->racks->count; i++) {
        const struct node *node = input->racks->children[i];
        int entry = 0;
        while (entry < count && strcmp(names[entry], node->value) != 0) entry++;
        if (entry < count) continue;
        char end[400];
        suggest(end, sizeof end, node->value, names, (size_t)count);
        return node_fail(node, diag, "'%s' is not a name in 'racks'%s", shown(node->value).text, end);
    }
    return IOP_OK;
}

static enum iop_status several_kinds(const struct fleet_scenario *scenario, const struct fleet_group_input *input,
                                     int first, int second, struct diag *diag) {
    const struct fleet_kind *kinds = scenario->fleet.kinds;
    return node_fail(input->at, diag,
                     "its racks have hosts of several kinds, %s and %s; name those it may be placed in, such as racks: "
                     "[%s]",
                     kinds[first].name, kinds[second].name, fleet_rack_input(scenario, 0)->name);
}

static enum iop_status no_kind(const struct fleet_scenario *scenario, const struct node *node,
                               const struct instance_type *type, struct diag *diag) {
    const struct fleet *fleet = &scenario->fleet;
    return node_fail(node, diag, "'%s' runs on host '%s', which no rack that it may be placed in has; there %s '%s'%s",
                     node->value, type->host, fleet->kind_count == 1 ? "is" : "are", fleet->kinds[0].name,
                     fleet->kind_count == 1 ? "" : " and others");
}

/* An instance type's host, or else the only one there is. A host file of one's own takes all types. */
static enum iop_status take_kind(const struct fleet_scenario *scenario, int group, struct diag *diag) {
    const struct fleet_group_input *input = fleet_group_input(scenario, group);
    const struct node *instance = node_child(node_child(input->at, "guest"), "instance");
    struct instance_type type;
    bool found = false;
    if (instance != NULL && instance->kind == NODE_SCALAR) {
        enum iop_status status = find_instance(instance->value, &type, &found, diag);
        if (status != IOP_OK) return status;
        if (!found) {
            char text[700];
            catalog_unknown("instances", instance->value, text, sizeof text);
            return node_fail(instance, diag, "%s", text);
        }
    }
    int kind = -1;
    for (int i = 0; i < scenario->input->racks.count; i++) {
        const struct fleet_rack_input *rack = fleet_rack_input(scenario, i);
        bool fits = !found || names_a_path(rack->host) || strcmp(type.host, rack->host) == 0;
        if (!fits || !is_listed(input, rack->name) || rack->kind == kind) continue;
        if (kind >= 0) return several_kinds(scenario, input, kind, rack->kind, diag);
        kind = rack->kind;
    }
    if (kind < 0) return no_kind(scenario, instance, &type, diag);
    scenario->fleet.groups[group].kind = kind;
    return IOP_OK;
}

/* --- what --- */

static enum iop_status check_guest(const struct fleet_group_input *input, struct diag *diag) {
    static const char *const others[] = {"name", "count", "server", "workloads"};
    const struct node *guest = node_child(input->at, "guest");
    if (guest->kind != NODE_MAPPING)
        return node_fail(guest, diag, "expected a mapping (key: value) that describes a guest");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct node *node = node_child(guest, others[i]);
        if (node != NULL) return node_fail_key(node, diag, "'%s' does not belong to a guest of a fleet", others[i]);
    }
    return IOP_OK;
}

/* As the packet level sees it. */
static enum iop_status take_guest(const struct fleet_scenario *scenario, int group, struct diag *diag) {
    struct fleet_group *to = &scenario->fleet.groups[group];
    const struct fleet_load_of_guest idle = {.group = group, .traffic = -1};
    uint64_t hash;
    struct scenario *packets = fleet_packets(scenario, to->kind, &idle, 1, &hash, diag);
    if (packets == NULL) return IOP_INVALID;
    const struct guest_config *guest = &packets->model.guests[0];
    to->vcpus = guest->vcpus;
    to->memory_bytes = guest->memory_bytes;
    to->mode = guest->mode;
    if (guest->has_instance) {
        memcpy(to->instance_type, guest->instance.name, sizeof to->instance_type);
        fleet_group_input(scenario, group)->clock_hz = guest->instance.clock_hz;
    }
    enum iop_status status = IOP_OK;
    if (packets->not_available[0] != '\0')
        status = diag_set(diag, IOP_INVALID, "%s is not available yet", packets->not_available);
    scenario_free(packets);
    return status;
}

static enum iop_status take_group(struct fleet_scenario *scenario, int group, struct diag *diag) {
    const struct fleet_group_input *input = fleet_group_input(scenario, group);
    struct fleet *fleet = &scenario->fleet;
    const struct node *name = node_child(input->at, "name");
    if (strcmp(input->name, "outside") == 0)
        return node_fail(name, diag, "'outside' is the world beyond the spine; give the group another name");
    if (fleet_group_named(fleet, input->name) >= 0)
        return node_fail(name, diag, "'%s' is the name of another group", input->name);
    struct fleet_group *to = &fleet->groups[group];
    memcpy(to->name, input->name, sizeof to->name);
    to->first_instance = fleet->instance_count;
    to->instances = input->count;
    fleet->group_count++;
    if (input->count > FLEET_INSTANCES_MAX - fleet->instance_count)
        return node_fail(node_child(input->at, "count"), diag,
                         "with the groups before, these are more than %d instances; allowed are %d",
                         FLEET_INSTANCES_MAX, FLEET_INSTANCES_MAX);
    fleet->instance_count += input->count;
    enum iop_status status = check_guest(input, diag);
    if (status == IOP_OK) status = check_racks(scenario, input, diag);
    if (status == IOP_OK) status = take_kind(scenario, group, diag);
    return status == IOP_OK ? take_guest(scenario, group, diag) : status;
}

/* A group of one, web-2, beside a group web, which has a web-2 as well. */
static enum iop_status check_names(const struct fleet_scenario *scenario, struct diag *diag) {
    const struct fleet *fleet = &scenario->fleet;
    for (int i = 0; i < fleet->group_count; i++)
        for (int k = 0; k < fleet->group_count && fleet->groups[i].instances == 1; k++) {
            const struct fleet_group *one = &fleet->groups[i], *many = &fleet->groups[k];
            size_t length = strlen(many->name);
            bool alike = many->instances > 1 && strncmp(one->name, many->name, length) == 0 && one->name[length] == '-';
            const char *number = one->name + length + 1;
            if (alike && strspn(number, "0123456789") == strlen(number) && number[0] >= '1' && number[0] <= '9' &&
                strtol(number, NULL, 10) <= many->instances)
                return node_fail(node_child(fleet_group_input(scenario, i)->at, "name"), diag,
                                 "'%s' is the name of an instance of group '%s'", one->name, many->name);
        }
    return IOP_OK;
}

enum iop_status fleet_take_groups(struct fleet_scenario *scenario, struct diag *diag) {
    struct fleet *fleet = &scenario->fleet;
    int count = scenario->input->instances.count;
    fleet->groups = calloc((size_t)count, sizeof *fleet->groups);
    if (fleet->groups == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = IOP_OK;
    for (int i = 0; i < count && status == IOP_OK; i++) status = take_group(scenario, i, diag);
    return status == IOP_OK ? check_names(scenario, diag) : status;
}
