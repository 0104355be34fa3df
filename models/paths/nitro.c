/* nitro: the guest drives an ENA device on a card that does what dom0 did elsewhere. Nothing but hardware is
 * between them: descriptors and headers are written into the device (LLQ, NT011-NT012), DMA passes the
 * IOMMU, interrupts are posted. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

static const struct step transmit[] = {
    {PLACE_GUEST, COMPUTE, "ena: map, descriptor and header, doorbell", COST_DRIVER_TX, EACH},
    ROWS_OF(map_buffer),
    {PLACE_DEVICE, RING, "transmit descriptors in the device", COST_NONE, EACH, .ring = RING_NIC_TX},
    {PLACE_DEVICE, NOTIFY, "doorbell on its way", COST_DOORBELL, FLIGHT},
    {PLACE_DEVICE, DMA, "payload read through the IOMMU", COST_DMA_READ, EACH, .extent = OF_FRAME},
    {PLACE_DEVICE, DEVICE, "card: mapping, encapsulation, allowances", COST_NONE, EACH, .extent = OF_PASSAGE},
    {PLACE_LINK, WIRE, "MAC and wire", COST_NONE, EACH},
    END_OF_PATH,
};

static const struct step completion[] = {
    {PLACE_DEVICE, DMA, "completion write through the IOMMU", COST_DMA_WRITE, EACH},
    {PLACE_DEVICE, RING, "transmit completions", COST_NONE, EACH, .ring = RING_NIC_TX_DONE},
    ROWS_OF(assigned_interrupt),
    {PLACE_GUEST, COMPUTE, "reclaim, free the packet", COST_DRIVER_TX_CLEAN, EACH, .release = RING_NIC_TX},
    ROWS_OF(unmap_buffer),
    ROWS_OF(foreign_packet),
    END_OF_PATH,
};

static const struct step receive[] = {
    {PLACE_DEVICE, DEVICE, "card: mapping, decapsulation, allowances", COST_NONE, EACH, .extent = OF_PASSAGE},
    {PLACE_DEVICE, DMA, "packet and completion write through the IOMMU", COST_DMA_WRITE, EACH, .extent = OF_FRAME},
    {PLACE_DEVICE, RING, "receive completions", COST_NONE, EACH, .ring = RING_NIC_RX},
    ROWS_OF(assigned_interrupt),
    {PLACE_GUEST, COMPUTE, "ena: sk_buff, refill", COST_DRIVER_RX, EACH},
    ROWS_OF(unmap_buffer),
    ROWS_OF(map_buffer),
    ROWS_OF(far_device),
    END_OF_PATH,
};

/* clang-format on */

const struct path_tables path_nitro = {
    .attachment = ATTACH_NIC,
    .kernel = FOR_HVM_KERNEL,
    .transmit = transmit,
    .completion = completion,
    .receive = receive,
};
