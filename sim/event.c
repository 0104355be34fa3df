#include "sim/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE_BYTES = 64, NO_SLOT = -1 };

/* Time and order as one number (times are never negative), so that a comparison is a subtraction with borrow
 * instead of branches that nobody can predict: the heap's whole cost is mispredicted branches. */
__extension__ typedef unsigned __int128 node_key;

static inline node_key key_of(const struct event_node *node) {
    return (node_key)(uint64_t)node->time << 64 | node->order;
}

static inline bool before(const struct event_node *a, const struct event_node *b) { return key_of(a) < key_of(b); }

static _Noreturn void out_of(const char *what) {
    fprintf(stderr, "iopath: event list: out of %s\n", what);
    abort();
}

static struct event_node *heap_alloc(uint32_t capacity) {
    size_t bytes = (size_t)capacity * sizeof(struct event_node);
    return aligned_alloc(CACHE_LINE_BYTES, (bytes + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES * CACHE_LINE_BYTES);
}

static void link_free_slots(struct event_list *list, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        list->slots[i].generation = 0;
        list->slots[i].next_free = i + 1 < to ? i + 1 : (uint32_t)NO_SLOT;
    }
    list->free_slot = from;
}

enum iop_status event_list_init(struct event_list *list, uint32_t expected, struct diag *diag) {
    memset(list, 0, sizeof *list);
    if (expected > EVENT_SLOT_MASK)
        return diag_set(diag, IOP_INVALID, "%u events are more than the %u that can be pending", expected,
                        (uint32_t)EVENT_SLOT_MASK);
    uint32_t slots = expected < 64 ? 64 : expected;
    list->capacity = slots + EVENT_ROOT + 1;
    list->slot_capacity = slots;
    list->heap = heap_alloc(list->capacity);
    list->slots = malloc((size_t)slots * sizeof *list->slots);
    if (list->heap == NULL || list->slots == NULL) {
        event_list_fini(list);
        return diag_set(diag, IOP_NO_MEMORY, "no memory for %u events", slots);
    }
    list->end = EVENT_ROOT;
    link_free_slots(list, 0, slots);
    return IOP_OK;
}

void event_list_fini(struct event_list *list) {
    free(list->heap);
    free(list->slots);
    memset(list, 0, sizeof *list);
}

/* Kept out of line: runs a few times in the life of a list. */
static __attribute__((noinline)) void grow(struct event_list *list) {
    if (list->slot_capacity == EVENT_SLOT_MASK) out_of("slots");
    uint32_t slots = list->slot_capacity > EVENT_SLOT_MASK / 2 ? (uint32_t)EVENT_SLOT_MASK : list->slot_capacity * 2;
    struct event_node *heap = heap_alloc(slots + EVENT_ROOT + 1);
    struct event_slot *larger = realloc(list->slots, (size_t)slots * sizeof *larger);
    if (heap == NULL || larger == NULL) out_of("memory");
    memcpy(heap, list->heap, (size_t)list->end * sizeof *heap);
    free(list->heap);
    list->heap = heap;
    list->slots = larger;
    list->capacity = slots + EVENT_ROOT + 1;
    link_free_slots(list, list->slot_capacity, slots);
    list->slot_capacity = slots;
}

static inline void sift_up(struct event_node *heap, uint32_t at, struct event_node node) {
    while (at > EVENT_ROOT) {
        uint32_t parent = at / 4 + 2;
        if (!before(&node, &heap[parent])) break;
        heap[at] = heap[parent];
        at = parent;
    }
    heap[at] = node;
}

static inline uint32_t least_child(const struct event_node *heap, uint32_t first, uint32_t end) {
    uint32_t least = first;
    if (first + 3 < end) { /* the usual case: a full line */
        uint32_t right = before(&heap[first + 3], &heap[first + 2]) ? first + 3 : first + 2;
        least = before(&heap[first + 1], &heap[first]) ? first + 1 : first;
        return before(&heap[right], &heap[least]) ? right : least;
    }
    for (uint32_t i = first + 1; i < end; i++)
        if (before(&heap[i], &heap[least])) least = i;
    return least;
}

/* Which child wins is not known in time to fetch its children early, so all four lines below are fetched;
 * a heap that large does not fit into the cache anyway. */
static inline void prefetch_grandchildren(const struct event_node *heap, uint32_t first, uint32_t end) {
    uint32_t below = 4 * (first - 2);
    if (below + 16 > end) return;
    for (uint32_t i = 0; i < 16; i += 4) __builtin_prefetch(&heap[below + i]);
}

