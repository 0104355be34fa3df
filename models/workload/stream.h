/* A tcp-stream's connection: the writing thread, TCP's state at both ends (tcp.h), and the packets between them.
 *
 * The thread writes messages into the send buffer and sleeps while it is full; or writes one whenever a timer says so.
 * TCP's output happens where its cause is: in the thread, in the softirq that takes an acknowledgement, where a sent
 * packet is freed. Data and acknowledgements are packets that follow the paths of their modes, are delayed and lost
 * there. Out-of-order packets are held until the gap is filled. The reader reads what has come in order.
 * The other end may be a far host (far_host.h).
 *
 * What is counted as latency is one write: from the call until its last byte has been read. */
#ifndef IOPATH_MODELS_WORKLOAD_STREAM_H
#define IOPATH_MODELS_WORKLOAD_STREAM_H

#include "models/route.h"
#include "models/workload/tcp.h"
#include "sim/server.h"

enum { STREAM_WRITES_MAX = 4096, STREAM_SACKS_MAX = 4096 };

struct machine;
struct sim;

struct early_packet {
    uint64_t sequence;
    uint32_t packet;
};

struct stream {
    struct flow *flow;
    struct tcp_sender sender;
    struct tcp_receiver receiver;
    int frames_max; /* segments of the largest packet */
    int size_count;
    struct route **sizes; /* of packets of 1, 2, … segments */
    struct route *ack;
    bool far_sends, far_receives, lro, paced;
    int early_count, early_capacity; /* packets that came out of order, by sequence */
    struct early_packet *early;
    uint16_t sack; /* the range that was written last; the first is empty */
    struct tcp_range sacks[STREAM_SACKS_MAX];
    uint32_t write_bytes;
    uint32_t writes_due;         /* of a paced sender */
    uint32_t write_head, writes; /* writes not yet read: where each ends, when it began */
    uint64_t write_end[STREAM_WRITES_MAX];
    sim_time write_at[STREAM_WRITES_MAX];
    event_id timer, ack_timer;
    sim_time timer_at;
    struct server far_link;
    /* what the far host merges: frames in sequence without a gap between them */
    uint64_t train_from;
    uint32_t train_bytes, train_frames;
    sim_time train_ends; /* unless another frame comes */
    bool train_waits;
    sim_time arrival[2]; /* of the last frame with data, of the last acknowledgement, that crossed the network */
};

/* Buffers and settings of a flow whose routes are wired afterwards: sizes has room for `frames_max`. */
struct stream *stream_new(struct flow *flow, int packet_frames, int frames_max);
void stream_free(struct stream *stream);

/* No packet is larger: a ring on its way holds no more. */
void stream_limit(struct stream *stream, int frames);

/* Packets that fit a socket's queue: what the window allows, small ones included. */
uint32_t stream_socket_packets(const struct stream *stream);

void stream_start(struct stream *stream);

/* The softirq has taken a packet through IP: TCP's input, whose outcome is in the packet's hands no more. */
void stream_input(struct machine *machine, uint32_t packet, struct station *from);

/* The end of a path: data read, or an acknowledgement taken. */
void stream_arrived(struct route *route, const struct packet *packet, struct station *from);

/* So much of what was handed down is no longer in the queues below. */
void stream_freed(struct stream *stream, uint32_t bytes, struct station *from);

/* TCP's output, where `from` works (NULL: a timer, the far host): all packets that it lets go now. */
void stream_output(struct stream *stream, struct station *from);

/* For far_host.h: a new packet of data, not yet on its way; a write, so that its latency is measured; bytes that the
 * receiver has read; an acknowledgement that has come, and one that may be due. */
uint32_t stream_new_data(struct stream *stream, uint64_t sequence, uint32_t bytes);
void stream_remember_write(struct stream *stream, sim_time began);
void stream_count_read(struct stream *stream, uint32_t frames, uint32_t bytes);
void stream_take_ack(struct stream *stream, const struct packet *packet, struct station *from);
void stream_acknowledge(struct stream *stream, struct station *from);

#endif
