/* Finds or makes what a route needs: queues, the stations that empty them, queues of the NIC. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/machine.h"
#include "models/pool.h"
#include "models/vif_workers.h"

enum { DONE_RING_SLOTS = 8192, IOREQ_SLOTS = 64 };
enum { LARGE_PAGE_SHIFT = 21 };
/* Frames that QEMU reads from a tap device before it lets go of the big lock (its tap_send). */
enum { TAP_BURST = 50 };

/* Whose path, and which one of several: the network queue or, for sockets, the flow. */
struct owner {
    int guest, server, index;
};

static struct queue *get_queue(struct machine *machine, enum ring_id id, struct owner owner, struct flow *flow,
                               struct diag *diag);

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

static uint32_t capacity_of(const struct machine *machine, enum ring_id id, const struct flow *flow) {
    const struct nic_config *nic = &machine->config->host.nic;
    switch (id) {
    case RING_NIC_TX:
    case RING_PMD_TX:
        return (uint32_t)nic->tx_ring;
    /* dom0's queueing discipline stands before its transmit ring */
    case RING_PF_TX:
        return (uint32_t)nic->tx_ring + (uint32_t)cost(machine, COST_QDISC_LIMIT);
    case RING_NIC_RX:
    case RING_PMD_RX:
    case RING_PF_RX:
        return (uint32_t)nic->rx_ring;
    case RING_RTL8139_RX: { /* a frame takes a header of 4 bytes beside its own */
        int frame = flow->packet_truesize - (int)cost(machine, COST_SKB_TRUESIZE) + 4;
        return (uint32_t)(cost(machine, COST_RTL8139_RX_BYTES) / frame);
    }
    case RING_SOCKET: {
        if (flow->stream != NULL) return stream_socket_packets(flow->stream);
        int packets = (int)cost(machine, COST_SOCKET_RCVBUF) / flow->packet_truesize;
        return packets < 1 ? 1 : (uint32_t)packets;
    }
    case RING_IOREQ:
        return IOREQ_SLOTS;
    default:
        return ring_infos[id].capacity == COST_NONE ? DONE_RING_SLOTS
                                                    : (uint32_t)cost(machine, ring_infos[id].capacity);
    }
}

static struct station *find_station(struct machine *machine, enum worker worker, struct owner owner) {
    for (int i = 0; i < machine->station_count; i++) {
        struct station *station = machine->stations[i];
        if (station->worker == worker && station->guest == owner.guest && station->server == owner.server &&
            station->index == owner.index)
            return station;
    }
    return NULL;
}

/* ---- NIC queues ------------------------------------------------------------------------------------ */

static void set_moderation(struct moderation *moderation, const struct nic_config *nic, enum throttle_kind kind,
                           double fixed_s) {
    if (kind == THROTTLE_ADAPTIVE)
        moderation_adaptive(moderation, nic->itr_lowest_s, nic->itr_low_s, nic->itr_bulk_s);
    else
        moderation_fixed(moderation, kind == THROTTLE_FIXED ? fixed_s : 0);
}

/* The queue of the physical function behind `tx_ring`: that of the kernel's driver, or of the switch's. */
static struct nic_queue *pf_queue(struct machine *machine, int server_index, enum ring_id tx_ring, struct diag *diag) {
    struct server_state *server = &machine->servers[server_index];
    struct nic_queue **known = tx_ring == RING_PF_TX ? &server->pf_queue : &server->pmd_queue;
    if (*known != NULL) return *known;
    struct owner owner = {-1, server_index, 0};
    struct queue *tx = get_queue(machine, tx_ring, owner, NULL, diag);
    if (tx == NULL) return NULL;
    bool maps = tx_ring == RING_PF_TX && host_maps_buffers(machine->config);
    *known = nic_add_queue(&server->nic, &tx->ring, maps);
    if (*known == NULL) return NULL;
    if (maps && !machine_map_host_buffers(machine, server, *known)) return NULL;
    ring_arm(&tx->ring);
    tx->nic_queue = *known;
    set_moderation(&(*known)->moderation, &server->nic.config, THROTTLE_ADAPTIVE, 0);
    return *known;
}

