#include "models/fleet/contention.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINKS_OF_A_ROUTE = 4, NEEDS_OF_A_FLOW = 2 * FLEET_NEEDS_MAX + 2 * LINKS_OF_A_ROUTE, ROUNDS_MAX = 8 };

static const double nothing = 1e-6;       /* of a capacity or a rate: not worth another round */
static const double worth_a_round = 1e-3; /* of what all that compete ask */

struct contention_work {
    double *bounds;    /* of flows, then of transfers: what each could have by itself */
    double *left;      /* of the same: what they do not have yet, where there is room for more; 0: they are done */
    double *potential; /* of resources: what more all of that would take */
    int task_count;
    int *flow_of_task; /* or transfer, behind the flows */
    struct sharing_task *tasks;
    double *progress;
    size_t entity_room, entity_count; /* of all tasks together */
    int *entities;
    double *amounts;
};

struct needs { /* of a unit of one flow, each resource once */
    int count;
    int resources[NEEDS_OF_A_FLOW];
    double shares[NEEDS_OF_A_FLOW];
};

/* ---- what a flow needs */

static void need(struct needs *needs, int resource, double share, bool may_repeat) {
    for (int i = 0; may_repeat && i < needs->count; i++)
        if (needs->resources[i] == resource) {
            needs->shares[i] += share;
            return;
        }
    needs->resources[needs->count] = resource;
    needs->shares[needs->count++] = share;
}

/* Bits from one host to another, FLEET_OUTSIDE included. */
static void need_links(const struct fleet *fleet, struct needs *needs, int from, int to, double bits) {
    if (from == to || bits <= 0) return;
    int from_rack = from < 0 ? -1 : fleet->rack_of_host[from], to_rack = to < 0 ? -1 : fleet->rack_of_host[to];
    if (from >= 0)
        need(needs, fleet_link_resource(fleet, FLEET_PORT_UP, from),
             bits / fleet->kinds[fleet->racks[from_rack].kind].link_bps, false);
    if (to >= 0)
        need(needs, fleet_link_resource(fleet, FLEET_PORT_DOWN, to),
             bits / fleet->kinds[fleet->racks[to_rack].kind].link_bps, false);
    if (from_rack == to_rack) return;
    if (from >= 0)
        need(needs, fleet_link_resource(fleet, FLEET_UPLINK_UP, from_rack), bits / fleet->racks[from_rack].uplink_bps,
             false);
    if (to >= 0)
        need(needs, fleet_link_resource(fleet, FLEET_UPLINK_DOWN, to_rack), bits / fleet->racks[to_rack].uplink_bps,
             false);
}

static int host_of(const struct contention *contention, int instance) {
    return instance < 0 ? FLEET_OUTSIDE : contention->host_of_instance[instance];
}

static void need_end(const struct fleet *fleet, struct needs *needs, const struct fleet_demand *demand, int instance,
                     int host, bool same_host) {
    for (int i = 0; i < demand->count; i++) {
        const struct fleet_need *of = &demand->needs[i];
        int first = of->of_host ? fleet->first_slot_of_host[host] : fleet->first_slot_of_instance[instance];
        need(needs, first + of->slot, of->share, same_host);
    }
}

static void needs_of_flow(const struct contention *contention, const struct fleet_flow *flow, struct needs *needs) {
    const struct fleet *fleet = contention->platform->fleet;
    const struct fleet_traffic *traffic = &fleet->traffics[flow->traffic];
    int from = host_of(contention, flow->from), to = host_of(contention, flow->to);
    needs->count = 0;
    if (flow->from >= 0) need_end(fleet, needs, &traffic->at[0], flow->from, from, false);
    if (flow->to >= 0) need_end(fleet, needs, &traffic->at[1], flow->to, to, from == to);
    if (!traffic->crosses) return;
    need_links(fleet, needs, from, to, traffic->out_bits);
    need_links(fleet, needs, to, from, traffic->back_bits);
}

/* Flows first, then transfers. */
static void needs_of(const struct contention *contention, int number, struct needs *needs) {
    const struct fleet *fleet = contention->platform->fleet;
    if (number < fleet->flow_count) {
        needs_of_flow(contention, &fleet->flows[number], needs);
        return;
    }
    const struct transfer *transfer = &contention->transfers[number - fleet->flow_count];
    needs->count = 0;
    need_links(fleet, needs, transfer->from_host, transfer->to_host, 8);
}

