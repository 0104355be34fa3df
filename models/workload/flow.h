/* A flow: one socket and the thread behind it, or a source of frames at the far host.
 *
 * A sender's thread sends as fast as its socket's send buffer lets it (max), when a timer says so (constant
 * or Poisson arrivals, or bursts of exponential length between idle times of exponential length; what it could not send
 * in time waits, and the wait counts as latency), or when the answer to its last request has come (transactions; what
 * is lost is sent again after a timeout). The send buffer holds what is not yet cleaned up after; a thread that finds
 * it full sleeps until half of it is free, as Linux's UDP and TCP sockets do. pktgen has no socket: it tries until its
 * driver's ring has room (the CPU time of trying is not counted). A spinning thread computes piece by piece, with or
 * without pauses; one that calls the kernel or reads the clock does so without. A process that forks copies its page
 * table page by page (models/guest/processes.c): pieces of a fork, not of a period. A boot is a transaction that nobody
 * answers: when init runs, its toolstack asks for the next. A replay's timer takes dates and
 * sizes from its trace. The far host sends frames at the rate asked for, at most the wire's, or is a client of a server
 * here: it takes no time of its own, only the network between does. */
#ifndef IOPATH_MODELS_WORKLOAD_FLOW_H
#define IOPATH_MODELS_WORKLOAD_FLOW_H

#include "models/result.h"
#include "models/station.h"
#include "models/workload/trace.h"
#include "sim/balance.h"
#include "sim/histogram.h"
#include "sim/random.h"

enum flow_kind {
    FLOW_STREAM,
    FLOW_MAX,
    FLOW_PACED,
    FLOW_TRANSACTION,
    FLOW_FAR_SOURCE,
    FLOW_SPIN,
    FLOW_FAR_CLIENT,
    FLOW_FORK
};

/* The next request of an open loop, which nobody has taken yet (block.h). */
struct block_clock {
    double next_ps, burst_end_ps; /* of a rate */
    int next;                     /* of a trace: number of the request, */
    sim_time round;               /* and when this round began */
};

/* What the flows of one workload achieve together. */
struct workload_state {
    const struct workload_config *config;
    int number; /* among all of the model */
    int guest, workload;
    struct balance frames;  /* frames or transactions */
    struct balance acks;    /* acknowledgements of tcp-streams */
    struct balance cleanup; /* what their senders still have to reclaim; flushes of block workloads */
    struct histogram latency;
    uint64_t lost[LOST_COUNT];
    uint64_t offered, payload_bytes;
    struct block_job *jobs;                   /* of a block workload */
    int first_job;                            /* … how many application threads begin on vCPUs before its own */
    struct block_clock block_clock;           /* … with a rate or a trace */
    sim_time piece;                           /* of a spinning workload, at full speed */
    uint64_t frames_read, bytes_read, resent; /* tcp-stream: frames and payload read, frames sent again */
    /* as of the end of the warm-up */
    uint64_t delivered_before, offered_before, payload_before, lost_before[LOST_COUNT];
    uint64_t frames_before, bytes_before, resent_before;
    double due_before;
};

struct stream;
struct block_job;

/* One of the requests that a job of a block workload keeps in flight (block.h). */
struct block_slot {
    struct block_job *job;
    struct route *(*routes)[BLOCK_OP_COUNT]; /* of each class of sizes; NULL: there is no such request */
    int classes;
    int request;            /* of a trace: its number */
    struct flow *next_held; /* of its job */
    bool held_answered;
};

struct flow {
    struct machine *machine;
    struct workload_state *state;
    enum flow_kind kind;
    struct station thread;      /* the sender; its cpu is where it runs */
    struct processor *peer_cpu; /* of the thread at the other end, if it has one */
    struct route *route;        /* tcp-stream: of the largest packets */
    struct stream *stream;      /* tcp-stream: its connection */
    struct block_slot block;
    /* of a replay: the dates of this round begin at `round`, each class of sizes has a route */
    const struct trace *trace; /* NULL: no replay */
    struct route **class_routes;
    sim_time round;
    double stretch; /* of the trace's dates */
    bool repeat;
    int index; /* among the flows of its workload and direction */
    struct random_stream random;
    double interval_ps;      /* mean time between arrivals, or between pings; 0: none */
    double next_ps;          /* date of the next arrival */
    sim_time timeout;        /* until a lost transaction is asked again */
    sim_time asked;          /* when the transaction in flight began, retransmissions included, or was due */
    int pieces, pieces_left; /* spin: of each period, and of this one; 0 pieces: it never pauses */
    bool poisson;
    bool open; /* requests are due at times of their own; what finds one in flight waits, and the wait counts */
    double burst_ps, idle_ps; /* means of on-off arrivals; 0: not on and off */
    double burst_end_ps;
    bool in_kernel; /* pktgen, AF_XDP, netmap: no send buffer, the driver's ring is what fills up */
    bool active;    /* the thread is awake */
    bool blocked;   /* it sleeps until its send buffer has room */
    int buffer_used, buffer_limit, packet_truesize;
    struct bucket limit; /* cap of one flow of its instance; no rate: none */
    struct ring backlog; /* arrivals that wait for the thread */
};

void flow_start(struct flow *flow);

/* The driver's ring, which pktgen found full, has room again. */
void flow_has_room(struct station *thread);

/* Moves flow.next_ps to the next arrival: constant, Poisson, or in bursts. */
void flow_next_arrival(struct flow *flow);

/* The main path's end: delivered, or a transaction complete; or the end of a completion. */
void flow_arrived(struct route *route, const struct packet *packet, struct station *from);
void flow_lost(struct route *route, const struct packet *packet, enum lost where);

/* One packet of the flow's has been freed by `from` (NULL: a device); of a tcp-stream with so many bytes of payload. */
void flow_buffer_free(const struct route *route, uint32_t bytes, struct station *from);

/* Where packets of a route are counted. */
struct balance *flow_balance(const struct route *route);

#endif
