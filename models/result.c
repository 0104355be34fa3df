#include "models/result.h"

#include <stdio.h>

static const struct {
    const char *name, *unit;
} metrics[METRIC_KIND_COUNT] = {
#define X(id, name, unit, text) [METRIC_##id] = {name, unit},
    METRIC_TABLE(X)
#undef X
};

const char *metric_name(enum metric_kind kind) { return metrics[kind].name; }
const char *metric_unit(enum metric_kind kind) { return metrics[kind].unit; }

void metric_path(const struct metric *metric, const struct model_config *config, char *out, size_t size) {
    const char *name = metrics[metric->kind].name;
    switch (metric->kind) {
    case METRIC_CPU_CORES:
        snprintf(out, size, "cpu[%s].cores", metric->domain);
        return;
    case METRIC_CPU_STEAL:
        snprintf(out, size, "cpu[%s].steal", metric->domain);
        return;
    case METRIC_CPU_SHARE:
        snprintf(out, size, "cpu[%s].share[%s]", metric->domain, metric->category);
        return;
    case METRIC_EXITS_BY_REASON:
        snprintf(out, size, "rates.exits[%s]", metric->category);
        return;
    case METRIC_EXITS:
    case METRIC_HYPERCALLS:
    case METRIC_INTERRUPTS:
    case METRIC_GRANT_OPS:
    case METRIC_SPURIOUS_EVENTS:
    case METRIC_IOTLB_MISS_RATIO:
        snprintf(out, size, "rates.%s", name);
        return;
    default: {
        const struct guest_config *guest = &config->guests[metric->guest];
        snprintf(out, size, "guests[%s].workloads[%s].%s", guest->name, guest->workloads[metric->workload].name, name);
    }
    }
}

const char *workload_kind_name(enum workload_kind kind) {
    static const char *const names[WORK_KIND_COUNT] = {"udp-stream", "tcp-stream", "udp-rr", "tcp-rr", "ping",
                                                       "spin",       "replay",     "http",   "block",  "fork",
                                                       "syscall",    "clock",      "boot"};
    return names[kind];
}

const char *clock_source_name(enum clock_source source) {
    static const char *const names[] = {"tsc", "xen", "kvm-clock", "tsc-emulated"};
    return names[source];
}

const char *direction_name(enum direction direction) {
    static const char *const names[] = {"transmit", "receive", "both", "transit"};
    return names[direction];
}
