#include "models/machine.h"

#include <stdlib.h>
#include <string.h>

#include "models/placement.h"
#include "models/pool.h"
#include "models/topology.h"
#include "models/vif_workers.h"

enum { BACKLOG_PACKETS = 4096 };
/* Random streams: one number space for all components. */
enum { STREAM_FLOWS = 0, STREAM_JITTER = 1 << 20 };

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

static struct idle_states idle_states(const struct machine *machine) {
    return (struct idle_states){
        .shallow_exit = sim_time_of(cost(machine, COST_IDLE_SHALLOW)),
        .deep_exit = sim_time_of(cost(machine, COST_IDLE_DEEP)),
        .deep_after = sim_time_of(cost(machine, COST_IDLE_DEEP_AFTER)),
    };
}

static struct processor *new_processors(struct machine *machine, int count, struct diag *diag) {
    struct processor *processors = calloc((size_t)count, sizeof *processors);
    if (processors == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for processors");
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        if (processor_init(&processors[i], &machine->sim, diag) != IOP_OK) return NULL;
        processors[i].idle = idle_states(machine);
    }
    return processors;
}

/* vCPU i and i + n/2 are the hardware threads of one core, as EC2's HVM guests see them. */
static void pair_siblings(struct guest_state *guest, const struct host_config *host) {
    if (!vcpus_are_paired(host, guest->config) || host->smt_share >= 1.0) return;
    int half = guest->vcpu_count / 2;
    for (int i = 0; i < half; i++) {
        guest->vcpus[i].sibling = &guest->vcpus[i + half];
        guest->vcpus[i + half].sibling = &guest->vcpus[i];
        guest->vcpus[i].smt_stretch = guest->vcpus[i + half].smt_stretch = 1.0 / host->smt_share;
    }
}

static bool has_polling_switch(const struct model_config *config, int server) {
    for (int i = 0; i < config->guest_count; i++)
        if (config->guests[i].server == server && guest_path(&config->guests[i])->attachment == ATTACH_SWITCH)
            return true;
    return false;
}

static enum iop_status init_server(struct machine *machine, int index, struct diag *diag) {
    const struct host_config *host = &machine->config->host;
    struct server_state *server = &machine->servers[index];
    server->index = index;
    server->device.node = host->nic_socket;
    server->clock_hz = server_clock_hz(machine->config, index);
    random_stream_init(&server->jitter, machine->sim.seed, machine->sim.replication, STREAM_JITTER + (uint32_t)index);
    if (host->hypervisor == HYPERVISOR_XEN || host->hypervisor == HYPERVISOR_KVM) {
        server->shared_count = host->dom0.vcpus;
        server->dom0_count = host->dom0.vcpus + has_polling_switch(machine->config, index);
        server->dom0 = new_processors(machine, server->dom0_count, diag);
        if (server->dom0 == NULL) return IOP_NO_MEMORY;
        for (int i = 0; i < server->dom0_count; i++) server->dom0[i].node = host->nic_socket;
    }
    if (pool_init_server(machine, server, diag) != IOP_OK) return IOP_NO_MEMORY;
    server->has_iommu = host->iommu.mode != IOMMU_OFF;
    if (server->has_iommu) {
        enum iop_status status = iommu_init(&server->iommu, &host->iommu, cost(machine, COST_IOTLB_WALK),
                                            cost(machine, COST_IOTLB_LOOKUP), diag);
        if (status != IOP_OK) return status;
    }
    struct nic_latencies latencies = {cost(machine, COST_DMA_READ), cost(machine, COST_DMA_WRITE),
                                      cost(machine, COST_DOORBELL)};
    nic_init(&server->nic, &machine->sim, &machine->packets, &host->nic, &latencies,
             server->has_iommu ? &server->iommu : NULL, machine_nic_client(machine));
    return IOP_OK;
}

/* An instance that may burst has its baseline as the limit of what it does in the long run. A function of a NIC
 * spaces its frames, software lets a burst through. */
static void init_limits(struct machine *machine, struct guest_state *guest) {
    const struct guest_config *config = guest->config;
    bool bursts = config->network_burst_bps > config->network_bps;
    double burst_bytes = guest_path(config)->attachment == ATTACH_NIC ? 0 : cost(machine, COST_SHAPER_BURST);
    for (int way = SENT; way <= RECEIVED; way++) {
        shaper_init(&guest->limits[way], bursts ? config->network_burst_bps : config->network_bps, burst_bytes);
        if (bursts)
            shaper_limit_credits(&guest->limits[way], config->network_bps, cost(machine, COST_SHAPER_CREDIT),
                                 config->network_credits_spent);
    }
    bucket_init(&guest->allowance, config->network_pps, cost(machine, COST_SHAPER_FRAMES));
}

