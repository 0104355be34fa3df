/* vhost-user: the guest's virtqueues are shared with a switch in user space that polls them and the NIC on a
 * CPU of its own, burst by burst: no kick, no wake-up, no interrupt of the NIC. Only the guest, whose kernel
 * sleeps, is still told by an irqfd.
 *
 * The switch is OVS-DPDK in its costs: what it needs from NIC to NIC (NET-453) less twice a poll-mode driver
 * (NT077) is the lookup, what it needs more from NIC to guest (NET-460) the virtqueue. Its CPU is never idle;
 * results count what it does for packets.
 *
 * It copies a frame moments after the NIC (into the last level cache, which takes its DMA) or a guest has written it,
 * and the buffers of both are used again and again: what is copied is in that cache. Two copies of a byte take 0.17 ns
 * then; from 256 to 1024 B it is 0.14 ns from guest to guest (NET-477, NET-484). */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

static const struct step guest_transmit[] = {
    {PLACE_GUEST, COMPUTE, "virtio_net: virtqueue entry", COST_VIRTIO_TX, EACH},
    {PLACE_GUEST, RING, "transmit virtqueue", COST_NONE, EACH, .ring = RING_USER_TX},
    {PLACE_DOM0, COMPUTE, "switch: look at the port", COST_SWITCH_POLL, POLL},
    {PLACE_DOM0, COMPUTE, "switch: fetch what the guest has written", COST_CACHE_LINE, BURST,
     .times = COST_POLLED_LINES},
    {PLACE_DOM0, COMPUTE, "switch: virtqueue entry", COST_SWITCH_VIRTQ, EACH},
    {PLACE_DOM0, COPY, "copy the frame", COST_COPY_LLC, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

static const struct step guest_completion[] = {
    {PLACE_GUEST, RING, "used transmit entries", COST_NONE, EACH, .ring = RING_VIRTQ_TX_DONE},
    ROWS_OF(virtual_interrupt),
    {PLACE_GUEST, COMPUTE, "virtio_net: reclaim, free the packet", COST_VIRTIO_CLEAN, EACH, .release = RING_USER_TX},
    ROWS_OF(foreign_packet),
    END_OF_PATH,
};

static const struct step guest_receive[] = {
    {PLACE_DOM0, COMPUTE, "switch: virtqueue entry", COST_SWITCH_VIRTQ, EACH},
    {PLACE_DOM0, COPY, "copy the frame", COST_COPY_LLC, EACH, .extent = OF_FRAME},
    {PLACE_GUEST, RING, "receive virtqueue", COST_NONE, EACH, .ring = RING_VIRTQ_RX},
    ROWS_OF(virtual_interrupt),
    {PLACE_GUEST, COMPUTE, "virtio_net: sk_buff, refill", COST_VIRTIO_RX, EACH},
    END_OF_PATH,
};

/* A guest that polls its virtqueues: neither system call nor interrupt, nor a reclaim of its own. */
const struct step polling_send[] = {
    {PLACE_GUEST, COMPUTE, "application: make a frame", COST_POLLING_APP, EACH},
    END_OF_PATH,
};

const struct step polling_receive[] = {
    {PLACE_GUEST, COMPUTE, "application: take a frame", COST_POLLING_APP, EACH},
    END_OF_PATH,
};

const struct step polling_forward[] = {
    {PLACE_GUEST, COMPUTE, "application: forward a frame", COST_POLLING_APP, EACH},
    END_OF_PATH,
};

static const struct step polled_transmit[] = {
    {PLACE_GUEST, COMPUTE, "poll-mode driver: virtqueue entry", COST_VIRTIO_PMD, EACH},
    {PLACE_GUEST, RING, "transmit virtqueue", COST_NONE, EACH, .ring = RING_POLLED_TX},
    {PLACE_DOM0, COMPUTE, "switch: look at the port", COST_SWITCH_POLL, POLL},
    {PLACE_DOM0, COMPUTE, "switch: fetch what the guest has written", COST_CACHE_LINE, BURST,
     .times = COST_POLLED_LINES},
    {PLACE_DOM0, COMPUTE, "switch: virtqueue entry", COST_SWITCH_VIRTQ, EACH, .release = RING_POLLED_TX},
    {PLACE_DOM0, COPY, "copy the frame", COST_COPY_LLC, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

static const struct step polled_receive[] = {
    {PLACE_DOM0, COMPUTE, "switch: virtqueue entry", COST_SWITCH_VIRTQ, EACH},
    {PLACE_DOM0, COPY, "copy the frame", COST_COPY_LLC, EACH, .extent = OF_FRAME},
    {PLACE_GUEST, RING, "receive virtqueue", COST_NONE, EACH, .ring = RING_POLLED_RX},
    {PLACE_GUEST, COMPUTE, "poll-mode driver: look at the ring", COST_SWITCH_POLL, POLL},
    {PLACE_GUEST, COMPUTE, "poll-mode driver: fetch what the switch has written", COST_CACHE_LINE, BURST,
     .times = COST_POLLED_LINES},
    {PLACE_GUEST, COMPUTE, "poll-mode driver: take, refill", COST_VIRTIO_PMD, EACH},
    END_OF_PATH,
};

static const struct step forward[] = {
    {PLACE_DOM0, COMPUTE, "switch: look up the flow", COST_SWITCH_LOOKUP, EACH},
    END_OF_PATH,
};

static const struct step transmit[] = {
    {PLACE_DOM0, COMPUTE, "poll-mode driver: descriptor", COST_PMD, EACH},
    {PLACE_DEVICE, RING, "transmit descriptors of the switch", COST_NONE, EACH, .ring = RING_PMD_TX},
    ROWS_OF(nic_sends),
    END_OF_PATH,
};

/* The driver reclaims in passing: its part of a packet is in the cost of sending one. */
static const struct step completion[] = {
    {PLACE_DEVICE, DMA, "write-back", COST_DMA_WRITE, EACH},
    {PLACE_DOM0, RING, "sent descriptors", COST_NONE, EACH, .ring = RING_PMD_TX_DONE},
    {PLACE_DOM0, COMPUTE, "poll-mode driver: reclaim", COST_NONE, EACH, .release = RING_PMD_TX},
    END_OF_PATH,
};

static const struct step receive[] = {
    ROWS_OF(nic_receives),
    {PLACE_DOM0, RING, "received descriptors of the switch", COST_NONE, EACH, .ring = RING_PMD_RX},
    {PLACE_DOM0, COMPUTE, "switch: look at the port", COST_SWITCH_POLL, POLL},
    {PLACE_DOM0, COMPUTE, "poll-mode driver: take, refill", COST_PMD, EACH},
    END_OF_PATH,
};

/* clang-format on */

const struct backplane backplane_switch = {
    .forward = forward, .transmit = transmit, .completion = completion, .receive = receive};

const struct path_tables path_vhost_user = {
    .attachment = ATTACH_SWITCH,
    .kernel = FOR_HVM_KERNEL,
    .transmit = guest_transmit,
    .completion = guest_completion,
    .receive = guest_receive,
    .completes_at_backend = true,
    .virtqueue = true,
    .no_segmentation = true,
};

const struct path_tables path_vhost_user_polled = {
    .attachment = ATTACH_SWITCH,
    .kernel = FOR_HVM_KERNEL,
    .polls = true,
    .transmit = polled_transmit,
    .receive = polled_receive,
};
