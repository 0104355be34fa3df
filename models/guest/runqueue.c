#include "models/guest/runqueue.h"

#include <stdbool.h>

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
    return here == 0 || here + 1 <= there ? waker : previous;
}

int runqueue_select(const struct cpus *cpus, int waker, int previous) {
    int target = target_of(cpus, waker, previous);
    if (idle(cpus, target)) return target;
    if (cpus->sockets[previous] == cpus->sockets[target] && idle(cpus, previous)) return previous;
    int cores = cpus->sibling > 0 ? cpus->sibling : cpus->count;
    for (int core = 0; core < cores; core++)
        if (cpus->sockets[core] == cpus->sockets[target] && idle(cpus, core) && idle(cpus, sibling_of(cpus, core)))
            return core;
    int sibling = sibling_of(cpus, target);
    return idle(cpus, sibling) ? sibling : target;
}
