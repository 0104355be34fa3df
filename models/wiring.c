/* Finds or makes what a route needs: its queues and the stations that empty them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/netmap.h"
#include "models/hardware/rss.h"
#include "models/machine.h"
#include "models/paths/block.h"
#include "models/placement.h"
#include "models/reclaim.h"
#include "models/vif_workers.h"
#include "models/wiring.h"

enum { DONE_RING_SLOTS = 8192, IOREQ_SLOTS = 64, AHCI_SLOTS = 32 };

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
    case RING_IDE:
    case RING_SERIAL_DISK:
        return 1;
    case RING_AHCI:
        return AHCI_SLOTS;
    case RING_BLKIF:
    case RING_BLKIF_QEMU: {
        int pages = machine->config->guests[flow->state->guest].disk_ring_pages;
        return (uint32_t)(pages > 0 ? pages : 1) * (uint32_t)cost(machine, COST_BLKIF_RING);
    }
    default:
        return ring_infos[id].capacity == COST_NONE ? DONE_RING_SLOTS
                                                    : (uint32_t)cost(machine, ring_infos[id].capacity);
    }
}

/* The hash that the NIC and the kernel take of a connection: its client's port tells the flows of a workload apart. */
static uint32_t flow_hash(const struct flow *flow) {
    enum { CLIENT_PORT = 32768, SERVER_PORT = 80, CLIENT_HOST = 1, SERVER_HOST = 2 };
    return rss_hash(rss_address(CLIENT_HOST), rss_address(SERVER_HOST), (uint16_t)(CLIENT_PORT + flow->thread.index),
                    SERVER_PORT);
}

static bool is_hashed(const struct flow *flow) { return flow->state != NULL && flow->state->config->kind == WORK_HTTP; }

/* ---- finding what is there already ----------------------------------------------------------------- */

/* Slots of the index by kind and owner: open addressing, the entry's number plus one, 0 when free. */
static uint32_t first_slot(int kind, struct owner owner) {
    uint64_t key = ((uint64_t)(uint32_t)owner.index << 24) ^ ((uint64_t)(uint32_t)(owner.guest + 1) << 14) ^
                   ((uint64_t)(uint32_t)owner.server << 8) ^ (uint64_t)(uint32_t)kind;
    return (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 40) % INDEX_SLOTS;
}

static uint16_t *queue_slot(struct machine *machine, enum ring_id id, struct owner owner) {
    for (uint32_t slot = first_slot((int)id, owner);; slot = (slot + 1) % INDEX_SLOTS) {
        uint16_t number = machine->queue_index[slot];
        if (number == 0) return &machine->queue_index[slot];
        const struct queue *queue = machine->queues[number - 1];
        if (queue->id == id && queue->guest == owner.guest && queue->server == owner.server &&
            queue->index == owner.index)
            return &machine->queue_index[slot];
    }
}

static uint16_t *station_slot(struct machine *machine, enum worker worker, struct owner owner) {
    for (uint32_t slot = first_slot((int)worker, owner);; slot = (slot + 1) % INDEX_SLOTS) {
        uint16_t number = machine->station_index[slot];
        if (number == 0) return &machine->station_index[slot];
        const struct station *station = machine->stations[number - 1];
        if (station->worker == worker && station->guest == owner.guest && station->server == owner.server &&
            station->index == owner.index)
            return &machine->station_index[slot];
    }
}

/* ---- stations -------------------------------------------------------------------------------------- */

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
    case WORKER_DISK_THREAD: { /* of each ring in the kernel, of each disk in user space */
        bool in_kernel = machine->config->guests[owner.guest].disk_back_end == DISK_BACK_END_KERNEL;
        int disk = owner.index / DISK_QUEUES_MAX * DISK_QUEUES_MAX;
        return (struct owner){owner.guest, owner.server, in_kernel ? owner.index : disk};
    }
    default:
        return owner;
    }
}

/* What wakes a softirq that serves a physical device, and room to remember whom it has to tell. */
static bool add_interrupt(struct machine *machine, struct station *station, struct owner owner, struct diag *diag) {
    bool of_guest = station->worker == WORKER_NAPI;
    const struct guest_config *guest = of_guest ? machine->guests[owner.guest].config : NULL;
    struct nic_queue *queue = NULL;
    if (station->worker == WORKER_DOM0_NAPI) queue = wire_pf_queue(machine, owner.server, RING_PF_TX, diag);
    if (of_guest && guest_path(guest)->attachment == ATTACH_NIC) queue = wire_guest_nic_queue(machine, owner, diag);
    if (queue != NULL) {
        station->moderation = &queue->moderation;
        station->dma = queue->map;
    }
    if (!of_guest || guest->rps_cpus == 0) return true;
    station->untold = calloc((size_t)guest->vcpus, sizeof *station->untold);
    return station->untold != NULL;
}

