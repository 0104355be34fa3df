/* The far host at one end of a tcp-stream's connection: the same TCP, but no cost. Its clients have none either.
 *
 * It merges frames that follow each other without a gap, as GRO does, reads at once, and always has data, or writes a
 * message whenever a timer says so. Its own link spaces its frames, and its kernel bounds what waits for it. */
#ifndef IOPATH_MODELS_WORKLOAD_FAR_HOST_H
#define IOPATH_MODELS_WORKLOAD_FAR_HOST_H

#include "models/workload/stream.h"

/* Its application writes what there is room for. */
void far_host_write(struct stream *stream);

/* TCP's output has made a segment. */
void far_host_send(struct stream *stream, const struct tcp_segment *segment);

/* A packet of one frame leaves it at `at`; jitter of the network keeps the order of one connection. */
void far_host_frame(struct stream *stream, uint32_t packet, sim_time at);

/* sim_handler: a packet has come to it. */
void far_host_receive(struct sim *sim, void *machine, uint64_t packet);

/* A client at the far host: its request leaves it; one way over the network, at this time. */
void far_host_ask(struct flow *flow, uint32_t packet);
sim_time far_host_flight(struct flow *flow);

#endif
