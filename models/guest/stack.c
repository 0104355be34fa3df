/* The kernel above the driver: system call, socket, protocol, queueing discipline, and back up.
 * The same rows serve every mode, and applications in dom0 as well: there GUEST means dom0. Only how the
 * kernel is entered differs. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

/* Indirect calls between the layers. */
const struct step retpolines_down[] = {
    {PLACE_GUEST, COMPUTE, "retpolines on the way down", COST_RETPOLINE, EACH, .times = COST_RETPOLINES,
     .only = FOR_MITIGATED},
    END_OF_PATH,
};

const struct step retpolines_up[] = {
    {PLACE_GUEST, COMPUTE, "retpolines on the way up", COST_RETPOLINE, EACH, .times = COST_RETPOLINES,
     .only = FOR_MITIGATED},
    END_OF_PATH,
};

const struct step stack_send[] = {
    {PLACE_GUEST, NOTIFY, "wake the writer", COST_SCHED_WAKEUP, NOTIFYING, .only = FOR_SOCKETS},
    {PLACE_GUEST, COMPUTE, "switch to the writer", COST_SCHED_SWITCH, WAKE, .only = FOR_SOCKETS},
    {PLACE_HYPERVISOR, NOTIFY, "switch of a PV guest: hypercalls in one", COST_SWITCH_PV, WAKE,
     .only = FOR_SOCKETS | FOR_PV_KERNEL, .counts = COUNTS_HYPERCALL},
    {PLACE_GUEST, COMPUTE, "application", COST_APP_SEND, EACH, .only = FOR_SOCKETS},
    {PLACE_GUEST, COMPUTE, "system call", COST_SYSCALL, EACH, .only = FOR_SOCKETS | FOR_OWN_TRAPS},
    {PLACE_GUEST, COMPUTE, "system call through Xen", COST_SYSCALL_PV, EACH, .only = FOR_SOCKETS | FOR_PV_KERNEL},
    {PLACE_GUEST, COMPUTE, "socket: sk_buff, send buffer", COST_SOCKET_SEND, EACH, .only = FOR_SOCKETS},
    {PLACE_GUEST, COPY, "copy the message in", COST_COPY_HOT, EACH, .extent = OF_PAYLOAD, .only = FOR_SOCKETS},
    {PLACE_GUEST, COMPUTE, "udp and ip output", COST_UDP_SEND, EACH, .only = FOR_UDP | FOR_PING | FOR_ECHO},
    {PLACE_GUEST, COMPUTE, "tcp and ip output", COST_TCP_SEND, EACH, .only = FOR_TCP},
    {PLACE_GUEST, COMPUTE, "neighbour, ethernet header", COST_ETH_SEND, EACH},
    ROWS_OF(retpolines_down),
    END_OF_PATH,
};

const struct step stack_queue[] = {
    {PLACE_GUEST, RING, "queueing discipline", COST_NONE, EACH, .ring = RING_QDISC},
    {PLACE_GUEST, COMPUTE, "enqueue while another core sends: lock, queue", COST_CACHE_LINE, CONTENDED,
     .times = COST_ENQUEUE_LINES},
    {PLACE_GUEST, COMPUTE, "enqueue, dequeue, locks", COST_QDISC, EACH},
    {PLACE_GUEST, COMPUTE, "packet of another core: lock, queue, sk_buff", COST_CACHE_LINE, FOREIGN,
     .times = COST_QDISC_LINES},
    {PLACE_GUEST, COMPUTE, "enqueue while the other socket sends", COST_CACHE_FAR, CONTENDED_FAR,
     .times = COST_ENQUEUE_LINES, .only = FOR_NUMA},
    {PLACE_GUEST, COMPUTE, "packet of the other socket: lock, queue, sk_buff", COST_CACHE_FAR, FOREIGN_FAR,
     .times = COST_QDISC_LINES, .only = FOR_NUMA},
    END_OF_PATH,
};

/* Up to a socket that somebody reads. */
const struct step stack_input[] = {
    {PLACE_GUEST, COMPUTE, "ethernet and ip input", COST_IP_RECV, EACH},
    {PLACE_GUEST, COMPUTE, "udp input", COST_UDP_RECV, EACH, .only = FOR_UDP | FOR_PING},
    {PLACE_GUEST, COPY, "checksum", COST_CHECKSUM, EACH, .extent = OF_FRAME, .only = FOR_STREAM | FOR_CHECKSUM},
    {PLACE_GUEST, COMPUTE, "tcp input", COST_TCP_RECV, EACH, .only = FOR_TCP | FOR_STREAM},
    {PLACE_GUEST, COMPUTE, "icmp: answer the echo", COST_ICMP_ECHO, EACH, .only = FOR_ECHO},
    ROWS_OF(retpolines_up),
    {PLACE_GUEST, COMPUTE, "append to the socket", COST_SOCKET_ENQUEUE, EACH, .only = FOR_SOCKETS | FOR_STREAM},
    END_OF_PATH,
};

