/* Between the NICs: what becomes of a frame when it has left one, and how it comes into the other. */
#include "models/guest/merging.h"
#include "models/guest/segmentation.h"
#include "models/hardware/wire.h"
#include "models/machine.h"
#include "models/workload/far_host.h"

static void lose(struct machine *machine, uint32_t index) { station_lose(machine, index, LOST_NIC, NULL); }

/* The NIC takes the frame in, if it can. */
static void take_in(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    struct machine *machine = object;
    uint32_t index = (uint32_t)word;
    const struct packet *packet = packet_at(&machine->packets, index);
    uint32_t posted = ring_space(&packet->route->queues[packet->stage + 1]->ring);
    if (!nic_receive(packet->route->rx_queues[packet->stage], index, posted)) lose(machine, index);
}

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

/* What is received beyond an instance's limits, or a flow's cap, waits as far as there is room for it. Returns
 * until when; SIM_TIME_MAX: there was no room. */
static sim_time shape_received(struct machine *machine, struct nic_queue *rx, struct packet *packet) {
    sim_time now = machine->sim.now, at = now;
    double bytes = packet->frame_bytes + WIRE_OVERHEAD_BYTES;
    double room = cost(machine, COST_SHAPER_QUEUE);
    struct bucket *flow = packet->flow_limit;
    bool full = rx->receive_limit != NULL && shaper_backlog(rx->receive_limit, now) > room;
    if (full || (flow != NULL && bucket_backlog(flow, now) > room)) return SIM_TIME_MAX;
    if (rx->allowance != NULL) {
        if (rx->allowance->due > now + rx->allowance->depth) return SIM_TIME_MAX;
        bucket_take(rx->allowance, now, 1);
    }
    if (flow != NULL) {
        if (bucket_allows(flow) > at) at = bucket_allows(flow);
        bucket_take(flow, now, bytes);
        packet->flow_limit = NULL;
    }
    if (rx->receive_limit != NULL) {
        if (shaper_allows(rx->receive_limit) > at) at = shaper_allows(rx->receive_limit);
        shaper_take(rx->receive_limit, now, bytes);
    }
    return at;
}

/* The frame is complete at the port of the NIC that receives it. */
static void arrive(struct sim *sim, void *object, uint64_t word) {
    struct machine *machine = object;
    uint32_t index = (uint32_t)word;
    struct packet *packet = packet_at(&machine->packets, index);
    const struct route *route = packet->route;
    struct nic_queue *rx = route->rx_queues[packet->stage];
    if (packet->frames == 0) packet->frame_bytes = route->program->stages[packet->stage].rx_frame_bytes;
    sim_time at = sim->now;
    bool limited = rx->allowance != NULL || rx->receive_limit != NULL || packet->flow_limit != NULL;
    if (limited) at = shape_received(machine, rx, packet);
    if (at == SIM_TIME_MAX)
        lose(machine, index);
    else if (at > sim->now)
        sim_at(sim, at, take_in, machine, index);
    else
        take_in(sim, machine, index);
}

/* A frame comes over the network. All that comes shares the link into the port; what finds it busy waits in
 * the last switch, as far as that has room. */
static void enter_port(struct sim *sim, void *object, uint64_t word) {
    struct machine *machine = object;
    uint32_t index = (uint32_t)word;
    const struct packet *packet = packet_at(&machine->packets, index);
    const struct route *route = packet->route;
    struct nic *nic = route->rx_queues[packet->stage]->nic;
    double bps = nic->config.link_bps;
    int bytes = packet->frames > 0 ? packet->frame_bytes : route->program->stages[packet->stage].rx_frame_bytes;
    sim_time frame = wire_time(bps, bytes);
    sim_time first_bit = sim->now - frame;
    double waiting_bytes = sim_seconds(server_free_at(&nic->incoming) - first_bit) * bps / 8;
    if (waiting_bytes > machine->config->host.network.buffer_bytes) {
        station_lose(machine, index, LOST_NETWORK, NULL);
        return;
    }
    sim_time complete = server_request(&nic->incoming, first_bit, frame) + nic->card;
    if (complete - sim->now < SIM_NS) /* a frame right behind another is off by a rounding */
        arrive(sim, machine, index);
    else
        sim_at(sim, complete, arrive, machine, index);
}

