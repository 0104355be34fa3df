#include "models/back_pressure.h"

#include <string.h>

#include "models/guest/segmentation.h"
#include "models/polling.h"
#include "models/spinning.h"
#include "models/telling.h"

void queue_wait_for(struct queue *queue, struct station *station) {
    for (int i = 0; i < queue->waiter_count; i++)
        if (queue->waiters[i] == station) return;
    assert(queue->waiter_count < WAITERS_MAX);
    queue->waiters[queue->waiter_count++] = station;
}

/* Slots of `queue` have become free: producers that wait for it go on. The queueing discipline goes on
 * where the slots were freed, the others are on CPUs of their own. */
void queue_space(struct queue *queue, struct station *from) {
    if (ring_space(&queue->ring) < queue->wake_free) return;
    int count = queue->waiter_count;
    struct station *waiters[WAITERS_MAX];
    memcpy(waiters, queue->waiters, (size_t)count * sizeof waiters[0]);
    queue->waiter_count = 0;
    for (int i = 0; i < count; i++) {
        struct station *station = waiters[i];
        if (station->worker == WORKER_APP) {
            flow_has_room(station);
            continue;
        }
        if (station->loop.look > 0) {
            station_approach(station);
            continue;
        }
        if (station_spins(station)) spinning_catches(station);
        if (station->running) continue;
        station->running = true;
        if (station->inline_ && from != NULL) station->cpu = from->cpu;
        station_turn(station);
    }
}

bool station_reserve(struct station *station, const struct route *route, int next, bool *reserved) {
    return station_reserve_slots(station, route, next, reserved);
}

static void limit_allows(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct queue *queue = object;
    queue->limit_waits = false;
    if (queue->consumer->loop.look > 0) {
        station_approach(queue->consumer);
        return;
    }
    if (queue->consumer->running) return;
    queue->consumer->running = true;
    station_turn(queue->consumer);
}

/* A vif's credit, as netback keeps it: a burst goes through at once, beyond it the ring waits, and so it does for
 * the cap of the flow of its next frame. */
bool queue_within_limit(struct station *station, struct queue *queue, const struct packet *packet) {
    sim_time allowed = shaper_allows(queue->limit);
    if (packet->flow_limit != NULL && bucket_allows(packet->flow_limit) > allowed)
        allowed = bucket_allows(packet->flow_limit);
    if (allowed <= station->machine->sim.now) return true;
    if (!queue->limit_waits) sim_at(&station->machine->sim, allowed, limit_allows, queue, 0);
    queue->limit_waits = true;
    return false;
}

void queue_use_limit(const struct station *station, struct queue *queue, struct packet *packet) {
    double bytes = segmentation_wire_bytes(packet);
    shaper_take(queue->limit, station->machine->sim.now, bytes);
    if (packet->flow_limit != NULL) bucket_take(packet->flow_limit, station->machine->sim.now, bytes);
    packet->flow_limit = NULL;
}
