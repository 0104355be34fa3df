/* Operational analysis: what the demands of one packet allow, without simulating.
 *
 * Each flow is limited by the resource on which it demands most (utilization law). On each resource all
 * flows together cannot use more than it has; the most packets it lets through are those of the flows that
 * demand least, each at most at its own limit. The least of these over all resources bounds the
 * throughput, and with N transactions in flight so does N over their smallest response time (Denning and
 * Buzen 1978). Demands count the work of every packet, not that of polls and notifications, which a
 * saturated path makes rare: the bound is optimistic. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/hardware/wire.h"
#include "models/model.h"
#include "models/pool.h"
#include "models/resources.h"

enum { KEYS_MAX = 1024 };

/* One workload's flows and what a packet of each takes of each resource, in seconds. */
struct demands {
    const struct machine *machine;
    int flows, keys;
    double share;              /* of a flow's packets that take the path under consideration */
    double in_flight;          /* frames that the windows of tcp-streams allow */
    const void *key[KEYS_MAX]; /* a resource is known by the address of what serves it */
    double *seconds;           /* [flow * KEYS_MAX + key] */
};

static void demand(struct demands *demands, int flow, const void *key, double seconds) {
    if (key == NULL || seconds <= 0) return;
    int i = 0;
    while (i < demands->keys && demands->key[i] != key) i++;
    if (i == KEYS_MAX) return;
    if (i == demands->keys) demands->key[demands->keys++] = key;
    demands->seconds[flow * KEYS_MAX + i] += demands->share * seconds;
}

/* A processor that shares its CPU demands it of all of them, and of its guest's cap. */
static void demand_of_cpu(struct demands *demands, int flow, const struct processor *cpu, double seconds) {
    demand(demands, flow, cpu, seconds);
    if (cpu == NULL || cpu->entity == NULL) return;
    const struct scheduler *scheduler = cpu->entity->scheduler;
    demand(demands, flow, scheduler, seconds / scheduler->settings.cpus);
    for (int i = 0; i < demands->machine->config->guest_count; i++) {
        const struct guest_state *guest = &demands->machine->guests[i];
        if (guest->group == cpu->entity->group && pool_cap(guest) > 0)
            demand(demands, flow, guest->group, seconds / pool_cap(guest));
    }
}

/* The queueing discipline works where its packets come from. */
static const struct processor *cpu_of(const struct route *route, int stage) {
    if (route->queues[stage] == NULL || route->queues[stage]->consumer == NULL) return route->flow->thread.cpu;
    const struct station *station = route->queues[stage]->consumer;
    /* TCP's output is the thread's work or the softirq's. */
    if (station->inline_ && route->flow->stream != NULL) return NULL;
    return station->inline_ ? route->flow->thread.cpu : station->cpu;
}

static void demand_of_nic(struct demands *demands, int flow, const struct stage *stage, double scale) {
    const struct machine *machine = demands->machine;
    double bps = machine->config->host.nic.link_bps;
    const struct nic *nic = &machine->servers[stage->server].nic;
    double sent_s = scale * sim_seconds(wire_time(bps, stage->frame_bytes));
    if (stage->hop != HOP_INGRESS) demand(demands, flow, &nic->mac, sent_s);
    if (stage->hop == HOP_INGRESS || stage->hop == HOP_REFLECT)
        demand(demands, flow, &nic->incoming, scale * sim_seconds(wire_time(bps, stage->rx_frame_bytes)));
}

/* The limit of an instance: at the VF, or where its frames enter dom0. */
static void demand_of_limit(struct demands *demands, int flow, const struct stage *stage, double scale) {
    enum shapes shapes = ring_infos[stage->ring].shapes;
    if (shapes == SHAPES_NOTHING || stage->guest < 0) return;
    const struct guest_state *guest = &demands->machine->guests[stage->guest];
    const struct guest_config *config = guest->config;
    bool bursts = config->network_burst_bps > config->network_bps && !config->network_credits_spent;
    double bps = bursts ? config->network_burst_bps : config->network_bps;
    const struct shaper *limit = &guest->limits[shapes == SHAPES_SENT ? SENT : RECEIVED];
    if (bps > 0) demand(demands, flow, limit, scale * sim_seconds(wire_time(bps, stage->frame_bytes)));
    bool counted = stage->ring == RING_NIC_TX || stage->ring == RING_NIC_RX;
    if (counted && config->network_pps > 0) demand(demands, flow, &guest->allowance, scale / config->network_pps);
}

