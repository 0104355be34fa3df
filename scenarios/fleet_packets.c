/* A packet-level scenario of one host of a fleet, made of what the fleet's file says. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/fleet_input.h"
#include "scenarios/graft.h"

/* What a workload says of its other end, or of a rate that it has not got. */
static bool is_out_of_place(const char *key, enum direction direction, double rate) {
    static const char *const of_rate[] = {"arrivals", "burst", "idle"};
    if (strcmp(key, direction == DIRECTION_TRANSMIT ? "receiver" : "sender") == 0) return true;
    for (size_t i = 0; i < 3 && !(rate > 0); i++)
        if (strcmp(key, of_rate[i]) == 0) return true;
    return false;
}

struct grafting {
    const struct fleet_scenario *fleet;
    const struct fleet_load_of_guest *loads;
    int count;
    struct document document;
};

/* A workload's rate is one a second at least. */
static bool add_rate(struct grafting *g, struct node *to, const struct fleet_load_of_guest *load, int kind,
                     const struct node *origin) {
    char text[64];
    double rate = fmax(load->rate, 1);
    if (kind == KIND_TCP_STREAM)
        snprintf(text, sizeof text, "%.17g bit/s", rate * g->fleet->fleet.traffics[load->traffic].payload_bits);
    else
        snprintf(text, sizeof text, "%.17g %s", rate, kind == KIND_BLOCK ? "IOPS" : "pps");
    return graft_value(&g->document, to, "rate", text, origin) != NULL;
}

static bool add_workload(struct grafting *g, struct node *list, const struct fleet_load_of_guest *load) {
    const struct fleet_traffic_input *traffic = fleet_traffic_input(g->fleet, load->traffic);
    const struct workload_input *input = load->response ? &traffic->response : &traffic->workload;
    enum direction direction = (load->end == FLEET_FROM) != load->response ? DIRECTION_TRANSMIT : DIRECTION_RECEIVE;
    const struct node *origin = input->at;
    struct node *to =
        graft_branch(&g->document, list, NODE_MAPPING, NULL, origin, origin->count + 3 /* name, direction, rate */);
    char name[24];
    snprintf(name, sizeof name, "t%d", list->count - 1);
    if (to == NULL || graft_value(&g->document, to, "name", name, origin) == NULL) return false;
    for (int i = 0; i < origin->count; i++) {
        const struct node *child = origin->children[i];
        if (is_out_of_place(child->key, direction, load->rate)) continue;
        if (graft_copy(&g->document, to, child->key, child) == NULL) return false;
    }
    if (input->kind != KIND_BLOCK &&
        graft_value(&g->document, to, "direction", direction == DIRECTION_TRANSMIT ? "transmit" : "receive", origin) ==
            NULL)
        return false;
    const struct node *offered = node_child(traffic->at, "offered");
    return !(load->rate > 0) || add_rate(g, to, load, input->kind, offered != NULL ? offered : origin);
}

static bool add_guest(struct grafting *g, struct node *list, int number) {
    const struct node *guest = NULL;
    struct node *to = NULL, *workloads = NULL;
    for (int i = 0; i < g->count; i++) {
        const struct fleet_load_of_guest *load = &g->loads[i];
        if (load->guest != number) continue;
        if (guest == NULL) {
            char name[24];
            snprintf(name, sizeof name, "g%d", number);
            guest = node_child(fleet_group_input(g->fleet, load->group)->at, "guest");
            to = graft_branch(&g->document, list, NODE_MAPPING, NULL, guest, guest->count + 2 /* name, workloads */);
            if (to == NULL || graft_value(&g->document, to, "name", name, guest) == NULL) return false;
            for (int k = 0; k < guest->count; k++)
                if (graft_copy(&g->document, to, guest->children[k]->key, guest->children[k]) == NULL) return false;
        }
        if (load->traffic < 0) continue;
        if (workloads == NULL) workloads = graft_branch(&g->document, to, NODE_SEQUENCE, "workloads", guest, g->count);
        if (workloads == NULL || !add_workload(g, workloads, load)) return false;
    }
    return true;
}

static const struct node *host_of_kind(const struct fleet_scenario *fleet, int kind) {
    for (int i = 0; i < fleet->input->racks.count; i++)
        if (fleet_rack_input(fleet, i)->kind == kind) return node_child(fleet_rack_input(fleet, i)->at, "host");
    return NULL;
}

static bool make_document(struct grafting *g, int kind) {
    const struct node *root = g->fleet->document->root;
    const struct node *instances = node_child(g->fleet->input->at, "instances");
    struct node *to = graft_root(&g->document, root, root->count + 2 /* host, guests */);
    for (int i = 0; to != NULL && i < root->count; i++) {
        const struct node *child = root->children[i];
        bool other = strcmp(child->key, "fleet") != 0; /* all that is said of hosts in general */
        if (other && graft_copy(&g->document, to, child->key, child) == NULL) return false;
    }
    int guests = 0;
    for (int i = 0; i < g->count; i++) guests = g->loads[i].guest >= guests ? g->loads[i].guest + 1 : guests;
    if (to == NULL || graft_copy(&g->document, to, "host", host_of_kind(g->fleet, kind)) == NULL) return false;
    struct node *list = graft_branch(&g->document, to, NODE_SEQUENCE, "guests", instances, guests);
    if (list == NULL) return false;
    for (int i = 0; i < guests; i++)
        if (!add_guest(g, list, i)) return false;
    return true;
}

struct scenario *fleet_packets(const struct fleet_scenario *fleet, int kind, const struct fleet_load_of_guest *loads,
                               int count, uint64_t *hash, struct diag *diag) {
    struct grafting g = {.fleet = fleet, .loads = loads, .count = count};
    struct scenario *scenario = calloc(1, sizeof *scenario);
    enum iop_status status = IOP_OK;
    if (scenario == NULL || !make_document(&g, kind)) status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    if (status == IOP_OK) {
        if (hash != NULL) *hash = document_content(&g.document);
        memcpy(scenario->file, fleet->file, sizeof scenario->file);
        status = scenario_read(scenario, &g.document, READING_FLEET, diag);
    }
    document_fini(&g.document);
    if (status == IOP_OK) return scenario;
    scenario_free(scenario);
    return NULL;
}
