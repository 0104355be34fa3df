/* Scenarios of a demand: nodes of its file, put together as a scenario's, so that what is wrong with them is reported
 * where it stands. */
#include <stdio.h>
#include <string.h>

#include "scenarios/demand_input.h"

/* Builds nodes in memory of its own; `failed` says that there was not enough. */
struct maker {
    struct document made;
    const struct node *place; /* of nodes that are in no file */
    bool failed;
};

enum { CHILDREN_MAX = 64 };

static struct node *make(struct maker *maker, enum node_kind kind, const char *key, int children) {
    struct node *node = arena_alloc(&maker->made.memory, sizeof *node);
    struct node **list = arena_alloc(&maker->made.memory, ((size_t)children + 1) * sizeof(struct node *));
    if (node == NULL || list == NULL) {
        maker->failed = true;
        return NULL;
    }
    *node = (struct node){.kind = kind, .key = key, .file = maker->place->file, .children = list};
    node->line = node->key_line = maker->place->line;
    node->column = node->key_column = maker->place->column;
    return node;
}

/* `child` keeps its place in the file, and its path there. */
static void append(struct node *parent, struct node *child) {
    if (parent != NULL && child != NULL) parent->children[parent->count++] = child;
}

static void append_text(struct maker *maker, struct node *mapping, const char *key, const char *value) {
    struct node *node = make(maker, NODE_SCALAR, key, 0);
    if (node == NULL) return;
    node->value = arena_text(&maker->made.memory, value, strlen(value));
    maker->failed = maker->failed || node->value == NULL;
    append(mapping, node);
}

/* The same node with children of its own. */
static struct node *copy(struct maker *maker, const struct node *from, int more) {
    struct node *node = make(maker, from->kind, from->key, from->count + more);
    if (node == NULL) return NULL;
    struct node **children = node->children;
    *node = *from;
    node->children = children;
    for (int i = 0; i < from->count; i++) children[i] = from->children[i];
    return node;
}

/* The disk of a type, where the demand says which. */
static const struct demand_disk_input *disk_of(const struct demand_input *input, const char *instance) {
    const struct demand_disk_input *disks = input->disks.items;
    for (int i = 0; i < input->disks.count; i++)
        if (demand_means(disks[i].instances, instance)) return &disks[i];
    return NULL;
}

static struct node *make_workload(struct maker *maker, const struct demand_input *input, const char *instance) {
    struct node *workload = copy(maker, input->workload.at, 1);
    const struct demand_disk_input *disk = disk_of(input, instance);
    if (workload == NULL || disk == NULL || input->workload.kind != KIND_BLOCK) return workload;
    struct node *node = node_child(disk->at, "disk");
    for (int i = 0; i < workload->count; i++) {
        if (strcmp(workload->children[i]->key, "disk") != 0) continue;
        workload->children[i] = node;
        return workload;
    }
    append(workload, node);
    return workload;
}

static struct node *make_guest(struct maker *maker, const struct demand *demand, const struct instance_type *type,
                               enum mode mode, int copies) {
    const struct demand_input *input = &demand->document->input;
    const struct node *given = node_child(demand->document->document.root, "guest");
    int more = given != NULL ? given->count : 0;
    struct node *guest = make(maker, NODE_MAPPING, NULL, CHILDREN_MAX + more);
    struct node *workloads = make(maker, NODE_SEQUENCE, "workloads", 1);
    if (guest == NULL || workloads == NULL) return NULL;
    char count[16];
    snprintf(count, sizeof count, "%d", copies);
    append_text(maker, guest, "name", "sut");
    append_text(maker, guest, "count", count);
    append_text(maker, guest, "instance", type->name);
    append_text(maker, guest, "mode", mode_info(mode)->name);
    for (int i = 0; i < more; i++) append(guest, given->children[i]);
    if (node_child(guest, "network_credits") == NULL) append_text(maker, guest, "network_credits", "spent");
    if (node_child(guest, "cpu_credits") == NULL && type->cpu_credits_per_hour > 0)
        append_text(maker, guest, "cpu_credits", "0");
    append(workloads, make_workload(maker, input, type->name));
    append(guest, workloads);
    return guest;
}

static void make_scenario(struct maker *maker, const struct demand *demand, const struct instance_type *type,
                          enum mode mode, int copies) {
    const struct node *file = demand->document->document.root;
    const struct node *neighbours = node_child(file, "neighbours");
    int others = neighbours != NULL ? neighbours->count : 0;
    char name[TEXT_MAX];
    snprintf(name, sizeof name, "%.400s: %s, %s", demand->name, type->name, mode_info(mode)->name);
    struct node *root = make(maker, NODE_MAPPING, NULL, CHILDREN_MAX);
    struct node *guests = make(maker, NODE_SEQUENCE, "guests", others + 1);
    if (root == NULL || guests == NULL) return;
    maker->made.root = root;
    append_text(maker, root, "name", name);
    append_text(maker, root, "host", type->host);
    append(guests, make_guest(maker, demand, type, mode, copies));
    for (int i = 0; i < others; i++) append(guests, neighbours->children[i]);
    append(root, guests);
    append(root, node_child(file, "run"));
}

struct scenario *demand_scenario(const struct demand *demand, const struct instance_type *type, enum mode mode,
                                 struct diag *diag) {
    struct maker maker = {.place = demand->document->document.root};
    int copies;
    if (demand_per_host(demand, type, &copies, diag) != IOP_OK) return NULL;
    make_scenario(&maker, demand, type, mode, copies);
    struct scenario *scenario = NULL;
    if (maker.failed)
        diag_set(diag, IOP_NO_MEMORY, "out of memory");
    else
        scenario = scenario_of_document(demand->file, &maker.made, diag);
    document_fini(&maker.made);
    return scenario;
}