static void demand_of_disk(struct demands *demands, int flow, const struct route *route, const struct stage *stage) {
    const struct machine *machine = demands->machine;
    const struct workload_config *work = route->flow->state->config;
    const struct disk_config *disk = &machine->config->host.disks[work->disk];
    /* Whether a request of a trace follows another is left open: the more that can be done counts. */
    bool sequential = work->is_sequential || work->requests != NULL;
    if (route->program->op == BLOCK_FLUSH) return;
    double rate = disk_rate_bound(disk, block_least_bytes(route), route->program->op == BLOCK_WRITE, sequential);
    if (isfinite(rate)) demand(demands, flow, machine->servers[stage->server].disks[work->disk], 1 / rate);
    const struct guest_state *guest = &machine->guests[route->flow->state->guest];
    const struct server *link = &guest->volume_link.ways[route->program->op == BLOCK_WRITE];
    double bps = disk->interface == DISK_REMOTE ? guest->config->ebs_bps : 0;
    if (bps > 0) demand(demands, flow, link, 8.0 * block_least_bytes(route) / bps);
}

/* Of one frame: `share` of what a packet of the route demands. */
static void add_route(struct demands *demands, int flow, const struct route *route, double share) {
    const struct program *program = route->program;
    const struct stream *stream = route->flow->stream;
    for (int i = 0; i < program->stage_count; i++) {
        const struct stage *stage = &program->stages[i];
        double scale = share * stage->pieces;
        bool writes = stream != NULL && i == 0 && !program->is_completion && stage->worker == WORKER_APP;
        if (writes) scale = (double)stream->sender.settings.segment_bytes / stream->write_bytes;
        demand_of_limit(demands, flow, stage, scale);
        if (stage->worker == WORKER_NIC)
            demand_of_nic(demands, flow, stage, scale);
        else if (stage->worker == WORKER_DISK)
            demand_of_disk(demands, flow, route, stage);
        else
            demand_of_cpu(demands, flow, cpu_of(route, i), scale * sim_seconds(stage->work[EACH]));
    }
    for (int i = 0; i < program->completion_count; i++)
        if (!program->completions[i]->after_loss) add_route(demands, flow, route->completions[i], share);
}

/* Whether a reader runs on another CPU than the softirq for certain: applications avoid those of interrupts. */
static bool reader_is_elsewhere(const struct machine *machine, const struct stage *stage) {
    if (stage->guest < 0) return machine->servers[stage->server].dom0_count > 1;
    const struct guest_config *guest = machine->guests[stage->guest].config;
    return guest->vcpus > guest->queues;
}

/* The cap of one flow, if it has one: what a packet of `bytes` takes of it. */
static void demand_of_cap(struct demands *demands, int index, const struct flow *flow, double bytes) {
    if (flow->limit.ps_per_unit > 0) demand(demands, index, &flow->limit, flow->limit.ps_per_unit * bytes * 1e-12);
}

/* A tcp-stream at its best: packets are as large as they can be, and one acknowledgement answers each. */
static void add_stream(struct demands *demands, int index, const struct flow *flow) {
    double share = 1.0 / flow->stream->frames_max;
    demands->share = 1;
    demand_of_cap(demands, index, flow, flow->stream->sender.settings.segment_bytes); /* at least */
    add_route(demands, index, flow->route, share);
    add_route(demands, index, flow->stream->ack, share);
}

/* Requests of a block workload, by operation and size in their shares. */
static void add_block(struct demands *demands, int index, const struct flow *flow) {
    for (int i = 0; i < flow->block.classes; i++)
        for (int op = 0; op < BLOCK_OP_COUNT; op++) {
            if (flow->block.routes[i][op] == NULL) continue;
            demands->share = block_share(flow->state->config, i, (enum block_op)op);
            add_route(demands, index, flow->block.routes[i][op], 1);
        }
}

