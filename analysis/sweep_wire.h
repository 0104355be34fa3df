/* How the processes of one job reach one another: what a module (cli/mpi/module.c) provides, and a test may imitate.
 *
 * Messages from one rank to another arrive whole and in the order in which they were sent. A failure of the wire itself
 * ends the job. One call at a time: whoever has several threads calls under a lock. */
#ifndef IOPATH_ANALYSIS_SWEEP_WIRE_H
#define IOPATH_ANALYSIS_SWEEP_WIRE_H

#include <stdbool.h>
#include <stddef.h>

struct sweep_wire_functions {
    bool (*start)(int *rank, int *size); /* false: several threads are not supported */
    void (*send)(int to, const void *bytes, size_t count);
    bool (*arrived)(int *from);                           /* whether a message waits, and of whom; at once */
    void (*receive)(int from, void *bytes, size_t count); /* the next one of that rank, of that size */
    void (*end)(void);                                    /* the last call; all ranks make it */
    void (*abort)(int code);                              /* ends all ranks; does not return */
};

struct sweep_wire {
    int rank, size; /* rank 0 has the store; size 1: there are no others, and no functions */
    const struct sweep_wire_functions *functions;
};

#endif
