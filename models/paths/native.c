/* native: bare metal with an 82599 (ixgbe). Batches and ring discipline: PC220-PC225; the driver's and
 * the stack's costs on this CPU and NIC: NT050-NT059. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

/* An interrupt of the NIC, up to the driver's poll loop. */
static const struct step interrupt[] = {
    {PLACE_DEVICE, IRQ, "moderated MSI-X", COST_MSI, FLIGHT},
    {PLACE_GUEST, IRQ, "interrupt, schedule NAPI", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    {PLACE_GUEST, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    {PLACE_GUEST, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    END_OF_PATH,
};

static const struct step transmit[] = {
    {PLACE_GUEST, COMPUTE, "ixgbe: map, descriptor, doorbell", COST_DRIVER_TX, EACH},
    ROWS_OF(map_buffer),
    {PLACE_DEVICE, RING, "transmit descriptors", COST_NONE, EACH, .ring = RING_NIC_TX},
    ROWS_OF(nic_sends),
    END_OF_PATH,
};

static const struct step completion[] = {
    {PLACE_DEVICE, DMA, "write-back", COST_DMA_WRITE, EACH},
    {PLACE_DEVICE, RING, "sent descriptors", COST_NONE, EACH, .ring = RING_NIC_TX_DONE},
    ROWS_OF(interrupt),
    {PLACE_GUEST, COMPUTE, "reclaim, free the packet", COST_DRIVER_TX_CLEAN, EACH, .release = RING_NIC_TX},
    ROWS_OF(unmap_buffer),
    ROWS_OF(foreign_packet),
    END_OF_PATH,
};

static const struct step receive[] = {
    ROWS_OF(nic_receives), {PLACE_DEVICE, RING, "received descriptors", COST_NONE, EACH, .ring = RING_NIC_RX},
    ROWS_OF(interrupt),    {PLACE_GUEST, COMPUTE, "ixgbe: sk_buff, refill", COST_DRIVER_RX, EACH},
    ROWS_OF(unmap_buffer), ROWS_OF(map_buffer),
    ROWS_OF(far_device),   END_OF_PATH,
};

/* clang-format on */

const struct path_tables path_native = {
    .attachment = ATTACH_NIC,
    .kernel = FOR_BARE_KERNEL,
    .transmit = transmit,
    .completion = completion,
    .receive = receive,
};
