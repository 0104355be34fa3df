#include "scenarios/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/fleet_input.h"

static enum iop_status out_of_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory"); }

struct fleet_rack_input *fleet_rack_input(const struct fleet_scenario *scenario, int entry) {
    return (struct fleet_rack_input *)scenario->input->racks.items + entry;
}

struct fleet_group_input *fleet_group_input(const struct fleet_scenario *scenario, int group) {
    return (struct fleet_group_input *)scenario->input->instances.items + group;
}

struct fleet_traffic_input *fleet_traffic_input(const struct fleet_scenario *scenario, int traffic) {
    return (struct fleet_traffic_input *)scenario->input->traffic.items + traffic;
}

bool fleet_has_response(const struct fleet_scenario *scenario, int traffic) {
    return fleet_traffic_input(scenario, traffic)->response.at != NULL;
}

/* Keys about guests, which a fleet has elsewhere. */
static enum iop_status check_keys(const struct node *root, struct diag *diag) {
    static const char *const others[] = {"host", "guests", "sweep", "design", "only", "plots", "expect", "claim"};
    for (int i = 0; i < root->count; i++)
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            if (strcmp(root->children[i]->key, others[k]) == 0)
                return node_fail_key(root->children[i], diag, "'%s' does not belong to a file with a fleet", others[k]);
    return IOP_OK;
}

static enum iop_status check_times(const struct fleet_input *input, struct diag *diag) {
    if (input->epoch <= input->duration) return IOP_OK;
    const struct node *epoch = node_child(input->at, "epoch"), *duration = node_child(input->at, "duration");
    const struct node *given = epoch != NULL ? epoch : duration;
    return node_fail(given, diag, "'%s' makes an epoch longer than the whole duration", given->value);
}

static enum iop_status take_upgrades(struct fleet_scenario *scenario, struct diag *diag) {
    const struct list *list = &scenario->input->upgrades;
    struct arena *memory = &scenario->document->memory;
    scenario->upgrades = arena_alloc(memory, ((size_t)list->count + 1) * sizeof *scenario->upgrades);
    if (scenario->upgrades == NULL) return out_of_memory(diag);
    for (; scenario->upgrade_count < list->count; scenario->upgrade_count++) {
        const struct fleet_upgrade_input *input =
            (const struct fleet_upgrade_input *)list->items + scenario->upgrade_count;
        struct fleet_upgrade *upgrade = &scenario->upgrades[scenario->upgrade_count];
        memcpy(upgrade->name, input->name, sizeof upgrade->name);
        enum iop_status status = take_settings(memory, input->set, &upgrade->settings, &upgrade->setting_count, diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

static enum iop_status take_all(struct fleet_scenario *scenario, struct diag *diag) {
    struct fleet_rooms rooms = {0};
    enum iop_status status = check_times(scenario->input, diag);
    if (status == IOP_OK) status = fleet_take_racks(scenario, diag);
    if (status == IOP_OK) status = fleet_take_groups(scenario, diag);
    if (status == IOP_OK) status = fleet_place(scenario, &rooms, diag);
    if (status == IOP_OK) status = fleet_take_traffic(scenario, diag);
    if (status == IOP_OK) status = fleet_take_flows(scenario, diag);
    if (status == IOP_OK) status = fleet_take_failures(scenario, diag);
    if (status == IOP_OK) status = fleet_take_migrations(scenario, &rooms, diag);
    if (status == IOP_OK) status = take_upgrades(scenario, diag);
    fleet_rooms_fini(&rooms);
    return status;
}

static enum iop_status read_document(struct fleet_scenario *scenario, struct diag *diag) {
    const struct node *root = scenario->document->root;
    struct scenario_input *input = arena_alloc(&scenario->document->memory, sizeof *input);
    if (input == NULL) return out_of_memory(diag);
    struct reader reader = {.memory = &scenario->document->memory, .diag = diag};
    enum iop_status status = schema_read(&reader, &scenario_table, root, input);
    if (status == IOP_OK && input->fleet.at == NULL)
        status = node_fail(root, diag, "'fleet' is missing: racks of hosts, instances on them and the traffic between");
    if (status == IOP_OK) status = check_keys(root, diag);
    if (status != IOP_OK) return status;
    memcpy(scenario->name, input->name, sizeof scenario->name);
    memcpy(scenario->description, input->description, sizeof scenario->description);
    scenario_take_run(&input->run, &scenario->run);
    scenario->input = &input->fleet;
    struct fleet *fleet = &scenario->fleet;
    snprintf(fleet->name, sizeof fleet->name, "%.*s", (int)sizeof fleet->name - 1, input->name);
    fleet->duration_s = input->fleet.duration;
    fleet->epoch_s = input->fleet.epoch;
    return take_all(scenario, diag);
}

struct fleet_scenario *fleet_load(const char *file, const struct setting *settings, int setting_count,
                                  struct diag *diag) {
    struct fleet_scenario *scenario = calloc(1, sizeof *scenario);
    struct document *document = calloc(1, sizeof *document);
    enum iop_status status = scenario == NULL || document == NULL ? out_of_memory(diag) : IOP_OK;
    if (status == IOP_OK) status = scenario_document(file, settings, setting_count, scenario->file, document, diag);
    if (status != IOP_OK) {
        free(scenario);
        free(document);
        return NULL;
    }
    scenario->document = document;
    if (read_document(scenario, diag) == IOP_OK) return scenario;
    fleet_unload(scenario);
    return NULL;
}

void fleet_unload(struct fleet_scenario *scenario) {
    if (scenario == NULL) return;
    fleet_free(&scenario->fleet);
    document_fini(scenario->document);
    free(scenario->document);
    free(scenario);
}

bool fleet_is_in(const char *file) {
    struct document document;
    char path[TEXT_MAX];
    if (scenario_document(file, NULL, 0, path, &document, NULL) != IOP_OK) return false;
    bool found = node_child(document.root, "fleet") != NULL;
    document_fini(&document);
    return found;
}
