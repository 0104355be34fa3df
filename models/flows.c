/* The flows of the workloads: what kind each is, where its thread runs, and its routes. */
#include <math.h>
#include <stdlib.h>

#include "models/machine.h"
#include "models/paths/mechanism.h"
#include "models/placement.h"

enum { BACKLOG_PACKETS = 4096 };

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

/* How many pieces of computing make up the busy part of a period. */
static void set_spin(struct flow *flow, const struct workload_config *work, double piece_s) {
    flow->kind = FLOW_SPIN;
    flow->state->piece = sim_time_of(piece_s);
    if (work->busy >= 1) return;
    flow->interval_ps = work->period_s * 1e12;
    flow->pieces = (int)(work->busy * work->period_s / piece_s + 0.5);
    if (flow->pieces < 1) flow->pieces = 1;
}

/* A fork goes page by page of the lowest level of the process's page table. */
static void set_fork(struct flow *flow, const struct workload_config *work) {
    flow->kind = FLOW_FORK;
    flow->interval_ps = work->period_s * 1e12;
    flow->pieces = (int)ceil(work->process_bytes / (PAGE_BYTES * cost(flow->machine, COST_FORK_ENTRIES)));
    if (flow->pieces < 1) flow->pieces = 1;
}

static void set_arrivals(struct flow *flow, const struct workload_config *work) {
    flow->poisson = work->arrivals == ARRIVALS_POISSON;
    if (work->arrivals != ARRIVALS_ONOFF) return;
    flow->burst_ps = work->burst_s * 1e12;
    flow->idle_ps = work->idle_s * 1e12;
}

static void set_pace(struct flow *flow, const struct program *program, const struct workload_config *work,
                     double wire_pps) {
    if (work->kind == WORK_SPIN) {
        set_spin(flow, work, sim_seconds(program->stages[0].work[EACH]));
        return;
    }
    if (work->kind == WORK_FORK) {
        set_fork(flow, work);
        return;
    }
    if (work->kind == WORK_BOOT) {
        flow->kind = FLOW_TRANSACTION; /* asked for again when init runs */
        flow->interval_ps = work->period_s * 1e12;
        return;
    }
    if (workload_is_computing(work->kind)) {
        flow->kind = FLOW_SPIN; /* call after call */
        return;
    }
    if (work->kind == WORK_TCP_STREAM) {
        flow->kind = FLOW_STREAM;
        set_arrivals(flow, work);
        if (work->rate_bps > 0)
            flow->interval_ps = 8e12 * stream_write_bytes(flow->machine->config, work) * work->flows / work->rate_bps;
        return;
    }
    if (!workload_is_stream(work->kind)) {
        bool tcp = work->kind == WORK_TCP_RR || work->kind == WORK_HTTP;
        flow->kind = flow->thread.cpu == NULL ? FLOW_FAR_CLIENT : FLOW_TRANSACTION;
        flow->open = work->rate_pps > 0 || work->requests != NULL;
        int clocks = work->kind == WORK_BLOCK ? 1 : work->concurrency;
        flow->interval_ps = work->kind == WORK_PING ? work->interval_s * 1e12
                            : work->rate_pps > 0    ? 1e12 * clocks / work->rate_pps
                                                    : 0;
        flow->timeout = sim_time_of(cost(flow->machine, tcp ? COST_TCP_RTO : COST_TIMEOUT));
        set_arrivals(flow, work);
        return;
    }
    if (work->trace != NULL) {
        flow->kind = flow->thread.cpu == NULL ? FLOW_FAR_SOURCE : FLOW_PACED;
        flow->trace = work->trace;
        flow->stretch = 1 / work->speed;
        flow->repeat = work->repeat;
        return;
    }
    double rate = work->rate_pps;
    if (flow->thread.cpu == NULL) {
        flow->kind = FLOW_FAR_SOURCE;
        if (rate == 0 || rate > wire_pps) rate = wire_pps;
    } else {
        flow->kind = rate == 0 ? FLOW_MAX : FLOW_PACED;
    }
    if (rate > 0) flow->interval_ps = 1e12 * work->flows / rate;
    set_arrivals(flow, work);
    flow->in_kernel = work->sender != SENDER_SOCKET;
}