static struct nic_queue *guest_nic_queue(struct machine *machine, struct owner owner, struct diag *diag) {
    struct guest_state *guest = &machine->guests[owner.guest];
    if (guest->nic_queues[owner.index] != NULL) return guest->nic_queues[owner.index];
    struct queue *tx = get_queue(machine, RING_NIC_TX, owner, NULL, diag);
    if (tx == NULL) return NULL;
    bool assigned = guest_path(guest->config)->kernel != FOR_BARE_KERNEL;
    bool maps = guest_maps_buffers(machine->config, owner.guest);
    struct nic_queue *queue = nic_add_queue(&guest->server->nic, &tx->ring, assigned || maps);
    if (queue == NULL) return NULL;
    if (maps && !machine_map_guest_buffers(machine, guest, queue)) return NULL;
    if (assigned && !maps && guest->config->memory_page_bytes > 0)
        queue->page_shift = guest->config->memory_page_bytes > 1 << DMA_PAGE_SHIFT ? LARGE_PAGE_SHIFT : DMA_PAGE_SHIFT;
    ring_arm(&tx->ring);
    tx->nic_queue = queue;
    guest->nic_queues[owner.index] = queue;
    set_moderation(&queue->moderation, &guest->server->nic.config, guest->config->throttle, guest->config->throttle_s);
    if (guest->config->network_bps > 0 && guest->config->network_bps < guest->server->nic.config.link_bps) {
        queue->limit = &guest->limits[SENT];
        queue->receive_limit = &guest->limits[RECEIVED];
    }
    if (guest->config->network_pps > 0) queue->allowance = &guest->allowance;
    return queue;
}

/* ---- stations -------------------------------------------------------------------------------------- */

static struct processor *dom0_cpu(struct server_state *server, int index) {
    return &server->dom0[index % server->shared_count];
}

/* Event channels are bound to the vCPU that takes the NIC's interrupt unless somebody rebinds them, so the
 * first netback thread works there, further ones on the following vCPUs. */
static struct processor *netback_cpu(struct machine *machine, struct server_state *server, int thread) {
    return dom0_cpu(server, machine->config->host.dom0.nic_irq_vcpu + thread);
}

/* Processes of dom0 go where the NIC's interrupt is not, if there is a choice. */
static struct processor *process_cpu(struct machine *machine, struct server_state *server, int index) {
    int others = server->shared_count - 1;
    return dom0_cpu(server, machine->config->host.dom0.nic_irq_vcpu + (others > 0 ? 1 + index % others : 0));
}

/* A thread that works for one guest: under CFS an entity of its own. */
static struct processor *thread_cpu(struct machine *machine, const struct station *station, struct owner owner) {
    struct processor *own = pool_thread(machine, owner.guest, station->name);
    return own != NULL ? own : process_cpu(machine, &machine->servers[owner.server], owner.guest);
}

static struct processor *reader_cpu(struct machine *machine, struct flow *flow, int guest) {
    if (flow->thread.cpu != NULL && flow->thread.guest == guest) return flow->thread.cpu;
    if (flow->peer_cpu == NULL) flow->peer_cpu = guest_app_cpu(&machine->guests[guest]);
    return flow->peer_cpu;
}

static struct processor *dom0_reader_cpu(struct server_state *server, const struct flow *flow) {
    bool sends = flow->thread.cpu != NULL && flow->thread.guest < 0;
    return sends ? flow->thread.cpu : dom0_app_cpu(server);
}

