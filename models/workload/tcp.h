/* TCP's rules, apart from everything that carries its segments: bytes written and acknowledgements in, segments to
 * send and acknowledgements to send out. Sequence numbers are 64 bits and start at 0, so that none comes round.
 *
 * Sender: send buffer, the receiver's window, slow start from `initial_window` and congestion avoidance (Reno, counting
 * bytes: RFC 5681), selective acknowledgement with loss after three segments and the flight it leaves (RFC 6675), a
 * lost retransmission seen by what was sent after it, timeout with back-off (RFC 6298), probes of a closed window,
 * Nagle. It hands out packets of many segments if it may: as large as a millisecond of its pace, two segments at
 * least, and it waits for an acknowledgement rather than send a small one, if that comes soon (tcp_tso_should_defer);
 * what the queues below it hold is bounded (TCP small queues). Receiver: an acknowledgement for every second full
 * segment, at once for what is out of order or fills a gap and in the beginning, else after a delay; the range received
 * last as selective acknowledgement; window updates.
 *
 * Not modelled: connection set-up and end, CUBIC, reordering, tail-loss probe, autotuning (buffers have their final
 * size), ECN. */
#ifndef IOPATH_MODELS_WORKLOAD_TCP_H
#define IOPATH_MODELS_WORKLOAD_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/time.h"

enum { TCP_RANGES_MAX = 2048, TCP_SENT_MAX = 64 };

/* Bytes [from, to). */
struct tcp_range {
    uint64_t from, to;
};

/* Ranges that do not touch, in order. */
struct tcp_ranges {
    int count;
    struct tcp_range range[TCP_RANGES_MAX];
};

struct tcp_settings {
    uint32_t segment_bytes;      /* MSS: payload of one full frame */
    uint32_t packet_bytes;       /* largest packet handed down, a multiple of the segment; one segment: no offload */
    uint32_t initial_segments;   /* initial window */
    uint32_t send_buffer_bytes;  /* payload written and not yet acknowledged */
    uint32_t window_bytes;       /* payload the receiver has room for */
    uint32_t below_bytes;        /* payload in the queues below TCP, of one flow */
    sim_time rto_least, delayed; /* shortest timeout; delay of an acknowledgement */
};

struct tcp_segment {
    uint64_t sequence;
    uint32_t bytes;
    bool again; /* a retransmission */
};

struct tcp_ack {
    uint64_t acknowledged;
    uint32_t window;
    struct tcp_range sacked; /* empty: nothing is out of order */
};

enum tcp_recovery { TCP_OPEN, TCP_FAST_RECOVERY, TCP_AFTER_TIMEOUT };

struct tcp_sender {
    struct tcp_settings settings;
    uint64_t written, next, unacknowledged, edge; /* edge: end of the receiver's window */
    uint32_t below;                               /* payload in the queues below; the caller keeps it */
    double window, threshold;                     /* congestion window, slow start threshold, bytes */
    enum tcp_recovery recovery;
    uint64_t recovery_end;  /* all that was sent when recovery began */
    uint64_t lost_to;       /* what is below it and not selectively acknowledged is lost … */
    uint64_t resent_to;     /* … and below this sent again */
    uint64_t resent_at;     /* `next` as of the last retransmission */
    struct tcp_range again; /* holes in it were sent again and are lost again */
    struct tcp_ranges sacked;
    bool probe;
    int backoff;
    sim_time rtt, rtt_variation; /* smoothed, 0: none yet */
    bool timing;
    uint64_t timed_sequence;
    sim_time timed_at, deadline; /* SIM_TIME_MAX: no timer */
    /* when packets that are out were first sent, the oldest ones of them */
    int sent_count;
    struct {
        uint64_t end;
        sim_time at;
    } sent[TCP_SENT_MAX];
    uint64_t losses, timeouts; /* how often recovery began, either way */
};

void tcp_sender_init(struct tcp_sender *sender, const struct tcp_settings *settings);

/* Room for payload in the send buffer. */
uint32_t tcp_room(const struct tcp_sender *sender);
void tcp_write(struct tcp_sender *sender, uint32_t bytes);

/* What is to be sent now, if anything; it then counts as sent. Call until it returns false. */
bool tcp_next_segment(struct tcp_sender *sender, sim_time now, struct tcp_segment *segment);
void tcp_acknowledged(struct tcp_sender *sender, sim_time now, const struct tcp_ack *ack);

/* When tcp_sender.deadline has come. */
void tcp_timed_out(struct tcp_sender *sender, sim_time now);

/* Bytes sent that are neither acknowledged in any way nor taken for lost. */
uint64_t tcp_in_flight(const struct tcp_sender *sender);

struct tcp_receiver {
    struct tcp_settings settings;
    uint64_t next, read, edge; /* edge: end of the window as advertised */
    uint64_t acknowledged;     /* as of the last acknowledgement sent */
    struct tcp_ranges early;   /* out of order */
    struct tcp_range latest;   /* the one of them that grew last */
    int quick;                 /* acknowledgements still to be sent at once: the beginning */
    bool at_once, pending;     /* an acknowledgement is due now, or after the delay */
};

enum tcp_arrival { TCP_IN_ORDER, TCP_EARLY, TCP_DUPLICATE };

void tcp_receiver_init(struct tcp_receiver *receiver, const struct tcp_settings *settings);

/* A segment or a packet of several has come. In order: `*fresh` bytes of it are new, and early ones that the caller
 * holds may follow now (tcp_arrived again). */
enum tcp_arrival tcp_arrived(struct tcp_receiver *receiver, uint64_t sequence, uint32_t bytes, uint32_t *fresh);

/* The application has read; true if the sender should be told of the room at once. */
bool tcp_has_read(struct tcp_receiver *receiver, uint32_t bytes);

/* Whether an acknowledgement is due now; after tcp_receiver.pending it is due after the delay. */
bool tcp_ack_due(const struct tcp_receiver *receiver);
struct tcp_ack tcp_take_ack(struct tcp_receiver *receiver);

#endif
