#include "models/paths/step.h"

const struct ring_info ring_infos[RING_COUNT] = {
    [RING_NONE] = {"", WORKER_APP, FULL_BLOCKS, LOST_QDISC, COST_NONE, 0, false},
    [RING_TCP_OUT] = {"TCP output", WORKER_TCP, FULL_BLOCKS, LOST_QDISC, COST_NONE, 0, false},
    [RING_QDISC] = {"queueing discipline", WORKER_QDISC, FULL_DROPS, LOST_QDISC, COST_QDISC_LIMIT, 0, false},
    [RING_GSO] = {.name = "frames of a packet",
                  .consumer = WORKER_QDISC,
                  .lost = LOST_QDISC,
                  .capacity = COST_NONE,
                  .urgent = true},
    [RING_GRO] = {.name = "merged packets",
                  .consumer = WORKER_NAPI,
                  .full = FULL_DROPS,
                  .lost = LOST_NIC,
                  .capacity = COST_NONE,
                  .urgent = true},
    [RING_DOM0_GRO] = {.name = "dom0 merged packets",
                       .consumer = WORKER_DOM0_NAPI,
                       .full = FULL_DROPS,
                       .lost = LOST_NIC,
                       .capacity = COST_NONE,
                       .of_server = true,
                       .urgent = true},
    [RING_NIC_TX] = {"transmit ring", WORKER_NIC, FULL_BLOCKS, LOST_NIC, COST_NONE, 42, true, .shapes = SHAPES_SENT},
    [RING_NIC_TX_DONE] = {"sent descriptors", WORKER_NAPI, FULL_BLOCKS, LOST_NIC, COST_NONE, 0, false,
                          .cleans_first = true},
    [RING_NIC_RX] = {"receive ring", WORKER_NAPI, FULL_DROPS, LOST_NIC, COST_NONE, 0, false, .shapes = SHAPES_RECEIVED},
    [RING_PF_TX] = {"dom0 transmit ring", WORKER_NIC, FULL_DROPS, LOST_BACKEND, COST_NONE, 0, true, true},
    [RING_PF_TX_DONE] = {"dom0 sent descriptors", WORKER_DOM0_NAPI, FULL_BLOCKS, LOST_NIC, COST_NONE, 0, false, true},
    [RING_PF_RX] = {"dom0 receive ring", WORKER_DOM0_NAPI, FULL_DROPS, LOST_NIC, COST_NONE, 0, false, true},
    [RING_NETIF_TX] = {"netif transmit ring", WORKER_NETBACK, FULL_BLOCKS, LOST_BACKEND, COST_NETIF_RING, 19, true,
                       .shapes = SHAPES_SENT, .by_page = true},
    [RING_NETIF_TX_DONE] = {"netif responses", WORKER_NAPI, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false,
                            .cleans_first = true},
    [RING_NETIF_TX_EVENTS] = {"netif responses", WORKER_RESPONSES, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_NETBACK_DONE] = {"netback: done", WORKER_NETBACK, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_VIF_QUEUE] = {"vif queue", WORKER_NETBACK, FULL_DROPS, LOST_BACKEND, COST_NETBACK_QUEUE, 0, false,
                        .shapes = SHAPES_RECEIVED},
    [RING_NETIF_RX] = {"netif receive ring", WORKER_NAPI, FULL_BLOCKS, LOST_BACKEND, COST_NETIF_RING, 1, false,
                       .by_page = true},
    [RING_VIF_TX] = {"netif transmit ring", WORKER_VIF_NAPI, FULL_BLOCKS, LOST_BACKEND, COST_NETIF_RING, 19, true,
                     .shapes = SHAPES_SENT, .by_page = true},
    [RING_VIF_DEALLOC] = {"netback: to unmap", WORKER_VIF_DEALLOC, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_VIF_RX] = {"vif queue", WORKER_VIF_THREAD, FULL_DROPS, LOST_BACKEND, COST_NETBACK_QUEUE, 0, false,
                     .shapes = SHAPES_RECEIVED},
    [RING_VIF_RX_SLOTS] = {"netif receive ring", WORKER_NAPI, FULL_DROPS, LOST_BACKEND, COST_NETIF_RING, 1, false,
                           .shapes = SHAPES_RECEIVED, .by_page = true},
    [RING_IOREQ] = {"I/O requests", WORKER_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_E1000_TX] = {"emulated transmit ring", WORKER_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_E1000_RING, 32, true},
    [RING_E1000_DONE] = {"emulated sent descriptors", WORKER_NAPI, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false,
                         .cleans_first = true},
    [RING_TAP_TX] = {"tap queue", WORKER_SHAPER, FULL_DROPS, LOST_BACKEND, COST_TAP_QUEUE, 0, false,
                     .shapes = SHAPES_SENT},
    [RING_TAP] = {"tap queue", WORKER_QEMU, FULL_DROPS, LOST_BACKEND, COST_TAP_QUEUE, 0, false,
                  .shapes = SHAPES_RECEIVED},
    [RING_E1000_RX] = {"emulated receive ring", WORKER_NAPI, FULL_BLOCKS, LOST_BACKEND, COST_E1000_RING, 1, false},
    [RING_VCPU_IOREQ] = {"accesses of a vCPU", WORKER_VCPU_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_VCPU_E1000_TX] = {"emulated transmit ring", WORKER_VCPU_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_E1000_RING, 32,
                            true},
    [RING_RTL8139_TX] = {"transmit buffers", WORKER_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_RTL8139_BUFFERS, 1, true},
    [RING_VCPU_RTL8139_TX] = {"transmit buffers", WORKER_VCPU_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_RTL8139_BUFFERS, 1,
                              true},
    [RING_RTL8139_RX] = {"emulated receive ring", WORKER_NAPI, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 1, false},
    [RING_XSK_TX] = {"AF_XDP transmit ring", WORKER_NAPI, FULL_BLOCKS, LOST_BACKEND, COST_XSK_RING, 1, false},
    [RING_VHOST_TX] = {"transmit virtqueue", WORKER_VHOST, FULL_BLOCKS, LOST_BACKEND, COST_VIRTIO_RING, 20, true,
                       .shapes = SHAPES_SENT},
    [RING_VIRTIO_TX] = {"transmit virtqueue", WORKER_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_VIRTIO_RING, 20, true,
                        .shapes = SHAPES_SENT},
    [RING_VIRTQ_TX_DONE] = {"used transmit entries", WORKER_NAPI, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false,
                            .cleans_first = true},
    [RING_VHOST_RX] = {"tap queue", WORKER_VHOST, FULL_DROPS, LOST_BACKEND, COST_TAP_QUEUE, 0, false,
                       .shapes = SHAPES_RECEIVED},
    [RING_VIRTQ_RX] = {"receive virtqueue", WORKER_NAPI, FULL_BLOCKS, LOST_BACKEND, COST_VIRTIO_RING, 1, false},
    [RING_USER_TX] = {"transmit virtqueue", WORKER_SWITCH, FULL_BLOCKS, LOST_BACKEND, COST_VIRTIO_RING, 20, true,
                      .shapes = SHAPES_SENT},
    [RING_POLLED_TX] = {"transmit virtqueue", WORKER_SWITCH, FULL_BLOCKS, LOST_BACKEND, COST_VIRTIO_RING, 1, true,
                        .shapes = SHAPES_SENT},
    [RING_POLLED_RX] = {"receive virtqueue", WORKER_PMD, FULL_DROPS, LOST_BACKEND, COST_VIRTIO_RING, 0, false},
    [RING_PMD_TX] = {"transmit ring of the switch", WORKER_NIC, FULL_DROPS, LOST_BACKEND, COST_NONE, 0, true, true},
    [RING_PMD_TX_DONE] = {"sent descriptors of the switch", WORKER_SWITCH, FULL_BLOCKS, LOST_NIC, COST_NONE, 0, false,
                          true},
    [RING_PMD_RX] = {"receive ring of the switch", WORKER_SWITCH, FULL_DROPS, LOST_NIC, COST_NONE, 0, false, true},
    [RING_SOCKET] = {"socket buffer", WORKER_READER, FULL_DROPS, LOST_SOCKET, COST_NONE, 0, false},
    [RING_READY] = {"ready connections", WORKER_LOOP, FULL_DROPS, LOST_SOCKET, COST_NONE, 0, false},
    [RING_BACKLOG] = {"backlog", WORKER_BACKLOG, FULL_DROPS, LOST_BACKLOG, COST_STEER_BACKLOG, 0, false,
                      .told_late = true},
    [RING_BLOCK_QUEUE] = {"request queue", WORKER_BLOCK_QUEUE, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_DISK] = {"submission queue", WORKER_DISK, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_DISK_DONE] = {"completion queue", WORKER_DISK_IRQ, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_HOST_DISK] = {"submission queue", WORKER_DISK, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_HOST_DISK_DONE] = {"completion queue", WORKER_HOST_DISK_IRQ, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_DISK_QEMU] = {"virtqueue", WORKER_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_VIRTBLK_RING, 1, true},
    [RING_DISK_THREAD] = {"virtqueue", WORKER_DISK_THREAD, FULL_BLOCKS, LOST_BACKEND, COST_VIRTBLK_RING, 1, true},
    [RING_BLKIF] = {"blkif ring", WORKER_DISK_THREAD, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 1, true},
    [RING_BLKIF_QEMU] = {"blkif ring", WORKER_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 1, true},
    [RING_DISK_POOL] = {"thread pool", WORKER_DISK_POOL, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_DISK_POOL_BACK] = {"thread pool", WORKER_DISK_POOL, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_DISK_QEMU_BACK] = {"finished requests", WORKER_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_DISK_THREAD_BACK] = {"finished requests", WORKER_DISK_THREAD, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_IDE] = {"IDE command", WORKER_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 1, true},
    [RING_AHCI] = {"AHCI commands", WORKER_QEMU, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 1, true},
    [RING_SERIAL_DISK] = {"submission queue", WORKER_DISK, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 1, true},
    [RING_DISK_USED] = {"used entries", WORKER_DISK_IRQ, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_COMPLETED] = {"completed requests", WORKER_LOOP, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_TOOLSTACK] = {.name = "lock of the toolstack",
                        .consumer = WORKER_TOOLSTACK,
                        .lost = LOST_BACKEND,
                        .capacity = COST_NONE,
                        .of_server = true},
    [RING_XENSTORE] = {.name = "XenStore requests",
                       .consumer = WORKER_XENSTORED,
                       .lost = LOST_BACKEND,
                       .capacity = COST_NONE,
                       .of_server = true},
    [RING_MONITOR] = {"boots", WORKER_MONITOR, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
    [RING_BOOT_CPU] = {"boots", WORKER_BOOT_CPU, FULL_BLOCKS, LOST_BACKEND, COST_NONE, 0, false},
};

const char *place_name(enum place place) {
    static const char *const names[PLACE_COUNT] = {"guest",        "hypervisor", "dom0", "host",
                                                   "device model", "device",     "link"};
    return names[place];
}

const char *mechanism_name(enum mechanism mechanism) {
    static const char *const names[MECHANISM_COUNT] = {"COMPUTE", "COPY", "GRANT",  "RING", "NOTIFY",
                                                       "EXIT",    "DMA",  "DEVICE", "WIRE", "IRQ"};
    return names[mechanism];
}

const char *when_name(enum when when) {
    static const char *const names[WHEN_COUNT] = {"each packet",
                                                  "from another core",
                                                  "contended",
                                                  "each poll",
                                                  "notifying",
                                                  "notifying another CPU",
                                                  "in flight",
                                                  "when woken",
                                                  "when CPU idle",
                                                  "deferring",
                                                  "invalidating",
                                                  "while it waits",
                                                  "TLB flush",
                                                  "interrupted",
                                                  "answering",
                                                  "from another socket",
                                                  "contended, other socket",
                                                  "notifying, other socket",
                                                  "to another core",
                                                  "to another socket"};
    return names[when];
}

bool when_of_producer(enum when when) {
    switch (when) {
    case CONTENDED:
    case CONTENDED_FAR:
    case NOTIFYING:
    case NOTIFYING_FAR:
    case REMOTE:
    case PASSING:
    case PASSING_FAR:
        return true;
    default:
        return false;
    }
}