/* The driver of an emulated device: what it tells its device model, and when that interrupts it. */
static void place_emulated(struct machine *machine, struct station *station, struct guest_state *guest) {
    const struct path_tables *tables = guest_path(guest->config);
    station->register_route = &guest->register_route;
    station->poll_length = tables->registers_per_frame ? 1 : (int)cost(machine, COST_E1000_REFILL);
    if (tables->registers_per_frame) station->input_quota = station->turn_limit = 1;
    double spacing_s = guest->config->throttle == THROTTLE_FIXED      ? guest->config->throttle_s
                       : guest->config->throttle == THROTTLE_ADAPTIVE ? cost(machine, COST_E1000_MITIGATION)
                                                                      : 0;
    if (!tables->mitigated || spacing_s <= 0) return;
    moderation_fixed(&guest->mitigation, spacing_s);
    station->moderation = &guest->mitigation;
}

/* The CPU's part of a poll loop. */
static void place_loop(struct machine *machine, struct station *station, int server) {
    double look_s = cost(machine, COST_SWITCH_POLL) / machine->servers[server].clock_hz;
    station->loop.look = sim_time_of(look_s);
    station->cpu->idle = (struct idle_states){0}; /* it never sleeps */
}

static void place_napi(struct machine *machine, struct station *station, struct owner owner, struct diag *diag) {
    struct guest_state *guest = &machine->guests[owner.guest];
    station->cpu = &guest->vcpus[owner.index % guest->vcpu_count];
    station->context = CONTEXT_SOFTIRQ;
    station->input_quota = station->turn_limit = NAPI_WEIGHT;
    if (guest_path(guest->config)->attachment == ATTACH_NIC) {
        struct nic_queue *queue = guest_nic_queue(machine, owner, diag);
        if (queue != NULL) {
            station->moderation = &queue->moderation;
            station->dma = queue->map;
        }
    }
    if (guest_path(guest->config)->emulated) place_emulated(machine, station, guest);
    snprintf(station->name, sizeof station->name, "softirq%d", owner.index);
}