/* Where the sending thread runs: in the guest, in its peer, in dom0, or nowhere (the far host). */
static void place_thread(struct machine *machine, struct flow *flow, const struct program *program,
                         const struct workload_config *work) {
    struct station *thread = &flow->thread;
    thread->machine = machine;
    thread->worker = WORKER_APP;
    thread->context = CONTEXT_TASK;
    thread->running = true;
    thread->guest = -1;
    if (work->kind == WORK_BOOT) {
        thread->cpu = dom0_app_cpu(machine, machine->config->guests[program->guest].server);
        return;
    }
    int guest = !program->reversed ? program->guest : work->peer == PEER_GUEST ? work->peer_guest : -1;
    int server = machine->config->guests[program->guest].server;
    if (guest >= 0) thread->guest = guest;
    if (guest < 0 && work->peer != PEER_DOM0) return;
    if (work->kind == WORK_HTTP || work->kind == WORK_BLOCK)
        thread->cpu = loop_cpu(machine, guest, server,
                               flow->state->first_job + flow->index % machine_loops(machine, guest, flow->state));
    else
        thread->cpu = guest >= 0 ? guest_app_cpu(&machine->guests[guest]) : dom0_app_cpu(machine, server);
    if (work->kind == WORK_TCP_STREAM) thread->cpus = thread_cpus(machine, guest, server);
}

int machine_loops(const struct machine *machine, int guest, const struct workload_state *state) {
    if (state->config->kind == WORK_BLOCK) return state->config->jobs;
    bool answers = (guest == state->guest) == state->config->serves;
    int asked = answers ? state->config->threads : state->config->client_threads;
    int vcpus = guest >= 0 ? machine->guests[guest].vcpu_count : machine->config->host.dom0.vcpus;
    return asked > 0 ? asked : vcpus;
}

