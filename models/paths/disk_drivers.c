/* Drivers of disks, in the guest that has one of its own or in dom0 or the host below a back end: what the kernel does
 * between its block layer and the device, and when the device has answered.
 *
 * nvme: an entry of a submission queue and a doorbell; each CPU has its queues, and the interrupt comes to the CPU that
 * submitted. ahci: command tables in memory, but the driver reads and writes registers of the controller, uncached
 * (DV18); one queue and one interrupt for all. memory: null_blk and ramdisks are function calls; a ramdisk copies.
 * remote: what lies between the driver and a volume elsewhere is the disk's own time.
 *
 * Not modelled: DMA of the data (a few percent of what a disk takes), the IOMMU on its way, interrupt coalescing. */
#include "models/paths/block.h"

/* clang-format off: a table reads by its rows */

static const struct step nvme_submit[] = {
    {PLACE_GUEST, COMPUTE, "nvme: map, command, doorbell", COST_NVME_SUBMIT, EACH},
    END_OF_PATH,
};

static const struct step nvme_complete[] = {
    {PLACE_GUEST, COMPUTE, "nvme: completion entry, doorbell", COST_NVME_COMPLETE, EACH},
    END_OF_PATH,
};

static const struct step ahci_submit[] = {
    {PLACE_GUEST, COMPUTE, "ahci: map, command table, registers", COST_AHCI_SUBMIT, EACH},
    END_OF_PATH,
};

static const struct step ahci_complete[] = {
    {PLACE_GUEST, COMPUTE, "ahci: registers, finish the command", COST_AHCI_COMPLETE, EACH},
    END_OF_PATH,
};

static const struct step memory_submit[] = {
    {PLACE_GUEST, COMPUTE, "null_blk: command, timer", COST_MEMORY_DISK, EACH},
    END_OF_PATH,
};

static const struct step memory_complete[] = {
    {PLACE_GUEST, COMPUTE, "null_blk: timer over", COST_MEMORY_DISK, EACH},
    END_OF_PATH,
};

static const struct step ramdisk_transfer[] = {
    {PLACE_GUEST, COMPUTE, "ramdisk: find the pages", COST_MEMORY_DISK, EACH},
    {PLACE_GUEST, COPY, "copy between the ramdisk and the request", COST_COPY_COLD, EACH, .extent = OF_PAYLOAD},
    END_OF_PATH,
};

static const struct step own_disk[] = {
    {PLACE_DEVICE, RING, "submission queue", COST_NONE, EACH, .ring = RING_DISK},
    {PLACE_DEVICE, DEVICE, "disk", COST_NONE, EACH},
    {PLACE_GUEST, RING, "completion queue", COST_NONE, EACH, .ring = RING_DISK_DONE},
    END_OF_PATH,
};

static const struct step host_disk[] = {
    {PLACE_DEVICE, RING, "submission queue", COST_NONE, EACH, .ring = RING_HOST_DISK},
    {PLACE_DEVICE, DEVICE, "disk", COST_NONE, EACH},
    {PLACE_DOM0, RING, "completion queue", COST_NONE, EACH, .ring = RING_HOST_DISK_DONE},
    END_OF_PATH,
};

static const struct step serial_disk[] = {
    {PLACE_DEVICE, RING, "submission queue, one at a time", COST_NONE, EACH, .ring = RING_SERIAL_DISK},
    {PLACE_DEVICE, DEVICE, "disk", COST_NONE, EACH},
    {PLACE_DOM0, RING, "completion queue", COST_NONE, EACH, .ring = RING_HOST_DISK_DONE},
    END_OF_PATH,
};

static const struct step bare_interrupt[] = {
    {PLACE_DEVICE, IRQ, "MSI-X", COST_MSI, FLIGHT},
    {PLACE_GUEST, IRQ, "interrupt handler", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    END_OF_PATH,
};

static const struct step dom0_disk_interrupt[] = {
    {PLACE_DEVICE, IRQ, "MSI-X", COST_MSI, FLIGHT},
    {PLACE_HYPERVISOR, IRQ, "Xen takes the interrupt", COST_PIRQ, WAKE, .only = FOR_PV_KERNEL},
    {PLACE_HYPERVISOR, NOTIFY, "schedule the blocked dom0 vCPU", COST_EXIT_HLT, WAKE_IDLE, .only = FOR_PV_KERNEL},
    {PLACE_DOM0, IRQ, "event channel upcall", COST_EVTCHN_UPCALL, WAKE, .only = FOR_PV_KERNEL},
    {PLACE_DOM0, IRQ, "interrupt handler", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    END_OF_PATH,
};

/* clang-format on */

static const struct step *const submits[] = {
    [DISK_AHCI] = ahci_submit, [DISK_NVME] = nvme_submit, [DISK_MEMORY] = memory_submit, [DISK_REMOTE] = nvme_submit};
static const struct step *const completes[] = {[DISK_AHCI] = ahci_complete,
                                               [DISK_NVME] = nvme_complete,
                                               [DISK_MEMORY] = memory_complete,
                                               [DISK_REMOTE] = nvme_complete};

void compose_disk(struct composer *composer, const struct disk_config *disk, const struct party *at, enum only takes,
                  bool serial) {
    bool of_host = at->kind == PARTY_DOM0, bare = (takes & FOR_BARE_KERNEL) != 0;
    if (disk_is_memory(disk)) {
        if (composer->requests & OF_FLUSHES) return; /* it has no cache */
        compose_table(composer, ramdisk_transfer, at, takes, HOP_NONE);
        return;
    }
    const struct step *interrupt = of_host ? dom0_disk_interrupt : bare ? bare_interrupt : assigned_disk_interrupt;
    compose_table(composer, submits[disk->interface], at, takes, HOP_NONE);
    compose_table(composer, serial ? serial_disk : of_host ? host_disk : own_disk, at, takes, HOP_NONE);
    compose_table(composer, interrupt, at, takes, HOP_NONE);
    compose_table(composer, completes[disk->interface], at, takes, HOP_NONE);
}