void machine_ingress(struct machine *machine, uint32_t packet) { enter_port(&machine->sim, machine, packet); }

sim_time machine_flight(struct machine *machine, struct server_state *server) {
    const struct network_config *network = &machine->config->host.network;
    double jitter_s = network->jitter_s > 0 ? random_exponential(&server->jitter, network->jitter_s) : 0;
    return sim_time_of(network->one_way_s + jitter_s);
}

static sim_time flight(struct machine *machine, const struct nic *nic) {
    int server = 0;
    while (&machine->servers[server].nic != nic) server++;
    return machine_flight(machine, &machine->servers[server]);
}

/* Whatever delays the frames of one connection, they do not overtake each other. */
static sim_time in_order(const struct route *route, sim_time at) {
    if (route->flow->stream == NULL) return at;
    sim_time *last = &route->flow->stream->arrival[route->program->is_ack];
    if (at <= *last) at = *last + 1;
    *last = at;
    return at;
}

static __attribute__((noinline)) void fly_to_far_host(struct machine *machine, const struct nic *nic,
                                                      const struct route *route, uint32_t index) {
    sim_time at = in_order(route, machine->sim.now + flight(machine, nic));
    sim_at(&machine->sim, at, far_host_receive, machine, index);
}

static uint32_t sent(void *owner, struct nic_queue *queue, uint32_t index) {
    struct machine *machine = owner;
    struct nic *nic = queue->nic;
    struct packet *packet = packet_at(&machine->packets, index);
    struct route *route = packet->route;
    const struct stage *stage = &route->program->stages[packet->stage];
    uint32_t descriptor = station_new_completion(machine, packet, stage->completion, NULL);
    if (descriptor != PACKET_NONE) {
        struct packet *sent_one = packet_at(&machine->packets, descriptor);
        sent_one->frame_bytes = packet->frame_bytes;
        /* An answer is the packet of whoever answered, not of the flow's thread. */
        if (route->flow->thread.guest != stage->guest) sent_one->cpu = packet->cpu;
    }
    sim_time after = 0;
    switch (stage->hop) {
    case HOP_SWITCH:
        break;
    case HOP_NETWORK:
        after = flight(machine, nic);
        break;
    case HOP_REFLECT:
        after = flight(machine, nic) + wire_time(nic->config.link_bps, stage->rx_frame_bytes) + flight(machine, nic);
        break;
    default:
        if (route->flow->stream != NULL) {
            fly_to_far_host(machine, nic, route, index);
            return descriptor;
        }
        flow_arrived(route, packet, NULL);
        packet_give(&machine->packets, index);
        return descriptor;
    }
    sim_at(&machine->sim, in_order(route, machine->sim.now + after), enter_port, machine, index);
    return descriptor;
}

/* What the driver counts of a frame: all but its CRC. */
static inline uint64_t seen_by_driver(const struct packet *packet) {
    enum { CRC_BYTES = 4 };
    return packet->frame_bytes > CRC_BYTES ? (uint64_t)packet->frame_bytes - CRC_BYTES : 0;
}

static uint32_t cut(void *owner, uint32_t packet) { return segmentation_cut(owner, packet, false); }

static void completed(void *owner, struct nic_queue *queue, uint32_t descriptor) {
    struct machine *machine = owner;
    queue->moderation.bytes[ITR_SENT] += seen_by_driver(packet_at(&machine->packets, descriptor));
    station_deliver(machine, descriptor, NULL);
}

static void received(void *owner, struct nic_queue *queue, uint32_t index) {
    struct machine *machine = owner;
    struct packet *packet = packet_at(&machine->packets, index);
    queue->moderation.bytes[ITR_RECEIVED] += seen_by_driver(packet);
    packet->cpu = &machine->servers[packet->route->program->stages[packet->stage].rx_server].device;
    if (packet->frames > 0 && merging_by_device(machine, index)) return;
    packet->stage++;
    station_deliver(machine, index, NULL);
}

struct nic_client machine_nic_client(struct machine *machine) {
    return (struct nic_client){
        .owner = machine, .sent = sent, .cut = cut, .completed = completed, .received = received};
}
