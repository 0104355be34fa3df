/* A recorded sequence of frames that a replay sends again: plain data; who read it, and from where, is not known here.
 *
 * A path is compiled for one size of frame, so sizes come in classes: each distinct size is one, up to 32 of them;
 * more are rounded up to the next multiple of 64 B. Each arrival knows the next one of its flow, so that flows go
 * through the trace on their own. */
#ifndef IOPATH_MODELS_WORKLOAD_TRACE_H
#define IOPATH_MODELS_WORKLOAD_TRACE_H

#include <stdint.h>

#include "sim/diag.h"
#include "sim/time.h"

enum { TRACE_FRAME_MIN = 64, TRACE_FRAME_MAX = 9018, TRACE_EXACT_CLASSES = 32, TRACE_STEP_BYTES = 64 };
enum { TRACE_CLASSES_MAX = TRACE_FRAME_MAX / TRACE_STEP_BYTES + 1, TRACE_FLOWS_MAX = 256 };

/* As read: date, Ethernet frame with CRC, any number that tells the flows apart. */
struct trace_frame {
    sim_time at;
    int bytes;
    uint64_t flow;
};

struct trace_arrival {
    sim_time at;  /* from the first arrival of the trace on */
    int32_t next; /* the next of its flow; its flow's first after its last */
    uint16_t size_class;
};

struct trace {
    int count;
    struct trace_arrival *arrivals; /* in the order of their dates */
    sim_time period;                /* after which it begins anew: one mean distance after the last; 0: one arrival */
    int flows;
    int32_t first[TRACE_FLOWS_MAX]; /* arrival of each flow */
    int class_count, common_class;  /* … most frames are of */
    int class_bytes[TRACE_CLASSES_MAX], class_frames[TRACE_CLASSES_MAX];
    int mean_bytes; /* of a frame as read, rounded */
};

/* The frames must be at least one, in the order of their dates and within the limits above. Flows beyond
 * TRACE_FLOWS_MAX share those there are. NULL without memory. */
struct trace *trace_new(const struct trace_frame *frames, int count, struct diag *diag);
void trace_free(struct trace *trace);

#endif
