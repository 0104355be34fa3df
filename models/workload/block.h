/* The requests of a block workload: what each reads or writes, where, and when.
 *
 * A job is a thread with its part of the disk (the disk divided by the jobs). Sequential jobs go through their part
 * from its start, and over again; the requests that a job keeps in flight follow one another. Random ones are anywhere
 * in the part, at multiples of their size. Whether a request reads or writes is drawn for each.
 *
 * Closed loop: a job asks again when it is answered. Open loop: requests are due at a rate, or at the dates of a trace,
 * whatever was answered. Whichever of the workload's slots (those in flight, of all jobs) is free first takes the next
 * one, in order; one that is due while none is free waits, and the wait counts as latency. A trace says itself what is
 * read or written where; its jobs have no parts.
 *
 * A job may call fsync after so many writes, as fio with libaio does: it sends a flush and sleeps until that is done.
 * What it has in flight goes on meanwhile, but the job neither takes answers nor asks for more, so that those answers
 * come late. That flush is no request of the workload: it counts in neither rate nor latency. One that a trace asks for
 * is a request like the others, and nobody sleeps in it. */
#ifndef IOPATH_MODELS_WORKLOAD_BLOCK_H
#define IOPATH_MODELS_WORKLOAD_BLOCK_H

#include "models/route.h"
#include "models/workload/block_trace.h"
#include "models/workload/flow.h"

struct block_job {
    uint64_t first_bytes, size_bytes; /* its part of the disk */
    uint64_t next_bytes;              /* of a sequential job, from `first_bytes` */
    int writes;                       /* since its last fsync */
    bool syncs;                       /* it is in one; slots that it will then look at, in order: */
    struct flow *first_held, *last_held;
};

/* Open loop: sets the clock of the workload, by its first slot; as block_next_due. */
sim_time block_begin(struct flow *flow);

/* Open loop: the slot takes the next request; when that is due. SIM_TIME_MAX: the trace has ended. */
sim_time block_next_due(struct flow *flow);

/* Whether these are the flushes of fsync. */
bool block_is_sync(const struct route *route);

/* Whether the job has written so much that it calls fsync before it asks for more. */
bool block_wants_sync(const struct flow *flow);

/* Whether the slot's job is in fsync: it is then held, `answered` or about to ask. */
bool block_hold(struct flow *flow, bool answered);

/* The job's fsync is over: the slots that were held, linked by block.next_held. */
struct flow *block_synced(struct block_job *job);

/* The next request of the flow, or the flush before it, born now: a packet on its route, with offset and size. */
uint32_t block_request(struct flow *flow, sim_time born);

/* The packet has reached the submission queue of its disk. */
void block_submit(struct machine *machine, struct queue *queue, uint32_t packet);

/* Of the workload's requests those of a class of sizes that do `op`, 0 to 1. */
double block_share(const struct workload_config *work, int size_class, enum block_op op);

/* The least that a request on this route asks of the disk. */
uint32_t block_least_bytes(const struct route *route);

#endif
