/* virtio, vhost: a paravirtual device of KVM, its back end in QEMU or in a thread of the host's kernel.
 *
 * The guest's kick is an exit that signals an eventfd (VX074), and only if the back end sleeps; the back end
 * writes the frame to a tap device of the host's bridge. Its answer is an irqfd, injected into the guest or
 * posted. A sent frame is the tap device's copy, so the entry is used at once. */
#include "models/paths/netmap.h"

/* clang-format off: a table reads by its rows */

/* The guest's side of a kick, and the wake-up of the thread that waits for it. */
const struct step virtio_kick[] = {
    {PLACE_HYPERVISOR, EXIT, "kick: exit, ioeventfd", COST_EXIT_KICK, NOTIFYING, .counts = COUNTS_EXIT,
     .exit_reason = "io"},
    {PLACE_HYPERVISOR, NOTIFY, "wake the back end", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_HYPERVISOR, NOTIFY, "reschedule interrupt in flight", COST_IPI, FLIGHT},
    {PLACE_DOM0, COMPUTE, "switch to the back end", COST_SCHED_SWITCH, WAKE},
    END_OF_PATH,
};

/* A frame has come to the tap device of a back end. */
static const struct step tap_wake[] = {
    {PLACE_DOM0, NOTIFY, "wake the back end", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_DOM0, NOTIFY, "reschedule interrupt in flight", COST_IPI, FLIGHT},
    {PLACE_DOM0, COMPUTE, "switch to the back end", COST_SCHED_SWITCH, WAKE},
    END_OF_PATH,
};

