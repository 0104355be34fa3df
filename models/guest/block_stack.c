/* The kernel above a disk's driver: a thread with direct I/O, the block layer's queue, completion, and the thread
 * again.
 *
 * One job is one thread that keeps its requests in flight. With one system call per request it sleeps in it until the
 * request is done; with io_submit and io_getevents it sleeps only when none of its requests is done, and otherwise
 * takes all that are. A request waits in the hardware queue of its CPU; a device with one queue has one lock, whose
 * lines move between the cores that submit. Who submits runs the queue, unless another core is at it.
 *
 * An fsync is a system call in which the thread sleeps until the disk has done a flush: a request without data, on the
 * path of the others. Nothing is dirty in the page cache, which direct I/O passes by.
 *
 * The pieces were measured together (DV20: 9,100 cycles from a load generator to an NVMe device and back); how they
 * divide is assumed (models/catalog/costs).
 *
 * Not modelled: page cache and file systems, merging and plugging, the elevator, nr_requests, polled completion. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

const struct step block_enter[] = {
    {PLACE_GUEST, COMPUTE, "application: next request", COST_BLOCK_APP, EACH, .requests = OF_DATA},
    {PLACE_GUEST, COMPUTE, "system call: submit", COST_SYSCALL, EACH, .only = FOR_OWN_TRAPS, .requests = OF_DATA},
    {PLACE_GUEST, COMPUTE, "system call through Xen: submit", COST_SYSCALL_PV, EACH, .only = FOR_PV_KERNEL,
     .requests = OF_DATA},
    {PLACE_GUEST, COMPUTE, "system call: fsync", COST_SYSCALL, EACH, .only = FOR_OWN_TRAPS, .requests = OF_FLUSHES},
    {PLACE_GUEST, COMPUTE, "system call through Xen: fsync", COST_SYSCALL_PV, EACH, .only = FOR_PV_KERNEL,
     .requests = OF_FLUSHES},
    {PLACE_GUEST, COMPUTE, "direct I/O: pin pages", COST_BLOCK_DIRECT, EACH, .requests = OF_DATA},
    {PLACE_GUEST, COMPUTE, "pages of the request", COST_BLOCK_PAGE, EACH, .extent = OF_EACH_PAGE},
    {PLACE_GUEST, COMPUTE, "bio, request", COST_BLOCK_BIO, EACH},
    {PLACE_GUEST, RING, "hardware queue", COST_NONE, EACH, .ring = RING_BLOCK_QUEUE},
    {PLACE_GUEST, COMPUTE, "enqueue while another core submits: lock, queue", COST_CACHE_LINE, CONTENDED,
     .times = COST_BLOCK_LINES},
    {PLACE_GUEST, COMPUTE, "request of another core: lock, queue, request", COST_CACHE_LINE, FOREIGN,
     .times = COST_BLOCK_LINES},
    END_OF_PATH,
};

/* In the handler of the disk's interrupt. */
const struct step block_done[] = {
    {PLACE_GUEST, COMPUTE, "end of the bio", COST_BLOCK_END, EACH},
    {PLACE_GUEST, COMPUTE, "unpin pages, event", COST_BLOCK_EVENT, EACH, .requests = OF_DATA},
    END_OF_PATH,
};

const struct step block_return[] = {
    {PLACE_GUEST, RING, "completed requests", COST_NONE, EACH, .ring = RING_COMPLETED},
    ROWS_OF(thread_wakeup),
    {PLACE_GUEST, COMPUTE, "system call: io_getevents", COST_SYSCALL, POLL, .only = FOR_OWN_TRAPS,
     .requests = OF_ASYNC},
    {PLACE_GUEST, COMPUTE, "system call through Xen: io_getevents", COST_SYSCALL_PV, POLL, .only = FOR_PV_KERNEL,
     .requests = OF_ASYNC},
    {PLACE_GUEST, COMPUTE, "take the event", COST_BLOCK_REAP, EACH, .requests = OF_ASYNC},
    END_OF_PATH,
};

/* clang-format on */
