#include "models/reclaim.h"

void reclaim_link(struct machine *machine, struct queue *ring, struct queue *used) {
    ring->used = used;
    used->by_sender = guest_orphans_packets(&machine->config->guests[used->guest]);
    if (used->by_sender) used->ring.armed = false;
}

void reclaim_in_passing(struct queue *ring, struct station *sender) {
    struct queue *used = ring->used;
    used->ring.armed = false;
    station_drain(sender, used);
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
