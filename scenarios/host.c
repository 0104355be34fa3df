/* The machine under the guests: a host of the catalog or a file, and what the scenario says of it instead. */
#include <stdio.h>
#include <string.h>

#include "scenarios/data.h"
#include "scenarios/input.h"

/* What the scenario says of the host's software stands for what its file says. */
static void take_versions(struct builder *b) {
    struct host_config *host = &b->scenario->model.host;
    if (b->input->host_kernel[0] != '\0') memcpy(host->dom0.kernel, b->input->host_kernel, sizeof host->dom0.kernel);
    if (b->input->hypervisor_version[0] != '\0')
        memcpy(host->hypervisor_version, b->input->hypervisor_version, sizeof host->hypervisor_version);
}

/* Paths are seen from the scenario's file. */
static enum iop_status path_from_scenario(struct builder *b, const struct node *node, const char *name, char *out,
                                          size_t size) {
    const char *file = b->scenario->file, *slash = strrchr(file, '/');
    int folder = name[0] == '/' || slash == NULL ? 0 : (int)(slash - file + 1);
    if ((size_t)snprintf(out, size, "%.*s%s", folder, file, name) >= size)
        return node_fail(node, b->diag, "the path is too long");
    return IOP_OK;
}

static enum iop_status find_host(struct builder *b) {
    const struct node *node = node_child(b->root, "host");
    const char *name = b->input->host;
    char text[sizeof b->diag->message], path[DATA_PATH_MAX];
    if (node == NULL) {
        struct name_list hosts;
        text[0] = '\0';
        if (catalog_names("hosts", &hosts, NULL) == IOP_OK)
            suggest(text, sizeof text, "", (const char *const *)hosts.names, (size_t)hosts.count);
        names_free(&hosts);
        return node_fail(b->root, b->diag, "'host' is missing: the machine under the guests%s", text);
    }
    if (!names_a_path(name)) {
        if (catalog_has("hosts", name)) return catalog_host(name, &b->scenario->model.host, b->diag);
        catalog_unknown("hosts", name, text, sizeof text);
        return node_fail(node, b->diag, "%s", text);
    }
    enum iop_status status = path_from_scenario(b, node, name, path, sizeof path);
    return status == IOP_OK ? catalog_host(path, &b->scenario->model.host, b->diag) : status;
}

/* Another cost set than the one of the host's file, as from `iopath calibrate`. */
static enum iop_status find_costs(struct builder *b) {
    const struct node *node = node_child(b->root, "cost_set");
    const char *name = b->input->cost_set;
    char text[sizeof b->diag->message], path[DATA_PATH_MAX];
    if (node == NULL) return IOP_OK;
    if (!names_a_path(name)) {
        if (catalog_has("costs", name)) return catalog_costs(name, &b->scenario->model.host.costs, b->diag);
        catalog_unknown("costs", name, text, sizeof text);
        return node_fail(node, b->diag, "%s", text);
    }
    enum iop_status status = path_from_scenario(b, node, name, path, sizeof path);
    return status == IOP_OK ? catalog_costs(path, &b->scenario->model.host.costs, b->diag) : status;
}

/* What a scenario says about the host's settings comes before what the host's file says. */
static enum iop_status override_settings(struct builder *b) {
    struct host_config *host = &b->scenario->model.host;
    const struct scenario_input *input = b->input;
    if (node_child(b->root, "iommu") != NULL) host->iommu.mode = (enum iommu_mode)input->iommu;
    if (node_child(b->root, "mitigations") != NULL) host->mitigations = input->mitigations;
    const struct node *halt_poll = node_child(b->root, "halt_poll");
    if (halt_poll != NULL) host->halt_poll_s = input->halt_poll;
    if (halt_poll != NULL && host->halt_poll_s > 0 && host->hypervisor != HYPERVISOR_KVM)
        return node_fail(halt_poll, b->diag, "halt polling needs the hypervisor KVM; host '%s' has another",
                         host->name);
    const struct node *interrupts = node_child(b->root, "interrupts");
    if (interrupts == NULL) return IOP_OK;
    host->posted_interrupts = input->interrupts == DELIVERY_POSTED;
    host->exitless_interrupts = input->interrupts == DELIVERY_EXITLESS;
    if (host->exitless_interrupts && host->hypervisor != HYPERVISOR_KVM)
        return node_fail(interrupts, b->diag, "exit-less delivery needs the hypervisor KVM; host '%s' has another",
                         host->name);
    return IOP_OK;
}

/* The product that the host's polling switch is. */
static enum iop_status build_switch(struct builder *b) {
    const struct node *node = node_child(b->root, "switch");
    const char *name = b->input->polling_switch;
    if (node == NULL) return IOP_OK;
    if (!catalog_has("switches", name)) {
        char text[sizeof b->diag->message];
        catalog_unknown("switches", name, text, sizeof text);
        return node_fail(node, b->diag, "%s", text);
    }
    return catalog_switch(name, &b->scenario->model.host.costs, b->diag);
}

static enum iop_status override_costs(struct builder *b) {
    struct cost_set *costs = &b->scenario->model.host.costs;
    const struct cost_input *rows = b->input->costs.items;
    for (int i = 0; i < b->input->costs.count; i++) {
        enum cost cost = cost_find(rows[i].name);
        if (cost == COST_NONE) return cost_unknown(node_child(rows[i].at, "name"), b->diag);
        struct cost_value *to = &costs->values[cost];
        struct diag problem = {0};
        if (cost_value_parse(costs, cost, rows[i].value, &to->value, &problem) != IOP_OK)
            return node_fail(node_child(rows[i].at, "value"), b->diag, "%s", problem.message);
        if (to->value < to->low) to->low = to->value;
        if (to->value > to->high) to->high = to->value;
        to->how = PROV_ASSUMED;
        to->sources = 0;
        snprintf(to->note, sizeof to->note, "set in the scenario");
    }
    return IOP_OK;
}

enum iop_status build_host(struct builder *b) {
    enum iop_status status = find_host(b);
    if (status == IOP_OK) status = find_costs(b);
    if (status == IOP_OK) status = override_settings(b);
    if (status == IOP_OK) status = build_scheduler(b);
    if (status == IOP_OK) take_versions(b);
    if (status == IOP_OK) status = build_switch(b);
    if (status == IOP_OK) status = override_costs(b);
    return status;
}
