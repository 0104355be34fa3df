/* Scenarios of a demand: nodes of its file, put together as a scenario's, so that what is wrong with them is reported
 * where it stands. */
#include <stdio.h>
#include <string.h>

#include "scenarios/demand_input.h"
#include "scenarios/graft.h"

enum { ROOT_KEYS_MAX = 8, GUEST_KEYS_MAX = 8 };

struct maker {
    struct document made;
    const struct demand *demand;
    const struct node *file; /* the root of the demand's */
    const struct instance_type *type;
    enum mode mode;
    int copies;
    bool failed; /* there was not enough memory */
};

static void value(struct maker *maker, struct node *mapping, const char *key, const char *text) {
    maker->failed = graft_value(&maker->made, mapping, key, text, maker->file) == NULL || maker->failed;
}

static void part(struct maker *maker, struct node *parent, const char *key, const struct node *origin) {
    maker->failed = graft_copy(&maker->made, parent, key, origin) == NULL || maker->failed;
}

static struct node *branch(struct maker *maker, struct node *parent, enum node_kind kind, const char *key,
                           const struct node *origin, int most) {
    struct node *made = graft_branch(&maker->made, parent, kind, key, origin, most);
    maker->failed = made == NULL || maker->failed;
    return made;
}

/* The disk of a type, where the demand says which. */
static const struct demand_disk_input *disk_of(const struct demand_input *input, const char *instance) {
    const struct demand_disk_input *disks = input->disks.items;
    for (int i = 0; i < input->disks.count; i++)
        if (demand_means(disks[i].instances, instance)) return &disks[i];
    return NULL;
}

/* That of the demand, with the disk of the type. */
static void make_workload(struct maker *maker, struct node *workloads) {
    const struct demand_input *input = &maker->demand->document->input;
    const struct node *given = input->workload.at;
    const struct demand_disk_input *disk = disk_of(input, maker->type->name);
    bool replaced = disk != NULL && input->workload.kind == KIND_BLOCK;
    struct node *workload = branch(maker, workloads, NODE_MAPPING, NULL, given, given->count + 1);
    for (int i = 0; i < given->count && !maker->failed; i++)
        if (!replaced || strcmp(given->children[i]->key, "disk") != 0)
            part(maker, workload, given->children[i]->key, given->children[i]);
    if (replaced && !maker->failed) part(maker, workload, "disk", node_child(disk->at, "disk"));
}

static void make_guest(struct maker *maker, struct node *guests) {
    const struct node *given = node_child(maker->file, "guest");
    int more = given != NULL ? given->count : 0;
    struct node *guest =
        branch(maker, guests, NODE_MAPPING, NULL, given != NULL ? given : maker->file, GUEST_KEYS_MAX + more);
    if (maker->failed) return;
    char count[16];
    snprintf(count, sizeof count, "%d", maker->copies);
    value(maker, guest, "name", "sut");
    value(maker, guest, "count", count);
    value(maker, guest, "instance", maker->type->name);
    value(maker, guest, "mode", mode_info(maker->mode)->name);
    for (int i = 0; i < more; i++) part(maker, guest, given->children[i]->key, given->children[i]);
    if (given == NULL || node_child(given, "network_credits") == NULL) value(maker, guest, "network_credits", "spent");
    bool bursts = maker->type->cpu_credits_per_hour > 0;
    if (bursts && (given == NULL || node_child(given, "cpu_credits") == NULL)) value(maker, guest, "cpu_credits", "0");
    struct node *workloads = branch(maker, guest, NODE_SEQUENCE, "workloads", maker->file, 1);
    if (!maker->failed) make_workload(maker, workloads);
}

static void make_scenario(struct maker *maker) {
    const struct node *neighbours = node_child(maker->file, "neighbours"), *run = node_child(maker->file, "run");
    int others = neighbours != NULL ? neighbours->count : 0;
    char name[TEXT_MAX];
    snprintf(name, sizeof name, "%.400s: %s, %s", maker->demand->name, maker->type->name, mode_info(maker->mode)->name);
    struct node *root = graft_root(&maker->made, maker->file, ROOT_KEYS_MAX);
    maker->failed = root == NULL;
    if (maker->failed) return;
    value(maker, root, "name", name);
    value(maker, root, "host", maker->type->host);
    struct node *guests = branch(maker, root, NODE_SEQUENCE, "guests", maker->file, others + 1);
    if (!maker->failed) make_guest(maker, guests);
    for (int i = 0; i < others && !maker->failed; i++) part(maker, guests, NULL, neighbours->children[i]);
    if (run != NULL) part(maker, root, "run", run);
}

struct scenario *demand_scenario(const struct demand *demand, const struct instance_type *type, enum mode mode,
                                 struct diag *diag) {
    struct maker maker = {.demand = demand, .file = demand->document->document.root, .type = type, .mode = mode};
    if (demand_per_host(demand, type, &maker.copies, diag) != IOP_OK) return NULL;
    make_scenario(&maker);
    struct scenario *scenario = NULL;
    if (maker.failed)
        diag_set(diag, IOP_NO_MEMORY, "out of memory");
    else
        scenario = scenario_of_document(demand->file, &maker.made, diag);
    document_fini(&maker.made);
    return scenario;
}