/* ---- what they could have, and where there is no room for that */

static double bound_of_flow(const struct fleet *fleet, const struct fleet_flow *flow, double offered) {
    const struct fleet_traffic *traffic = &fleet->traffics[flow->traffic];
    double bound = offered;
    if (flow->from >= 0) bound = fmin(bound, traffic->at[0].most);
    if (flow->to >= 0 && traffic->at[1].count > 0) bound = fmin(bound, traffic->at[1].most);
    return bound;
}

/* What the fullest link lets through, for what has no other bound. */
static double bound_of_needs(const struct needs *needs) {
    double largest = 0;
    for (int i = 0; i < needs->count; i++) largest = fmax(largest, needs->shares[i]);
    return largest > 0 ? 1 / largest : 0;
}

static void add_loads(double *loads, const struct needs *needs, double rate) {
    for (int i = 0; i < needs->count; i++) loads[needs->resources[i]] += needs->shares[i] * rate;
}

static double rate_of(const struct contention *contention, int number) {
    int flows = contention->platform->fleet->flow_count;
    return number < flows ? contention->rates[number] : contention->transfers[number - flows].bytes_s;
}

static void set_rate(struct contention *contention, int number, double rate) {
    int flows = contention->platform->fleet->flow_count;
    if (number < flows)
        contention->rates[number] = rate;
    else
        contention->transfers[number - flows].bytes_s = rate;
}

static int all_of(const struct contention *contention) {
    return contention->platform->fleet->flow_count + contention->transfer_count;
}

static void find_bounds(struct contention *contention) {
    const struct fleet *fleet = contention->platform->fleet;
    double *bounds = contention->work->bounds;
    struct needs needs;
    for (int i = 0; i < all_of(contention); i++) {
        set_rate(contention, i, 0);
        bounds[i] = i < fleet->flow_count ? bound_of_flow(fleet, &fleet->flows[i], contention->offered[i]) : INFINITY;
        if (!isinf(bounds[i])) continue;
        needs_of(contention, i, &needs);
        bounds[i] = bound_of_needs(&needs);
    }
}

static bool has_room(const struct contention *contention, const struct needs *needs) {
    for (int i = 0; i < needs->count; i++)
        if (contention->loads[needs->resources[i]] > 1 - nothing) return false;
    return true;
}

/* What each could have on top of what it has, and what that would take. */
static void find_left(struct contention *contention) {
    struct contention_work *work = contention->work;
    struct needs needs;
    memset(work->potential, 0, (size_t)contention->platform->fleet->resource_count * sizeof *work->potential);
    for (int i = 0; i < all_of(contention); i++) {
        work->left[i] = work->bounds[i] - rate_of(contention, i);
        if (work->left[i] <= nothing * work->bounds[i]) work->left[i] = 0;
        if (work->left[i] == 0) continue;
        needs_of(contention, i, &needs);
        if (!has_room(contention, &needs))
            work->left[i] = 0;
        else
            add_loads(work->potential, &needs, work->left[i]);
    }
}

static bool is_contended(const struct contention *contention, int resource) {
    return contention->work->potential[resource] > (1 - contention->loads[resource]) * (1 + nothing);
}

/* ---- tasks */

static bool has_entity_room(struct contention_work *work) {
    if (work->entity_count + NEEDS_OF_A_FLOW <= work->entity_room) return true;
    size_t room = 2 * work->entity_room + 16 * NEEDS_OF_A_FLOW;
    int *entities = realloc(work->entities, room * sizeof *entities);
    if (entities != NULL) work->entities = entities;
    double *amounts = realloc(work->amounts, room * sizeof *amounts);
    if (amounts != NULL) work->amounts = amounts;
    if (entities == NULL || amounts == NULL) return false;
    work->entity_room = room;
    return true;
}

