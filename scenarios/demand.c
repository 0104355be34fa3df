#include "scenarios/demand.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/data.h"
#include "scenarios/demand_input.h"

static enum iop_status out_of_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory"); }

double demand_growth(const struct demand *demand) { return pow(1 + demand->growth, demand->years); }

bool demand_means(const char *pattern, const char *instance) { return fnmatch(pattern, instance, 0) == 0; }

/* --- instance types --- */

/* Whether one of the patterns of a list means it; no list means all. */
static bool is_allowed(const struct node *list, const char *instance) {
    if (list == NULL) return true;
    for (int i = 0; i < list->count; i++)
        if (demand_means(list->children[i]->value, instance)) return true;
    return false;
}

/* A pattern that means nothing is a mistake, and so is a name that is none. */
static enum iop_status check_pattern(const struct node *at, const char *pattern, const struct name_list *names,
                                     struct diag *diag) {
    for (int i = 0; i < names->count; i++)
        if (demand_means(pattern, names->names[i])) return IOP_OK;
    if (strpbrk(pattern, "*?[") != NULL)
        return node_fail(at, diag, "no instance type is meant by '%s'; 'iopath list instances' shows them all",
                         shown(pattern).text);
    char text[700];
    catalog_unknown("instances", pattern, text, sizeof text);
    return node_fail(at, diag, "%s", text);
}

static enum iop_status check_patterns(const struct demand_input *input, const struct name_list *names,
                                      struct diag *diag) {
    enum iop_status status = IOP_OK;
    const struct demand_disk_input *disks = input->disks.items;
    for (int i = 0; input->instances != NULL && i < input->instances->count && status == IOP_OK; i++)
        status = check_pattern(input->instances->children[i], input->instances->children[i]->value, names, diag);
    for (int i = 0; i < input->disks.count && status == IOP_OK; i++)
        status = check_pattern(node_child(disks[i].at, "instances"), disks[i].instances, names, diag);
    return status;
}

static enum iop_status take_types(struct demand *demand, const struct demand_input *input, struct diag *diag) {
    struct name_list names;
    enum iop_status status = catalog_names("instances", &names, diag);
    if (status == IOP_OK) status = check_patterns(input, &names, diag);
    demand->types = calloc((size_t)names.count + 1, sizeof *demand->types);
    if (status == IOP_OK && demand->types == NULL) status = out_of_memory(diag);
    for (int i = 0; i < names.count && status == IOP_OK; i++)
        if (is_allowed(input->instances, names.names[i]))
            status = catalog_instance(names.names[i], &demand->types[demand->type_count++], diag);
    names_free(&names);
    return status;
}

/* --- modes --- */

static enum iop_status take_modes(struct demand *demand, const struct node *list, struct diag *diag) {
    int count;
    const char *const *names = mode_names(&count);
    bool given[MODE_COUNT] = {false};
    for (int i = 0; list != NULL && i < list->count; i++) {
        const struct node *node = list->children[i];
        enum mode mode = mode_find(node->value);
        if (mode == MODE_NONE) {
            char end[400];
            suggest(end, sizeof end, node->value, names, (size_t)count);
            return node_fail(node, diag, "'%s' is not a mode%s", shown(node->value).text, end);
        }
        if (given[mode]) return node_fail(node, diag, "'%s' stands here twice", node->value);
        given[mode] = true;
        demand->modes[demand->mode_count++] = mode;
    }
    return IOP_OK;
}

int demand_modes(const struct demand *demand, const struct instance_type *type, const struct host_config *host,
                 enum mode *modes) {
    static const enum mode usual[] = {MODE_PV, MODE_PVHVM, MODE_SRIOV, MODE_NITRO};
    int count = 0;
    if (demand->mode_count > 0) {
        memcpy(modes, demand->modes, sizeof demand->modes);
        return demand->mode_count;
    }
    if (host->hypervisor == HYPERVISOR_NONE) modes[count++] = MODE_NATIVE;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (mode_available(usual[i], host, type, NULL) == IOP_OK) modes[count++] = usual[i];
    return count;
}

/* --- workload, objective, prices --- */

static enum iop_status check_workload(const struct workload_input *workload, struct diag *diag) {
    static const int kinds[] = {KIND_UDP_STREAM, KIND_UDP_RR, KIND_TCP_RR, KIND_HTTP, KIND_BLOCK};
    const struct node *kind = node_child(workload->at, "kind"), *rate = node_child(workload->at, "rate");
    bool known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) known = known || workload->kind == kinds[i];
    if (!known || (workload->kind == KIND_BLOCK && node_child(workload->at, "file") != NULL))
        return node_fail(
            kind, diag,
            "'%s' has no rate that could be planned for; allowed are udp-stream, udp-rr, tcp-rr, http, and "
            "block without a file",
            kind->value);
    if (rate == NULL) return node_fail(workload->at, diag, "'rate' is missing: what all instances together must carry");
    if (workload->rate.word == WORD_MAX_RATE)
        return node_fail(rate, diag, "'max' is no load that could be planned for; expected a rate such as 5 Mpps");
    return IOP_OK;
}

static void take_objective(struct demand *demand, const struct objective_input *input) {
    for (int i = 0; i < OBJECTIVES_MAX; i++) {
        const char *metric = objective_table.fields[i].key;
        if (node_child(input->at, metric) == NULL) continue;
        demand->objectives[demand->objective_count++] = (struct demand_objective){metric, input->values[i]};
    }
}

