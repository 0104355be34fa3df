/* Packets in flight and the pool they come from. */
#ifndef IOPATH_MODELS_PACKET_H
#define IOPATH_MODELS_PACKET_H

#include "sim/diag.h"
#include "sim/processor.h"
#include "sim/time.h"

struct bucket;
struct route;
struct station;

/* One frame on its way; or, after it has left, what its sender still has to clean up; or a register access
 * on its way to the device model. At most 64 bytes: rings hold indices, workers touch one line. */
struct packet {
    sim_time born;
    struct route *route;       /* NULL: not in use */
    struct processor *cpu;     /* that produced it last, NULL: a device */
    struct station *caller;    /* whose CPU stalls until this stage is done, or NULL */
    struct bucket *flow_limit; /* cap of its flow that it has not passed yet, or NULL */
    uint32_t buffer;           /* index of the buffer the device reads or writes */
    uint32_t next_free;
    int32_t frame_bytes; /* on the stage it is on */
    uint8_t stage;
    bool reserved; /* the next stage's queue holds a slot for it */
};

enum { PACKET_CHUNK_BITS = 12, PACKET_CHUNKS_MAX = 256 };

struct packet_pool {
    struct packet *chunks[PACKET_CHUNKS_MAX];
    int chunk_count;
    uint32_t free;
    uint32_t in_use;
};

#define PACKET_NONE UINT32_MAX

enum iop_status packet_pool_init(struct packet_pool *pool, struct diag *diag);
void packet_pool_fini(struct packet_pool *pool);

/* Grows by a chunk when empty; at most a million packets, beyond which the model is broken and aborts. */
uint32_t packet_take(struct packet_pool *pool);
void packet_give(struct packet_pool *pool, uint32_t index);

static inline struct packet *packet_at(struct packet_pool *pool, uint32_t index) {
    return &pool->chunks[index >> PACKET_CHUNK_BITS][index & ((1u << PACKET_CHUNK_BITS) - 1)];
}

#endif