static void place(struct machine *machine, struct station *station, struct owner owner, struct flow *flow,
                  struct diag *diag) {
    struct server_state *server = &machine->servers[owner.server];
    station->wake_context = CONTEXT_HARDIRQ;
    station->context = CONTEXT_TASK;
    station->input_quota = station->turn_limit = 1;
    station->poll_length = NAPI_WEIGHT;
    switch (station->worker) {
    case WORKER_QDISC:
        station->inline_ = true;
        station->context = CONTEXT_SOFTIRQ; /* bottom halves are off while a packet is transmitted */
        if (owner.guest >= 0 && guest_path(machine->guests[owner.guest].config)->registers_per_frame) {
            station->register_route = &machine->guests[owner.guest].register_route;
            station->poll_length = 1;
        }
        snprintf(station->name, sizeof station->name, "qdisc%d", owner.index);
        break;
    case WORKER_TCP:
        station->inline_ = true;
        station->context = CONTEXT_SOFTIRQ; /* the socket's lock is held, bottom halves are off */
        snprintf(station->name, sizeof station->name, "tcp%d", flow->index);
        break;
    case WORKER_NAPI:
        place_napi(machine, station, owner, diag);
        break;
    case WORKER_DOM0_NAPI: {
        struct nic_queue *queue = pf_queue(machine, owner.server, RING_PF_TX, diag);
        station->cpu = dom0_cpu(server, machine->config->host.dom0.nic_irq_vcpu);
        station->context = CONTEXT_SOFTIRQ;
        station->input_quota = station->turn_limit = NAPI_WEIGHT;
        if (queue != NULL) {
            station->moderation = &queue->moderation;
            station->dma = queue->map;
        }
        snprintf(station->name, sizeof station->name, "nic");
        break;
    }
    case WORKER_NETBACK: {
        int batch = (int)cost(machine, COST_NETBACK_BATCH);
        station->cpu = netback_cpu(machine, server, owner.index);
        station->input_quota = batch > BATCH_MAX ? BATCH_MAX : batch < 1 ? 1 : batch;
        station->turn_limit = BATCH_MAX;
        snprintf(station->name, sizeof station->name, "netback%d", owner.index);
        break;
    }
    case WORKER_VIF_NAPI:
    case WORKER_VIF_THREAD:
    case WORKER_VIF_DEALLOC:
        vif_worker_place(machine, station, owner.index);
        break;
    case WORKER_SWITCH:
        station->cpu = &server->dom0[server->shared_count];
        place_loop(machine, station, owner.server);
        snprintf(station->name, sizeof station->name, "switch");
        break;
    case WORKER_SHAPER:
        station->cpu = process_cpu(machine, server, owner.guest);
        station->context = CONTEXT_SOFTIRQ;
        station->input_quota = station->turn_limit = NAPI_WEIGHT;
        snprintf(station->name, sizeof station->name, "tap-%.48s", machine->guests[owner.guest].config->name);
        break;
    case WORKER_PMD:
        station->cpu = reader_cpu(machine, flow, owner.guest);
        place_loop(machine, station, owner.server);
        snprintf(station->name, sizeof station->name, "pmd%d", owner.index);
        break;
    case WORKER_VHOST:
        snprintf(station->name, sizeof station->name, "vhost-%.48s", machine->guests[owner.guest].config->name);
        station->cpu = thread_cpu(machine, station, owner);
        break;
    case WORKER_VCPU_QEMU:
        station->inline_ = station->of_caller = true;
        station->context = CONTEXT_HYPERVISOR; /* the vCPU is not in the guest */
        station->big_lock = &machine->guests[owner.guest].big_lock;
        station->big_lock_limit = 1;
        snprintf(station->name, sizeof station->name, "device model");
        break;
    case WORKER_QEMU:
        if (guest_path(machine->guests[owner.guest].config)->emulated &&
            machine->config->host.hypervisor == HYPERVISOR_KVM) {
            station->big_lock = &machine->guests[owner.guest].big_lock;
            station->big_lock_limit = TAP_BURST;
        }
        snprintf(station->name, sizeof station->name, "qemu-%.48s", machine->guests[owner.guest].config->name);
        station->cpu = thread_cpu(machine, station, owner);
        break;
    default:
        station->wake_context = CONTEXT_TASK;
        station->cpu = owner.guest < 0 ? dom0_reader_cpu(server, flow) : reader_cpu(machine, flow, owner.guest);
        if (flow->stream != NULL) { /* one reading */
            station->turn_bytes = (uint32_t)flow->state->config->message_bytes;
            station->input_quota = station->turn_limit = BATCH_MAX;
        }
        snprintf(station->name, sizeof station->name, "reader%d", flow->index);
    }
}

/* Netback threads serve the vifs of their server in turn. */
static int netback_thread(const struct machine *machine, int guest) {
    int before = 0, server = machine->config->guests[guest].server;
    for (int i = 0; i < guest; i++) {
        const struct guest_config *other = &machine->config->guests[i];
        const struct path_tables *tables = guest_path(other);
        before += other->server == server && tables->completes_at_backend_if_copied; /* what netback serves */
    }
    return before % machine->config->host.dom0.netback_threads;
}

static struct owner station_owner(const struct machine *machine, enum worker worker, struct owner owner) {
    switch (worker) {
    case WORKER_NETBACK:
        return (struct owner){-1, owner.server, netback_thread(machine, owner.guest)};
    case WORKER_SWITCH:
    case WORKER_DOM0_NAPI:
        return (struct owner){-1, owner.server, 0};
    case WORKER_QEMU:
    case WORKER_VCPU_QEMU:
        return (struct owner){owner.guest, owner.server, 0};
    default:
        return owner;
    }
}

