#include "models/guest/merging.h"

#include "models/machine.h"

/* Receive contexts of the 82599. */
enum { LRO_CONTEXTS = 32 };

static bool same_flow(const struct packet *a, const struct packet *b) {
    return b->frames > 0 && a->route->flow == b->route->flow;
}

/* Merges if `next` continues `packet`; it is then no more. */
static bool absorb(struct machine *machine, struct packet *packet, uint32_t index) {
    struct packet *next = packet_at(&machine->packets, index);
    struct stream *stream = packet->route->flow->stream;
    uint32_t segment = stream->sender.settings.segment_bytes;
    bool continues = packet->sequence + packet->bytes == next->sequence && packet->bytes == packet->frames * segment;
    if (!continues || packet->frames + next->frames > stream->frames_max) return false;
    packet->frames = (uint8_t)(packet->frames + next->frames);
    packet->handed = 0;
    packet->route = stream->sizes[packet->frames - 1];
    packet->bytes += next->bytes;
    packet->frame_bytes += (int32_t)next->bytes;
    balance_deliver(&stream->flow->state->frames, machine->sim.now, next->born);
    packet_give(&machine->packets, index);
    return true;
}

static void send_up(struct station *station, uint32_t index) {
    packet_at(&station->machine->packets, index)->stage++;
    station_deliver(station->machine, index, station);
}

static void send_up_held(struct station *station, int at) {
    uint32_t index = station->held[at];
    station->held_count--;
    for (int i = at; i < station->held_count; i++) station->held[i] = station->held[i + 1];
    send_up(station, index);
}

void merging_add(struct station *station, uint32_t index) {
    struct machine *machine = station->machine;
    struct packet *packet = packet_at(&machine->packets, index);
    int at = 0;
    while (at < station->held_count && !same_flow(packet, packet_at(&machine->packets, station->held[at]))) at++;
    if (at < station->held_count) {
        struct packet *held = packet_at(&machine->packets, station->held[at]);
        if (absorb(machine, held, index)) return;
        send_up_held(station, at);
    } else if (station->held_count == GRO_HELD_MAX) {
        send_up_held(station, 0);
    }
    station->held[station->held_count++] = index;
}

void merging_end(struct station *station) {
    int count = station->held_count;
    station->held_count = 0;
    for (int i = 0; i < count; i++) send_up(station, station->held[i]);
}

bool merging_by_device(struct machine *machine, uint32_t index) {
    const struct packet *packet = packet_at(&machine->packets, index);
    if (!packet->route->flow->stream->lro) return false;
    const struct ring *ring = &packet->route->queues[packet->stage + 1]->ring;
    uint32_t waiting = ring_waiting(ring), open = waiting < LRO_CONTEXTS ? waiting : LRO_CONTEXTS;
    for (uint32_t i = 1; i <= open; i++) {
        struct packet *last = packet_at(&machine->packets, ring->entries[(ring->tail - i) & ring->mask]);
        if (same_flow(packet, last)) return absorb(machine, last, index);
    }
    return false;
}
