/* pkt-gen in a guest: when it and its driver tell whom (models/paths/netmap.c has the path).
 *
 * The sender fills all free slots of its ring before it calls poll, which hands them to the device at once. Some of the
 * sent descriptors report: two in a ring of the e1000; of virtio the one that ends three quarters of a full ring. The
 * receiver's poll takes all slots that have something.
 *
 * Modelled from the drivers' netmap_txsync and netmap_rxsync; pkt-gen's bursts of 512 never are less than the ring. */
#ifndef IOPATH_MODELS_GUEST_NETMAP_H
#define IOPATH_MODELS_GUEST_NETMAP_H

#include "models/station.h"

/* A queue has its consumer; what is special about those that netmap drivers and back ends share. */
void netmap_wire(const struct machine *machine, struct queue *queue);

/* The receiver's thread, on its CPU. */
void netmap_place(struct machine *machine, struct station *station);

/* The sender has found its ring full: the consumer is told of what it has not been told of. */
void netmap_sync(struct station *sender, const struct route *route);

#endif
