#include "models/packet.h"

#include <stdlib.h>
#include <string.h>

static bool grow(struct packet_pool *pool) {
    if (pool->chunk_count == PACKET_CHUNKS_MAX) return false;
    uint32_t size = 1u << PACKET_CHUNK_BITS, base = (uint32_t)pool->chunk_count << PACKET_CHUNK_BITS;
    struct packet *chunk = aligned_alloc(sizeof *chunk, size * sizeof *chunk);
    if (chunk == NULL) return false;
    memset(chunk, 0, size * sizeof *chunk);
    for (uint32_t i = 0; i < size; i++) chunk[i].next_free = i + 1 < size ? base + i + 1 : pool->free;
    pool->chunks[pool->chunk_count++] = chunk;
    pool->free = base;
    return true;
}

enum iop_status packet_pool_init(struct packet_pool *pool, struct diag *diag) {
    memset(pool, 0, sizeof *pool);
    pool->free = PACKET_NONE;
    return grow(pool) ? IOP_OK : diag_set(diag, IOP_NO_MEMORY, "no memory for packets");
}

void packet_pool_fini(struct packet_pool *pool) {
    for (int i = 0; i < pool->chunk_count; i++) free(pool->chunks[i]);
    memset(pool, 0, sizeof *pool);
}

uint32_t packet_take(struct packet_pool *pool) {
    if (pool->free == PACKET_NONE && !grow(pool)) abort();
    uint32_t index = pool->free;
    pool->free = packet_at(pool, index)->next_free;
    pool->in_use++;
    return index;
}

void packet_give(struct packet_pool *pool, uint32_t index) {
    struct packet *packet = packet_at(pool, index);
    packet->route = NULL; /* how a census tells it from those in use */
    packet->next_free = pool->free;
    pool->free = index;
    pool->in_use--;
}
