/* netmap in a guest: pkt-gen has the rings of its device mapped and fills or empties slots without any kernel; one
 * poll system call tells the driver of all of them (Rizzo, USENIX ATC 2012: NT077).
 *
 * Sending by QEMU's e1000, the driver writes the tail register once for all slots that were filled, so that one exit
 * has QEMU send the whole batch on the vCPU's thread, and reads the head register to see what has been sent: all of
 * it. Two descriptors in a ring ask for an interrupt. virtio kicks a back end that sleeps and sleeps itself until three
 * quarters of a full ring were used. Receiving, the e1000's interrupt wakes the application, and its next poll gives
 * the emptied slots back with one write of RDT; the driver of virtio asks for the next interrupt only in that poll,
 * which finds by itself what has come in the meantime.
 *
 * Behind QEMU is a tap device, or a port of VALE, netmap's own switch. That has no thread: it copies frames
 * between ports in the system call of whoever sends, and drops what does not fit (models/catalog/switches/vale.yaml has
 * its costs). QEMU calls it for each frame (its net/netmap.c).
 *
 * Not modelled: the big lock of the read of the head register, and that another vCPU's register access waits for the
 * end of a batch, not of a frame; pkt-gen's polls that find nothing to do; VALE's ports to NICs, and that a large
 * packet takes several of its slots. The thread of a receiver with virtio runs on the vCPU that takes its interrupts.
 */
#include "models/paths/netmap.h"

#include "models/paths/device_model.h"

/* clang-format off: a table reads by its rows */

const struct step netmap_send[] = {
    {PLACE_GUEST, COMPUTE, "pkt-gen and netmap: slot", COST_NETMAP_SLOT, EACH},
    END_OF_PATH,
};

/* One poll of all that is filled: two register accesses, between which QEMU sends. */
static const struct step e1000_sync[] = {
    {PLACE_GUEST, RING, "netmap transmit ring", COST_NONE, EACH, .ring = RING_NETMAP_E1000_TX},
    {PLACE_GUEST, COMPUTE, "system call: poll", COST_SYSCALL, NOTIFYING},
    {PLACE_HYPERVISOR, EXIT, "write TDT: exit, I/O request", COST_EXIT_IOREQ, NOTIFYING, .counts = COUNTS_EXIT,
     .exit_reason = "mmio"},
    {PLACE_HYPERVISOR, EXIT, "decode the instruction", COST_EXIT_DECODE, NOTIFYING},
    {PLACE_DEVICE_MODEL, COMPUTE, "dispatch the access", COST_QEMU_DISPATCH, NOTIFYING},
    {PLACE_HYPERVISOR, EXIT, "read TDH: exit, I/O request", COST_EXIT_IOREQ, NOTIFYING, .counts = COUNTS_EXIT,
     .exit_reason = "mmio"},
    {PLACE_HYPERVISOR, EXIT, "decode the instruction", COST_EXIT_DECODE, NOTIFYING},
    {PLACE_DEVICE_MODEL, COMPUTE, "dispatch the access", COST_QEMU_DISPATCH, NOTIFYING},
    ROWS_OF(wait_for_lock),
    ROWS_OF(e1000_model_sends),
    END_OF_PATH,
};

const struct step e1000_netmap_transmit[] = {
    ROWS_OF(e1000_sync),
    ROWS_OF(write_to_tap),
    {PLACE_DEVICE_MODEL, COMPUTE, "slot is free", COST_NONE, EACH, .release = RING_NETMAP_E1000_TX},
    END_OF_PATH,
};

const struct step e1000_netmap_vale_transmit[] = {
    ROWS_OF(e1000_sync),
    ROWS_OF(write_to_vale),
    {PLACE_DEVICE_MODEL, COMPUTE, "slot is free", COST_NONE, EACH, .release = RING_NETMAP_E1000_TX},
    END_OF_PATH,
};

/* The handler only wakes who waits in poll, and a sender does not. */
const struct step e1000_netmap_completion[] = {
    {PLACE_GUEST, RING, "sent descriptors", COST_NONE, EACH, .ring = RING_NETMAP_E1000_DONE},
    ROWS_OF(e1000_interrupt),
    END_OF_PATH,
};

