/* Receive packet steering: the CPU that takes the interrupt only runs the driver. A hash of the flow chooses a CPU,
 * whose backlog queue the packet joins; there a softirq of its own runs the protocols and wakes the reader.
 *
 * A CPU whose backlog softirq sleeps is told by an interrupt between processors, sent when the driver's poll is over
 * (models/telling.h), so that a busy poll tells each CPU once for many packets. A packet is freed where it is read, so
 * that the driver builds the next sk_buff in cache lines that another core has written. A full backlog drops. Which
 * CPUs take part is the guest's setting (models/placement.c).
 *
 * Not modelled: steering to the CPU of the reader (RFS), flow limits. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

const struct step steering[] = {
    {PLACE_GUEST, COMPUTE, "hash the flow, choose a CPU, enqueue", COST_STEER, EACH},
    {PLACE_GUEST, RING, "backlog of the CPU", COST_NONE, EACH, .ring = RING_BACKLOG},
    {PLACE_GUEST, COMPUTE, "enqueue at a busy CPU: lock, queue", COST_CACHE_LINE, CONTENDED, .times = COST_STEER_LINES},
    {PLACE_GUEST, COMPUTE, "enqueue at a busy CPU of the other socket", COST_CACHE_FAR, CONTENDED_FAR,
     .times = COST_STEER_LINES, .only = FOR_NUMA},
    {PLACE_GUEST, COMPUTE, "enqueue at a sleeping CPU: lock, queue", COST_CACHE_LINE, REMOTE,
     .times = COST_STEER_LINES},
    {PLACE_GUEST, COMPUTE, "enqueue at a sleeping CPU of the other socket", COST_CACHE_FAR, NOTIFYING_FAR,
     .times = COST_STEER_LINES, .only = FOR_NUMA},
    {PLACE_GUEST, COMPUTE, "sk_buff that another core has freed", COST_CACHE_LINE, PASSING,
     .times = COST_RECYCLED_LINES},
    {PLACE_GUEST, COMPUTE, "sk_buff that the other socket has freed", COST_CACHE_FAR, PASSING_FAR,
     .times = COST_RECYCLED_LINES, .only = FOR_NUMA},
    ROWS_OF(processor_interrupt),
    {PLACE_GUEST, IRQ, "interrupt, schedule the backlog", COST_IRQ_ENTRY, WAKE},
    {PLACE_GUEST, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    {PLACE_GUEST, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    {PLACE_GUEST, COMPUTE, "packet of another core: queue, sk_buff, header", COST_CACHE_LINE, FOREIGN,
     .times = COST_STEERED_LINES},
    {PLACE_GUEST, COMPUTE, "packet of the other socket: queue, sk_buff, header", COST_CACHE_FAR, FOREIGN_FAR,
     .times = COST_STEERED_LINES, .only = FOR_NUMA},
    END_OF_PATH,
};

/* clang-format on */
