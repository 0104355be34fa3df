/* QEMU and the disk below it: a request that its device model has parsed goes to a thread of its pool (aio=threads: a
 * preadv or pwritev that sleeps) or to the kernel by io_submit (aio=native), and comes back to the loop that took it.
 * The disk is opened with cache=none. A flush is an fdatasync, by a thread of the pool in either case.
 *
 * Not modelled: batches of io_submit, cache modes. */
#include "models/paths/block.h"

/* clang-format off: a table reads by its rows */

/* One thread of the host wakes another. */
const struct step host_wakeup[] = {
    {PLACE_DOM0, NOTIFY, "wake the thread", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_DOM0, NOTIFY, "hypercall", COST_HYPERCALL_PV, REMOTE, .only = FOR_DOM0_MODEL, .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, NOTIFY, "reschedule event to its vCPU", COST_EVTCHN_SEND, REMOTE, .only = FOR_DOM0_MODEL},
    {PLACE_HYPERVISOR, NOTIFY, "event in flight", COST_EVTCHN_IPI, FLIGHT, .only = FOR_DOM0_MODEL},
    {PLACE_DOM0, NOTIFY, "reschedule interrupt in flight", COST_IPI, FLIGHT, .only = FOR_THREAD_MODEL},
    {PLACE_DOM0, COMPUTE, "switch to the thread", COST_SCHED_SWITCH, WAKE},
    END_OF_PATH,
};

static const struct step pool_reads[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "hand it to the thread pool", COST_QEMU_POOL, EACH},
    {PLACE_DOM0, RING, "requests of the thread pool", COST_NONE, EACH, .ring = RING_DISK_POOL},
    ROWS_OF(host_wakeup),
    {PLACE_DOM0, COMPUTE, "system call: preadv or pwritev", COST_SYSCALL, EACH, .only = FOR_THREAD_MODEL,
     .requests = OF_DATA},
    {PLACE_DOM0, COMPUTE, "system call through Xen: preadv or pwritev", COST_SYSCALL_PV, EACH, .only = FOR_DOM0_MODEL,
     .requests = OF_DATA},
    {PLACE_DOM0, COMPUTE, "system call: fdatasync", COST_SYSCALL, EACH, .only = FOR_THREAD_MODEL,
     .requests = OF_FLUSHES},
    {PLACE_DOM0, COMPUTE, "system call through Xen: fdatasync", COST_SYSCALL_PV, EACH, .only = FOR_DOM0_MODEL,
     .requests = OF_FLUSHES},
    {PLACE_DOM0, COMPUTE, "direct I/O: pin pages", COST_BLOCK_DIRECT, EACH, .requests = OF_DATA},
    {PLACE_DOM0, COMPUTE, "pages of the request", COST_BLOCK_PAGE, EACH, .extent = OF_EACH_PAGE},
    {PLACE_DOM0, COMPUTE, "bio, request", COST_BLOCK_BIO, EACH},
    END_OF_PATH,
};

static const struct step submits_itself[] = {
    {PLACE_DOM0, COMPUTE, "system call: submit", COST_SYSCALL, EACH, .only = FOR_THREAD_MODEL},
    {PLACE_DOM0, COMPUTE, "system call through Xen: submit", COST_SYSCALL_PV, EACH, .only = FOR_DOM0_MODEL},
    {PLACE_DOM0, COMPUTE, "direct I/O: pin pages", COST_BLOCK_DIRECT, EACH, .requests = OF_DATA},
    {PLACE_DOM0, COMPUTE, "pages of the request", COST_BLOCK_PAGE, EACH, .extent = OF_EACH_PAGE},
    {PLACE_DOM0, COMPUTE, "bio, request", COST_BLOCK_BIO, EACH},
    END_OF_PATH,
};

static const struct step done_by_host[] = {
    {PLACE_DOM0, COMPUTE, "end of the bio", COST_BLOCK_END, EACH},
    {PLACE_DOM0, COMPUTE, "unpin pages, event", COST_BLOCK_EVENT, EACH, .requests = OF_DATA},
    END_OF_PATH,
};

/* The pool's thread goes on, and tells the loop. */
static const struct step back_to_pool[] = {
    {PLACE_DOM0, RING, "pool threads that go on", COST_NONE, EACH, .ring = RING_DISK_POOL_BACK},
    ROWS_OF(host_wakeup),
    {PLACE_DOM0, COMPUTE, "system call: write to the eventfd", COST_SYSCALL, EACH, .only = FOR_THREAD_MODEL},
    {PLACE_DOM0, COMPUTE, "system call through Xen: write to the eventfd", COST_SYSCALL_PV, EACH,
     .only = FOR_DOM0_MODEL},
    END_OF_PATH,
};

static const struct step back_to_qemu[] = {
    {PLACE_DEVICE_MODEL, RING, "requests that are done", COST_NONE, EACH, .ring = RING_DISK_QEMU_BACK},
    ROWS_OF(host_wakeup),
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    END_OF_PATH,
};

static const struct step back_to_thread[] = {
    {PLACE_DEVICE_MODEL, RING, "requests that are done", COST_NONE, EACH, .ring = RING_DISK_THREAD_BACK},
    ROWS_OF(host_wakeup),
    {PLACE_DEVICE_MODEL, COMPUTE, "event loop", COST_IOTHREAD_LOOP, POLL},
    END_OF_PATH,
};

/* The thread's own system call is over. */
static const struct step back_to_serial[] = {
    {PLACE_DEVICE_MODEL, RING, "the request is done", COST_NONE, EACH, .ring = RING_DISK_THREAD_BACK},
    ROWS_OF(host_wakeup),
    {PLACE_DEVICE_MODEL, COMPUTE, "return from the system call", COST_NONE, EACH, .release = RING_SERIAL_DISK},
    END_OF_PATH,
};

/* clang-format on */

void compose_qemu_io(struct composer *composer, const struct disk_config *disk, const struct party *us, enum only takes,
                     enum disk_back_end loop) {
    static const struct step *const backs[] = {[DISK_BACK_END_QEMU] = back_to_qemu,
                                               [DISK_BACK_END_THREAD] = back_to_thread,
                                               [DISK_BACK_END_SERIAL] = back_to_serial};
    struct party host = {PARTY_DOM0, -1, us->server};
    bool serial = loop == DISK_BACK_END_SERIAL, flushes = (composer->requests & OF_FLUSHES) != 0;
    bool by_pool = !serial && (flushes || composer->config->guests[us->guest].disk_aio == DISK_AIO_THREADS);
    compose_table(composer, by_pool ? pool_reads : submits_itself, us, takes, HOP_NONE);
    compose_disk(composer, disk, &host, dom0_traits(composer), serial);
    compose_table(composer, done_by_host, us, takes, HOP_NONE);
    if (by_pool) compose_table(composer, back_to_pool, us, takes, HOP_NONE);
    compose_table(composer, backs[loop], us, takes, HOP_NONE);
}
