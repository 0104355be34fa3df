/* The requests of a block workload: what each reads or writes, where, and when.
 *
 * A job is a thread with its part of the disk (the disk divided by the jobs). Sequential jobs go through their part
 * from its start, and over again; the requests that a job keeps in flight follow one another. Random ones are anywhere
 * in the part, at multiples of their size. Whether a request reads or writes is drawn for each.
 *
 * Closed loop: a job asks again when it is answered. Open loop: requests are due at a rate, or at the dates of a trace,
 * whatever was answered. Whichever of the workload's slots (those in flight, of all jobs) is free first takes the next
 * one, in order; one that is due while none is free waits, and the wait counts as latency. A trace says itself what is
 * read or written where; its jobs have no parts. */
#ifndef IOPATH_MODELS_WORKLOAD_BLOCK_H
#define IOPATH_MODELS_WORKLOAD_BLOCK_H

#include "models/route.h"
#include "models/workload/block_trace.h"
#include "models/workload/flow.h"

struct block_job {
    uint64_t first_bytes, size_bytes; /* its part of the disk */
    uint64_t next_bytes;              /* of a sequential job, from `first_bytes` */
};

/* Open loop: sets the clock of the workload, by its first slot. */
void block_begin(struct flow *flow);

/* Open loop: the slot takes the next request; when that is due. SIM_TIME_MAX: the trace has ended. */
sim_time block_next_due(struct flow *flow);

/* The next request of the flow, born now: a packet on its route, with offset and size. */
uint32_t block_request(struct flow *flow, sim_time born);

/* The packet has reached the submission queue of its disk. */
void block_submit(struct machine *machine, struct queue *queue, uint32_t packet);

/* Of the workload's requests those of a class of sizes that do `op`, 0 to 1. */
double block_share(const struct workload_config *work, int size_class, enum block_op op);

/* The least that a request on this route asks of the disk. */
uint32_t block_least_bytes(const struct route *route);

#endif