/* A processor interrupts another one of its machine. */
const struct step processor_interrupt[] = {
    {PLACE_HYPERVISOR, EXIT, "interrupt for another CPU: exit", COST_EXIT_IPI, REMOTE, .only = FOR_HVM_KERNEL,
     .counts = COUNTS_EXIT, .exit_reason = "ipi"},
    {PLACE_HYPERVISOR, NOTIFY, "event for another CPU: hypercall", COST_EVTCHN_SEND, REMOTE, .only = FOR_PV_KERNEL,
     .counts = COUNTS_HYPERCALL},
    {PLACE_GUEST, NOTIFY, "interrupt between CPUs in flight", COST_IPI, FLIGHT},
    {PLACE_HYPERVISOR, EXIT, "schedule the halted vCPU", COST_EXIT_HLT, WAKE_IDLE, .only = FOR_HVM_KERNEL,
     .counts = COUNTS_EXIT, .exit_reason = "hlt"},
    {PLACE_HYPERVISOR, EXIT, "schedule the blocked vCPU", COST_EXIT_HLT, WAKE_IDLE, .only = FOR_PV_KERNEL,
     .counts = COUNTS_HYPERCALL},
    END_OF_PATH,
};

/* The kernel of a PV guest tells Xen which stack and segments the thread has. */
const struct step pv_switch[] = {
    {PLACE_HYPERVISOR, NOTIFY, "switch of a PV guest: hypercalls in one", COST_SWITCH_PV, WAKE, .only = FOR_PV_KERNEL,
     .counts = COUNTS_HYPERCALL},
    END_OF_PATH,
};

/* A thread that sleeps is woken. */
const struct step thread_wakeup[] = {
    {PLACE_GUEST, NOTIFY, "wake the reader", COST_SCHED_WAKEUP, NOTIFYING},
    ROWS_OF(processor_interrupt),
    {PLACE_GUEST, COMPUTE, "switch to the reader", COST_SCHED_SWITCH, WAKE},
    ROWS_OF(pv_switch),
    {PLACE_GUEST, NOTIFY, "wake a thread of the other socket: run queue, task", COST_CACHE_FAR, NOTIFYING_FAR,
     .times = COST_WAKEUP_LINES, .only = FOR_NUMA},
    END_OF_PATH,
};

const struct step stack_read[] = {
    {PLACE_GUEST, COMPUTE, "message of the other socket: sk_buff, data", COST_CACHE_FAR, FOREIGN_FAR,
     .times = COST_SOCKET_LINES, .only = FOR_NUMA},
    {PLACE_GUEST, COMPUTE, "system call", COST_SYSCALL, EACH, .only = FOR_OWN_TRAPS},
    {PLACE_GUEST, COMPUTE, "system call through Xen", COST_SYSCALL_PV, EACH, .only = FOR_PV_KERNEL},
    {PLACE_GUEST, COMPUTE, "socket: dequeue, free", COST_SOCKET_RECV, EACH},
    {PLACE_GUEST, COPY, "copy the message out", COST_COPY_COLD, EACH, .extent = OF_PAYLOAD},
    END_OF_PATH,
};

const struct step stack_receive[] = {
    ROWS_OF(stack_input),
    {PLACE_GUEST, RING, "socket buffer", COST_NONE, EACH, .ring = RING_SOCKET, .only = FOR_SOCKETS},
    ROWS_FOR(FOR_SOCKETS, thread_wakeup),
    ROWS_FOR(FOR_SOCKETS, stack_read),
    END_OF_PATH,
};

/* pktgen: no system call, no socket, no queueing discipline; one packet, sent again and again (clone_skb). */
const struct step pktgen_send[] = {
    {PLACE_GUEST, COMPUTE, "pktgen: packet, driver's lock", COST_PKTGEN, EACH},
    END_OF_PATH,
};

/* AF_XDP: the application fills frames of its own and their descriptors; one system call for a batch of them has the
 * driver's poll loop take them, which goes on by itself while there are more. */
const struct step xsk_send[] = {
    {PLACE_GUEST, COMPUTE, "application: frame, descriptor", COST_XSK_APP, EACH},
    {PLACE_GUEST, RING, "AF_XDP transmit ring", COST_NONE, EACH, .ring = RING_XSK_TX},
    {PLACE_GUEST, COMPUTE, "system call: sendto", COST_SYSCALL, NOTIFYING},
    {PLACE_GUEST, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    {PLACE_GUEST, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    {PLACE_GUEST, COMPUTE, "AF_XDP: descriptor, completion", COST_XSK_TX, EACH},
    END_OF_PATH,
};

/* What comes in and finds no socket. */
const struct step stack_drop[] = {
    {PLACE_GUEST, COMPUTE, "ethernet and ip input", COST_IP_RECV, EACH},
    {PLACE_GUEST, COMPUTE, "udp input: no listener, drop", COST_UDP_DROP, EACH},
    END_OF_PATH,
};

/* The driver frees a sent packet whose sender runs on another core. */
const struct step foreign_packet[] = {
    {PLACE_GUEST, COMPUTE, "packet of another core: sk_buff, socket", COST_CACHE_LINE, FOREIGN,
     .times = COST_CLEAN_LINES},
    {PLACE_GUEST, COMPUTE, "packet of the other socket: sk_buff, socket", COST_CACHE_FAR, FOREIGN_FAR,
     .times = COST_CLEAN_LINES, .only = FOR_NUMA},
    END_OF_PATH,
};

/* What a device of the other socket wrote is in memory, not in this socket's cache. */
const struct step far_device[] = {
    {PLACE_GUEST, COMPUTE, "descriptor and header from a device of the other socket", COST_MEMORY_READ, FOREIGN_FAR,
     .times = COST_DEVICE_LINES, .only = FOR_NUMA},
    END_OF_PATH,
};

const struct step stack_spin[] = {
    {PLACE_GUEST, COMPUTE, "switch to the spinning thread", COST_SCHED_SWITCH, WAKE},
    {PLACE_GUEST, COMPUTE, "computing", COST_SPIN_PIECE, EACH},
    END_OF_PATH,
};

/* clang-format on */