static struct station *get_station(struct machine *machine, enum worker worker, struct owner owner, struct flow *flow,
                                   struct diag *diag) {
    owner = station_owner(machine, worker, owner);
    struct station *station = find_station(machine, worker, owner);
    if (station != NULL) return station;
    station = machine->station_count < STATIONS_MAX ? calloc(1, sizeof *station) : NULL;
    if (station == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for station %d", machine->station_count);
        return NULL;
    }
    machine->stations[machine->station_count++] = station;
    station->machine = machine;
    station->worker = worker;
    station->guest = owner.guest;
    station->server = owner.server;
    station->index = owner.index;
    station->budget = (uint32_t)cost(machine, COST_NAPI_BUDGET);
    place(machine, station, owner, flow, diag);
    return station;
}

static bool add_input(struct station *station, struct queue *queue) {
    if (station->input_count == station->input_capacity) {
        int capacity = station->input_capacity == 0 ? 4 : 2 * station->input_capacity;
        struct queue **inputs = realloc(station->inputs, (size_t)capacity * sizeof *inputs);
        if (inputs == NULL) return false;
        station->inputs = inputs;
        station->input_capacity = capacity;
    }
    /* A poll-mode driver reclaims in passing. */
    queue->port = station->loop.look > 0 && queue->id != RING_PMD_TX_DONE ? station->loop.ports++ : -1;
    queue->consumer = station;
    if (ring_infos[queue->id].urgent) {
        station->urgent = queue;
        return true;
    }
    station->inputs[station->input_count++] = queue;
    ring_arm(&queue->ring);
    return true;
}

/* ---- queues ---------------------------------------------------------------------------------------- */

/* What an instance may send and receive is limited where its frames enter and leave dom0, or else in the NIC. */
static void set_limit(struct machine *machine, struct queue *queue) {
    enum shapes shapes = ring_infos[queue->id].shapes;
    bool in_nic = queue->id == RING_NIC_TX || queue->id == RING_NIC_RX;
    if (shapes == SHAPES_NOTHING || in_nic || queue->guest < 0) return;
    struct guest_state *guest = &machine->guests[queue->guest];
    if (guest->config->network_bps <= 0 && guest->config->network_flow_bps <= 0) return;
    queue->limit = &guest->limits[shapes == SHAPES_SENT ? SENT : RECEIVED];
}

static struct queue *get_queue(struct machine *machine, enum ring_id id, struct owner owner, struct flow *flow,
                               struct diag *diag) {
    for (int i = 0; i < machine->queue_count; i++) {
        struct queue *queue = machine->queues[i];
        if (queue->id == id && queue->guest == owner.guest && queue->server == owner.server &&
            queue->index == owner.index)
            return queue;
    }
    struct queue *queue = machine->queue_count < RINGS_MAX ? calloc(1, sizeof *queue) : NULL;
    if (queue == NULL || ring_init(&queue->ring, capacity_of(machine, id, flow), diag) != IOP_OK) {
        free(queue);
        diag_set(diag, IOP_NO_MEMORY, "no memory for queue %d", machine->queue_count);
        return NULL;
    }
    machine->queues[machine->queue_count++] = queue;
    queue->id = id;
    queue->guest = owner.guest;
    queue->server = owner.server;
    queue->index = owner.index;
    set_limit(machine, queue);
    enum worker worker = ring_infos[id].consumer;
    if (worker == WORKER_NIC) return queue;
    struct station *station = get_station(machine, worker, owner, flow, diag);
    if (station == NULL || !add_input(station, queue)) return NULL;
    return queue;
}

static struct owner queue_owner(const struct machine *machine, enum ring_id id, int guest, int server,
                                const struct flow *flow) {
    if (ring_infos[id].of_server) return (struct owner){-1, server, 0};
    if (id == RING_SOCKET || id == RING_TCP_OUT) return (struct owner){guest, server, (int)flow->thread.index};
    int queues = guest >= 0 ? machine->config->guests[guest].queues : 1;
    return (struct owner){guest, server, flow->index % queues};
}

