#include "models/guest/runqueue.h"

#include <stdint.h>

int cpus_number(const struct cpus *cpus, const struct processor *cpu) {
    uintptr_t first = (uintptr_t)cpus->processors, end = (uintptr_t)(cpus->processors + cpus->count);
    return (uintptr_t)cpu >= first && (uintptr_t)cpu < end ? (int)(cpu - cpus->processors) : -1;
}

static int runnable(const struct cpus *cpus, int cpu) {
    return cpus->runqueues[cpu].threads + (cpus->runqueues[cpu].softirqs > 0);
}

static bool idle(const struct cpus *cpus, int cpu) { return runnable(cpus, cpu) == 0; }

static int sibling_of(const struct cpus *cpus, int cpu) {
    if (cpus->sibling == 0) return cpu;
    return cpu < cpus->sibling ? cpu + cpus->sibling : cpu - cpus->sibling;
}

/* The waker's CPU, or the one the thread ran on last. */
static int target_of(const struct cpus *cpus, int waker, int previous) {
    int here = runnable(cpus, waker), there = runnable(cpus, previous);
    bool near = cpus->processors[waker].node == cpus->processors[previous].node;
    if (cpus->keeps_cpu && near && there == 0) return previous;
    return here == 0 || here + 1 <= there ? waker : previous;
}

int runqueue_select(const struct cpus *cpus, int waker, int previous) {
    int target = target_of(cpus, waker, previous);
    int socket = cpus->processors[target].node;
    if (idle(cpus, target)) return target;
    if (cpus->processors[previous].node == socket && idle(cpus, previous)) return previous;
    int cores = cpus->sibling > 0 ? cpus->sibling : cpus->count;
    for (int core = 0; core < cores; core++)
        if (cpus->processors[core].node == socket && idle(cpus, core) && idle(cpus, sibling_of(cpus, core)))
            return core;
    int sibling = sibling_of(cpus, target);
    return idle(cpus, sibling) ? sibling : target;
}