/* `scale`: links have the bandwidth that the platform says, of which rounds before this one have used a part. */
static void set_route(const struct contention *contention, int number, double scale, struct sharing_task *task) {
    const struct fleet *fleet = contention->platform->fleet;
    double rate = scale * contention->work->left[number];
    if (number >= fleet->flow_count) {
        const struct transfer *transfer = &contention->transfers[number - fleet->flow_count];
        task->from_host = transfer->from_host;
        task->to_host = transfer->to_host;
        task->out_bytes_s = rate;
        return;
    }
    const struct fleet_flow *flow = &fleet->flows[number];
    task->from_host = host_of(contention, flow->from);
    task->to_host = host_of(contention, flow->to);
    task->out_bytes_s = rate * fleet->traffics[flow->traffic].out_bits / 8;
    task->back_bytes_s = rate * fleet->traffics[flow->traffic].back_bits / 8;
}

/* Makes a task of a flow if it meets something contended; false: out of memory. */
static bool take_task(struct contention *contention, int number) {
    const struct fleet *fleet = contention->platform->fleet;
    struct contention_work *work = contention->work;
    struct needs needs;
    needs_of(contention, number, &needs);
    if (!has_entity_room(work)) return false;
    struct sharing_task task = {.from_host = SHARING_NO_HOST, .to_host = SHARING_NO_HOST};
    double scale = 0; /* of links */
    size_t begin = work->entity_count;
    for (int i = 0; i < needs.count; i++) {
        int resource = needs.resources[i], entity = contention->platform->entity_of_resource[resource];
        double room = 1 - contention->loads[resource];
        if (!is_contended(contention, resource)) continue;
        if (resource >= fleet->first_link && entity < 0) scale = fmax(scale, 1 / room);
        if (entity < 0) continue;
        work->entities[work->entity_count] = entity;
        work->amounts[work->entity_count++] = needs.shares[i] * work->left[number] / room;
    }
    task.count = (int)(work->entity_count - begin);
    if (scale > 0) set_route(contention, number, scale, &task);
    if (task.count == 0 && scale == 0) return true;
    work->flow_of_task[work->task_count] = number;
    work->tasks[work->task_count++] = task;
    return true;
}

static bool find_tasks(struct contention *contention) {
    struct contention_work *work = contention->work;
    work->task_count = 0;
    work->entity_count = 0;
    for (int i = 0; i < all_of(contention); i++)
        if (work->left[i] > 0 && !take_task(contention, i)) return false;
    size_t at = 0;
    for (int i = 0; i < work->task_count; i++) { /* only now do the arrays stay where they are */
        work->tasks[i].entities = work->entities + at;
        work->tasks[i].amounts = work->amounts + at;
        at += (size_t)work->tasks[i].count;
    }
    return true;
}

/* ---- the outcome */

static void add_cores(struct contention *contention, const struct fleet_flow *flow, double rate) {
    const struct fleet_traffic *traffic = &contention->platform->fleet->traffics[flow->traffic];
    const int instances[] = {flow->from, flow->to};
    for (int end = 0; end < 2; end++) {
        const struct fleet_demand *demand = &traffic->at[end];
        if (instances[end] < 0) continue;
        contention->cores[host_of(contention, instances[end])] += rate * (demand->guest_cores + demand->host_cores);
    }
}

static void find_loads(struct contention *contention) {
    const struct fleet *fleet = contention->platform->fleet;
    struct needs needs;
    memset(contention->loads, 0, (size_t)fleet->resource_count * sizeof *contention->loads);
    memset(contention->cores, 0, (size_t)fleet->host_count * sizeof *contention->cores);
    for (int i = 0; i < all_of(contention); i++) {
        double rate = rate_of(contention, i);
        if (rate <= 0) continue;
        needs_of(contention, i, &needs);
        add_loads(contention->loads, &needs, rate);
        if (i < fleet->flow_count) add_cores(contention, &fleet->flows[i], rate);
    }
    for (int i = 0; i < fleet->resource_count; i++) contention->loads[i] = fmin(contention->loads[i], 1);
}

void contention_offer(struct contention *contention, double at_s) {
    const struct fleet *fleet = contention->platform->fleet;
    for (int i = 0; i < fleet->flow_count; i++) {
        const struct fleet_flow *flow = &fleet->flows[i];
        int from = host_of(contention, flow->from), to = host_of(contention, flow->to);
        bool down = (from >= 0 && contention->down[from]) || (to >= 0 && contention->down[to]);
        double factor = down ? 0 : fleet_factor(&fleet->traffics[flow->traffic], at_s);
        contention->offered[i] = factor > 0 ? flow->offered * factor : 0;
    }
}

