/* How a device's interrupt reaches a guest with the kernel of an HVM: taken by an exit and injected (VX087), its
 * end a trap (VX014), unless the CPU posts it to the guest, or the guest takes it without any exit: the CPU
 * then finds the guest's handler in a table that the hypervisor shadows, and the guest ends the interrupt in
 * the x2APIC itself (VX098). What is left is what bare metal pays, but for a guest that has halted. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

/* What comes before the guest's handler, and after. */
static const struct step before_handler[] = {
    {PLACE_HYPERVISOR, EXIT, "interrupt exit, injection", COST_EXIT_IRQ, WAKE, .only = FOR_INJECTED,
     .counts = COUNTS_EXIT, .exit_reason = "external interrupt"},
    {PLACE_HYPERVISOR, EXIT, "schedule the halted vCPU", COST_EXIT_HLT, WAKE_IDLE, .counts = COUNTS_EXIT,
     .exit_reason = "hlt"},
    END_OF_PATH,
};

static const struct step after_handler[] = {
    {PLACE_HYPERVISOR, EXIT, "trapped end of interrupt", COST_EXIT_EOI, WAKE, .only = FOR_INJECTED,
     .counts = COUNTS_EXIT, .exit_reason = "eoi"},
    {PLACE_GUEST, IRQ, "posted interrupt, virtual end of interrupt", COST_IRQ_POSTED, WAKE, .only = FOR_POSTED},
    {PLACE_GUEST, IRQ, "taken through the shadow table, own end of interrupt", COST_NONE, WAKE, .only = FOR_EXITLESS},
    END_OF_PATH,
};

/* From the vCPU's CPU to the driver's poll loop. */
static const struct step delivered_interrupt[] = {
    ROWS_OF(before_handler),
    {PLACE_GUEST, IRQ, "interrupt, schedule NAPI", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    ROWS_OF(after_handler),
    {PLACE_GUEST, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    {PLACE_GUEST, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    END_OF_PATH,
};

/* To a disk's handler, which finishes the requests itself. */
static const struct step delivered_disk_interrupt[] = {
    ROWS_OF(before_handler),
    {PLACE_GUEST, IRQ, "interrupt handler", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    ROWS_OF(after_handler),
    END_OF_PATH,
};

const struct step assigned_disk_interrupt[] = {
    {PLACE_DEVICE, IRQ, "MSI-X", COST_MSI, FLIGHT},
    ROWS_OF(delivered_disk_interrupt),
    END_OF_PATH,
};

const struct step virtual_disk_interrupt[] = {
    {PLACE_DOM0, IRQ, "signal the irqfd", COST_IRQFD, NOTIFYING},
    {PLACE_HYPERVISOR, NOTIFY, "interrupt in flight to the vCPU", COST_IPI, FLIGHT},
    ROWS_OF(delivered_disk_interrupt),
    END_OF_PATH,
};

const struct step assigned_interrupt[] = {
    {PLACE_DEVICE, IRQ, "moderated MSI-X", COST_MSI, FLIGHT},
    ROWS_OF(delivered_interrupt),
    END_OF_PATH,
};

const struct step virtual_interrupt[] = {
    {PLACE_DOM0, IRQ, "signal the irqfd", COST_IRQFD, NOTIFYING},
    {PLACE_HYPERVISOR, NOTIFY, "interrupt in flight to the vCPU", COST_IPI, FLIGHT},
    ROWS_OF(delivered_interrupt),
    END_OF_PATH,
};

/* clang-format on */
