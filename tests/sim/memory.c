/* No allocation in the steady state: every call of malloc and its kin in this program is counted. Sanitizers
 * bring an allocator of their own that must not be replaced; there the test is skipped. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "sim/processor.h"
#include "sim/random.h"
#include "sim/ring.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_ALLOCATOR
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define OWN_ALLOCATOR
#endif

static uint64_t allocations;

#ifndef OWN_ALLOCATOR
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void counted(void) { __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED); }

void *malloc(size_t size) {
    counted();
    return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
    counted();
    return __libc_calloc(count, size);
}
void *realloc(void *old, size_t size) {
    counted();
    return __libc_realloc(old, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
    counted();
    return __libc_memalign(alignment, size);
}
#endif

static void skip_without_counter(void) {
#ifdef OWN_ALLOCATOR
    cr_skip_test("allocations cannot be counted under a sanitizer");
#endif
}

/* A bit of everything: a source with a timeout that it resets, a ring, and a processor that is preempted. */
struct model {
    struct random_stream stream;
    struct ring ring;
    struct processor processor;
    event_id timeout;
    uint64_t served;
};

static void nothing(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)object;
    (void)word;
}

static void served(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct model *model = object;
    ring_pop(&model->ring);
    ring_release(&model->ring, 1);
    model->served++;
}

static void serve_one(struct model *model) {
    ring_push(&model->ring, 0);
    processor_submit(&model->processor, CONTEXT_TASK, sim_time_of(random_exponential(&model->stream, 7e-7)), served,
                     model, 0);
}

static void arrival(struct sim *sim, void *object, uint64_t word) {
    struct model *model = object;
    sim_cancel(sim, model->timeout);
    model->timeout = sim_after(sim, SIM_MS, nothing, model, 0);
    if (ring_space(&model->ring) > 0) serve_one(model);
    if (random_below(&model->stream, 4) == 0)
        processor_submit(&model->processor, CONTEXT_HARDIRQ, 50 * SIM_NS, nothing, model, 0);
    sim_after(sim, sim_time_of(random_exponential(&model->stream, 1e-6)), arrival, model, word);
}

static void model_init(struct model *model, struct sim *sim) {
    cr_assert_eq(sim_init(sim, 1, 0, 16, NULL), IOP_OK);
    cr_assert_eq(ring_init(&model->ring, 64, NULL), IOP_OK);
    cr_assert_eq(processor_init(&model->processor, sim, NULL), IOP_OK);
    random_stream_init(&model->stream, 1, 0, 0);
    model->timeout = EVENT_NONE;
    model->served = 0;
    while (ring_space(&model->ring) > 0) serve_one(model); /* the longest queue there will be */
    sim_at(sim, 0, arrival, model, 0);
}

Test(memory, nothing_is_allocated_in_the_steady_state) {
    skip_without_counter();
    struct sim sim;
    struct model model;
    uint64_t at_first = allocations;
    model_init(&model, &sim);
    cr_expect_gt(allocations, at_first, "the counter counts");
    sim_run(&sim, 10 * SIM_MS);
    uint64_t before = allocations, served_before = model.served;
    sim_run(&sim, 500 * SIM_MS);
    uint64_t during = allocations - before;
    cr_expect_eq(during, 0, "%llu allocations", (unsigned long long)during);
    cr_expect_gt(model.served - served_before, 400000);
    processor_fini(&model.processor);
    ring_fini(&model.ring);
    sim_fini(&sim);
}

Test(memory, expected_events_need_no_growth) {
    skip_without_counter();
    struct sim sim;
    cr_assert_eq(sim_init(&sim, 1, 0, 10000, NULL), IOP_OK);
    uint64_t before = allocations;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 10000; i++) sim_after(&sim, i, nothing, NULL, 0);
        sim_run(&sim, sim.now + 10000);
    }
    uint64_t during = allocations - before;
    cr_expect_eq(during, 0, "%llu allocations", (unsigned long long)during);
    sim_fini(&sim);
}
