/* The physical NIC under the driver of whoever owns it: the kernel of bare metal or dom0, a poll-mode driver. Its
 * DMA goes past the IOMMU. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

const struct step nic_sends[] = {
    {PLACE_DEVICE, NOTIFY, "doorbell on its way", COST_DOORBELL, FLIGHT},
    {PLACE_DEVICE, DMA, "descriptor fetch", COST_DMA_READ, EACH},
    {PLACE_DEVICE, DMA, "payload read", COST_DMA_READ, EACH, .extent = OF_FRAME},
    {PLACE_DEVICE, DEVICE, "packet buffer, checksums", COST_NONE, EACH, .extent = OF_PASSAGE},
    {PLACE_LINK, WIRE, "MAC and wire", COST_NONE, EACH},
    END_OF_PATH,
};

const struct step nic_receives[] = {
    {PLACE_DEVICE, DEVICE, "packet buffer, filter, queue", COST_NONE, EACH, .extent = OF_PASSAGE},
    {PLACE_DEVICE, DMA, "packet and descriptor write", COST_DMA_WRITE, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

/* clang-format on */
