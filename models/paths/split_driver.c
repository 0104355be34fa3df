/* pv, hvm-pv, pvhvm, pvh: netfront in the guest, netback in dom0, grants and event channels between them.
 *
 * They differ in how the guest reaches the hypervisor (PV hypercall or exit) and how events reach the guest:
 * an upcall into a PV kernel (pv); the emulated interrupt line of the platform device, three exits and more
 * per interrupt (hvm-pv, EM13); or a vector that the hypervisor injects without any controller to
 * acknowledge (pvhvm; pvh, which lacks the device model besides). The rows say whom they are for.
 *
 * netback copies the head of a packet (grant.header_bytes, 128) and maps what is beyond it. A packet that
 * fits the copy is answered at once; one with mapped pages when dom0's NIC has sent it. Both directions
 * of a vif share one netback thread. Costs: XN020-XN026, XN070-XN073. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

/* Event to the other domain: who sends pays for the hypercall and the send. */
const struct step event_to_dom0[] = {
    {PLACE_GUEST, NOTIFY, "hypercall", COST_HYPERCALL_PV, NOTIFYING, .only = FOR_PV_KERNEL, .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, EXIT, "hypercall of an HVM guest", COST_HYPERCALL_HVM, NOTIFYING, .only = FOR_HVM_KERNEL,
     .counts = COUNTS_EXIT, .exit_reason = "vmcall"},
    {PLACE_HYPERVISOR, NOTIFY, "event channel send", COST_EVTCHN_SEND, NOTIFYING},
    {PLACE_HYPERVISOR, NOTIFY, "event in flight to dom0", COST_EVTCHN_IPI, FLIGHT},
    {PLACE_HYPERVISOR, NOTIFY, "schedule the blocked dom0 vCPU", COST_EXIT_HLT, WAKE_IDLE},
    {PLACE_DOM0, IRQ, "event channel upcall", COST_EVTCHN_UPCALL, WAKE, .counts = COUNTS_INTERRUPT},
    END_OF_PATH,
};

/* … up to the driver's work in the guest's interrupt handler. */
static const struct step event_reaches_guest[] = {
    {PLACE_DOM0, NOTIFY, "hypercall", COST_HYPERCALL_PV, NOTIFYING, .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, NOTIFY, "event channel send", COST_EVTCHN_SEND, NOTIFYING},
    {PLACE_HYPERVISOR, NOTIFY, "event in flight to the guest", COST_EVTCHN_IPI, FLIGHT},
    {PLACE_HYPERVISOR, EXIT, "schedule the halted vCPU", COST_EXIT_HLT, WAKE_IDLE},
    {PLACE_GUEST, IRQ, "event channel upcall", COST_EVTCHN_UPCALL, WAKE, .only = FOR_UPCALL},
    {PLACE_HYPERVISOR, EXIT, "exit, callback vector", COST_EVTCHN_VECTOR, WAKE, .only = FOR_VECTOR,
     .counts = COUNTS_EXIT, .exit_reason = "external interrupt"},
    {PLACE_HYPERVISOR, EXIT, "interrupt line: exit, injection", COST_EXIT_IRQ, WAKE, .only = FOR_INTX,
     .counts = COUNTS_EXIT, .exit_reason = "external interrupt"},
    {PLACE_HYPERVISOR, EXIT, "trapped task priority", COST_EXIT_EOI, WAKE, .only = FOR_INTX, .counts = COUNTS_EXIT,
     .exit_reason = "apic"},
    {PLACE_HYPERVISOR, EXIT, "trapped end of interrupt", COST_EXIT_EOI, WAKE, .only = FOR_INTX, .counts = COUNTS_EXIT,
     .exit_reason = "eoi"},
    END_OF_PATH,
};

