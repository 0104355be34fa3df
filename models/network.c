/* Between the NICs: what becomes of a frame when it has left one, and how it comes into the other. */
#include "models/hardware/wire.h"
#include "models/machine.h"

/* Frames by which what is received may run ahead of an instance's allowance. */
enum { ALLOWANCE_BURST_FRAMES = 1024 };

static void lose(struct machine *machine, uint32_t index) { station_lose(machine, index, LOST_NIC, NULL); }

/* The frame is complete at the port of the NIC that receives it. */
static void arrive(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    struct machine *machine = object;
    uint32_t index = (uint32_t)word;
    struct packet *packet = packet_at(&machine->packets, index);
    const struct route *route = packet->route;
    struct nic_queue *rx = route->rx_queues[packet->stage];
    packet->frame_bytes = route->program->stages[packet->stage].rx_frame_bytes;
    if (rx->allowance != NULL) {
        if (server_free_at(rx->allowance) > machine->sim.now + ALLOWANCE_BURST_FRAMES * rx->allowance_ps) {
            lose(machine, index);
            return;
        }
        server_request(rx->allowance, machine->sim.now, rx->allowance_ps);
    }
    uint32_t posted = ring_space(&route->queues[packet->stage + 1]->ring);
    if (!nic_receive(rx, index, posted)) lose(machine, index);
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
    sim_time frame = wire_time(bps, route->program->stages[packet->stage].rx_frame_bytes);
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

static sim_time flight(struct machine *machine, struct nic *nic) {
    const struct network_config *network = &machine->config->host.network;
    struct server_state *server = NULL;
    for (int i = 0; i < machine->server_count && server == NULL; i++)
        if (&machine->servers[i].nic == nic) server = &machine->servers[i];
    double jitter_s = network->jitter_s > 0 ? random_exponential(&server->jitter, network->jitter_s) : 0;
    return sim_time_of(network->one_way_s + jitter_s);
}

static uint32_t sent(void *owner, struct nic_queue *queue, uint32_t index) {
    struct machine *machine = owner;
    struct nic *nic = queue->nic;
    struct packet *packet = packet_at(&machine->packets, index);
    struct route *route = packet->route;
    const struct stage *stage = &route->program->stages[packet->stage];
    uint32_t descriptor = station_new_completion(machine, route, stage->completion, NULL);
    packet_at(&machine->packets, descriptor)->frame_bytes = packet->frame_bytes;
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
        flow_arrived(route, packet, NULL);
        packet_give(&machine->packets, index);
        return descriptor;
    }
    sim_after(&machine->sim, after, enter_port, machine, index);
    return descriptor;
}

static void completed(void *owner, struct nic_queue *queue, uint32_t descriptor) {
    struct machine *machine = owner;
    queue->moderation.bytes[ITR_SENT] += (uint64_t)packet_at(&machine->packets, descriptor)->frame_bytes;
    station_deliver(machine, descriptor, NULL);
}

static void received(void *owner, struct nic_queue *queue, uint32_t index) {
    struct machine *machine = owner;
    struct packet *packet = packet_at(&machine->packets, index);
    queue->moderation.bytes[ITR_RECEIVED] += (uint64_t)packet->frame_bytes;
    packet->stage++;
    packet->cpu = NULL; /* fresh from the device */
    station_deliver(machine, index, NULL);
}

struct nic_client machine_nic_client(struct machine *machine) {
    return (struct nic_client){.owner = machine, .sent = sent, .completed = completed, .received = received};
}