/* A flow's packets; of a replay in the shares that the sizes of its frames have in the trace. */
static void add_flow(struct demands *demands, int index, const struct flow *flow) {
    if (flow->stream != NULL) {
        add_stream(demands, index, flow);
        return;
    }
    if (flow->block.job != NULL) {
        add_block(demands, index, flow);
        return;
    }
    int classes = flow->trace != NULL ? flow->trace->class_count : 1;
    for (int i = 0; i < classes; i++) {
        const struct route *route = flow->trace != NULL ? flow->class_routes[i] : flow->route;
        demands->share = flow->trace != NULL ? (double)flow->trace->class_frames[i] / flow->trace->count : 1;
        demand_of_cap(demands, index, flow, route->program->stages[0].frame_bytes + WIRE_OVERHEAD_BYTES);
        add_route(demands, index, route, 1);
    }
}

/* With everyone asleep and nothing waiting. `awake` leaves out what only sleepers cost, and what their
 * device models overlap with: a lower limit of what a transaction takes. */
static double latency(const struct machine *machine, const struct program *program, bool awake) {
    sim_time sum = 0;
    for (int i = 0; i < program->stage_count; i++) {
        const struct stage *stage = &program->stages[i];
        sum += stage->work[EACH] + stage->device_time;
        if (awake) continue;
        /* A loop comes to the CPU that wakes it. */
        bool elsewhere = stage->ring != RING_READY && stage->ring != RING_COMPLETED &&
                         (stage->ring != RING_SOCKET || reader_is_elsewhere(machine, stage));
        if (i > 0) sum += stage->work[NOTIFYING] + stage->work[WAKE];
        if (elsewhere) sum += stage->work[REMOTE] + stage->work[FLIGHT];
        sum += stage->work[POLL] + stage->work[BURST];
        if (stage->register_accesses > 0 && stage->guest >= 0 && machine->guests[stage->guest].register_program != NULL)
            sum += stage->register_accesses *
                   sim_time_of(latency(machine, machine->guests[stage->guest].register_program, false));
        sum += i == program->stage_count - 1 ? stage->work[RETURN] : 0;
    }
    return sim_seconds(sum);
}

static const struct program *one_frame(const struct flow *flow) {
    return flow->stream != NULL ? flow->stream->sizes[0]->program : flow->route->program;
}

/* Of a block workload the mean over its requests. */
static double flow_latency(const struct machine *machine, const struct flow *flow, bool awake) {
    if (flow->block.job == NULL) return latency(machine, one_frame(flow), awake);
    double mean = 0;
    for (int i = 0; i < flow->block.classes; i++)
        for (int op = 0; op < BLOCK_OP_COUNT; op++)
            if (flow->block.routes[i][op] != NULL)
                mean += block_share(flow->state->config, i, (enum block_op)op) *
                        latency(machine, flow->block.routes[i][op]->program, awake);
    return mean;
}

struct share {
    double seconds, most; /* demand of one packet; the flow's own limit in packets per second */
};

static int cheapest_first(const void *a, const void *b) {
    const struct share *x = a, *y = b;
    return x->seconds < y->seconds ? -1 : x->seconds > y->seconds;
}

/* The most packets per second that one resource lets through, and what of it is then left idle. */
static double most_through(const struct demands *demands, int key, struct share *shares, double *idle) {
    for (int f = 0; f < demands->flows; f++) {
        const double *row = &demands->seconds[f * KEYS_MAX];
        double largest = 0;
        for (int k = 0; k < demands->keys; k++)
            if (row[k] > largest) largest = row[k];
        shares[f] = (struct share){row[key], largest > 0 ? 1 / largest : 0};
    }
    qsort(shares, (size_t)demands->flows, sizeof *shares, cheapest_first);
    double left = 1, through = 0;
    for (int f = 0; f < demands->flows && left > 0; f++) {
        double used = shares[f].seconds * shares[f].most;
        double part = used > left ? left / used : 1;
        through += part * shares[f].most;
        left -= part * used;
    }
    *idle = left;
    return through;
}

