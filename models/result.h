/* What one run of a model yields: a flat list of named numbers, and a few facts beside them.
 *
 * The list has the same metrics in the same order for every replication of one configuration, so that
 * the analysis can treat it as a vector. A metric that does not apply is not in the list; one that applies
 * but was not observed in this run (the latency of a workload that delivered nothing) is NAN. */
#ifndef IOPATH_MODELS_RESULT_H
#define IOPATH_MODELS_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"

/*  X(enumerator, "name", "unit", "one sentence") — the contract's metric names */
#define METRIC_TABLE(X)                                                                                        \
    X(PPS, "pps", "1/s", "frames that reached the wire or the peer (transmit) or the socket (receive)")        \
    X(OFFERED_PPS, "offered_pps", "1/s", "frames that were to be sent; requests due, but for those in flight") \
    X(THROUGHPUT, "throughput", "bit/s", "payload of those frames")                                            \
    X(RETRANSMISSIONS, "retransmissions", "1/s", "frames that TCP sent again")                                 \
    X(IOPS, "iops", "1/s", "block requests completed")                                                         \
    X(TRANSACTIONS, "transactions", "1/s", "completed request/response pairs; forks; boots; calls")            \
    X(RTT_MEAN, "rtt_mean", "s", "mean round trip of a transaction")                                           \
    X(LATENCY_MEAN, "latency_mean", "s", "mean time from the application's send to delivery")                  \
    X(LATENCY_P50, "latency_p50", "s", "median of the same")                                                   \
    X(LATENCY_P90, "latency_p90", "s", "90th percentile")                                                      \
    X(LATENCY_P99, "latency_p99", "s", "99th percentile")                                                      \
    X(LATENCY_P999, "latency_p999", "s", "99.9th percentile")                                                  \
    X(LOST_NETWORK, "lost.network", "1/s", "frames dropped in the switch before the host's port")              \
    X(LOST_NIC, "lost.nic", "1/s", "frames dropped in a NIC: no descriptor or full packet buffer")             \
    X(LOST_BACKEND, "lost.backend", "1/s", "frames dropped in a back end's or tap device's queue")             \
    X(LOST_SOCKET, "lost.socket", "1/s", "frames dropped at a full socket buffer")                             \
    X(LOST_QDISC, "lost.qdisc", "1/s", "frames dropped at a full queueing discipline")                         \
    X(LOST_BACKLOG, "lost.backlog", "1/s", "frames dropped at the full backlog of a CPU steered to")           \
    X(PROGRESS, "progress", "1", "CPUs' worth of computing that a spinning workload has done")                 \
    X(FORK_TIME, "fork_time", "s", "mean time of a fork, until the parent goes on")                            \
    X(BOOT_TIME, "boot_time", "s", "mean time of a boot, from the request until init runs")                    \
    X(CPU_CORES, "cores", "1", "CPUs a domain keeps busy")                                                     \
    X(CPU_SHARE, "share", "1", "share of a domain's busy time spent in a category")                            \
    X(CPU_STEAL, "steal", "1", "share of the time a guest wanted to run in which it did not")                  \
    X(EXITS, "exits", "1/s", "VM exits, all reasons")                                                          \
    X(EXITS_BY_REASON, "exits", "1/s", "VM exits of one reason")                                               \
    X(HYPERCALLS, "hypercalls", "1/s", "hypercalls of guests and dom0")                                        \
    X(INTERRUPTS, "interrupts", "1/s", "interrupts delivered to guests, dom0 or the host's kernel")            \
    X(GRANT_OPS, "grant_ops", "1/s", "grant copies, maps and unmaps")                                          \
    X(SPURIOUS_EVENTS, "spurious_events", "1/s", "events by which netfront found no responses")                \
    X(IOTLB_MISS_RATIO, "iotlb_miss_ratio", "1", "translations that missed the IOTLB")

enum metric_kind {
#define X(id, name, unit, text) METRIC_##id,
    METRIC_TABLE(X)
#undef X
        METRIC_KIND_COUNT
};

struct metric {
    enum metric_kind kind;
    int guest, workload;             /* indices, or -1 */
    char domain[NAME_MAX_BYTES];     /* CPU_*: "dom0", "hypervisor", guest name; else "" */
    char category[CATALOG_NAME_MAX]; /* CPU_SHARE: category; EXITS_BY_REASON: reason; else "" */
    double value;
};

/* One row of `compare --plot`'s cycle breakdown and of the report: CPU work of one step. */
struct step_charge {
    int guest, workload;
    char place[16]; /* "guest", "hypervisor", "dom0", "device model" */
    char label[64]; /* the step's text in the path table */
    char category[CATALOG_NAME_MAX];
    double cycles_per_packet; /* per delivered frame or completed transaction */
};

struct resource_use {
    char name[NAME_MAX_BYTES * 2]; /* "dom0/netback0", "sut/vcpu0", "wire", "pcie down", "vf limit" */
    double utilization;            /* 0 to 1 */
    char cpu[24];                  /* "dom0/vcpu0": of one that is named after its worker; else "" */
};

enum { METRICS_MAX = 1024, CHARGES_MAX = 1024, RESOURCES_MAX = 256, SERIES_BINS = 250 };

struct run_result {
    int metric_count;
    struct metric metrics[METRICS_MAX];
    int charge_count;
    struct step_charge charges[CHARGES_MAX];
    int resource_count; /* sorted by utilization, highest first */
    struct resource_use resources[RESOURCES_MAX];
    bool conserved;           /* created = delivered + lost + in flight, everywhere */
    double littles_law_error; /* relative, worst workload */
    uint64_t events;
    double simulated_s; /* with warm-up */
    /* completions of all workloads per bin of the run, for the warm-up test */
    int series_bins;
    double series[SERIES_BINS];
};

const char *metric_name(enum metric_kind kind);
const char *metric_unit(enum metric_kind kind);

/* The contract's path of a metric: guests[sut].workloads[flood].pps, cpu[dom0].share[netback],
 * rates.interrupts. Writes at most `size` bytes including the terminator. */
void metric_path(const struct metric *metric, const struct model_config *config, char *out, size_t size);

#endif
