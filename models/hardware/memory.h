/* The memory of a socket: its CPUs share its bandwidth for what they copy that is in no cache.
 *
 * Modelled: such a copy (copy.cold) reads each byte, fetches the line it writes to and writes that back: three times
 * its bytes of traffic, of which a socket's memory passes so much in a second (memory.bandwidth: MB01, MB02). One CPU
 * alone is slower than the memory. Copies that begin while others are under way, and with them ask for more than it
 * passes, are slower by as much as all together ask for too much. Not modelled: that copies which are under way become
 * slower or faster as others begin and end; what is in the caches: copies below a page are taken for parts of rings
 * that are there; devices' traffic; memory of another socket. */
#ifndef IOPATH_MODELS_HARDWARE_MEMORY_H
#define IOPATH_MODELS_HARDWARE_MEMORY_H

#include "sim/time.h"

enum { MEMORY_PASSES = 3, MEMORY_BYTES_LEAST = 4096, MEMORY_COPIES_MAX = 64 };

struct memory {
    int count;
    struct memory_copy {
        const void *cpu; /* which copies one thing at a time */
        sim_time until;
        double share; /* of the bandwidth, that it asks for */
    } copies[MEMORY_COPIES_MAX];
};

/* Copies of a CPU begin that take `alone` when nobody else copies, and `traffic` of the memory's time. Returns how much
 * longer they take. */
sim_time memory_copy(struct memory *memory, const void *cpu, sim_time now, sim_time traffic, sim_time alone);

#endif
