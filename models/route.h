/* Where one flow's packets go: for each stage of its program the queue they wait in and who works on them. */
#ifndef IOPATH_MODELS_ROUTE_H
#define IOPATH_MODELS_ROUTE_H

#include "models/hardware/nic.h"
#include "models/packet.h"
#include "models/paths/program.h"
#include "sim/ring.h"

enum { WAITERS_MAX = 256 };

struct station;
struct flow;

/* A ring of a path with its two ends. */
struct queue {
    struct ring ring;
    enum ring_id id;
    int guest, server, index; /* whose it is */
    int port;                 /* of its consumer, if that is a poll loop; -1: none, emptied in passing */
    bool drops, held;         /* of ring_infos, for each packet */
    uint32_t wake_free;       /* slots that must be free before a blocked producer goes on */
    uint32_t reserved;        /* slots promised to packets that are being worked on */
    struct station *consumer;
    struct shaper *limit;        /* of what the back end takes from it (a vif's credit), NULL: none */
    bool limit_waits;            /* the back end will look again when the limit allows */
    struct disk *disk;           /* the consumer of a submission queue */
    struct nic_queue *nic_queue; /* the consumer of a transmit ring, the producer of a receive ring */
    struct queue *used; /* of a transmit virtqueue: its sent packets, which the driver reclaims in passing, or NULL */
    uint32_t batch;     /* pushes that its producer keeps to itself before it tells the sleeping consumer */
    uint32_t put_off;   /* of those: pushes until the consumer is told, where it asks for that ahead */
    bool by_sender;     /* … only the sender asks for one, and only when its ring is full */
    int waiter_count;
    struct station *waiters[WAITERS_MAX]; /* producers that found it full */
};

struct route {
    struct program *program;
    struct flow *flow;
    struct queue *queues[STAGES_MAX];        /* where it waits before the stage; NULL for a first stage */
    struct queue *releases[STAGES_MAX];      /* whose slot is free after the stage, or NULL */
    struct queue *reaps[STAGES_MAX];         /* whose packets the sender takes after the stage, or NULL */
    struct nic_queue *rx_queues[STAGES_MAX]; /* NIC stages that receive: into which queue of which NIC */
    struct route *completions[COMPLETIONS_MAX];
    struct processor *origin; /* where work is done that has no CPU of its own, if not at the sender's thread */
};

/* The stage a packet is on or waits for. */
static inline struct stage *stage_of(const struct packet *packet) {
    return &packet->route->program->stages[packet->stage];
}

/* Books one execution of a stage's rows of a kind; returns their work. */
static inline sim_time execute(struct stage *stage, enum when when) {
    stage->executed[when]++;
    return stage->work[when];
}

#endif
