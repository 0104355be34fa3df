/* The kernel above the driver for a tcp-stream: the writing thread, TCP's output on whatever CPU it happens, where
 * packets of many segments are cut into frames and frames merged into packets, TCP's input, the reading thread; and
 * the acknowledgements, which softirqs and readers send and softirqs take.
 *
 * One reading takes what is there, a message at most: its system call comes once per turn of the reader. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

const struct step stream_write[] = {
    {PLACE_GUEST, NOTIFY, "wake the writer", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_GUEST, COMPUTE, "switch to the writer", COST_SCHED_SWITCH, WAKE},
    ROWS_OF(pv_switch),
    {PLACE_GUEST, COMPUTE, "system call", COST_SYSCALL, EACH, .only = FOR_OWN_TRAPS},
    {PLACE_GUEST, COMPUTE, "system call through Xen", COST_SYSCALL_PV, EACH, .only = FOR_PV_KERNEL},
    {PLACE_GUEST, COMPUTE, "socket: sk_buff, send buffer", COST_SOCKET_SEND, EACH},
    END_OF_PATH,
};

/* The pages of a send buffer were last used a buffer's length ago: they are not in the nearest caches, and if all
 * buffers together are larger than the last-level cache they are in memory. */
const struct step stream_fill_cached[] = {
    {PLACE_GUEST, COPY, "copy the message in", COST_COPY_LLC, EACH, .extent = OF_PAYLOAD},
    END_OF_PATH,
};
const struct step stream_fill[] = {
    {PLACE_GUEST, COPY, "copy the message in", COST_COPY_COLD, EACH, .extent = OF_PAYLOAD},
    END_OF_PATH,
};

const struct step stream_send[] = {
    {PLACE_GUEST, RING, "tcp output", COST_NONE, EACH, .ring = RING_TCP_OUT},
    {PLACE_GUEST, COMPUTE, "tcp and ip output", COST_TCP_SEND, EACH},
    {PLACE_GUEST, COPY, "checksum", COST_CHECKSUM, EACH, .extent = OF_FRAME, .only = FOR_CHECKSUM},
    {PLACE_GUEST, COMPUTE, "neighbour, ethernet header", COST_ETH_SEND, EACH},
    ROWS_OF(retpolines_down),
    END_OF_PATH,
};

const struct step ack_send[] = {
    {PLACE_GUEST, RING, "tcp output", COST_NONE, EACH, .ring = RING_TCP_OUT},
    {PLACE_GUEST, COMPUTE, "acknowledgement: tcp and ip output", COST_TCP_SEND, EACH},
    {PLACE_GUEST, COMPUTE, "neighbour, ethernet header", COST_ETH_SEND, EACH},
    ROWS_OF(retpolines_down),
    END_OF_PATH,
};

/* GSO: a packet leaves the queueing discipline whole and is cut just above a driver whose device cannot. */
const struct step software_segmentation[] = {
    {PLACE_GUEST, COMPUTE, "cut into frames", COST_GSO_SEGMENT, EACH, .cut = CUT_PACKETS},
    {PLACE_GUEST, RING, "frames of the packet", COST_NONE, EACH, .ring = RING_GSO},
    END_OF_PATH,
};

/* GRO: what one poll finds of a flow goes up as one packet. */
const struct step receive_merge[] = {
    {PLACE_GUEST, COMPUTE, "merge with the flow's packet", COST_GRO_FRAME, EACH},
    {PLACE_GUEST, RING, "merged packets of the poll", COST_NONE, EACH, .ring = RING_GRO, .merges = true},
    END_OF_PATH,
};

const struct step dom0_receive_merge[] = {
    {PLACE_DOM0, COMPUTE, "merge with the flow's packet", COST_GRO_FRAME, EACH},
    {PLACE_DOM0, RING, "merged packets of the poll", COST_NONE, EACH, .ring = RING_DOM0_GRO, .merges = true},
    END_OF_PATH,
};

const struct step stream_receive[] = {
    ROWS_OF(stack_input),
    {PLACE_GUEST, RING, "socket buffer", COST_NONE, EACH, .ring = RING_SOCKET},
    ROWS_OF(thread_wakeup),
    {PLACE_GUEST, COMPUTE, "message of the other socket: sk_buff, data", COST_CACHE_FAR, FOREIGN_FAR,
     .times = COST_SOCKET_LINES, .only = FOR_NUMA},
    {PLACE_GUEST, COMPUTE, "system call", COST_SYSCALL, POLL, .only = FOR_OWN_TRAPS},
    {PLACE_GUEST, COMPUTE, "system call through Xen", COST_SYSCALL_PV, POLL, .only = FOR_PV_KERNEL},
    {PLACE_GUEST, COMPUTE, "socket: dequeue, free", COST_SOCKET_RECV, EACH},
    {PLACE_GUEST, COPY, "copy the message out", COST_COPY_COLD, EACH, .extent = OF_PAYLOAD},
    END_OF_PATH,
};

const struct step ack_receive[] = {
    {PLACE_GUEST, COMPUTE, "ethernet and ip input", COST_IP_RECV, EACH},
    {PLACE_GUEST, COMPUTE, "acknowledgement: tcp input", COST_TCP_RECV, EACH},
    ROWS_OF(retpolines_up),
    END_OF_PATH,
};

/* clang-format on */
