/* dom0, or the host's kernel under KVM: the software switch and the physical NIC below it. dom0 is a PV domain,
 * its device interrupts are taken by Xen first; under KVM the rows for PV kernels are left out, and DOM0
 * stands for the host. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

static const struct step forward[] = {
    {PLACE_DOM0, COMPUTE, "bridge", COST_BRIDGE, EACH},
    {PLACE_DOM0, COMPUTE, "packet filter", COST_FILTER, EACH},
    {PLACE_DOM0, COMPUTE, "cloud network: mapping, encapsulation", COST_VSWITCH, EACH},
    END_OF_PATH,
};

static const struct step transmit[] = {
    {PLACE_DOM0, COMPUTE, "driver: map, descriptor, doorbell", COST_DRIVER_TX, EACH},
    ROWS_OF(host_map_buffer),
    {PLACE_DEVICE, RING, "transmit descriptors of the NIC", COST_NONE, EACH, .ring = RING_PF_TX},
    ROWS_OF(nic_sends),
    END_OF_PATH,
};

static const struct step dom0_interrupt[] = {
    {PLACE_DEVICE, IRQ, "moderated MSI-X", COST_MSI, FLIGHT},
    {PLACE_HYPERVISOR, IRQ, "Xen takes the interrupt", COST_PIRQ, WAKE, .only = FOR_PV_KERNEL},
    {PLACE_HYPERVISOR, NOTIFY, "schedule the blocked dom0 vCPU", COST_EXIT_HLT, WAKE_IDLE, .only = FOR_PV_KERNEL},
    {PLACE_DOM0, IRQ, "event channel upcall", COST_EVTCHN_UPCALL, WAKE, .only = FOR_PV_KERNEL},
    {PLACE_DOM0, IRQ, "interrupt, schedule NAPI", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    {PLACE_DOM0, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    {PLACE_DOM0, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    END_OF_PATH,
};

static const struct step completion[] = {
    {PLACE_DEVICE, DMA, "write-back", COST_DMA_WRITE, EACH},
    {PLACE_DOM0, RING, "sent descriptors", COST_NONE, EACH, .ring = RING_PF_TX_DONE},
    ROWS_OF(dom0_interrupt),
    {PLACE_DOM0, COMPUTE, "driver: reclaim, free the packet", COST_DRIVER_TX_CLEAN, EACH, .release = RING_PF_TX},
    ROWS_OF(host_unmap_buffer),
    END_OF_PATH,
};

static const struct step receive[] = {
    ROWS_OF(nic_receives),
    {PLACE_DOM0, RING, "received descriptors of the NIC", COST_NONE, EACH, .ring = RING_PF_RX},
    ROWS_OF(dom0_interrupt),
    {PLACE_DOM0, COMPUTE, "driver: sk_buff, refill", COST_DRIVER_RX, EACH},
    ROWS_OF(host_unmap_buffer),
    ROWS_OF(host_map_buffer),
    END_OF_PATH,
};

/* clang-format on */

const struct backplane backplane_kernel = {
    .forward = forward, .transmit = transmit, .completion = completion, .receive = receive};