/* A vCPU on a CPU of its own; one that shares it polls only while nobody else wants it, which is not modelled. */
static void poll_when_halted(const struct machine *machine, struct guest_state *guest) {
    const struct host_config *host = &machine->config->host;
    bool halts = guest_path(guest->config)->kernel == FOR_HVM_KERNEL && host->hypervisor == HYPERVISOR_KVM;
    if (host->halt_poll_s <= 0) return;
    for (int i = 0; i < guest->vcpu_count && halts; i++)
        guest->vcpus[i].poll = (struct halt_poll){.most = sim_time_of(host->halt_poll_s),
                                                  .first = sim_time_of(cost(machine, COST_HALT_POLL_FIRST))};
}

static enum iop_status init_guest(struct machine *machine, int index, struct diag *diag) {
    const struct guest_config *config = &machine->config->guests[index];
    struct guest_state *guest = &machine->guests[index];
    guest->config = config;
    guest->server = &machine->servers[config->server];
    guest->vcpu_count = config->vcpus;
    guest->vcpus = new_processors(machine, config->vcpus, diag);
    if (guest->vcpus == NULL) return IOP_NO_MEMORY;
    init_limits(machine, guest);
    if (pool_add_guest(machine, index, diag) != IOP_OK) return IOP_NO_MEMORY;
    for (int i = 0; i < guest->vcpu_count; i++)
        guest->vcpus[i].node = guest->sockets[i] = vcpu_socket(&machine->config->host, config, i);
    guest->cpus = (struct cpus){guest->runqueues, guest->sockets, guest->vcpu_count,
                                vcpus_are_paired(&machine->config->host, config) ? guest->vcpu_count / 2 : 0};
    if (guest->pool == NULL) poll_when_halted(machine, guest);
    if (guest->server->pool == NULL) pair_siblings(guest, &machine->config->host);
    if (!guest_path(config)->emulated) return IOP_OK;
    guest->register_program = program_register_access(machine->config, index, diag);
    if (guest->register_program == NULL) return IOP_NO_MEMORY;
    struct flow nobody = {0}; /* a register access belongs to no flow; wiring wants to know which queue */
    enum iop_status status = machine_wire(machine, &guest->register_route, guest->register_program, &nobody, diag);
    guest->register_route.flow = NULL;
    return status;
}

/* ---- flows ----------------------------------------------------------------------------------------- */

/* How many pieces of computing make up the busy part of a period. */
static void set_spin(struct flow *flow, const struct workload_config *work, double piece_s) {
    flow->kind = FLOW_SPIN;
    flow->state->piece = sim_time_of(piece_s);
    if (work->busy >= 1) return;
    flow->interval_ps = work->period_s * 1e12;
    flow->pieces = (int)(work->busy * work->period_s / piece_s + 0.5);
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
        flow->open = work->rate_pps > 0;
        flow->interval_ps = work->kind == WORK_PING ? work->interval_s * 1e12
                            : flow->open            ? 1e12 * work->concurrency / work->rate_pps
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
    int guest = !program->reversed ? program->guest : work->peer == PEER_GUEST ? work->peer_guest : -1;
    int server = machine->config->guests[program->guest].server;
    if (guest >= 0) thread->guest = guest;
    if (guest < 0 && work->peer != PEER_DOM0) return;
    if (work->kind == WORK_HTTP)
        thread->cpu = loop_cpu(machine, guest, server, flow->index % machine_loops(machine, guest, flow->state));
    else
        thread->cpu = guest >= 0 ? guest_app_cpu(&machine->guests[guest]) : dom0_app_cpu(machine, server);
}

