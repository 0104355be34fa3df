/* The event list: what happens next.
 *
 * An event is a handler and two words. Events run in the order of their times; equal times run in the
 * order they were scheduled, always. An event can be cancelled until it runs.
 *
 * Built as a 4-ary heap of 16-byte nodes (time, order), four children to a cache line, beside an array of
 * 32-byte slots that hold handler and words and never move while the event is pending. Two things make it
 * fast in simulations: the first event that a running handler schedules takes the place of the one that
 * runs, which saves a removal; and cancelling only marks the slot, the node goes when it surfaces (or when
 * more than half of the list is cancelled). Memory grows by doubling and is kept: no allocation in the
 * steady state. At most 16 million events may be pending, 10^12 may run. */
#ifndef IOPATH_SIM_EVENT_H
#define IOPATH_SIM_EVENT_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/diag.h"
#include "sim/time.h"

struct sim;

typedef void sim_handler(struct sim *sim, void *object, uint64_t word);

typedef uint64_t event_id; /* names one scheduled event; comes round again after 2^31 events in its slot */
#define EVENT_NONE ((event_id)0)

enum { EVENT_SLOT_BITS = 24 };
#define EVENT_SLOT_MASK ((UINT64_C(1) << EVENT_SLOT_BITS) - 1)

struct event_node {
    sim_time time;
    uint64_t order; /* sequence number, then slot: ties break by sequence */
};
static_assert(sizeof(struct event_node) == 16, "four children fill one cache line");

struct event_slot {
    sim_handler *handler; /* NULL: cancelled */
    void *object;
    uint64_t word;
    uint32_t generation; /* odd while pending */
    uint32_t next_free;
};
static_assert(sizeof(struct event_slot) == 32, "two slots to a cache line");

struct event_list {
    struct event_node *heap; /* root at EVENT_ROOT; cache-line aligned */
    struct event_slot *slots;
    uint64_t sequence;
    uint32_t end;      /* one past the last node; EVENT_ROOT when empty */
    uint32_t capacity; /* nodes allocated */
    uint32_t free_slot;
    uint32_t slot_capacity;
    uint32_t cancelled; /* nodes whose slot is cancelled */
    bool hole;          /* the root is the running event; the next push may replace it */
};

enum { EVENT_ROOT = 3 }; /* so that the children of node i, at 4(i-2), start a cache line */

enum iop_status event_list_init(struct event_list *list, uint32_t expected, struct diag *diag);
void event_list_fini(struct event_list *list);

/* Aborts when memory or the 16 million slots run out: a model that does either is broken. */
event_id event_push(struct event_list *list, sim_time time, sim_handler *handler, void *object, uint64_t word);

/* Cancels a pending event and returns true; false if it has run or was cancelled. O(1). */
bool event_cancel(struct event_list *list, event_id id);

/* Number of events that will still run. */
uint32_t event_pending(const struct event_list *list);

/* Runs events in order while their time is <= until and *stop is false. *now follows the event that runs.
 * Returns how many ran. */
uint64_t event_run(struct event_list *list, struct sim *sim, sim_time *now, sim_time until, const bool *stop);

#endif
