#include "analysis/bottleneck.h"

#include <stdio.h>

struct bottleneck bottleneck_find(const struct experiment_result *result) {
    struct bottleneck found = {NULL, NULL, 0};
    if (result->resource_count > 0 && result->resources[0].utilization > 0) found.first = &result->resources[0];
    if (result->resource_count > 1 && result->resources[1].utilization > 0) {
        found.next = &result->resources[1];
        found.headroom = found.first->utilization / found.next->utilization;
    }
    return found;
}

void bottleneck_sentence(const struct bottleneck *bottleneck, char *out, size_t size) {
    const struct resource_use *first = bottleneck->first, *next = bottleneck->next;
    if (first == NULL)
        snprintf(out, size, "No resource was used.");
    else if (first->utilization < SATURATED)
        snprintf(out, size,
                 "Nothing is saturated: the offered load or the round trip sets the rate; %s would be full at %.3g "
                 "times this load.",
                 first->name, 1 / first->utilization);
    else if (next == NULL)
        snprintf(out, size, "%s limits the rate: only less work per packet there, or more of it, raises it.",
                 first->name);
    else if (next->utilization >= SATURATED)
        snprintf(out, size, "%s and %s are both saturated: relieving one alone gains little.", first->name, next->name);
    else
        snprintf(out, size, "%s limits the rate: relieving it gains up to %.3g times before %s is the limit.",
                 first->name, bottleneck->headroom, next->name);
}
