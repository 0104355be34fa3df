/* Packets in flight and the pool they come from. */
#ifndef IOPATH_MODELS_PACKET_H
#define IOPATH_MODELS_PACKET_H

#include <assert.h>

#include "sim/diag.h"
#include "sim/processor.h"
#include "sim/time.h"

struct bucket;
struct route;
struct station;

/* One frame or larger packet on its way; or, after it has left, what its sender still has to clean up; or a register
 * access on its way to the device model. One cache line: rings hold indices, workers touch one line. The last members
 * are for packets of a tcp-stream. */
struct packet {
    sim_time born;
    struct route *route;       /* NULL: not in use */
    struct processor *cpu;     /* that produced it last, NULL: a device */
    struct station *caller;    /* whose CPU stalls until this stage is done, or NULL */
    struct bucket *flow_limit; /* cap of its flow that it has not passed yet, or NULL */
    uint32_t buffer;           /* index of the buffer the device reads or writes */
    int32_t frame_bytes;       /* on the stage it is on */
    uint8_t stage;
    bool reserved;  /* the next stage's queue holds slots for it */
    uint8_t frames; /* segments of data it carries, 0: another kind of packet */
    uint8_t handed; /* segments of the packet whose clean-up goes with it, 0: another one's business */
    union {
        uint32_t bytes; /* payload; of a clean-up, of what was sent; of an acknowledgement, the window */
        uint32_t next_free;
    };
    uint64_t sequence : 48; /* of the first byte, or acknowledged */
    uint64_t sack : 16;     /* of an acknowledgement: which range of stream.h is selectively acknowledged, 0: none */
};
#define PACKET_SEQUENCE_MASK ((UINT64_C(1) << 48) - 1)
static_assert(sizeof(struct packet) == 64, "a packet is one cache line");

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
