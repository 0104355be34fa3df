/* A bounded ring between a producer and a consumer, with notification suppression.
 *
 * Entries wait in first-come first-served order. A slot is taken by ring_push and, as in shared-memory
 * rings and descriptor rings, is free again only after ring_release, which may come long after ring_pop:
 * between the two the entry is in the consumer's hands. A queue without that distance releases as it pops.
 *
 * The consumer arms the ring when it goes to sleep, and the first push after that reports that a
 * notification is due (RING_PUSH_REQUESTS_AND_CHECK_NOTIFY of Xen's io/ring.h, interrupt masking of NAPI).
 * Pushes to a ring that is not armed are silent: this is what makes a busy back end cheap. */
#ifndef IOPATH_SIM_RING_H
#define IOPATH_SIM_RING_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/diag.h"

struct ring {
    uint32_t *entries;
    uint32_t mask;
    uint32_t head, tail; /* of the waiting entries; free-running */
    uint32_t used;       /* slots taken: waiting and not yet released */
    uint32_t capacity;
    bool armed; /* the consumer wants to be told of the next push */
    uint64_t pushed, notified, dropped;
};

enum iop_status ring_init(struct ring *ring, uint32_t capacity, struct diag *diag);
void ring_fini(struct ring *ring);

static inline uint32_t ring_waiting(const struct ring *ring) { return ring->tail - ring->head; }
static inline uint32_t ring_space(const struct ring *ring) { return ring->capacity - ring->used; }

/* The caller has checked that there is space. Returns true when the consumer must be notified, and
 * disarms. */
static inline bool ring_push(struct ring *ring, uint32_t entry) {
    assert(ring->used < ring->capacity);
    ring->entries[ring->tail++ & ring->mask] = entry;
    ring->used++;
    ring->pushed++;
    bool notify = ring->armed;
    ring->armed = false;
    ring->notified += notify;
    return notify;
}

/* The caller has checked that something waits. */
static inline uint32_t ring_pop(struct ring *ring) {
    assert(ring_waiting(ring) > 0);
    return ring->entries[ring->head++ & ring->mask];
}

static inline void ring_release(struct ring *ring, uint32_t slots) {
    assert(ring->used >= slots + ring_waiting(ring));
    ring->used -= slots;
}

/* Final check before sleep: false, and not armed, if something came in the meantime. */
static inline bool ring_arm(struct ring *ring) {
    ring->armed = ring_waiting(ring) == 0;
    return ring->armed;
}

#endif
