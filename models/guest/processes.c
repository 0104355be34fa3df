/* A process that forks: the kernel copies its page table, page by page of the lowest level, and the parent goes on.
 *
 * Each entry is copied, its page counted as referenced and as mapped once more, and the parent's entry is
 * write-protected, so that the first write to it makes a copy. Who forks waits for as long as that takes; how long,
 * depends on who owns page tables:
 *
 *     native, nested   the kernel writes entries; a guest under nested paging as bare metal (no exit)
 *     PV               page tables are read-only for the guest. The parent's entries are changed one by one where they
 *                      are, and each write faults into Xen, which does it after a check. The child's pages of the table
 *                      are filled before Xen knows them, then handed over whole: made read-only, checked, pinned
 *                      (pinning: late); without that (early) each of their entries is such a write as well (CM14,
 *                      CM15)
 *     shadow           each write to the parent's table is an exit that is decoded and done by the hypervisor
 *
 * Modelled: sizes of whole pages of a table, 2 MiB of memory each; all of the process's memory in pages of 4 KiB.
 * Not modelled: huge pages of the guest's own; what the child does; copies on write after the fork; TLB flushes of
 * other CPUs that run threads of the process; memory of the other socket; out-of-sync shadows, with which Xen 3.3 and
 * later exit less often: shadow is an upper bound. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

const struct step fork_begin[] = {
    {PLACE_GUEST, COMPUTE, "switch to the process that forks", COST_SCHED_SWITCH, WAKE},
    ROWS_OF(pv_switch),
    {PLACE_GUEST, COMPUTE, "system call", COST_SYSCALL, POLL, .only = FOR_OWN_TRAPS},
    {PLACE_GUEST, COMPUTE, "system call through Xen", COST_SYSCALL_PV, POLL, .only = FOR_PV_KERNEL},
    {PLACE_GUEST, COMPUTE, "fork: task, memory areas", COST_FORK_PROCESS, POLL},
    {PLACE_GUEST, COMPUTE, "allocate a page of the child's table", COST_COPY_PAGE, EACH},
    {PLACE_GUEST, COPY, "clear it", COST_COPY_HOT, EACH, .extent = OF_FRAME},
    {PLACE_GUEST, COMPUTE, "copy its entries, count their pages, write-protect them", COST_FORK_ENTRY, EACH,
     .times = COST_FORK_ENTRIES},
    {PLACE_GUEST, COPY, "memory of entries and page descriptors", COST_COPY_COLD, EACH, .extent = OF_PAYLOAD},
    END_OF_PATH,
};

const struct step fork_native[] = {
    {PLACE_GUEST, COMPUTE, "flush the TLB", COST_FORK_FLUSH, POLL},
    END_OF_PATH,
};

/* Linux changes the parent's entries by a locked instruction on the table itself, not by a hypercall. */
static const struct step parent_writes[] = {
    {PLACE_HYPERVISOR, COMPUTE, "write-protect the parent's entries: fault, checked write", COST_PV_WRITE, EACH,
     .times = COST_FORK_ENTRIES},
    {PLACE_HYPERVISOR, NOTIFY, "flush the TLB: hypercall", COST_HYPERCALL_PV, POLL, .counts = COUNTS_HYPERCALL},
    {PLACE_GUEST, COMPUTE, "flush the TLB", COST_FORK_FLUSH, POLL},
    END_OF_PATH,
};

const struct step fork_pv_late[] = {
    ROWS_OF(parent_writes),
    {PLACE_HYPERVISOR, NOTIFY, "hand over a page of the child's table: hypercalls in one", COST_HYPERCALL_PV, EACH,
     .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, COMPUTE, "check its entries, pin it", COST_PV_VALIDATE, EACH, .times = COST_FORK_ENTRIES},
    END_OF_PATH,
};

const struct step fork_pv_early[] = {
    ROWS_OF(parent_writes),
    {PLACE_HYPERVISOR, NOTIFY, "hand over an empty page of the child's table: hypercall", COST_HYPERCALL_PV, EACH,
     .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, COMPUTE, "write the child's entries: fault, checked write", COST_PV_WRITE, EACH,
     .times = COST_FORK_ENTRIES},
    END_OF_PATH,
};

const struct step fork_shadow[] = {
    {PLACE_HYPERVISOR, EXIT, "write-protect the parent's entries: exits", COST_EXIT, EACH, .times = COST_FORK_ENTRIES,
     .counts = COUNTS_EXIT, .exit_reason = "page table write"},
    {PLACE_HYPERVISOR, EXIT, "decode the writes, do them in table and shadow", COST_EXIT_DECODE, EACH,
     .times = COST_FORK_ENTRIES},
    {PLACE_HYPERVISOR, EXIT, "flush the TLB: exit", COST_EXIT, POLL, .counts = COUNTS_EXIT,
     .exit_reason = "page table base"},
    {PLACE_GUEST, COMPUTE, "flush the TLB", COST_FORK_FLUSH, POLL},
    END_OF_PATH,
};

/* clang-format on */