static struct station *get_station(struct machine *machine, enum worker worker, struct owner owner, struct flow *flow,
                                   struct diag *diag) {
    owner = station_owner(machine, worker, owner);
    uint16_t *slot = station_slot(machine, worker, owner);
    if (*slot != 0) {
        machine->stations[*slot - 1]->shared_by_loops |= worker == WORKER_QDISC && is_hashed(flow);
        return machine->stations[*slot - 1];
    }
    struct station *station = machine->station_count < STATIONS_MAX ? calloc(1, sizeof *station) : NULL;
    if (station == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for station %d", machine->station_count);
        return NULL;
    }
    machine->stations[machine->station_count++] = station;
    *slot = (uint16_t)machine->station_count;
    station->machine = machine;
    station->worker = worker;
    station->guest = owner.guest;
    station->server = owner.server;
    station->index = owner.index;
    station->shared_by_loops = worker == WORKER_QDISC && is_hashed(flow);
    station->budget = (uint32_t)cost(machine, COST_NAPI_BUDGET);
    place_station(machine, station, owner, flow);
    return add_interrupt(machine, station, owner, diag) ? station : NULL;
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
    int at = ring_infos[queue->id].cleans_first ? 0 : station->input_count;
    memmove(&station->inputs[at + 1], &station->inputs[at],
            (size_t)(station->input_count - at) * sizeof *station->inputs);
    station->inputs[at] = queue;
    station->input_count++;
    station->cleans_first |= ring_infos[queue->id].cleans_first;
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

struct queue *wire_queue(struct machine *machine, enum ring_id id, struct owner owner, struct flow *flow,
                         struct diag *diag) {
    uint16_t *slot = queue_slot(machine, id, owner);
    if (*slot != 0) return machine->queues[*slot - 1];
    struct queue *queue = machine->queue_count < RINGS_MAX ? calloc(1, sizeof *queue) : NULL;
    if (queue == NULL || ring_init(&queue->ring, capacity_of(machine, id, flow), diag) != IOP_OK) {
        free(queue);
        diag_set(diag, IOP_NO_MEMORY, "no memory for queue %d", machine->queue_count);
        return NULL;
    }
    machine->queues[machine->queue_count++] = queue;
    *slot = (uint16_t)machine->queue_count;
    queue->id = id;
    queue->guest = owner.guest;
    queue->server = owner.server;
    queue->index = owner.index;
    queue->drops = ring_infos[id].full == FULL_DROPS;
    queue->held = ring_infos[id].held;
    queue->wake_free = (uint32_t)ring_infos[id].wake_free;
    if (queue->wake_free > queue->ring.capacity) queue->wake_free = queue->ring.capacity;
    if (queue->wake_free < 1) queue->wake_free = 1;
    set_limit(machine, queue);
    if (id == RING_XSK_TX) queue->batch = queue->put_off = (uint32_t)cost(machine, COST_XSK_BATCH) - 1;
    enum worker worker = ring_infos[id].consumer;
    if (worker == WORKER_NIC) return queue;
    if (worker == WORKER_DISK) {
        queue->disk = machine_disk(machine, owner.server, owner.index / DISK_QUEUES_MAX);
        return queue->disk != NULL ? queue : NULL;
    }
    struct station *station = get_station(machine, worker, owner, flow, diag);
    if (station == NULL || !add_input(station, queue)) return NULL;
    place_network_queue(machine, queue);
    netmap_wire(machine, queue);
    return queue;
}

/* Connections are dealt to the queues by their hash; the few flows of other workloads in turn. */
static int network_queue(const struct machine *machine, int guest, const struct flow *flow) {
    int queues = guest >= 0 ? machine->config->guests[guest].queues : 1;
    return is_hashed(flow) ? rss_queue(flow_hash(flow), queues) : flow->index % queues;
}

/* The loop that serves a connection on this side. */
static int loop_of(const struct machine *machine, int guest, const struct flow *flow) {
    return (int)flow->state->number * LOOPS_MAX + flow->index % machine_loops(machine, guest, flow->state);
}

/* Rings of block requests are numbered by disk and hardware queue. */
static bool ring_is_of_disk(enum ring_id id) { return id >= RING_BLOCK_QUEUE && id < RING_COMPLETED; }

/* The host's queue of its disk is that of the CPU that submits, which the answer interrupts, if it has so many. */
static int host_disk_queue(const struct machine *machine, int server, const struct route *route, int stage,
                           const struct disk_config *disk) {
    const struct server_state *state = &machine->servers[server];
    while (stage > 0 && (route->queues[stage] == NULL || route->queues[stage]->consumer == NULL)) stage--;
    const struct processor *cpu = route->queues[stage] != NULL ? route->queues[stage]->consumer->cpu : NULL;
    int number = cpus_number(&state->dom0_cpus, cpu);
    return number > 0 ? number % disk_driver_queues(disk, state->dom0_cpus.count) : 0;
}

static struct owner disk_owner(const struct machine *machine, const struct route *route, int at, enum ring_id id,
                               const struct flow *flow) {
    const struct stage *stage = &route->program->stages[at];
    int disk = flow->state->config->disk, number = disk * DISK_QUEUES_MAX, of = flow->state->guest;
    switch (id) {
    case RING_HOST_DISK:
    case RING_HOST_DISK_DONE:
        number += host_disk_queue(machine, stage->server, route, at - 1, &machine->config->host.disks[disk]);
        return (struct owner){-1, stage->server, number};
    case RING_DISK_POOL:
    case RING_DISK_POOL_BACK:
        return (struct owner){of, stage->server, number + flow->index % POOL_THREADS_MAX};
    default:
        return (struct owner){of, stage->server, number + disk_queue(machine, of, flow)};
    }
}

static struct owner queue_owner(const struct machine *machine, enum ring_id id, int guest, int server,
                                const struct flow *flow) {
    assert(!ring_is_of_disk(id));
    if (ring_infos[id].of_server) return (struct owner){-1, server, 0};
    if (id == RING_SOCKET || id == RING_TCP_OUT) return (struct owner){guest, server, (int)flow->thread.index};
    if (id == RING_READY || id == RING_COMPLETED) return (struct owner){guest, server, loop_of(machine, guest, flow)};
    int queue = network_queue(machine, guest, flow);
    if (id == RING_BACKLOG) {
        const struct guest_config *config = &machine->config->guests[guest];
        queue = steered_vcpu(&machine->config->host, config, queue, flow_hash(flow));
    }
    return (struct owner){guest, server, queue};
}

/* Whose ring it is that a stage of the route names. */
static struct owner owner_of(const struct machine *machine, const struct route *route, int at, enum ring_id id,
                             const struct flow *flow) {
    const struct stage *stage = &route->program->stages[at];
    return ring_is_of_disk(id) ? disk_owner(machine, route, at, id, flow)
                               : queue_owner(machine, id, stage->guest, stage->server, flow);
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
            struct owner owner = owner_of(machine, route, i, stage->ring, flow);
            /* NIC queues bring their rings with them. */
            if (stage->ring == RING_NIC_TX && wire_guest_nic_queue(machine, owner, diag) == NULL) return failed;
            bool physical = stage->ring == RING_PF_TX || stage->ring == RING_PMD_TX;
            if (physical && wire_pf_queue(machine, owner.server, stage->ring, diag) == NULL) return failed;
            route->queues[i] = wire_queue(machine, stage->ring, owner, flow, diag);
            if (route->queues[i] == NULL) return failed;
            vif_worker_limit_batch(machine, route->queues[i], stage);
            struct station *consumer = route->queues[i]->consumer;
            if (stage->work[TLB_FLUSH] > 0 && consumer != NULL) consumer->flushes_tlbs = true;
        }
        if (stage->reaps != RING_NONE) {
            struct owner owner = owner_of(machine, route, i, stage->reaps, flow);
            route->reaps[i] = wire_queue(machine, stage->reaps, owner, flow, diag);
            if (route->reaps[i] == NULL) return failed;
        }
        if (stage->release != RING_NONE) {
            struct owner owner = owner_of(machine, route, i, stage->release, flow);
            route->releases[i] = wire_queue(machine, stage->release, owner, flow, diag);
            if (route->releases[i] == NULL) return failed;
            if (stage->ring == RING_VIRTQ_TX_DONE) reclaim_link(machine, route->releases[i], route->queues[i]);
        }
    }
    for (int i = 0; i + 1 < program->stage_count; i++) {
        const struct stage *next = &program->stages[i + 1];
        if (program->stages[i].worker != WORKER_NIC) continue;
        struct owner owner = queue_owner(machine, next->ring, next->guest, next->server, flow);
        route->rx_queues[i] = wire_receiving_queue(machine, next, owner, diag);
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
        bool wired = wire_queue(machine, transmit, of_guest, NULL, diag) != NULL &&
                     wire_queue(machine, RING_PMD_RX, of_server, NULL, diag) != NULL;
        if (!wired) return IOP_NO_MEMORY;
    }
    return IOP_OK;
}