/* Hands out what is left; returns what that was, in shares of what each asks. */
static double share_out(struct contention *contention, const struct sharing *sharing) {
    struct contention_work *work = contention->work;
    double gained = 0;
    if (work->task_count > 0) sharing->solve(sharing->self, work->tasks, work->task_count, work->progress);
    for (int i = 0; i < work->task_count; i++) {
        int number = work->flow_of_task[i];
        double more = work->left[number] * fmin(work->progress[i], 1);
        gained += more / work->bounds[number];
        set_rate(contention, number, rate_of(contention, number) + more);
        work->left[number] = 0;
    }
    for (int i = 0; i < all_of(contention); i++) /* who meets nothing contended has what it asks */
        if (work->left[i] > 0) set_rate(contention, i, work->bounds[i]);
    return gained;
}

enum iop_status contention_solve(struct contention *contention, const struct sharing *sharing, double *passed_s,
                                 struct diag *diag) {
    struct contention_work *work = contention->work;
    bool more = true;
    find_bounds(contention);
    memset(contention->loads, 0, (size_t)contention->platform->fleet->resource_count * sizeof *contention->loads);
    contention->competing = 0;
    *passed_s = 0;
    for (int round = 0; round < ROUNDS_MAX && more; round++) {
        find_left(contention);
        if (!find_tasks(contention)) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
        if (round == 0) contention->competing = work->task_count;
        if (work->task_count > 0) *passed_s += SHARING_MOMENT_S;
        more = work->task_count > 0;
        more = share_out(contention, sharing) > worth_a_round * contention->competing && more;
        find_loads(contention);
    }
    return IOP_OK;
}

/* ---- memory */

static bool make_work(struct contention *contention, size_t numbers) {
    struct contention_work *work = contention->work = calloc(1, sizeof *work);
    if (work == NULL) return false;
    work->bounds = calloc(numbers, sizeof(double));
    work->left = calloc(numbers, sizeof(double));
    work->potential = calloc((size_t)contention->platform->fleet->resource_count + 1, sizeof(double));
    work->flow_of_task = calloc(numbers, sizeof(int));
    work->tasks = calloc(numbers, sizeof *work->tasks);
    work->progress = calloc(numbers, sizeof(double));
    return work->bounds != NULL && work->left != NULL && work->potential != NULL && work->flow_of_task != NULL &&
           work->tasks != NULL && work->progress != NULL;
}

enum iop_status contention_make(const struct platform *platform, struct contention *contention, struct diag *diag) {
    const struct fleet *fleet = platform->fleet;
    size_t instances = (size_t)fleet->instance_count + 1, hosts = (size_t)fleet->host_count + 1;
    *contention = (struct contention){.platform = platform};
    contention->host_of_instance = calloc(instances, sizeof(int));
    contention->down = calloc(hosts, sizeof(bool));
    contention->offered = calloc((size_t)fleet->flow_count + 1, sizeof(double));
    contention->rates = calloc((size_t)fleet->flow_count + 1, sizeof(double));
    contention->transfers = calloc((size_t)fleet->event_count + 1, sizeof *contention->transfers);
    contention->loads = calloc((size_t)fleet->resource_count + 1, sizeof(double));
    contention->cores = calloc(hosts, sizeof(double));
    bool room = contention->host_of_instance != NULL && contention->down != NULL && contention->offered != NULL &&
                contention->rates != NULL && contention->transfers != NULL && contention->loads != NULL &&
                contention->cores != NULL && make_work(contention, (size_t)platform->tasks + 1);
    if (!room) {
        contention_free(contention);
        return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    }
    memcpy(contention->host_of_instance, fleet->host_of_instance, (size_t)fleet->instance_count * sizeof(int));
    return IOP_OK;
}

void contention_free(struct contention *contention) {
    if (contention->work != NULL) {
        free(contention->work->bounds);
        free(contention->work->left);
        free(contention->work->potential);
        free(contention->work->flow_of_task);
        free(contention->work->tasks);
        free(contention->work->progress);
        free(contention->work->entities);
        free(contention->work->amounts);
    }
    free(contention->work);
    free(contention->host_of_instance);
    free(contention->down);
    free(contention->offered);
    free(contention->rates);
    free(contention->transfers);
    free(contention->loads);
    free(contention->cores);
    memset(contention, 0, sizeof *contention);
}