static void name_resource(const struct machine *machine, const void *key, char *name, size_t size) {
    for (int i = 0; i < machine->config->guest_count; i++) {
        const struct guest_state *guest = &machine->guests[i];
        if (key == guest->group && key != NULL) {
            snprintf(name, size, "%s/cpu cap", guest->config->name);
            return;
        }
        const char *what = key == &guest->limits[SENT]          ? "network limit"
                           : key == &guest->limits[RECEIVED]    ? "receive limit"
                           : key == &guest->allowance           ? "packet allowance"
                           : key == &guest->volume_link.ways[0] ? "volumes, reads"
                           : key == &guest->volume_link.ways[1] ? "volumes, writes"
                                                                : NULL;
        if (what == NULL) continue;
        snprintf(name, size, "%s/%s", guest->config->name, what);
        return;
    }
    for (int i = 0; i < machine->flow_count; i++)
        if (key == &machine->flows[i]->limit) {
            const struct workload_state *state = machine->flows[i]->state;
            snprintf(name, size, "%s/limit of one flow", machine->config->guests[state->guest].name);
            return;
        }
    for (int i = 0; i < machine->server_count; i++)
        for (int j = 0; j < machine->config->host.disk_count; j++)
            if (key == machine->servers[i].disks[j] && key != NULL) {
                disk_name(machine, i, j, name, size);
                return;
            }
    for (int i = 0; i < machine->server_count; i++)
        if (key == machine->servers[i].pool) {
            snprintf(name, size, "pool");
            return;
        }
    for (int i = 0; i < machine->server_count; i++)
        if (key == &machine->servers[i].nic.mac || key == &machine->servers[i].nic.incoming) {
            snprintf(name, size, "wire");
            return;
        }
    processor_name(machine, key, name, size);
}

static void bound_by_resources(const struct demands *demands, struct share *shares, struct bound *bound) {
    double least_idle = 1;
    for (int k = 0; k < demands->keys; k++) {
        double idle, through = most_through(demands, k, shares, &idle);
        bool binds = through < bound->pps * (1 - 1e-9) || (through <= bound->pps && idle < least_idle);
        if (k > 0 && !binds) continue;
        bound->pps = through;
        least_idle = idle;
        name_resource(demands->machine, demands->key[k], bound->bottleneck, sizeof bound->bottleneck);
    }
}

/* A device model's interrupts overlap with the packet's way, so its latency is no lower limit. */
static bool meets_device_model(const struct machine *machine, const struct program *program) {
    for (int i = 0; i < program->stage_count; i++) {
        const struct stage *stage = &program->stages[i];
        if (stage->guest >= 0 && machine->guests[stage->guest].register_program != NULL) return true;
    }
    return false;
}

/* What the workload asks for, or its transactions' own length, may allow less. */
static void bound_by_load(const struct machine *machine, const struct flow *flow, int flows, struct bound *bound) {
    const struct workload_config *work = flow->state->config;
    const struct program *program = one_frame(flow);
    /* A far client's network is no row of the path, which begins at the port. */
    bool far_client = program->stages[0].hop == HOP_INGRESS && !workload_is_stream(work->kind);
    double network_s = far_client ? 2 * machine->config->host.network.one_way_s : 0;
    bound->latency_s = network_s + flow_latency(machine, flow, false);
    if (work->kind == WORK_TCP_STREAM) {
        /* every write may be frames of its own */
        int segment = stream_segment_bytes(work), frames = (work->message_bytes + segment - 1) / segment;
        double offered = work->rate_bps / 8 / work->message_bytes * frames;
        if (work->direction == DIRECTION_BOTH) offered *= 2;
        if (offered > 0 && offered < bound->pps) bound->pps = offered;
        return;
    }
    if (workload_is_stream(work->kind)) {
        double offered = work->direction == DIRECTION_BOTH ? 2 * work->rate_pps : work->rate_pps;
        if (work->arrivals == ARRIVALS_ONOFF) offered *= work->burst_s / (work->burst_s + work->idle_s);
        if (offered > 0 && offered < bound->pps) bound->pps = offered;
        return;
    }
    double shortest = network_s + flow_latency(machine, flow, flows > 1 || meets_device_model(machine, program));
    if (shortest > 0 && flows / shortest < bound->pps) {
        bound->pps = flows / shortest;
        snprintf(bound->bottleneck, sizeof bound->bottleneck, "latency");
    }
    if (work->rate_pps > 0 && work->rate_pps < bound->pps) bound->pps = work->rate_pps;
    if (work->kind == WORK_PING && work->interval_s > 0 && 1 / work->interval_s < bound->pps)
        bound->pps = 1 / work->interval_s;
}

