#include "models/reclaim.h"

void reclaim_link(struct machine *machine, struct queue *ring, struct queue *used) {
    ring->used = used;
    used->by_sender = guest_orphans_packets(&machine->config->guests[used->guest]);
    if (used->by_sender) used->ring.armed = false;
}

void reclaim_in_passing(struct queue *ring, struct station *sender) {
    struct queue *used = ring->used;
    struct packet_pool *packets = &sender->machine->packets;
    used->ring.armed = false;
    while (ring_waiting(&used->ring) > 0) {
        uint32_t index = ring_pop(&used->ring);
        const struct packet *packet = packet_at(packets, index);
        struct stage *stage = &packet->route->program->stages[packet->stage];
        ring_release(&used->ring, stage->slots);
        sender->debt += stage->work[EACH];
        stage->executed[EACH]++;
        if (packet->route->flow->thread.cpu != sender->cpu) {
            sender->debt += stage->work[FOREIGN];
            stage->executed[FOREIGN]++;
        }
        station_finish(sender->machine, index, sender);
    }
    if (!used->by_sender) reclaim_ask(ring);
}

void reclaim_ask(struct queue *ring) {
    ring->used->put_off = 3 * ring->ring.used / 4;
    ring->used->ring.armed = true;
}

bool reclaim_put_off(struct queue *queue) {
    if (queue->put_off == 0) return false;
    queue->put_off--;
    queue->ring.armed = true;
    queue->ring.notified--;
    return true;
}
