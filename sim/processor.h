/* A processor: one hardware thread whose time is shared by contexts.
 *
 * Contexts preempt each other by priority, work within one is first-come first-served, and a preempted
 * piece of work resumes where it was (preemptive resume). Four are enough for every machine here: the
 * hypervisor runs before everything, then hardware interrupts, softirqs, tasks. Which domain's time it is
 * does not matter to the processor; whoever submits the work keeps that account.
 *
 * An idle processor sleeps: work that finds it idle starts after the exit latency of the idle state it has
 * reached by then, the shallow one at first, the deep one once it has been idle for `deep_after`.
 *
 * A halted vCPU under KVM polls before its CPU sleeps (halt polling, sim/poll_window.h): work that comes while it does
 * starts at once. A thread that spins for work keeps its CPU awake until `awake_until`.
 *
 * A processor may share its CPU with others (sim/scheduler.h): it is then suspended unless the scheduler has
 * given it one, and idle states are the CPU's, not its own.
 *
 * A stalled processor does nothing, not even take interrupts: a vCPU whose exit waits for the device
 * model. Its time is counted apart.
 *
 * Simultaneous multithreading: work that starts while the sibling hardware thread is busy takes
 * `smt_stretch` times as long. The factor is fixed when a piece starts or resumes; pieces are microseconds
 * long, so the error is small. */
#ifndef IOPATH_SIM_PROCESSOR_H
#define IOPATH_SIM_PROCESSOR_H

#include "sim/poll_window.h"
#include "sim/sim.h"

enum context { CONTEXT_HYPERVISOR, CONTEXT_HARDIRQ, CONTEXT_SOFTIRQ, CONTEXT_TASK, CONTEXT_COUNT };

struct work {
    sim_time remaining; /* at full speed */
    sim_handler *done;
    void *object;
    uint64_t word;
};

struct work_queue {
    struct work *items;
    uint32_t mask, head, tail;
};

struct idle_states {
    sim_time shallow_exit, deep_exit, deep_after;
};

struct entity;

struct processor {
    struct sim *sim;
    int running; /* context, or PROCESSOR_IDLE … */
    event_id completion;
    sim_time started, stretched; /* start and length of the running piece on the clock */
    bool stalled, dispatching, waking;
    bool suspended;        /* it holds no CPU of its scheduler */
    bool waits;            /* … though it has work */
    struct entity *entity; /* of a scheduler; NULL: the CPU is its own */
    struct work_queue queues[CONTEXT_COUNT];
    struct idle_states idle;
    struct poll_window poll;   /* of a vCPU that halts */
    struct processor *sibling; /* NULL: none */
    double smt_stretch;        /* >= 1 */
    int node;                  /* which of the machine's sockets it is on; the caller's to set and read */
    sim_time idle_since;
    sim_time awake_until; /* a thread spins on it so long: idle, but not asleep */
    /* what was measured */
    sim_time busy[CONTEXT_COUNT]; /* clock time each context ran */
    sim_time worked;              /* work done at full speed: busy without the stretch */
    sim_time stalled_for, stalled_since;
    uint64_t wakeups, deep_wakeups, preemptions;
};

enum { PROCESSOR_IDLE = -1 };

enum iop_status processor_init(struct processor *processor, struct sim *sim, struct diag *diag);
void processor_fini(struct processor *processor);

/* Queues `duration` of work in `context`; done(sim, object, word) is called when it is complete. Work may
 * be zero long. Called from a done handler it goes behind what already waits in that context. */
void processor_submit(struct processor *processor, enum context context, sim_time duration, sim_handler *done,
                      void *object, uint64_t word);

/* From within a done handler: the processor does nothing until processor_resume. */
void processor_stall(struct processor *processor);
void processor_resume(struct processor *processor);

/* Called by its scheduler: it has a CPU; it loses it, and its piece stops. */
void processor_run(struct processor *processor);
void processor_preempt(struct processor *processor);

/* Halted, with nothing to do. */
static inline bool processor_idles(const struct processor *processor) {
    return processor->running == PROCESSOR_IDLE && !processor->stalled && !processor->waits;
}

/* … but still polling for work. */
static inline bool processor_polls(const struct processor *processor) {
    sim_time now = processor->sim->now;
    bool spins = now < processor->awake_until || now - processor->idle_since < processor->poll.window;
    return processor_idles(processor) && spins;
}

/* Clock time busy so far, the running piece included. */
sim_time processor_busy(const struct processor *processor);
/* … and stalled. */
sim_time processor_stalled(const struct processor *processor);

#endif