static const struct step event_interrupts_guest[] = {
    ROWS_OF(event_reaches_guest),
    {PLACE_GUEST, IRQ, "interrupt, schedule NAPI", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    END_OF_PATH,
};

const struct step event_handled_in_guest[] = {
    ROWS_OF(event_reaches_guest),
    {PLACE_GUEST, IRQ, "interrupt handler", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    END_OF_PATH,
};

const struct step event_to_guest[] = {
    ROWS_OF(event_interrupts_guest),
    {PLACE_GUEST, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    {PLACE_GUEST, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    END_OF_PATH,
};

/* What netback has taken: told of with what is received, or by an event whose handler takes the responses itself. */
const struct step joint_responses[] = {
    {PLACE_GUEST, RING, "netif transmit responses", COST_NONE, EACH, .ring = RING_NETIF_TX_DONE},
    ROWS_OF(event_to_guest),
    END_OF_PATH,
};
const struct step own_responses[] = {
    {PLACE_GUEST, RING, "netif transmit responses", COST_NONE, EACH, .ring = RING_NETIF_TX_EVENTS},
    ROWS_OF(event_interrupts_guest),
    END_OF_PATH,
};

/* The accesses to a grant table in memory that is not cached (NET-122): filling entries, ending them, both for
 * the buffers of received packets. */
const struct step uncached_grant[] = {
    {PLACE_GUEST, GRANT, "uncached grant entries", COST_UNCACHED_STORE, EACH, .times = COST_GRANT_STORES,
     .extent = OF_FRAME},
    END_OF_PATH,
};
const struct step uncached_end[] = {
    {PLACE_GUEST, GRANT, "uncached grant status", COST_UNCACHED_READ, EACH, .extent = OF_FRAME},
    {PLACE_GUEST, GRANT, "bus lock of its end", COST_BUS_LOCK, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};
const struct step uncached_buffers[] = {
    {PLACE_GUEST, GRANT, "uncached grant status of buffers", COST_UNCACHED_READ, EACH, .extent = OF_EACH_SLOT},
    {PLACE_GUEST, GRANT, "bus lock of their end", COST_BUS_LOCK, EACH, .extent = OF_EACH_SLOT},
    {PLACE_GUEST, GRANT, "uncached grant entries of buffers", COST_UNCACHED_STORE, EACH, .times = COST_GRANT_STORES,
     .extent = OF_EACH_SLOT},
    END_OF_PATH,
};

/* Each further page of a received packet: the buffer that it came in, and the one that is posted for the next (XK01).
 */
const struct step netfront_buffers[] = {
    {PLACE_GUEST, COMPUTE, "netfront: further slots", COST_NETFRONT_SLOT, EACH, .extent = OF_FURTHER_SLOTS},
    {PLACE_GUEST, COMPUTE, "netfront: sk_buffs of further slots", COST_NETFRONT_BUFFER, EACH,
     .extent = OF_FURTHER_SLOTS},
    {PLACE_GUEST, COMPUTE, "netfront: pages of further slots", COST_COPY_PAGE, EACH, .extent = OF_FURTHER_SLOTS,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    {PLACE_GUEST, GRANT, "grant further buffers", COST_GRANT_ACCESS, EACH, .extent = OF_FURTHER_SLOTS,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    {PLACE_GUEST, GRANT, "end the access of further buffers", COST_GRANT_END, EACH, .extent = OF_FURTHER_SLOTS,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    END_OF_PATH,
};

/* What lies in pages that another guest has granted is copied by its grants (XK02): two for each copy. */
const struct step foreign_grants[] = {
    {PLACE_HYPERVISOR, GRANT, "the sender's grants of these copies", COST_GRANT_SOURCE, EACH, .extent = OF_FRAME},
    {PLACE_HYPERVISOR, GRANT, "the sender's grants of further copies", COST_GRANT_SOURCE, EACH,
     .extent = OF_FURTHER_SLOTS, .only = FOR_COALESCED},
    END_OF_PATH,
};

/* What netback does with each packet that a guest sends. */
const struct step netback_takes[] = {
    {PLACE_DOM0, COMPUTE, "netback: request, sk_buff", COST_NETBACK_TX, EACH},
    {PLACE_DOM0, COMPUTE, "netback: further slots", COST_NETBACK_SLOT, EACH, .extent = OF_FURTHER_SLOTS},
    {PLACE_HYPERVISOR, GRANT, "grant copy of the packet", COST_GRANT_COPY, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_COPY, .counts = COUNTS_GRANT},
    {PLACE_HYPERVISOR, GRANT, "grant copy of the header", COST_GRANT_COPY, EACH, .extent = OF_HEADER,
     .only = FOR_GRANT_MAP, .counts = COUNTS_GRANT},
    {PLACE_HYPERVISOR, GRANT, "grant map of the rest", COST_GRANT_MAP, EACH, .extent = OF_BEYOND_HEADER,
     .only = FOR_GRANT_MAP, .counts = COUNTS_GRANT},
    END_OF_PATH,
};

static const struct step transmit[] = {
    {PLACE_GUEST, COMPUTE, "netfront: ring request", COST_NETFRONT_TX, EACH},
    {PLACE_GUEST, COMPUTE, "netfront: further slots", COST_NETFRONT_SLOT, EACH, .extent = OF_FURTHER_SLOTS},
    {PLACE_GUEST, GRANT, "grant the pages", COST_GRANT_ACCESS, EACH, .extent = OF_FRAME},
    ROWS_FOR(FOR_UNCACHED, uncached_grant),
    {PLACE_GUEST, COMPUTE, "netfront: look for responses", COST_CACHE_LINE, EACH, .only = FOR_REAPING,
     .reaps = RING_NETIF_TX_EVENTS},
    {PLACE_GUEST, RING, "netif transmit ring", COST_NONE, EACH, .ring = RING_NETIF_TX},
    ROWS_OF(event_to_dom0),
    {PLACE_DOM0, COMPUTE, "switch to netback", COST_SCHED_SWITCH, WAKE},
    {PLACE_DOM0, GRANT, "hypercall of the grant batch", COST_HYPERCALL_PV, POLL, .counts = COUNTS_HYPERCALL},
    ROWS_OF(netback_takes),
    END_OF_PATH,
};

static const struct step completion[] = {
    {PLACE_DOM0, RING, "packets netback is done with", COST_NONE, EACH, .ring = RING_NETBACK_DONE},
    {PLACE_DOM0, NOTIFY, "wake netback", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_DOM0, COMPUTE, "switch to netback", COST_SCHED_SWITCH, WAKE},
    {PLACE_HYPERVISOR, GRANT, "grant unmap", COST_GRANT_UNMAP, EACH, .extent = OF_BEYOND_HEADER, .only = FOR_GRANT_MAP,
     .counts = COUNTS_GRANT},
    TLB_FLUSH_ROWS(OF_BEYOND_HEADER, false),
    {PLACE_DOM0, COMPUTE, "netback: response", COST_NETBACK_RESPOND, EACH},
    ROWS_FOR(FOR_ONE_CHANNEL, joint_responses),
    ROWS_FOR(FOR_OWN_CHANNEL, own_responses),
    {PLACE_GUEST, COMPUTE, "netfront: take the response, free", COST_NETFRONT_REAP, EACH, .release = RING_NETIF_TX},
    ROWS_OF(foreign_packet),
    {PLACE_GUEST, GRANT, "end the access", COST_GRANT_END, EACH, .extent = OF_FRAME},
    ROWS_FOR(FOR_UNCACHED, uncached_end),
    END_OF_PATH,
};

static const struct step receive[] = {
    {PLACE_DOM0, RING, "queue of the vif", COST_NONE, EACH, .ring = RING_VIF_QUEUE},
    {PLACE_DOM0, NOTIFY, "wake netback", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_DOM0, COMPUTE, "switch to netback", COST_SCHED_SWITCH, WAKE},
    {PLACE_DOM0, GRANT, "hypercall of the grant batch", COST_HYPERCALL_PV, POLL, .counts = COUNTS_HYPERCALL},
    {PLACE_DOM0, COMPUTE, "netback: into the guest's ring", COST_NETBACK_RX, EACH},
    {PLACE_DOM0, COMPUTE, "netback: further slots", COST_NETBACK_SLOT, EACH, .extent = OF_FURTHER_SLOTS},
    {PLACE_HYPERVISOR, GRANT, "grant copy into the posted buffer", COST_GRANT_COPY, EACH, .extent = OF_FRAME,
     .counts = COUNTS_GRANT},
    ROWS_FOR(FOR_FOREIGN, foreign_grants),
    {PLACE_GUEST, RING, "netif receive ring", COST_NONE, EACH, .ring = RING_NETIF_RX},
    ROWS_OF(event_to_guest),
    {PLACE_GUEST, COMPUTE, "netfront: sk_buff, repost", COST_NETFRONT_RX, EACH},
    ROWS_OF(netfront_buffers),
    ROWS_FOR(FOR_UNCACHED, uncached_buffers),
    END_OF_PATH,
};

/* clang-format on */

/* One table of rows for all of them. */
#define SPLIT_DRIVER(kernel_kind, delivery_kind)                                                                 \
    {                                                                                                            \
        .attachment = ATTACH_BRIDGE, .kernel = (kernel_kind), .delivery = (delivery_kind), .transmit = transmit, \
        .completion = completion, .receive = receive, .completes_at_backend_if_copied = true,                    \
    }

const struct path_tables path_pv = SPLIT_DRIVER(FOR_PV_KERNEL, FOR_UPCALL);
const struct path_tables path_hvm_pv = SPLIT_DRIVER(FOR_HVM_KERNEL, FOR_INTX);
const struct path_tables path_pvhvm = SPLIT_DRIVER(FOR_HVM_KERNEL, FOR_VECTOR);
const struct path_tables path_pvh = SPLIT_DRIVER(FOR_HVM_KERNEL, FOR_VECTOR);
