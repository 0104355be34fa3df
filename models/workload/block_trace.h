/* A recorded sequence of block requests that a workload replays: plain data; who read it, and from where, is not known
 * here.
 *
 * A path is compiled for one size of request, so sizes come in classes: each distinct size is one, up to 16 of them;
 * of more, those up to the same power of two share the path of that size. Only what CPUs do for a request is rounded;
 * the disk is asked for the bytes that were recorded.
 * Units: bytes, sim_time. */
#ifndef IOPATH_MODELS_WORKLOAD_BLOCK_TRACE_H
#define IOPATH_MODELS_WORKLOAD_BLOCK_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"
#include "sim/diag.h"

enum { BLOCK_SECTOR = 512, BLOCK_BYTES_MAX = 16 << 20, BLOCK_CLASSES_MAX = 16 };

struct block_trace_request {
    sim_time at; /* in a block_trace from its first request on */
    uint64_t offset;
    uint32_t bytes;
    uint8_t op; /* enum block_op */
    uint8_t size_class;
};

struct block_trace {
    int count;
    struct block_trace_request *requests; /* in the order of their dates */
    sim_time period; /* after which it begins anew: one mean distance after the last; 0: one date */
    int class_count;
    uint32_t class_bytes[BLOCK_CLASSES_MAX]; /* of the path of each class */
    uint32_t class_least[BLOCK_CLASSES_MAX]; /* of the smallest request of each */
    int class_requests[BLOCK_CLASSES_MAX][BLOCK_OP_COUNT];
    int mean_bytes;     /* of a request, rounded to sectors */
    double read_share;  /* of those that are no flushes */
    bool is_sequential; /* most requests go on where the one before ended */
};

/* The requests (their size_class is not read) must be at least one, in the order of their dates, of 512 B to 16 MiB in
 * sectors of 512 B; flushes have no size. NULL without memory. */
struct block_trace *block_trace_new(const struct block_trace_request *requests, int count, struct diag *diag);
void block_trace_free(struct block_trace *trace);

#endif
