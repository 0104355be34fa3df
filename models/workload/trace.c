#include "models/workload/trace.h"

#include <stdbool.h>
#include <stdlib.h>

/* The class of each size, and the classes in the order of their sizes. */
struct classes {
    bool seen[TRACE_FRAME_MAX + 1];
    uint16_t of[TRACE_FRAME_MAX + 1];
};

static int rounded(int bytes) {
    int up = (bytes + TRACE_STEP_BYTES - 1) / TRACE_STEP_BYTES * TRACE_STEP_BYTES;
    return up > TRACE_FRAME_MAX ? TRACE_FRAME_MAX : up;
}

static void make_classes(struct trace *trace, const struct trace_frame *frames, struct classes *classes) {
    int distinct = 0;
    for (int i = 0; i < trace->count; i++) {
        distinct += !classes->seen[frames[i].bytes];
        classes->seen[frames[i].bytes] = true;
    }
    bool exact = distinct <= TRACE_EXACT_CLASSES;
    for (int bytes = TRACE_FRAME_MIN; bytes <= TRACE_FRAME_MAX; bytes++) {
        if (!classes->seen[bytes]) continue;
        int size = exact ? bytes : rounded(bytes);
        bool is_new = trace->class_count == 0 || trace->class_bytes[trace->class_count - 1] != size;
        if (is_new) trace->class_bytes[trace->class_count++] = size;
        classes->of[bytes] = (uint16_t)(trace->class_count - 1);
    }
}

/* Flows by the order in which they appear: an open hash of their numbers. */
struct flow_table {
    uint64_t key[4 * TRACE_FLOWS_MAX];
    int16_t index[4 * TRACE_FLOWS_MAX]; /* 0: free, else one more than the flow */
};

static int flow_of(struct trace *trace, struct flow_table *table, uint64_t key) {
    enum { SLOTS = 4 * TRACE_FLOWS_MAX };
    uint64_t hash = (key ^ key >> 33) * UINT64_C(0xff51afd7ed558ccd);
    size_t slot = (size_t)(hash >> 32) % SLOTS;
    while (table->index[slot] != 0 && table->key[slot] != key) slot = (slot + 1) % SLOTS;
    if (table->index[slot] != 0) return table->index[slot] - 1;
    if (trace->flows == TRACE_FLOWS_MAX) return (int)(hash % TRACE_FLOWS_MAX);
    table->key[slot] = key;
    table->index[slot] = (int16_t)(trace->flows + 1);
    return trace->flows++;
}

static void link_flows(struct trace *trace, const struct trace_frame *frames, struct flow_table *table) {
    int32_t last[TRACE_FLOWS_MAX];
    for (int i = 0; i < trace->count; i++) {
        int before = trace->flows, flow = flow_of(trace, table, frames[i].flow);
        if (trace->flows > before)
            trace->first[flow] = i;
        else
            trace->arrivals[last[flow]].next = i;
        last[flow] = i;
    }
    for (int flow = 0; flow < trace->flows; flow++) trace->arrivals[last[flow]].next = trace->first[flow];
}

static void fill(struct trace *trace, const struct trace_frame *frames, const struct classes *classes) {
    double bytes = 0;
    for (int i = 0; i < trace->count; i++) {
        struct trace_arrival *arrival = &trace->arrivals[i];
        arrival->at = frames[i].at - frames[0].at;
        arrival->size_class = classes->of[frames[i].bytes];
        trace->class_frames[arrival->size_class]++;
        bytes += frames[i].bytes;
    }
    for (int i = 1; i < trace->class_count; i++)
        if (trace->class_frames[i] > trace->class_frames[trace->common_class]) trace->common_class = i;
    trace->mean_bytes = (int)(bytes / trace->count + 0.5);
    if (trace->count > 1)
        trace->period = (sim_time)((double)trace->arrivals[trace->count - 1].at * trace->count / (trace->count - 1));
}

struct trace *trace_new(const struct trace_frame *frames, int count, struct diag *diag) {
    struct trace *trace = calloc(1, sizeof *trace);
    struct classes *classes = calloc(1, sizeof *classes);
    struct flow_table *table = calloc(1, sizeof *table);
    if (trace != NULL) trace->arrivals = calloc((size_t)count, sizeof *trace->arrivals);
    if (trace == NULL || classes == NULL || table == NULL || trace->arrivals == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for a trace of %d frames", count);
        trace_free(trace);
        trace = NULL;
    } else {
        trace->count = count;
        make_classes(trace, frames, classes);
        link_flows(trace, frames, table);
        fill(trace, frames, classes);
    }
    free(classes);
    free(table);
    return trace;
}

void trace_free(struct trace *trace) {
    if (trace == NULL) return;
    free(trace->arrivals);
    free(trace);
}
