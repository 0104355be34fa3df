#include "models/workload/block_trace.h"

#include <stdlib.h>

static uint32_t power_of_two(uint32_t bytes) {
    uint32_t power = BLOCK_SECTOR;
    while (power < bytes) power *= 2;
    return power;
}

/* The class of requests whose path is of that size; a new one if there is room, else -1. */
static int class_of(struct block_trace *trace, uint32_t bytes) {
    for (int i = 0; i < trace->class_count; i++)
        if (trace->class_bytes[i] == bytes) return i;
    if (trace->class_count == BLOCK_CLASSES_MAX) return -1;
    trace->class_bytes[trace->class_count] = bytes;
    trace->class_least[trace->class_count] = UINT32_MAX;
    return trace->class_count++;
}

/* False if there are more sizes than classes. */
static bool make_classes(struct block_trace *trace, bool exact) {
    trace->class_count = 0;
    for (int i = 0; i < trace->count; i++) {
        struct block_trace_request *request = &trace->requests[i];
        request->size_class = 0;
        if (request->op == BLOCK_FLUSH) continue;
        int of = class_of(trace, exact ? request->bytes : power_of_two(request->bytes));
        if (of < 0) return false;
        request->size_class = (uint8_t)of;
    }
    return trace->class_count > 0 || class_of(trace, BLOCK_SECTOR) == 0; /* nothing but flushes: for their path */
}

/* Flushes have no size and no place. */
static void take_means(struct block_trace *trace) {
    double bytes = 0;
    int data = 0, reads = 0, follow = 0;
    uint64_t end = UINT64_MAX;
    for (int i = 0; i < trace->count; i++) {
        const struct block_trace_request *request = &trace->requests[i];
        trace->class_requests[request->size_class][request->op]++;
        if (request->op == BLOCK_FLUSH) continue;
        uint32_t *least = &trace->class_least[request->size_class];
        if (request->bytes < *least) *least = request->bytes;
        bytes += request->bytes;
        data++;
        reads += request->op == BLOCK_READ;
        follow += request->offset == end;
        end = request->offset + request->bytes;
    }
    trace->mean_bytes = data > 0 ? (int)(bytes / data / BLOCK_SECTOR + 0.5) * BLOCK_SECTOR : BLOCK_SECTOR;
    trace->read_share = data > 0 ? (double)reads / data : 0;
    trace->is_sequential = 2 * follow > data;
}

static void take_dates(struct block_trace *trace) {
    sim_time first = trace->requests[0].at;
    for (int i = 0; i < trace->count; i++) trace->requests[i].at -= first;
    if (trace->count > 1)
        trace->period = (sim_time)((double)trace->requests[trace->count - 1].at * trace->count / (trace->count - 1));
}

struct block_trace *block_trace_new(const struct block_trace_request *requests, int count, struct diag *diag) {
    struct block_trace *trace = calloc(1, sizeof *trace);
    if (trace != NULL) trace->requests = calloc((size_t)count, sizeof *trace->requests);
    if (trace == NULL || trace->requests == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for a trace of %d requests", count);
        block_trace_free(trace);
        return NULL;
    }
    trace->count = count;
    for (int i = 0; i < count; i++) trace->requests[i] = requests[i];
    if (!make_classes(trace, true)) make_classes(trace, false); /* 512 B to 16 MiB: 16 powers of two */
    take_means(trace);
    take_dates(trace);
    return trace;
}

void block_trace_free(struct block_trace *trace) {
    if (trace == NULL) return;
    free(trace->requests);
    free(trace);
}
