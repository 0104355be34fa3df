/* Packets of many segments and their frames: TSO in a NIC, GSO above a driver, the same in a device model or in front
 * of a tap device.
 *
 * A packet of n full segments follows the program of that size (stream.h: sizes[n-1]); cutting takes its frames off
 * one by one, in order, and each goes on with the program of one frame from the stage it is on. Its payload, sequence
 * number and length on the wire are exact; what a shorter last segment costs is that of a full one.
 *
 * Who has handed a packet to a driver cleans up after it once. If a NIC or a switch cuts it, the clean-up goes with the
 * last frame; if the kernel cuts it before the driver, each frame has its own. */
#ifndef IOPATH_MODELS_GUEST_SEGMENTATION_H
#define IOPATH_MODELS_GUEST_SEGMENTATION_H

#include "models/route.h"

struct machine;

/* Takes the first frame off a packet of several; both go on from the same stage. */
uint32_t segmentation_cut(struct machine *machine, uint32_t packet, bool each_has_cleanup);

/* The route whose clean-up goes with the packet, NULL if none does; payload of what was handed down. */
const struct route *segmentation_handed(const struct packet *packet);
uint32_t segmentation_handed_bytes(const struct packet *packet);

/* What the packet takes on a wire, in frames or (no packet of a stream) as one. */
double segmentation_wire_bytes(const struct packet *packet);

#endif
