/* virtio_net reclaims what it has sent when it sends next, in start_xmit, and the back end seldom interrupts it.
 *
 * The driver asks for an interrupt only when three quarters of what is in the ring have been used
 * (virtqueue_enable_cb_delayed). Which packets it asks for depends on the guest's kernel:
 *
 * - before 5.3 the packet leaves its socket's account as it enters the ring (skb_orphan). Nobody waits for it, and the
 *   driver asks only once its ring is full and the queueing discipline has to stop;
 * - since 5.3 the packet stays on its socket's account, so the driver asks with every packet it sends, and its poll
 * loop with what it leaves behind (napi_tx).
 *
 * What is reclaimed in passing is the sender's work and comes with its next turn. */
#ifndef IOPATH_MODELS_RECLAIM_H
#define IOPATH_MODELS_RECLAIM_H

#include "models/machine.h"

/* `used` has the sent packets of the virtqueue `ring`. */
void reclaim_link(struct machine *machine, struct queue *ring, struct queue *used);

/* `sender` is in its driver: what has been sent until now is freed. */
void reclaim_in_passing(struct queue *ring, struct station *sender);

/* A packet has been put into the ring; the ring is too full for the next one. */
void reclaim_ask(struct queue *ring);

/* An entry has been pushed of which the consumer wants to be told: whether that is not due yet. */
bool reclaim_put_off(struct queue *queue);

/* The consumer has found nothing more and goes to sleep. */
static inline void reclaim_rearm(struct queue *queue) {
    if (queue->by_sender) return;
    queue->put_off = queue->batch;
    ring_arm(&queue->ring);
}

#endif
