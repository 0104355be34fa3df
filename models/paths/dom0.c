/* dom0: the software switch, the physical NIC below it, and dom0's own applications as peers.
 *
 * dom0 is a PV domain: its device interrupts are taken by Xen first, its system calls pass through Xen. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

const struct step dom0_switch[] = {
    {PLACE_DOM0, COMPUTE, "bridge", COST_BRIDGE, EACH},
    {PLACE_DOM0, COMPUTE, "packet filter", COST_FILTER, EACH},
    {PLACE_DOM0, COMPUTE, "cloud network: mapping, encapsulation", COST_VSWITCH, EACH},
    END_OF_PATH,
};

const struct step dom0_transmit[] = {
    {PLACE_DOM0, COMPUTE, "driver: map, descriptor, doorbell", COST_DRIVER_TX, EACH},
    {PLACE_DEVICE, RING, "transmit descriptors of the NIC", COST_NONE, EACH, .ring = RING_PF_TX},
    {PLACE_DEVICE, NOTIFY, "doorbell on its way", COST_DOORBELL, FLIGHT},
    {PLACE_DEVICE, DMA, "descriptor fetch", COST_DMA_READ, EACH},
    {PLACE_DEVICE, DMA, "payload read", COST_DMA_READ, EACH, .extent = OF_FRAME},
    {PLACE_LINK, WIRE, "MAC and wire", COST_NONE, EACH},
    END_OF_PATH,
};

static const struct step dom0_interrupt[] = {
    {PLACE_DEVICE, IRQ, "moderated MSI-X", COST_MSI, FLIGHT},
    {PLACE_HYPERVISOR, IRQ, "Xen takes the interrupt", COST_PIRQ, WAKE},
    {PLACE_HYPERVISOR, NOTIFY, "schedule the blocked dom0 vCPU", COST_EXIT_HLT, WAKE_IDLE},
    {PLACE_DOM0, IRQ, "event channel upcall", COST_EVTCHN_UPCALL, WAKE, .counts = COUNTS_INTERRUPT},
    {PLACE_DOM0, IRQ, "interrupt, schedule NAPI", COST_IRQ_ENTRY, WAKE},
    {PLACE_DOM0, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    {PLACE_DOM0, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    END_OF_PATH,
};

const struct step dom0_completion[] = {
    {PLACE_DEVICE, DMA, "write-back", COST_DMA_WRITE, EACH},
    {PLACE_DOM0, RING, "sent descriptors", COST_NONE, EACH, .ring = RING_PF_TX_DONE},
    ROWS_OF(dom0_interrupt),
    {PLACE_DOM0, COMPUTE, "driver: reclaim, free the packet", COST_DRIVER_TX_CLEAN, EACH, .release = RING_PF_TX},
    END_OF_PATH,
};

const struct step dom0_receive[] = {
    {PLACE_DEVICE, DEVICE, "packet buffer, filter, queue", COST_NONE, EACH},
    {PLACE_DEVICE, DMA, "packet and descriptor write", COST_DMA_WRITE, EACH, .extent = OF_FRAME},
    {PLACE_DOM0, RING, "received descriptors of the NIC", COST_NONE, EACH, .ring = RING_PF_RX},
    ROWS_OF(dom0_interrupt),
    {PLACE_DOM0, COMPUTE, "driver: sk_buff, refill", COST_DRIVER_RX, EACH},
    END_OF_PATH,
};

const struct step dom0_app_transmit[] = {
    {PLACE_DOM0, NOTIFY, "wake the writer", COST_SCHED_WAKEUP, NOTIFYING, .only = FOR_SOCKETS},
    {PLACE_DOM0, COMPUTE, "switch to the writer", COST_SCHED_SWITCH, WAKE, .only = FOR_SOCKETS},
    {PLACE_DOM0, COMPUTE, "system call", COST_SYSCALL_PV, EACH, .only = FOR_SOCKETS},
    {PLACE_DOM0, COMPUTE, "socket: sk_buff, send buffer", COST_SOCKET_SEND, EACH, .only = FOR_SOCKETS},
    {PLACE_DOM0, COPY, "copy the message in", COST_COPY_HOT, EACH, .extent = OF_PAYLOAD, .only = FOR_SOCKETS},
    {PLACE_DOM0, COMPUTE, "udp and ip output", COST_UDP_SEND, EACH, .only = FOR_UDP | FOR_PING | FOR_ECHO},
    {PLACE_DOM0, COMPUTE, "tcp and ip output", COST_TCP_SEND, EACH, .only = FOR_TCP},
    {PLACE_DOM0, COMPUTE, "neighbour, ethernet header", COST_ETH_SEND, EACH},
    END_OF_PATH,
};

const struct step dom0_app_receive[] = {
    {PLACE_DOM0, COMPUTE, "ethernet and ip input", COST_IP_RECV, EACH},
    {PLACE_DOM0, COMPUTE, "udp input", COST_UDP_RECV, EACH, .only = FOR_UDP | FOR_PING},
    {PLACE_DOM0, COMPUTE, "tcp input", COST_TCP_RECV, EACH, .only = FOR_TCP},
    {PLACE_DOM0, COMPUTE, "icmp: answer the echo", COST_ICMP_ECHO, EACH, .only = FOR_ECHO},
    {PLACE_DOM0, COMPUTE, "append to the socket", COST_SOCKET_ENQUEUE, EACH, .only = FOR_SOCKETS},
    {PLACE_DOM0, RING, "socket buffer", COST_NONE, EACH, .ring = RING_DOM0_SOCKET, .only = FOR_SOCKETS},
    {PLACE_DOM0, NOTIFY, "wake the reader", COST_SCHED_WAKEUP, NOTIFYING, .only = FOR_SOCKETS},
    {PLACE_HYPERVISOR, NOTIFY, "reschedule event: hypercall", COST_EVTCHN_SEND, NOTIFYING, .only = FOR_SOCKETS,
     .counts = COUNTS_HYPERCALL},
    {PLACE_DOM0, NOTIFY, "reschedule event in flight", COST_EVTCHN_IPI, FLIGHT, .only = FOR_SOCKETS},
    {PLACE_HYPERVISOR, NOTIFY, "schedule the blocked dom0 vCPU", COST_EXIT_HLT, WAKE_IDLE, .only = FOR_SOCKETS},
    {PLACE_DOM0, COMPUTE, "switch to the reader", COST_SCHED_SWITCH, WAKE, .only = FOR_SOCKETS},
    {PLACE_DOM0, COMPUTE, "system call", COST_SYSCALL_PV, EACH, .only = FOR_SOCKETS},
    {PLACE_DOM0, COMPUTE, "socket: dequeue, free", COST_SOCKET_RECV, EACH, .only = FOR_SOCKETS},
    {PLACE_DOM0, COPY, "copy the message out", COST_COPY_COLD, EACH, .extent = OF_PAYLOAD, .only = FOR_SOCKETS},
    END_OF_PATH,
};

/* clang-format on */