static struct nic_queue *receiving_queue(struct machine *machine, const struct stage *next, struct owner owner,
                                         struct diag *diag) {
    switch (next->ring) {
    case RING_PF_RX:
        return pf_queue(machine, owner.server, RING_PF_TX, diag);
    case RING_PMD_RX:
        return pf_queue(machine, owner.server, RING_PMD_TX, diag);
    default:
        return guest_nic_queue(machine, owner, diag);
    }
}

static struct route *new_route(struct machine *machine) {
    struct route *route = machine->route_count < ROUTES_MAX ? calloc(1, sizeof *route) : NULL;
    if (route != NULL) machine->routes[machine->route_count++] = route;
    return route;
}

enum iop_status machine_wire_alike(struct machine *machine, struct route *route, struct program *program,
                                   const struct route *like, struct diag *diag) {
    if (program->stage_count != like->program->stage_count) abort(); /* sizes differ, stages do not */
    *route = *like;
    route->program = program;
    for (int i = 0; i < program->completion_count; i++) {
        struct route *completion = new_route(machine);
        if (completion == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a route");
        route->completions[i] = completion;
        enum iop_status status =
            machine_wire_alike(machine, completion, program->completions[i], like->completions[i], diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

enum iop_status machine_wire(struct machine *machine, struct route *route, struct program *program, struct flow *flow,
                             struct diag *diag) {
    enum iop_status failed = IOP_NO_MEMORY;
    route->program = program;
    route->flow = flow;
    for (int i = 0; i < program->stage_count; i++) {
        struct stage *stage = &program->stages[i];
        if (stage->ring != RING_NONE) {
            struct owner owner = queue_owner(machine, stage->ring, stage->guest, stage->server, flow);
            /* NIC queues bring their rings with them. */
            if (stage->ring == RING_NIC_TX && guest_nic_queue(machine, owner, diag) == NULL) return failed;
            bool physical = stage->ring == RING_PF_TX || stage->ring == RING_PMD_TX;
            if (physical && pf_queue(machine, owner.server, stage->ring, diag) == NULL) return failed;
            route->queues[i] = get_queue(machine, stage->ring, owner, flow, diag);
            if (route->queues[i] == NULL) return failed;
            vif_worker_limit_batch(machine, route->queues[i], stage);
        }
        if (stage->release != RING_NONE) {
            struct owner owner = queue_owner(machine, stage->release, stage->guest, stage->server, flow);
            route->releases[i] = get_queue(machine, stage->release, owner, flow, diag);
            if (route->releases[i] == NULL) return failed;
        }
    }
    for (int i = 0; i + 1 < program->stage_count; i++) {
        const struct stage *next = &program->stages[i + 1];
        if (program->stages[i].worker != WORKER_NIC) continue;
        struct owner owner = queue_owner(machine, next->ring, next->guest, next->server, flow);
        route->rx_queues[i] = receiving_queue(machine, next, owner, diag);
        if (route->rx_queues[i] == NULL) return failed;
    }
    for (int i = 0; i < program->completion_count; i++) {
        struct route *completion = new_route(machine);
        if (completion == NULL) return failed;
        route->completions[i] = completion;
        if (machine_wire(machine, completion, program->completions[i], flow, diag) != IOP_OK) return failed;
    }
    return IOP_OK;
}

enum iop_status machine_wire_ports(struct machine *machine, struct diag *diag) {
    for (int i = 0; i < machine->config->guest_count; i++) {
        const struct guest_config *guest = &machine->config->guests[i];
        const struct path_tables *tables = guest_path(guest);
        if (tables->attachment != ATTACH_SWITCH) continue;
        struct owner of_guest = {i, guest->server, 0}, of_server = {-1, guest->server, 0};
        enum ring_id transmit = tables->polls ? RING_POLLED_TX : RING_USER_TX;
        bool wired = get_queue(machine, transmit, of_guest, NULL, diag) != NULL &&
                     get_queue(machine, RING_PMD_RX, of_server, NULL, diag) != NULL;
        if (!wired) return IOP_NO_MEMORY;
    }
    return IOP_OK;
}
