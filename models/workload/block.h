/* The requests of a block workload: what each reads or writes, and where.
 *
 * A job is a thread with its part of the disk (the disk divided by the jobs). Sequential jobs go through their part
 * from its start, and over again; the requests that a job keeps in flight follow one another. Random ones are anywhere
 * in the part, at multiples of their size. Whether a request reads or writes is drawn for each. */
#ifndef IOPATH_MODELS_WORKLOAD_BLOCK_H
#define IOPATH_MODELS_WORKLOAD_BLOCK_H

#include "models/route.h"
#include "models/workload/flow.h"

struct block_job {
    uint64_t first_bytes, size_bytes; /* its part of the disk */
    uint64_t next_bytes;              /* of a sequential job, from `first_bytes` */
};

/* The next request of the flow, born now: a packet on its route, with offset and size. */
uint32_t block_request(struct flow *flow, sim_time born);

/* The packet has reached the submission queue of its disk. */
void block_submit(struct machine *machine, struct queue *queue, uint32_t packet);

#endif
