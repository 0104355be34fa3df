#include "models/guest/netmap.h"

#include <stdio.h>

#include "models/machine.h"
#include "models/telling.h"

enum { NEVER = INT32_MAX };

static void report_after(struct queue *queue, uint32_t frames) { queue->batch = queue->put_off = frames - 1; }

void netmap_wire(const struct machine *machine, struct queue *queue) {
    const struct cost_value *costs = machine->config->host.costs.values;
    switch (queue->id) {
    case RING_NETMAP_E1000_TX: /* the write of the tail register returns, under one lock, when all is sent */
        queue->consumer->big_lock_limit = (int)queue->ring.capacity;
        queue->wake_free = queue->ring.capacity;
        report_after(queue, NEVER);
        break;
    case RING_NETMAP_VIRTIO_TX:
    case RING_NETMAP_VHOST_TX:
        report_after(queue, NEVER);
        queue->wake_free = 3 * queue->ring.capacity / 4;
        break;
    case RING_NETMAP_E1000_DONE:
        report_after(queue, (uint32_t)costs[COST_E1000_RING].value / 2);
        break;
    case RING_NETMAP_VIRTIO_DONE:
        report_after(queue, 3 * (uint32_t)costs[COST_VIRTIO_RING].value / 4);
        break;
    default:
        break;
    }
}

void netmap_place(struct machine *machine, struct station *station) {
    struct guest_state *guest = &machine->guests[station->guest];
    station->input_quota = station->turn_limit = BATCH_MAX;
    if (guest_path(guest->config)->emulated) station->register_route = &guest->register_route;
    snprintf(station->name, sizeof station->name, "pkt-gen%d", station->index);
}

void netmap_sync(struct station *sender, const struct route *route) {
    struct queue *queue = route->queues[1];
    bool by_netmap =
        queue->id == RING_NETMAP_E1000_TX || queue->id == RING_NETMAP_VIRTIO_TX || queue->id == RING_NETMAP_VHOST_TX;
    if (!by_netmap || queue->put_off == 0) return;
    queue->put_off = 0;
    queue->ring.armed = false;
    queue->ring.notified++;
    tell_of_work(queue->consumer, &route->program->stages[1], sender);
}