int machine_loops(const struct machine *machine, int guest, const struct workload_state *state) {
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
    if (flow->kind == FLOW_SPIN) flow->packet_truesize = 0; /* no socket */
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
    if (state->config->kind == WORK_SPIN) flows = state->config->jobs;
    for (int i = 0; i < flows; i++) {
        enum iop_status status = add_flow(machine, programs, state, i, diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

static enum iop_status add_workload(struct machine *machine, int guest, int workload, struct diag *diag) {
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

/* ---- the whole ------------------------------------------------------------------------------------- */

/* A native machine has its host to itself, a whole NIC passed through is nobody else's. */
static enum iop_status check_neighbours(const struct model_config *config, struct diag *diag) {
    for (int i = 0; i < config->guest_count; i++) {
        const struct guest_config *guest = &config->guests[i];
        bool native = guest->mode == MODE_NATIVE, whole = guest_path(guest)->whole_device;
        for (int j = 0; j < config->guest_count && (native || whole); j++)
            if (j != i && config->guests[j].server == guest->server)
                return diag_set(diag, IOP_INVALID, "guest '%s' %s, it cannot share its host with '%s'", guest->name,
                                native ? "is native" : "has the whole NIC", config->guests[j].name);
    }
    return IOP_OK;
}

static enum iop_status build(struct machine *machine, struct diag *diag) {
    const struct model_config *config = machine->config;
    enum iop_status status = packet_pool_init(&machine->packets, diag);
    for (int i = 0; i < config->servers && status == IOP_OK; i++) status = init_server(machine, i, diag);
    for (int i = 0; i < config->guest_count && status == IOP_OK; i++) status = init_guest(machine, i, diag);
    for (int i = 0; i < config->guest_count && status == IOP_OK; i++)
        for (int j = 0; j < config->guests[i].workload_count && status == IOP_OK; j++)
            status = add_workload(machine, i, j, diag);
    if (status == IOP_OK) vif_workers_share_locks(machine);
    if (status == IOP_OK) status = machine_wire_ports(machine, diag);
    if (status == IOP_OK) stations_ready(machine);
    for (int i = 0; i < machine->flow_count && status == IOP_OK; i++) flow_start(machine->flows[i]);
    return status;
}

struct machine *machine_new(const struct model_config *config, uint64_t seed, uint32_t replication, struct diag *diag) {
    if (check_neighbours(config, diag) != IOP_OK) return NULL;
    struct machine *machine = calloc(1, sizeof *machine);
    if (machine == NULL) return NULL;
    int workloads = GUESTS_MAX * WORKLOADS_MAX;
    machine->config = config;
    machine->server_count = config->servers;
    machine->stations = calloc(STATIONS_MAX, sizeof *machine->stations);
    machine->queues = calloc(RINGS_MAX, sizeof *machine->queues);
    machine->station_index = calloc(INDEX_SLOTS, sizeof *machine->station_index);
    machine->queue_index = calloc(INDEX_SLOTS, sizeof *machine->queue_index);
    machine->flows = calloc(FLOWS_MAX, sizeof *machine->flows);
    machine->routes = calloc(ROUTES_MAX, sizeof *machine->routes);
    machine->states = calloc((size_t)workloads, sizeof *machine->states);
    machine->threads = calloc(THREADS_MAX, sizeof *machine->threads);
    bool memory = machine->stations != NULL && machine->queues != NULL && machine->station_index != NULL &&
                  machine->queue_index != NULL && machine->flows != NULL && machine->routes != NULL &&
                  machine->states != NULL && machine->threads != NULL &&
                  sim_init(&machine->sim, seed, replication, 4096, diag) == IOP_OK;
    if (!memory || build(machine, diag) != IOP_OK) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for the machines");
        machine_free(machine);
        return NULL;
    }
    return machine;
}

static void free_processors(struct processor *processors, int count) {
    for (int i = 0; processors != NULL && i < count; i++) processor_fini(&processors[i]);
    free(processors);
}

void machine_free(struct machine *machine) {
    if (machine == NULL) return;
    pool_free(machine);
    for (int i = 0; i < machine->server_count; i++) {
        struct server_state *server = &machine->servers[i];
        free_processors(server->dom0, server->dom0_count);
        if (server->has_iommu) iommu_fini(&server->iommu);
        free(server->buffers);
        nic_fini(&server->nic);
    }
    for (int i = 0; i < machine->config->guest_count; i++) {
        free_processors(machine->guests[i].vcpus, machine->guests[i].vcpu_count);
        free(machine->guests[i].buffers);
        program_free(machine->guests[i].register_program);
    }
    for (int i = 0; i < machine->station_count; i++) {
        free(machine->stations[i]->inputs);
        free(machine->stations[i]->untold);
        free(machine->stations[i]);
    }
    for (int i = 0; i < machine->queue_count; i++) {
        ring_fini(&machine->queues[i]->ring);
        free(machine->queues[i]);
    }
    for (int i = 0; i < machine->flow_count; i++) {
        ring_fini(&machine->flows[i]->backlog);
        free(machine->flows[i]->class_routes);
        if (machine->flows[i]->stream != NULL)
            stream_free(machine->flows[i]->stream);
        else
            free(machine->flows[i]->route);
        free(machine->flows[i]);
    }
    for (int i = 0; i < machine->route_count; i++) free(machine->routes[i]);
    for (int i = 0; i < machine->program_count; i++) program_free(machine->programs[i]);
    for (int i = 0; i < machine->state_count; i++) free(machine->states[i]);
    free(machine->stations);
    free(machine->queues);
    free(machine->station_index);
    free(machine->queue_index);
    free(machine->flows);
    free(machine->routes);
    free(machine->programs);
    free(machine->states);
    free(machine->threads);
    packet_pool_fini(&machine->packets);
    sim_fini(&machine->sim);
    free(machine);
}

void machine_count_arrival(struct machine *machine, int frames) {
    if (machine->sim.now >= machine->series_end) {
        machine->series_at = (int)(machine->sim.now / machine->series_bin);
        machine->series_end = (machine->series_at + 1) * machine->series_bin;
    }
    if (machine->series_at < SERIES_BINS) machine->series[machine->series_at] += frames;
}
