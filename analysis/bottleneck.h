/* What limits a run: the resource used most, the one after it, and how far apart they are. */
#ifndef IOPATH_ANALYSIS_BOTTLENECK_H
#define IOPATH_ANALYSIS_BOTTLENECK_H

#include <stddef.h>

#include "analysis/experiment.h"

/* From this utilization on a resource is called saturated: a queue before it no longer empties. */
#define SATURATED 0.9

struct bottleneck {
    const struct resource_use *first; /* NULL: nothing was used */
    const struct resource_use *next;  /* NULL: nothing else was used */
    double headroom;                  /* utilization of the first over that of the next */
};

struct bottleneck bottleneck_find(const struct experiment_result *result);

/* One sentence that says what the bottleneck means for who runs the workload. */
void bottleneck_sentence(const struct bottleneck *bottleneck, char *out, size_t size);

#endif
