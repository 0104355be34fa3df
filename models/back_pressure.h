/* What holds packets back: rings without room, and limits.
 *
 * A station takes a packet only if the queue in front of the packet's next stage has room, which it then promises to
 * the packet; otherwise the station waits until slots become free. A queue that drops makes nobody wait. A limit (a
 * vif's credit, the cap of a flow) makes the whole queue wait. Inline is what every packet passes. */
#ifndef IOPATH_MODELS_BACK_PRESSURE_H
#define IOPATH_MODELS_BACK_PRESSURE_H

#include "models/machine.h"
#include "models/reclaim.h"

/* `station` is told when `queue` has room. */
void queue_wait_for(struct queue *queue, struct station *station);

/* Slots have become free: producers that wait go on if there are enough. */
void queue_space(struct queue *queue, struct station *from);

/* Of a queue with a limit: whether its next packet may pass now (else the consumer looks again when it may); it does.
 */
bool queue_within_limit(struct station *station, struct queue *queue, const struct packet *packet);
void queue_use_limit(const struct station *station, struct queue *queue, struct packet *packet);

static inline void queue_release(struct queue *queue, uint32_t slots, struct station *from) {
    ring_release(&queue->ring, slots);
    if (queue->waiter_count > 0) queue_space(queue, from);
}

static inline bool station_reserve_slots(struct station *station, const struct route *route, int next, bool *reserved) {
    *reserved = false;
    if (next >= route->program->stage_count) return true;
    struct queue *queue = route->queues[next];
    if (queue->drops && station->worker != WORKER_APP) return true;
    uint32_t slots = route->program->stages[next].slots;
    bool full = ring_space(&queue->ring) < queue->reserved + slots;
    if (full && queue->used != NULL) {
        reclaim_in_passing(queue, station);
        full = ring_space(&queue->ring) < queue->reserved + slots;
        if (full) reclaim_ask(queue);
    }
    if (full) {
        queue_wait_for(queue, station);
        return false;
    }
    queue->reserved += slots;
    *reserved = true;
    return true;
}

/* Whether the packet's next queue has room, and if so promises it. */
static inline bool reserve_next(struct station *station, struct packet *packet) {
    return station_reserve_slots(station, packet->route, packet->stage + 1, &packet->reserved);
}

/* The next packet of `queue` that can be worked on; PACKET_NONE if there is none. */
static inline uint32_t station_take(struct station *station, struct queue *queue) {
    if (ring_waiting(&queue->ring) == 0) return PACKET_NONE;
    uint32_t head = queue->ring.entries[queue->ring.head & queue->ring.mask];
    struct packet *packet = packet_at(&station->machine->packets, head);
    if (queue->limit != NULL && !queue_within_limit(station, queue, packet)) return PACKET_NONE;
    if (!reserve_next(station, packet)) return PACKET_NONE;
    ring_pop(&queue->ring);
    if (queue->limit != NULL) queue_use_limit(station, queue, packet);
    if (!queue->held) queue_release(queue, stage_of(packet)->slots, station);
    return head;
}

#endif
