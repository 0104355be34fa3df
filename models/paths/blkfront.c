/* blkfront and its back ends in dom0.
 *
 * A request names up to 11 pages, or 32 by an indirect descriptor, in a ring of 32 slots a page (XN012, XN013, XB07); a
 * larger one is several slots. The pages cross
 *
 * - by map: blkback maps them for each request and unmaps them when the disk has answered, which interrupts every other
 *   vCPU of dom0 that is at work (XN036, XN037);
 * - by persistent grants: blkfront copies what is written into pages that stay granted and mapped, and what was read
 * out of them; nothing is mapped or unmapped (XB12, M254);
 * - by copy: a back end in user space has the hypervisor copy.
 *
 * blkback is a kernel thread for each ring, which the guest's event wakes; it makes bios and leaves them to the disk,
 * whose interrupt ends the request. qdisk is QEMU, tapdisk3 a process of its own: both wake, parse, read or write by
 * io_submit, wake again and answer.
 *
 * A flush (BLKIF_OP_FLUSH_DISKCACHE) is a request without pages; a process of dom0 does it by fdatasync.
 *
 * Not modelled: discard and barriers, the purge of persistent grants, the thread of a process that waits in fdatasync.
 */
#include "models/paths/block.h"

/* clang-format off: a table reads by its rows */

