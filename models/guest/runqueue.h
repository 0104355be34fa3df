/* On which CPU a woken thread runs: the choice of Linux' fair scheduler (3.x) at each wake-up.
 *
 * A thread follows whoever wakes it if the waker's CPU has no thread to run, or fewer than the CPU the thread ran on
 * last; else it stays. If that CPU has a thread already, it goes to the CPU it ran on last if that is idle and on the
 * same socket, or to an idle core of the socket, or to an idle hardware thread of the same core. An interrupt or a
 * softirq is no thread: a CPU that handles nothing but packets counts as idle, so that the threads it wakes come to it
 * and compete with it.
 *
 * Since Linux 4.16 a thread stays on the CPU it ran on last if that is idle, even if the waker's is idle as well.
 *
 * A softirq that goes on as a thread (ksoftirqd) gets as much time as the thread it shares the CPU with: equal weights.
 *
 * Threads of event loops, of tcp-streams, of boots and of disks' back ends in dom0 choose; those of other workloads
 * stay where they are (models/placement.h). Not modelled: periodic load balancing, load averages, time slices. */
#ifndef IOPATH_MODELS_GUEST_RUNQUEUE_H
#define IOPATH_MODELS_GUEST_RUNQUEUE_H

#include <stdbool.h>

#include "sim/processor.h"

/* Of one CPU. */
struct runqueue {
    int threads;        /* that are awake here */
    int softirqs;       /* that go on as a thread here */
    sim_time last_turn; /* CPU work of the latest turn of one of them */
};

/* Of one kernel: a guest's, a native machine's or dom0's. */
struct cpus {
    struct processor *processors; /* by number; a processor's node is its socket */
    struct runqueue *runqueues;   /* by number */
    int count;
    int sibling;    /* how far apart the two hardware threads of a core are numbered, 0: one per core */
    bool keeps_cpu; /* a kernel since 4.16 */
};

/* The number of one of them; -1: it is none. */
int cpus_number(const struct cpus *cpus, const struct processor *cpu);

/* The CPU on which a thread that ran on `previous` runs when CPU `waker` wakes it. */
int runqueue_select(const struct cpus *cpus, int waker, int previous);

#endif