/* Frames, full or a little smaller, that the smaller buffer holds. */
static double frames_in_flight(const struct stream *stream) {
    const struct tcp_settings *settings = &stream->sender.settings;
    double bytes =
        settings->send_buffer_bytes < settings->window_bytes ? settings->send_buffer_bytes : settings->window_bytes;
    return bytes / settings->segment_bytes;
}

/* N frames in flight, and a round trip of at least a frame's way there and its acknowledgement's way back; what is
 * written waits for nobody. */
static void bound_by_window(const struct machine *machine, const struct workload_state *state, double frames,
                            struct bound *bound) {
    double shortest = INFINITY;
    for (int i = 0; i < machine->flow_count; i++) {
        const struct flow *flow = machine->flows[i];
        if (flow->state != state) continue;
        const struct program *data = one_frame(flow);
        double there = latency(machine, data, true);
        if (data->stages[0].worker == WORKER_APP) there -= sim_seconds(data->stages[0].work[EACH]);
        double trip = there + latency(machine, flow->stream->ack->program, true);
        if (trip < shortest) shortest = trip;
    }
    if (shortest <= 0 || frames / shortest >= bound->pps || meets_device_model(machine, one_frame(machine->flows[0])))
        return;
    bound->pps = frames / shortest;
    snprintf(bound->bottleneck, sizeof bound->bottleneck, "window");
}

static enum iop_status bound_workload(const struct machine *machine, const struct workload_state *state,
                                      struct bound *bound, struct diag *diag) {
    *bound = (struct bound){.guest = state->guest, .workload = state->workload};
    struct demands demands = {.machine = machine};
    const struct flow *first = NULL;
    for (int i = 0; i < machine->flow_count; i++) demands.flows += machine->flows[i]->state == state;
    demands.seconds = calloc((size_t)demands.flows * KEYS_MAX, sizeof *demands.seconds);
    struct share *shares = calloc((size_t)demands.flows, sizeof *shares);
    if (demands.seconds != NULL && shares != NULL) {
        for (int i = 0, f = 0; i < machine->flow_count; i++) {
            if (machine->flows[i]->state != state) continue;
            const struct flow *flow = machine->flows[i];
            if (first == NULL) first = flow;
            if (flow->stream != NULL) demands.in_flight += frames_in_flight(flow->stream);
            add_flow(&demands, f++, flow);
        }
        bound_by_resources(&demands, shares, bound);
        bound_by_load(machine, first, demands.flows, bound);
        if (demands.in_flight > 0) bound_by_window(machine, state, demands.in_flight, bound);
    }
    bool done = demands.seconds != NULL && shares != NULL;
    free(demands.seconds);
    free(shares);
    return done ? IOP_OK : diag_set(diag, IOP_NO_MEMORY, "no memory for the bounds");
}

enum iop_status model_bounds(const struct model_config *config, struct bound *bounds, int max, int *count,
                             struct diag *diag) {
    struct machine *machine = machine_new(config, 1, 1, diag);
    if (machine == NULL) return diag_set(diag, IOP_INVALID, "cannot build the model");
    *count = 0;
    enum iop_status status = IOP_OK;
    for (int i = 0; i < machine->state_count && *count < max && status == IOP_OK; i++)
        if (!workload_is_computing(machine->states[i]->config->kind)) /* they have no packets */
            status = bound_workload(machine, machine->states[i], &bounds[(*count)++], diag);
    machine_free(machine);
    return status;
}