static const struct step submit[] = {
    {PLACE_GUEST, COMPUTE, "blkfront: ring request", COST_BLKFRONT_SUBMIT, EACH},
    {PLACE_GUEST, COMPUTE, "blkfront: segments", COST_BLKIF_SEGMENT, EACH, .extent = OF_EACH_PAGE},
    {PLACE_GUEST, GRANT, "grant the pages", COST_GRANT_ACCESS, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    {PLACE_GUEST, COPY, "copy into granted pages", COST_COPY_COLD, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_PERSISTENT, .requests = OF_WRITES},
    END_OF_PATH,
};

static const struct step wake_blkback[] = {
    ROWS_OF(event_to_dom0),
    {PLACE_DOM0, IRQ, "interrupt handler: wake the thread", COST_SCHED_WAKEUP, WAKE},
    {PLACE_DOM0, COMPUTE, "switch to the thread", COST_SCHED_SWITCH, WAKE},
    END_OF_PATH,
};

static const struct step to_blkback[] = {
    {PLACE_DOM0, RING, "blkif ring", COST_NONE, EACH, .ring = RING_BLKIF},
    ROWS_OF(wake_blkback),
    {PLACE_DOM0, COMPUTE, "blkback: request", COST_BLKBACK_REQUEST, EACH},
    {PLACE_DOM0, COMPUTE, "blkback: segments", COST_BLKIF_SEGMENT, EACH, .extent = OF_EACH_PAGE},
    {PLACE_DOM0, GRANT, "hypercall of the maps", COST_HYPERCALL_PV, EACH, .only = FOR_GRANT_MAP, .requests = OF_DATA,
     .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, GRANT, "grant map", COST_GRANT_MAP, EACH, .extent = OF_FRAME, .only = FOR_GRANT_MAP,
     .counts = COUNTS_GRANT},
    {PLACE_DOM0, GRANT, "find the mapped pages", COST_GRANT_LOOKUP, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_PERSISTENT},
    {PLACE_DOM0, COMPUTE, "bio, request", COST_BLOCK_BIO, EACH},
    END_OF_PATH,
};

static const struct step blkback_done[] = {
    {PLACE_DOM0, COMPUTE, "end of the bio", COST_BLOCK_END, EACH},
    {PLACE_DOM0, GRANT, "hypercall of the unmaps", COST_HYPERCALL_PV, EACH, .only = FOR_GRANT_MAP, .requests = OF_DATA,
     .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, GRANT, "grant unmap", COST_GRANT_UNMAP, EACH, .extent = OF_FRAME, .only = FOR_GRANT_MAP,
     .counts = COUNTS_GRANT},
    TLB_FLUSH_ROWS(OF_FRAME, true),
    {PLACE_DOM0, COMPUTE, "blkback: response", COST_BLKBACK_RESPOND, EACH},
    END_OF_PATH,
};

/* tapdisk3: an event loop in user space; the hypervisor copies by the grant device's ioctl. */
static const struct step to_tapdisk[] = {
    {PLACE_DOM0, RING, "blkif ring", COST_NONE, EACH, .ring = RING_BLKIF},
    ROWS_OF(wake_blkback),
    {PLACE_DOM0, COMPUTE, "tapdisk: event loop", COST_TAPDISK_LOOP, POLL},
    {PLACE_DOM0, COMPUTE, "tapdisk: request", COST_TAPDISK_REQUEST, EACH},
    END_OF_PATH,
};

static const struct step to_qdisk[] = {
    {PLACE_DOM0, RING, "blkif ring", COST_NONE, EACH, .ring = RING_BLKIF_QEMU},
    ROWS_OF(wake_blkback),
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    {PLACE_DEVICE_MODEL, COMPUTE, "qdisk: request", COST_TAPDISK_REQUEST, EACH},
    END_OF_PATH,
};

/* A process of dom0 gets at the guest's pages: written data before the disk, read data after it. */
static const struct step copy_by_ioctl[] = {
    {PLACE_DOM0, COMPUTE, "system call: grant device", COST_SYSCALL_PV, EACH},
    {PLACE_DOM0, GRANT, "hypercall of the copies", COST_HYPERCALL_PV, EACH, .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, GRANT, "grant copy", COST_GRANT_COPY, EACH, .extent = OF_FRAME, .counts = COUNTS_GRANT},
    END_OF_PATH,
};

static const struct step map_by_ioctl[] = {
    {PLACE_DOM0, COMPUTE, "system call: map by the grant device", COST_SYSCALL_PV, EACH, .only = FOR_GRANT_MAP},
    {PLACE_DOM0, GRANT, "mmap: page tables of the process", COST_GNTDEV_MAP, EACH, .extent = OF_EACH_PAGE,
     .only = FOR_GRANT_MAP},
    {PLACE_HYPERVISOR, GRANT, "grant map", COST_GRANT_MAP, EACH, .extent = OF_FRAME, .only = FOR_GRANT_MAP,
     .counts = COUNTS_GRANT},
    {PLACE_DOM0, GRANT, "find the mapped pages", COST_GRANT_LOOKUP, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_PERSISTENT},
    END_OF_PATH,
};

static const struct step unmap_by_ioctl[] = {
    {PLACE_DOM0, COMPUTE, "system call: unmap by the grant device", COST_SYSCALL_PV, EACH, .only = FOR_GRANT_MAP},
    {PLACE_DOM0, GRANT, "munmap: page tables of the process", COST_GNTDEV_MAP, EACH, .extent = OF_EACH_PAGE,
     .only = FOR_GRANT_MAP},
    {PLACE_HYPERVISOR, GRANT, "grant unmap", COST_GRANT_UNMAP, EACH, .extent = OF_FRAME, .only = FOR_GRANT_MAP,
     .counts = COUNTS_GRANT},
    TLB_FLUSH_ROWS(OF_FRAME, true),
    END_OF_PATH,
};

static const struct step process_submits[] = {
    {PLACE_DOM0, COMPUTE, "system call: io_submit", COST_SYSCALL_PV, EACH, .requests = OF_DATA},
    {PLACE_DOM0, COMPUTE, "system call: fdatasync", COST_SYSCALL_PV, EACH, .requests = OF_FLUSHES},
    {PLACE_DOM0, COMPUTE, "direct I/O: pin pages", COST_BLOCK_DIRECT, EACH, .requests = OF_DATA},
    {PLACE_DOM0, COMPUTE, "pages of the request", COST_BLOCK_PAGE, EACH, .extent = OF_EACH_PAGE},
    {PLACE_DOM0, COMPUTE, "bio, request", COST_BLOCK_BIO, EACH},
    END_OF_PATH,
};

static const struct step process_done[] = {
    {PLACE_DOM0, COMPUTE, "end of the bio", COST_BLOCK_END, EACH},
    {PLACE_DOM0, COMPUTE, "unpin pages, event", COST_BLOCK_EVENT, EACH, .requests = OF_DATA},
    END_OF_PATH,
};

static const struct step wake_process[] = {
    {PLACE_DOM0, NOTIFY, "wake the process", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_DOM0, NOTIFY, "hypercall", COST_HYPERCALL_PV, REMOTE, .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, NOTIFY, "reschedule event to its vCPU", COST_EVTCHN_SEND, REMOTE},
    {PLACE_HYPERVISOR, NOTIFY, "event in flight", COST_EVTCHN_IPI, FLIGHT},
    {PLACE_DOM0, COMPUTE, "switch to the process", COST_SCHED_SWITCH, WAKE},
    END_OF_PATH,
};

static const struct step back_to_tapdisk[] = {
    {PLACE_DOM0, RING, "requests that are done", COST_NONE, EACH, .ring = RING_DISK_THREAD_BACK},
    ROWS_OF(wake_process),
    {PLACE_DOM0, COMPUTE, "tapdisk: event loop", COST_TAPDISK_LOOP, POLL},
    END_OF_PATH,
};

static const struct step back_to_qdisk[] = {
    {PLACE_DEVICE_MODEL, RING, "requests that are done", COST_NONE, EACH, .ring = RING_DISK_QEMU_BACK},
    ROWS_OF(wake_process),
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    END_OF_PATH,
};

static const struct step process_answers[] = {
    {PLACE_DOM0, COMPUTE, "response", COST_TAPDISK_RESPOND, EACH},
    {PLACE_DOM0, COMPUTE, "system call: notify", COST_SYSCALL_PV, NOTIFYING},
    END_OF_PATH,
};

static const struct step response[] = {
    {PLACE_GUEST, RING, "blkif responses", COST_NONE, EACH, .ring = RING_DISK_USED},
    ROWS_OF(event_handled_in_guest),
    {PLACE_GUEST, GRANT, "end the access", COST_GRANT_END, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    {PLACE_GUEST, COPY, "copy out of granted pages", COST_COPY_COLD, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_PERSISTENT, .requests = OF_READS},
    END_OF_PATH,
};

static const struct step take_from_kernel[] = {
    {PLACE_GUEST, COMPUTE, "blkfront: response", COST_BLKFRONT_COMPLETE, EACH, .release = RING_BLKIF},
    END_OF_PATH,
};

static const struct step take_from_qemu[] = {
    {PLACE_GUEST, COMPUTE, "blkfront: response", COST_BLKFRONT_COMPLETE, EACH, .release = RING_BLKIF_QEMU},
    END_OF_PATH,
};

/* clang-format on */

static void compose_process(struct composer *composer, const struct disk_config *disk, const struct party *us,
                            enum only takes, bool qdisk) {
    struct party host = {PARTY_DOM0, -1, us->server};
    bool data = (composer->requests & OF_DATA) != 0, writes = (composer->requests & OF_WRITES) != 0;
    bool copies = data && (takes & FOR_GRANT_COPY) != 0, maps = data && !copies;
    compose_table(composer, qdisk ? to_qdisk : to_tapdisk, us, takes, HOP_NONE);
    if (maps) compose_table(composer, map_by_ioctl, us, takes, HOP_NONE);
    if (copies && writes) compose_table(composer, copy_by_ioctl, us, takes, HOP_NONE);
    compose_table(composer, process_submits, us, takes, HOP_NONE);
    compose_disk(composer, disk, &host, dom0_traits(composer), false);
    compose_table(composer, process_done, us, takes, HOP_NONE);
    compose_table(composer, qdisk ? back_to_qdisk : back_to_tapdisk, us, takes, HOP_NONE);
    if (copies && !writes) compose_table(composer, copy_by_ioctl, us, takes, HOP_NONE);
    if (maps) compose_table(composer, unmap_by_ioctl, us, takes, HOP_NONE);
    compose_table(composer, process_answers, us, takes, HOP_NONE);
}

void compose_blkfront(struct composer *composer, const struct disk_config *disk, const struct party *us,
                      enum only takes) {
    static const enum only grants[] = {
        [GRANTS_COPY] = FOR_GRANT_COPY, [GRANTS_MAP] = FOR_GRANT_MAP, [GRANTS_PERSISTENT] = FOR_GRANT_PERSISTENT};
    const struct guest_config *guest = &composer->config->guests[us->guest];
    struct party host = {PARTY_DOM0, -1, us->server};
    takes = (takes & ~(enum only)FOR_GRANTS) | grants[guest->disk_grants];
    compose_table(composer, submit, us, takes, HOP_NONE);
    bool qdisk = guest->disk_back_end == DISK_BACK_END_QEMU;
    if (guest->disk_back_end == DISK_BACK_END_KERNEL) {
        compose_table(composer, to_blkback, us, takes, HOP_NONE);
        compose_disk(composer, disk, &host, dom0_traits(composer), false);
        compose_table(composer, blkback_done, us, takes, HOP_NONE);
    } else {
        compose_process(composer, disk, us, takes, qdisk);
    }
    compose_table(composer, response, us, takes, HOP_NONE);
    compose_table(composer, qdisk ? take_from_qemu : take_from_kernel, us, takes, HOP_NONE);
}