static inline void sift_down(struct event_node *heap, uint32_t at, uint32_t end, struct event_node node) {
    for (;;) {
        uint32_t first = 4 * (at - 2);
        if (first >= end) break;
        prefetch_grandchildren(heap, first, end);
        uint32_t child = least_child(heap, first, end);
        if (!before(&heap[child], &node)) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = node;
}

static inline void remove_root(struct event_list *list) {
    struct event_node last = list->heap[--list->end];
    if (list->end > EVENT_ROOT) sift_down(list->heap, EVENT_ROOT, list->end, last);
}

static inline void release_slot(struct event_list *list, uint32_t index) {
    struct event_slot *slot = &list->slots[index];
    slot->generation++;
    slot->next_free = list->free_slot;
    list->free_slot = index;
}

event_id event_push(struct event_list *list, sim_time time, sim_handler *handler, void *object, uint64_t word) {
    assert(time >= 0 && handler != NULL);
    if (list->free_slot == (uint32_t)NO_SLOT) grow(list);
    uint32_t index = list->free_slot;
    struct event_slot *slot = &list->slots[index];
    list->free_slot = slot->next_free;
    slot->handler = handler;
    slot->object = object;
    slot->word = word;
    slot->generation++;
    struct event_node node = {time, list->sequence++ << EVENT_SLOT_BITS | index};
    if (list->hole) {
        list->hole = false;
        sift_down(list->heap, EVENT_ROOT, list->end, node);
    } else {
        sift_up(list->heap, list->end++, node);
    }
    return (event_id)slot->generation << 32 | index;
}

/* Drops all cancelled nodes and restores the heap. The order of events does not depend on the heap's
 * shape, so this changes nothing that can be observed. A hole stays where it is: its slot is no longer its
 * own, and its key is still the least. */
static __attribute__((noinline)) void sweep_cancelled(struct event_list *list) {
    uint32_t kept = EVENT_ROOT + (list->hole ? 1 : 0);
    for (uint32_t i = kept; i < list->end; i++) {
        uint32_t index = (uint32_t)(list->heap[i].order & EVENT_SLOT_MASK);
        if (list->slots[index].handler != NULL)
            list->heap[kept++] = list->heap[i];
        else
            release_slot(list, index);
    }
    list->end = kept;
    list->cancelled = 0;
    for (uint32_t i = kept; i-- > EVENT_ROOT;) sift_down(list->heap, i, kept, list->heap[i]);
}

bool event_cancel(struct event_list *list, event_id id) {
    uint32_t index = (uint32_t)id;
    if (id == EVENT_NONE || index >= list->slot_capacity) return false;
    struct event_slot *slot = &list->slots[index];
    if (slot->generation != (uint32_t)(id >> 32) || slot->handler == NULL) return false;
    slot->handler = NULL;
    list->cancelled++;
    if (list->cancelled > 64 && list->cancelled > (list->end - EVENT_ROOT) / 2) sweep_cancelled(list);
    return true;
}

uint32_t event_pending(const struct event_list *list) {
    return list->end - EVENT_ROOT - list->cancelled - (list->hole ? 1 : 0);
}

/* One of the root's children runs next, unless something new does. Slots are visited in random order, and this
 * is early enough to hide the cache miss: most children stay for several events. */
static inline void prefetch_next_slots(const struct event_list *list) {
    if (list->end < EVENT_ROOT + 5) return;
    for (uint32_t i = EVENT_ROOT + 1; i < EVENT_ROOT + 5; i++)
        __builtin_prefetch(&list->slots[list->heap[i].order & EVENT_SLOT_MASK]);
}

uint64_t event_run(struct event_list *list, struct sim *sim, sim_time *now, sim_time until, const bool *stop) {
    uint64_t ran = 0;
    while (list->end > EVENT_ROOT && !*stop) {
        struct event_node root = list->heap[EVENT_ROOT];
        if (root.time > until) break;
        uint32_t index = (uint32_t)(root.order & EVENT_SLOT_MASK);
        struct event_slot event = list->slots[index];
        release_slot(list, index);
        prefetch_next_slots(list);
        if (event.handler == NULL) {
            list->cancelled--;
            remove_root(list);
            continue;
        }
        *now = root.time;
        list->hole = true;
        event.handler(sim, event.object, event.word);
        ran++;
        if (list->hole) {
            list->hole = false;
            remove_root(list);
        }
    }
    return ran;
}