/* A replay's flow has a route for each size of its frames. */
static enum iop_status add_class_routes(struct machine *machine, struct program **programs, struct flow *flow,
                                        struct diag *diag) {
    int classes = flow->trace->class_count;
    flow->class_routes = calloc((size_t)classes, sizeof *flow->class_routes);
    if (flow->class_routes == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a flow");
    for (int i = 0; i < classes; i++) {
        struct route *route = flow->route;
        if (i != flow->trace->common_class) {
            if (machine->route_count == ROUTES_MAX) return diag_set(diag, IOP_INVALID, "a replay of too many flows");
            route = calloc(1, sizeof *route);
            if (route == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a flow");
            machine->routes[machine->route_count++] = route;
            enum iop_status status = machine_wire(machine, route, programs[i], flow, diag);
            if (status != IOP_OK) return status;
        }
        flow->class_routes[i] = route;
    }
    return IOP_OK;
}

struct flow *machine_new_flow(struct machine *machine, const struct program *program, struct workload_state *state,
                              int index, struct diag *diag) {
    const struct workload_config *work = state->config;
    struct flow *flow = machine->flow_count < FLOWS_MAX ? calloc(1, sizeof *flow) : NULL;
    if (flow == NULL) {
        if (machine->flow_count == FLOWS_MAX)
            diag_set(diag, IOP_INVALID, "more than %d flows", FLOWS_MAX);
        else
            diag_set(diag, IOP_NO_MEMORY, "no memory for a flow");
        return NULL;
    }
    int id = machine->flow_count;
    machine->flows[machine->flow_count++] = flow;
    flow->machine = machine;
    flow->state = state;
    flow->index = index;
    place_thread(machine, flow, program, work);
    flow->thread.index = id;
    random_stream_init(&flow->random, machine->sim.seed, machine->sim.replication, STREAM_FLOWS + (uint32_t)id);
    set_pace(flow, program, work, machine->config->host.nic.link_bps / (8.0 * (program->stages[0].frame_bytes + 20)));
    /* Between two domains of one host there is no network that would know flows. */
    if (work->peer != PEER_DOM0)
        bucket_init(&flow->limit, machine->config->guests[program->guest].network_flow_bps / 8,
                    cost(machine, COST_SHAPER_BURST));
    int frame_bytes = work->trace != NULL ? work->frame_bytes : program->stages[0].frame_bytes;
    flow->packet_truesize = (int)cost(machine, COST_SKB_TRUESIZE) + frame_bytes;
    if (workload_is_computing(work->kind)) flow->packet_truesize = 0; /* no socket */
    flow->buffer_limit = (int)cost(machine, COST_SOCKET_SNDBUF);
    /* Whoever polls its device has no socket either. */
    if (flow->thread.guest >= 0 && guest_path(&machine->config->guests[flow->thread.guest])->polls)
        flow->in_kernel = true;
    if (flow->kind == FLOW_PACED && ring_init(&flow->backlog, BACKLOG_PACKETS, diag) != IOP_OK) return NULL;
    return flow;
}

/* `programs`: of a replay one for each size of its frames, else one. */
static enum iop_status add_flow(struct machine *machine, struct program **programs, struct workload_state *state,
                                int index, struct diag *diag) {
    const struct trace *trace = state->config->trace;
    struct program *program = programs[trace != NULL ? trace->common_class : 0];
    struct flow *flow = machine_new_flow(machine, program, state, index, diag);
    if (flow == NULL) return IOP_NO_MEMORY;
    flow->route = calloc(1, sizeof *flow->route);
    if (flow->route == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a route");
    enum iop_status status = machine_wire(machine, flow->route, program, flow, diag);
    return status == IOP_OK && trace != NULL ? add_class_routes(machine, programs, flow, diag) : status;
}

struct program *machine_keep_program(struct machine *machine, struct program *program, struct diag *diag) {
    if (program == NULL) return NULL;
    if (machine->program_count == machine->program_capacity) {
        int capacity = machine->program_capacity == 0 ? 64 : 2 * machine->program_capacity;
        struct program **grown = realloc(machine->programs, (size_t)capacity * sizeof *grown);
        if (grown == NULL) {
            program_free(program);
            diag_set(diag, IOP_NO_MEMORY, "no memory for a path");
            return NULL;
        }
        machine->programs = grown;
        machine->program_capacity = capacity;
    }
    machine->programs[machine->program_count++] = program;
    return program;
}

static enum iop_status add_direction(struct machine *machine, struct workload_state *state, enum direction direction,
                                     struct diag *diag) {
    if (state->config->kind == WORK_BLOCK) return machine_add_block(machine, state, diag);
    if (state->config->kind == WORK_TCP_STREAM) return machine_add_stream(machine, state, direction, diag);
    struct program *programs[TRACE_CLASSES_MAX];
    const struct trace *trace = state->config->trace;
    int classes = trace != NULL ? trace->class_count : 1;
    for (int i = 0; i < classes; i++) {
        int frame_bytes = trace != NULL ? trace->class_bytes[i] : state->config->frame_bytes;
        struct program *program =
            program_new_sized(machine->config, state->guest, state->workload, direction, frame_bytes, diag);
        programs[i] = machine_keep_program(machine, program, diag);
        if (programs[i] == NULL) return IOP_NO_MEMORY;
    }
    int flows = workload_is_stream(state->config->kind) ? state->config->flows : state->config->concurrency;
    if (state->config->kind == WORK_PING) flows = 1;
    if (workload_is_computing(state->config->kind)) flows = state->config->jobs;
    for (int i = 0; i < flows; i++) {
        enum iop_status status = add_flow(machine, programs, state, i, diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

enum iop_status machine_add_workload(struct machine *machine, int guest, int workload, struct diag *diag) {
    struct workload_state *state = calloc(1, sizeof *state);
    if (state == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a workload");
    machine->states[machine->state_count++] = state;
    state->config = &machine->config->guests[guest].workloads[workload];
    state->number = machine->state_count - 1;
    state->guest = guest;
    state->workload = workload;
    enum direction direction = workload_is_stream(state->config->kind) ? state->config->direction : DIRECTION_TRANSMIT;
    enum iop_status status = IOP_OK;
    if (direction == DIRECTION_TRANSIT) return add_direction(machine, state, direction, diag);
    if (direction != DIRECTION_RECEIVE) status = add_direction(machine, state, DIRECTION_TRANSMIT, diag);
    if (direction != DIRECTION_TRANSMIT && status == IOP_OK)
        status = add_direction(machine, state, DIRECTION_RECEIVE, diag);
    return status;
}

void machine_count_arrival(struct machine *machine, int frames) {
    if (machine->sim.now >= machine->series_end) {
        machine->series_at = (int)(machine->sim.now / machine->series_bin);
        machine->series_end = (machine->series_at + 1) * machine->series_bin;
    }
    if (machine->series_at < SERIES_BINS) machine->series[machine->series_at] += frames;
}
