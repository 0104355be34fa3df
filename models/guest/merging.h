/* Frames become packets again: GRO in the poll loop of a softirq, LRO in a device.
 *
 * GRO: a softirq holds the packets of up to eight flows. A frame that continues one (same flow, next sequence number,
 * no short segment before it, 64 KB at most) is merged with it; any other frame of the flow sends it up and takes its
 * place. All go up when the poll ends, after 64 frames or when there are no more: what is merged is what one poll
 * found. LRO: a NIC merges a frame with the packet of its flow that still waits in the receive ring, among the last 32.
 *
 * Not modelled: frames of unequal size, flushing after a time, the descriptors that merged frames keep. */
#ifndef IOPATH_MODELS_GUEST_MERGING_H
#define IOPATH_MODELS_GUEST_MERGING_H

#include "models/station.h"

/* The driver's part of a packet is done. */
void merging_add(struct station *station, uint32_t packet);

/* The poll ends: what is held goes up. */
void merging_end(struct station *station);

/* A frame is visible in memory, in front of its receive ring. True: it has become part of a packet there. */
bool merging_by_device(struct machine *machine, uint32_t packet);

#endif
