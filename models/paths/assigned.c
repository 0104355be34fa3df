/* sriov, passthrough: an HVM guest drives a virtual function of the NIC (ixgbevf), or all of it (ixgbe).
 * Data never leave the hardware; DMA passes the IOMMU. What remains of the hypervisor is the interrupt
 * (models/paths/interrupt.c). */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

static const struct step transmit[] = {
    {PLACE_GUEST, COMPUTE, "ixgbevf: map, descriptor, doorbell", COST_DRIVER_TX, EACH},
    ROWS_OF(map_buffer),
    {PLACE_DEVICE, RING, "transmit descriptors of the VF", COST_NONE, EACH, .ring = RING_NIC_TX},
    {PLACE_DEVICE, NOTIFY, "doorbell on its way", COST_DOORBELL, FLIGHT},
    {PLACE_DEVICE, DMA, "descriptor fetch through the IOMMU", COST_DMA_READ, EACH},
    {PLACE_DEVICE, DMA, "payload read through the IOMMU", COST_DMA_READ, EACH, .extent = OF_FRAME},
    {PLACE_DEVICE, DEVICE, "packet buffer, checksums, VF arbitration, rate limit", COST_NONE, EACH,
     .extent = OF_PASSAGE},
    {PLACE_LINK, WIRE, "MAC and wire", COST_NONE, EACH},
    END_OF_PATH,
};

static const struct step completion[] = {
    {PLACE_DEVICE, DMA, "write-back through the IOMMU", COST_DMA_WRITE, EACH},
    {PLACE_DEVICE, RING, "sent descriptors", COST_NONE, EACH, .ring = RING_NIC_TX_DONE},
    ROWS_OF(assigned_interrupt),
    {PLACE_GUEST, COMPUTE, "reclaim, free the packet", COST_DRIVER_TX_CLEAN, EACH, .release = RING_NIC_TX},
    ROWS_OF(unmap_buffer),
    ROWS_OF(foreign_packet),
    END_OF_PATH,
};

static const struct step receive[] = {
    {PLACE_DEVICE, DEVICE, "packet buffer, switch to the VF, queue", COST_NONE, EACH, .extent = OF_PASSAGE},
    {PLACE_DEVICE, DMA, "packet and descriptor write through the IOMMU", COST_DMA_WRITE, EACH, .extent = OF_FRAME},
    {PLACE_DEVICE, RING, "received descriptors", COST_NONE, EACH, .ring = RING_NIC_RX},
    ROWS_OF(assigned_interrupt),
    {PLACE_GUEST, COMPUTE, "ixgbevf: sk_buff, refill", COST_DRIVER_RX, EACH},
    ROWS_OF(unmap_buffer),
    ROWS_OF(map_buffer),
    ROWS_OF(far_device),
    END_OF_PATH,
};

/* clang-format on */

const struct path_tables path_sriov = {
    .attachment = ATTACH_NIC,
    .kernel = FOR_HVM_KERNEL,
    .transmit = transmit,
    .completion = completion,
    .receive = receive,
};

const struct path_tables path_passthrough = {
    .attachment = ATTACH_NIC,
    .kernel = FOR_HVM_KERNEL,
    .whole_device = true,
    .transmit = transmit,
    .completion = completion,
    .receive = receive,
};
