#include "sim/processor.h"

#include <stdlib.h>
#include <string.h>

#include "sim/scheduler.h"

enum { FIRST_QUEUE = 16 };

static void dispatch(struct processor *processor);

enum iop_status processor_init(struct processor *processor, struct sim *sim, struct diag *diag) {
    memset(processor, 0, sizeof *processor);
    processor->sim = sim;
    processor->running = PROCESSOR_IDLE;
    processor->smt_stretch = 1.0;
    for (int i = 0; i < CONTEXT_COUNT; i++) {
        processor->queues[i].items = malloc(FIRST_QUEUE * sizeof(struct work));
        if (processor->queues[i].items == NULL) {
            processor_fini(processor);
            return diag_set(diag, IOP_NO_MEMORY, "no memory for a processor");
        }
        processor->queues[i].mask = FIRST_QUEUE - 1;
    }
    return IOP_OK;
}

void processor_fini(struct processor *processor) {
    for (int i = 0; i < CONTEXT_COUNT; i++) free(processor->queues[i].items);
    memset(processor, 0, sizeof *processor);
}

static __attribute__((noinline)) void queue_grow(struct work_queue *queue) {
    uint32_t size = queue->mask + 1, waiting = queue->tail - queue->head;
    struct work *items = malloc(2 * (size_t)size * sizeof *items);
    if (items == NULL) abort();
    for (uint32_t i = 0; i < waiting; i++) items[i] = queue->items[(queue->head + i) & queue->mask];
    free(queue->items);
    *queue = (struct work_queue){items, 2 * size - 1, 0, waiting};
}

static inline bool queue_empty(const struct work_queue *queue) { return queue->head == queue->tail; }
static inline struct work *queue_front(struct work_queue *queue) { return &queue->items[queue->head & queue->mask]; }

/* Books the piece that ran until now and takes its work off what remains of the item. */
static void book(struct processor *processor) {
    struct work *work = queue_front(&processor->queues[processor->running]);
    sim_time elapsed = processor->sim->now - processor->started;
    sim_time done = processor->stretched == work->remaining
                        ? elapsed
                        : (sim_time)((double)elapsed * (double)work->remaining / (double)processor->stretched);
    processor->busy[processor->running] += elapsed;
    processor->worked += done;
    work->remaining -= done;
}

static void complete(struct sim *sim, void *object, uint64_t word) {
    (void)word;
    struct processor *processor = object;
    struct work_queue *queue = &processor->queues[processor->running];
    struct work work = *queue_front(queue);
    processor->busy[processor->running] += processor->stretched;
    processor->worked += work.remaining;
    queue->head++;
    processor->running = PROCESSOR_IDLE;
    processor->idle_since = sim->now;
    /* What the handler submits must not start before the handler has submitted everything. */
    processor->dispatching = true;
    work.done(sim, work.object, work.word);
    processor->dispatching = false;
    dispatch(processor);
}

static void start(struct processor *processor, int context) {
    struct work *work = queue_front(&processor->queues[context]);
    bool shared = processor->sibling != NULL && processor->sibling->running != PROCESSOR_IDLE;
    processor->stretched = shared ? (sim_time)((double)work->remaining * processor->smt_stretch) : work->remaining;
    processor->started = processor->sim->now;
    processor->running = context;
    processor->completion = sim_after(processor->sim, processor->stretched, complete, processor, 0);
}

static void give_up_cpu(struct processor *processor) {
    if (processor->suspended) return;
    processor->suspended = true;
    entity_block(processor->entity);
}

static void dispatch(struct processor *processor) {
    if (processor->stalled || processor->suspended) {
        if (processor->entity != NULL) give_up_cpu(processor);
        return;
    }
    for (int context = 0; context < CONTEXT_COUNT; context++)
        if (!queue_empty(&processor->queues[context])) {
            start(processor, context);
            return;
        }
    if (processor->entity != NULL) give_up_cpu(processor);
}

static void ask_for_cpu(struct processor *processor) {
    processor->waits = true;
    entity_wake(processor->entity);
}

void processor_run(struct processor *processor) {
    processor->suspended = processor->waits = false;
    dispatch(processor);
}

void processor_preempt(struct processor *processor) {
    assert(!processor->dispatching);
    if (processor->running != PROCESSOR_IDLE) {
        sim_cancel(processor->sim, processor->completion);
        book(processor);
        processor->running = PROCESSOR_IDLE;
    }
    processor->suspended = processor->waits = true;
}

static void wake(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct processor *processor = object;
    processor->waking = false;
    dispatch(processor);
}

/* Idle, but still awake: a vCPU that polls, or a CPU that a thread spins on. */
static bool is_awake(struct processor *processor, sim_time idle_for) {
    if (processor->sim->now < processor->awake_until) return true;
    return processor->poll.most > 0 && poll_window_catches(&processor->poll, idle_for);
}

static void leave_idle(struct processor *processor) {
    if (processor->entity != NULL) {
        ask_for_cpu(processor);
        return;
    }
    sim_time idle_for = processor->sim->now - processor->idle_since, polled = processor->poll.window;
    if (is_awake(processor, idle_for)) {
        dispatch(processor);
        return;
    }
    sim_time since = processor->idle_since + polled;
    if (since < processor->awake_until) since = processor->awake_until;
    bool deep = processor->sim->now - since >= processor->idle.deep_after;
    sim_time latency = deep ? processor->idle.deep_exit : processor->idle.shallow_exit;
    processor->wakeups++;
    processor->deep_wakeups += deep;
    if (latency == 0) {
        dispatch(processor);
        return;
    }
    processor->waking = true;
    sim_after(processor->sim, latency, wake, processor, 0);
}

void processor_submit(struct processor *processor, enum context context, sim_time duration, sim_handler *done,
                      void *object, uint64_t word) {
    assert(duration >= 0);
    struct work_queue *queue = &processor->queues[context];
    if (queue->tail - queue->head > queue->mask) queue_grow(queue);
    queue->items[queue->tail++ & queue->mask] = (struct work){duration, done, object, word};
    if (processor->dispatching || processor->stalled || processor->waking) return;
    if (processor->running == PROCESSOR_IDLE) {
        leave_idle(processor);
    } else if ((int)context < processor->running) {
        sim_cancel(processor->sim, processor->completion);
        book(processor);
        processor->preemptions++;
        dispatch(processor);
    }
}

void processor_stall(struct processor *processor) {
    assert(!processor->stalled && processor->running == PROCESSOR_IDLE);
    processor->stalled = true;
    processor->stalled_since = processor->sim->now;
}

static bool has_work(const struct processor *processor) {
    for (int context = 0; context < CONTEXT_COUNT; context++)
        if (!queue_empty(&processor->queues[context])) return true;
    return false;
}

void processor_resume(struct processor *processor) {
    assert(processor->stalled);
    processor->stalled = false;
    processor->stalled_for += processor->sim->now - processor->stalled_since;
    processor->idle_since = processor->sim->now;
    if (processor->entity != NULL) {
        if (has_work(processor)) ask_for_cpu(processor);
        return;
    }
    if (!processor->dispatching && processor->running == PROCESSOR_IDLE) dispatch(processor);
}

sim_time processor_busy(const struct processor *processor) {
    sim_time busy = 0;
    for (int i = 0; i < CONTEXT_COUNT; i++) busy += processor->busy[i];
    if (processor->running != PROCESSOR_IDLE) busy += processor->sim->now - processor->started;
    return busy;
}

sim_time processor_stalled(const struct processor *processor) {
    return processor->stalled_for + (processor->stalled ? processor->sim->now - processor->stalled_since : 0);
}
