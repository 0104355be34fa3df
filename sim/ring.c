#include "sim/ring.h"

#include <stdlib.h>
#include <string.h>

enum iop_status ring_init(struct ring *ring, uint32_t capacity, struct diag *diag) {
    memset(ring, 0, sizeof *ring);
    uint32_t size = 1;
    while (size < capacity) size *= 2;
    ring->entries = calloc(size, sizeof *ring->entries);
    if (ring->entries == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a ring of %u", capacity);
    ring->mask = size - 1;
    ring->capacity = capacity;
    return IOP_OK;
}

void ring_fini(struct ring *ring) {
    free(ring->entries);
    memset(ring, 0, sizeof *ring);
}