static enum iop_status take_per_host(struct demand *demand, const struct demand_input *input, const struct node *root,
                                     struct diag *diag) {
    double count = input->per_host.quantity.value;
    demand->per_host = input->per_host.word == WORD_FULL ? 0 : (int)count;
    if (demand->per_host == 0 || demand->per_host == count) return IOP_OK;
    return node_fail(node_child(root, "per_host"), diag, "'%g' is not a whole number of instances", count);
}

/* Hardware threads that dom0 leaves to guests. */
static int room(const struct host_config *host) {
    int threads = host->sockets * host->cores_per_socket * host->threads_per_core;
    return host->hypervisor == HYPERVISOR_XEN ? threads - host->dom0.vcpus : threads;
}

enum iop_status demand_per_host(const struct demand *demand, const struct instance_type *type, int *count,
                                struct diag *diag) {
    *count = demand->per_host;
    if (*count == 1) return IOP_OK; /* however large: it is sold */
    struct host_config *host = malloc(sizeof *host);
    enum iop_status status = host == NULL ? out_of_memory(diag) : catalog_host(type->host, host, diag);
    int most = status == IOP_OK ? room(host) / type->vcpus : 0;
    free(host);
    if (status != IOP_OK) return status;
    if (most < 1) most = 1;
    if (most > GUESTS_MAX) most = GUESTS_MAX;
    if (*count == 0) *count = most;
    if (*count <= most) return IOP_OK;
    return diag_set(diag, IOP_INVALID, "%d of them do not fit on its host, which has room for %d", *count, most);
}

/* What a demand decides itself. */
static enum iop_status check_guest(const struct node *guest, struct diag *diag) {
    static const char *const keys[] = {"name", "count", "instance", "mode", "workloads", "server"};
    if (guest == NULL) return IOP_OK;
    if (guest->kind != NODE_MAPPING) return node_fail(guest, diag, "expected a mapping (key: value) of a guest's keys");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct node *node = node_child(guest, keys[i]);
        if (node != NULL) return node_fail_key(node, diag, "'%s' follows from the demand; leave it out", keys[i]);
    }
    return IOP_OK;
}

/* A list of the catalog by its name; a path is seen from the demand's file. */
static enum iop_status take_prices(struct demand *demand, const struct demand_input *input, const struct node *root,
                                   struct diag *diag) {
    const char *name = input->prices;
    const struct node *node = node_child(root, "prices");
    size_t length = strlen(name);
    char path[DATA_PATH_MAX];
    bool file = names_a_path(name) || (length > 4 && strcmp(name + length - 4, ".csv") == 0);
    if (file) {
        scenario_beside(demand->file, name, path, sizeof path);
        return prices_load(path, &demand->prices, diag);
    }
    if (node != NULL && !catalog_has("prices", name)) {
        char text[700];
        catalog_unknown("prices", name, text, sizeof text);
        return node_fail(node, diag, "%s", text);
    }
    return prices_load(name, &demand->prices, diag);
}

/* --- the file --- */

static enum iop_status fill(struct demand *demand, struct diag *diag) {
    struct demand_input *input = &demand->document->input;
    struct document *document = &demand->document->document;
    struct reader reader = {.memory = &document->memory, .diag = diag};
    enum iop_status status = schema_read(&reader, &demand_table, document->root, input);
    if (status != IOP_OK) return status;
    memcpy(demand->name, input->name, sizeof demand->name);
    memcpy(demand->description, input->description, sizeof demand->description);
    demand->growth = input->growth;
    demand->years = input->years;
    demand->headroom = input->headroom;
    scenario_take_run(&input->run, &demand->run);
    take_objective(demand, &input->objective);
    status = take_per_host(demand, input, document->root, diag);
    if (status == IOP_OK) status = check_workload(&input->workload, diag);
    if (status == IOP_OK) status = check_guest(node_child(document->root, "guest"), diag);
    if (status == IOP_OK) status = take_modes(demand, input->modes, diag);
    if (status == IOP_OK) status = take_types(demand, input, diag);
    return status == IOP_OK ? take_prices(demand, input, document->root, diag) : status;
}

static enum iop_status load(struct demand *demand, const char *file, const struct setting *settings, int setting_count,
                            struct diag *diag) {
    char path[DATA_PATH_MAX];
    scenario_path(file, path, sizeof path);
    if (strlen(path) >= sizeof demand->file)
        return diag_set(diag, IOP_INVALID, "%s: the path is too long", shown(path).text);
    memcpy(demand->file, path, strlen(path) + 1);
    demand->document = calloc(1, sizeof *demand->document);
    if (demand->document == NULL) return out_of_memory(diag);
    struct document *document = &demand->document->document;
    enum iop_status status = document_load(document, path, diag);
    for (int i = 0; i < setting_count && status == IOP_OK; i++)
        status = document_set(document, settings[i].path, settings[i].value, diag);
    return status == IOP_OK ? fill(demand, diag) : status;
}

struct demand *demand_load(const char *file, const struct setting *settings, int setting_count, struct diag *diag) {
    struct demand *demand = calloc(1, sizeof *demand);
    enum iop_status status = demand == NULL ? out_of_memory(diag) : load(demand, file, settings, setting_count, diag);
    if (status == IOP_OK) return demand;
    demand_free(demand);
    return NULL;
}

void demand_free(struct demand *demand) {
    if (demand == NULL) return;
    if (demand->document != NULL) document_fini(&demand->document->document);
    free(demand->document);
    free(demand->types);
    prices_free(&demand->prices);
    free(demand);
}