const struct step vhost_sends[] = {
    {PLACE_DOM0, COMPUTE, "vhost: virtqueue entry", COST_VIRTQ_HOST, EACH},
    {PLACE_DOM0, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    {PLACE_DOM0, COMPUTE, "write to the tap device", COST_TAP_WRITE, EACH},
    END_OF_PATH,
};

static const struct step vhost_transmit[] = {
    {PLACE_GUEST, COMPUTE, "virtio_net: virtqueue entry", COST_VIRTIO_TX, EACH},
    {PLACE_GUEST, RING, "transmit virtqueue", COST_NONE, EACH, .ring = RING_VHOST_TX},
    ROWS_OF(virtio_kick),
    ROWS_OF(vhost_sends),
    END_OF_PATH,
};

/* Frames are copied into buffers of vhost's own, which go to the tap device a batch at a time (KF12). */
const struct step vhost_batched_sends[] = {
    {PLACE_DOM0, COMPUTE, "vhost: virtqueue entry", COST_VIRTQ_HOST, EACH},
    {PLACE_DOM0, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    {PLACE_DOM0, COMPUTE, "hand the batch to the tap device", COST_TAP_BATCH, POLL},
    {PLACE_DOM0, COMPUTE, "tap device: sk_buff of one buffer", COST_TAP_BUFFER, EACH},
    END_OF_PATH,
};

static const struct step vhost_batched_transmit[] = {
    {PLACE_GUEST, COMPUTE, "virtio_net: virtqueue entry", COST_VIRTIO_TX, EACH},
    {PLACE_GUEST, RING, "transmit virtqueue", COST_NONE, EACH, .ring = RING_VHOST_TX},
    ROWS_OF(virtio_kick),
    ROWS_OF(vhost_batched_sends),
    END_OF_PATH,
};

const struct step virtio_model_sends[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    {PLACE_DEVICE_MODEL, COMPUTE, "virtio model: virtqueue entry", COST_VIRTQ_QEMU, EACH},
    {PLACE_DEVICE_MODEL, COMPUTE, "virtio model: map further pages", COST_VIRTQ_QEMU_PAGE, EACH,
     .extent = OF_FURTHER_PAGES},
    {PLACE_DOM0, COMPUTE, "system call: write", COST_SYSCALL, EACH},
    {PLACE_DOM0, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    {PLACE_DOM0, COMPUTE, "write to the tap device", COST_TAP_WRITE, EACH},
    END_OF_PATH,
};

static const struct step virtio_transmit[] = {
    {PLACE_GUEST, COMPUTE, "virtio_net: virtqueue entry", COST_VIRTIO_TX, EACH},
    {PLACE_GUEST, RING, "transmit virtqueue", COST_NONE, EACH, .ring = RING_VIRTIO_TX},
    ROWS_OF(virtio_kick),
    ROWS_OF(virtio_model_sends),
    END_OF_PATH,
};

static const struct step vhost_completion[] = {
    {PLACE_GUEST, RING, "used transmit entries", COST_NONE, EACH, .ring = RING_VIRTQ_TX_DONE},
    ROWS_OF(virtual_interrupt),
    {PLACE_GUEST, COMPUTE, "virtio_net: reclaim, free the packet", COST_VIRTIO_CLEAN, EACH, .release = RING_VHOST_TX},
    ROWS_OF(foreign_packet),
    END_OF_PATH,
};

static const struct step virtio_completion[] = {
    {PLACE_GUEST, RING, "used transmit entries", COST_NONE, EACH, .ring = RING_VIRTQ_TX_DONE},
    ROWS_OF(virtual_interrupt),
    {PLACE_GUEST, COMPUTE, "virtio_net: reclaim, free the packet", COST_VIRTIO_CLEAN, EACH, .release = RING_VIRTIO_TX},
    ROWS_OF(foreign_packet),
    END_OF_PATH,
};

const struct step vhost_receives[] = {
    {PLACE_DOM0, RING, "queue of the tap device", COST_NONE, EACH, .ring = RING_VHOST_RX},
    ROWS_OF(tap_wake),
    {PLACE_DOM0, COMPUTE, "read from the tap device", COST_TAP_READ, EACH},
    {PLACE_DOM0, COMPUTE, "vhost: virtqueue entries", COST_VIRTQ_HOST, EACH, .extent = OF_EACH_PAGE},
    {PLACE_DOM0, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

static const struct step vhost_receive[] = {
    ROWS_OF(vhost_receives),
    {PLACE_GUEST, RING, "receive virtqueue", COST_NONE, EACH, .ring = RING_VIRTQ_RX},
    ROWS_OF(virtual_interrupt),
    {PLACE_GUEST, COMPUTE, "virtio_net: sk_buff, refill", COST_VIRTIO_RX, EACH},
    {PLACE_GUEST, COMPUTE, "virtio_net: further buffers", COST_VIRTIO_RX_BUFFER, EACH, .extent = OF_FURTHER_PAGES},
    END_OF_PATH,
};

const struct step virtio_model_receives[] = {
    {PLACE_DOM0, RING, "queue of the tap device", COST_NONE, EACH, .ring = RING_TAP},
    ROWS_OF(tap_wake),
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    {PLACE_DOM0, COMPUTE, "system call: read", COST_SYSCALL, EACH},
    {PLACE_DOM0, COMPUTE, "read from the tap device", COST_TAP_READ, EACH},
    {PLACE_DOM0, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    {PLACE_DEVICE_MODEL, COMPUTE, "virtio model: virtqueue entries", COST_VIRTQ_QEMU, EACH, .extent = OF_EACH_PAGE},
    {PLACE_DEVICE_MODEL, COPY, "copy the frame into the guest's buffers", COST_COPY_LLC, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

static const struct step virtio_receive[] = {
    ROWS_OF(virtio_model_receives),
    {PLACE_GUEST, RING, "receive virtqueue", COST_NONE, EACH, .ring = RING_VIRTQ_RX},
    ROWS_OF(virtual_interrupt),
    {PLACE_GUEST, COMPUTE, "virtio_net: sk_buff, refill", COST_VIRTIO_RX, EACH},
    {PLACE_GUEST, COMPUTE, "virtio_net: further buffers", COST_VIRTIO_RX_BUFFER, EACH, .extent = OF_FURTHER_PAGES},
    END_OF_PATH,
};

/* clang-format on */

const struct path_tables path_vhost = {
    .attachment = ATTACH_BRIDGE,
    .kernel = FOR_HVM_KERNEL,
    .transmit = vhost_transmit,
    .completion = vhost_completion,
    .receive = vhost_receive,
    .netmap_transmit = vhost_netmap_transmit,
    .netmap_completion = virtio_netmap_completion,
    .netmap_receive = vhost_netmap_receive,
    .completes_at_backend = true,
    .virtqueue = true,
};

const struct path_tables path_vhost_batched = {
    .attachment = ATTACH_BRIDGE,
    .kernel = FOR_HVM_KERNEL,
    .transmit = vhost_batched_transmit,
    .completion = vhost_completion,
    .receive = vhost_receive,
    .netmap_transmit = vhost_batched_netmap_transmit,
    .netmap_completion = virtio_netmap_completion,
    .netmap_receive = vhost_netmap_receive,
    .completes_at_backend = true,
    .virtqueue = true,
};

const struct path_tables path_virtio = {
    .attachment = ATTACH_BRIDGE,
    .kernel = FOR_HVM_KERNEL,
    .transmit = virtio_transmit,
    .completion = virtio_completion,
    .receive = virtio_receive,
    .netmap_transmit = virtio_netmap_transmit,
    .netmap_completion = virtio_netmap_completion,
    .netmap_receive = virtio_netmap_receive,
    .completes_at_backend = true,
    .virtqueue = true,
};
