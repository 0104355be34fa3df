/* The memory of a socket: its CPUs share its bandwidth for what they copy that is in no cache.
 *
 * Modelled: such a copy (copy.cold) reads each byte, fetches the line it writes to and writes that back: three times
 * its bytes of traffic, of which a socket's memory passes so much in a second (memory.bandwidth: MB01, MB02). One CPU
 * alone is slower than the memory. Where several together ask for more than it passes, what it is behind grows, and
 * with it the time that all copies take, until they ask for no more than it passes: all are slower by the same factor.
 * Not modelled: what is in the caches: copies below a page are taken for parts of rings that are there; devices'
 * traffic; memory of another socket. */
#ifndef IOPATH_MODELS_HARDWARE_MEMORY_H
#define IOPATH_MODELS_HARDWARE_MEMORY_H

#include "sim/time.h"

enum { MEMORY_PASSES = 3, MEMORY_BYTES_LEAST = 4096 };

struct memory {
    sim_time behind, at; /* time it needs for what has been asked of it so far, as of then */
};

/* Copies take twice their time when the memory is behind by this. */
#define MEMORY_BEHIND SIM_MS

/* Copies begin that take `alone` when nobody else copies, and `traffic` of the memory's time. Returns how much longer
 * they take. */
static inline sim_time memory_wait(struct memory *memory, sim_time now, sim_time traffic, sim_time alone) {
    sim_time passed = now - memory->at;
    sim_time behind = memory->behind > passed ? memory->behind - passed : 0;
    memory->at = now;
    memory->behind = behind + traffic;
    return (sim_time)((double)alone * ((double)behind / (double)MEMORY_BEHIND));
}

#endif