static const struct step e1000_receives[] = {
    ROWS_OF(e1000_model_receives),
    {PLACE_GUEST, RING, "received descriptors", COST_NONE, EACH, .ring = RING_NETMAP_E1000_RX},
    ROWS_OF(e1000_interrupt),
    {PLACE_GUEST, RING, "netmap receive ring", COST_NONE, EACH, .ring = RING_NETMAP_RX},
    ROWS_OF(thread_wakeup),
    {PLACE_GUEST, COMPUTE, "system call: poll", COST_SYSCALL, POLL},
    {PLACE_HYPERVISOR, EXIT, "write RDT", COST_NONE, POLL, .device_model = true},
    {PLACE_GUEST, COMPUTE, "netmap and pkt-gen: slot", COST_NETMAP_SLOT, EACH, .release = RING_NETMAP_E1000_RX},
    END_OF_PATH,
};

const struct step e1000_netmap_receive[] = {
    ROWS_OF(read_from_tap),
    ROWS_OF(e1000_receives),
    END_OF_PATH,
};

const struct step e1000_netmap_vale_receive[] = {
    ROWS_OF(read_from_vale),
    ROWS_OF(e1000_receives),
    END_OF_PATH,
};

const struct step virtio_netmap_transmit[] = {
    {PLACE_GUEST, COMPUTE, "netmap: virtqueue entry", COST_VIRTIO_PMD, EACH},
    {PLACE_GUEST, RING, "netmap transmit ring", COST_NONE, EACH, .ring = RING_NETMAP_VIRTIO_TX},
    {PLACE_GUEST, COMPUTE, "system call: poll", COST_SYSCALL, NOTIFYING},
    ROWS_OF(virtio_kick),
    ROWS_OF(virtio_model_sends),
    {PLACE_DEVICE_MODEL, COMPUTE, "slot is free", COST_NONE, EACH, .release = RING_NETMAP_VIRTIO_TX},
    END_OF_PATH,
};

static const struct step vhost_sync[] = {
    {PLACE_GUEST, COMPUTE, "netmap: virtqueue entry", COST_VIRTIO_PMD, EACH},
    {PLACE_GUEST, RING, "netmap transmit ring", COST_NONE, EACH, .ring = RING_NETMAP_VHOST_TX},
    {PLACE_GUEST, COMPUTE, "system call: poll", COST_SYSCALL, NOTIFYING},
    ROWS_OF(virtio_kick),
    END_OF_PATH,
};

const struct step vhost_netmap_transmit[] = {
    ROWS_OF(vhost_sync),
    ROWS_OF(vhost_sends),
    {PLACE_DOM0, COMPUTE, "slot is free", COST_NONE, EACH, .release = RING_NETMAP_VHOST_TX},
    END_OF_PATH,
};

const struct step vhost_batched_netmap_transmit[] = {
    ROWS_OF(vhost_sync),
    ROWS_OF(vhost_batched_sends),
    {PLACE_DOM0, COMPUTE, "slot is free", COST_NONE, EACH, .release = RING_NETMAP_VHOST_TX},
    END_OF_PATH,
};

const struct step virtio_netmap_completion[] = {
    {PLACE_GUEST, RING, "used transmit entries", COST_NONE, EACH, .ring = RING_NETMAP_VIRTIO_DONE},
    ROWS_OF(virtual_disk_interrupt),
    END_OF_PATH,
};

static const struct step virtio_receives[] = {
    {PLACE_GUEST, RING, "receive virtqueue", COST_NONE, EACH, .ring = RING_NETMAP_VIRTIO_RX},
    ROWS_OF(virtual_disk_interrupt),
    {PLACE_GUEST, NOTIFY, "wake the receiver", COST_SCHED_WAKEUP, WAKE},
    {PLACE_GUEST, COMPUTE, "switch to the receiver", COST_SCHED_SWITCH, WAKE},
    {PLACE_GUEST, COMPUTE, "system call: poll", COST_SYSCALL, POLL},
    {PLACE_GUEST, COMPUTE, "netmap: virtqueue entry", COST_VIRTIO_PMD, EACH},
    {PLACE_GUEST, COMPUTE, "netmap and pkt-gen: slot", COST_NETMAP_SLOT, EACH, .release = RING_NETMAP_VIRTIO_RX},
    END_OF_PATH,
};

const struct step virtio_netmap_receive[] = {
    ROWS_OF(virtio_model_receives),
    ROWS_OF(virtio_receives),
    END_OF_PATH,
};

const struct step vhost_netmap_receive[] = {
    ROWS_OF(vhost_receives),
    ROWS_OF(virtio_receives),
    END_OF_PATH,
};

static const struct step forward[] = {
    {PLACE_DOM0, COMPUTE, "VALE: look up, forward", COST_SWITCH_LOOKUP, EACH},
    {PLACE_DOM0, COPY, "copy the frame to the other port", COST_COPY_HOT, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

/* clang-format on */

const struct backplane backplane_vale = {.forward = forward};
