/* The split driver with Linux 3.12's netback or a later one: workers for each queue of a vif (KF02).
 *
 * What a guest sends is taken in the softirq of the queue's event (NAPI); what it receives waits for a kernel
 * thread of the queue; and what was mapped of the packets it sent goes back to it by a third worker, a thread
 * that the packet's last user wakes (KF01). Each worker has a vCPU of dom0, as far as there are enough; a queue
 * is an event channel of its own. Packets cross from domain to domain
 *
 * - by copy: the hypervisor copies all of each packet, page by page;
 * - by map: sending copies the header and maps the rest, whose unmapping interrupts every other vCPU of dom0
 *   that is at work; receiving copies;
 * - by persistent grants: the guest copies what it sends into pages that stay granted and mapped (KF10), and
 *   whoever transmits to the vif copies what it receives into pages of that kind, at once, without the thread:
 *   waking the thread for each packet cost more than the copy (NET-050, NET-051, NET-052). No hypercalls. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

/* Wakes a thread of netback on another vCPU. */
static const struct step wake_thread[] = {
    {PLACE_DOM0, NOTIFY, "wake the thread", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_DOM0, NOTIFY, "hypercall", COST_HYPERCALL_PV, REMOTE, .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, NOTIFY, "reschedule event to its vCPU", COST_EVTCHN_SEND, REMOTE},
    {PLACE_HYPERVISOR, NOTIFY, "event in flight", COST_EVTCHN_IPI, FLIGHT},
    {PLACE_HYPERVISOR, NOTIFY, "schedule the blocked dom0 vCPU", COST_EXIT_HLT, WAKE_IDLE},
    {PLACE_DOM0, IRQ, "event channel upcall", COST_EVTCHN_UPCALL, WAKE, .counts = COUNTS_INTERRUPT},
    {PLACE_DOM0, COMPUTE, "switch to the thread", COST_SCHED_SWITCH, WAKE},
    END_OF_PATH,
};

static const struct step transmit[] = {
    {PLACE_GUEST, COMPUTE, "netfront: ring request", COST_NETFRONT_TX, EACH},
    {PLACE_GUEST, COMPUTE, "netfront: further slots", COST_NETFRONT_SLOT, EACH, .extent = OF_FURTHER_SLOTS},
    {PLACE_GUEST, GRANT, "grant the pages", COST_GRANT_ACCESS, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    {PLACE_GUEST, COPY, "copy into granted pages", COST_COPY_LLC, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_PERSISTENT},
    ROWS_FOR(FOR_UNCACHED | FOR_GRANT_COPY | FOR_GRANT_MAP, uncached_grant),
    {PLACE_GUEST, COMPUTE, "netfront: look for responses", COST_CACHE_LINE, EACH, .only = FOR_REAPING,
     .reaps = RING_NETIF_TX_EVENTS},
    {PLACE_GUEST, RING, "netif transmit ring", COST_NONE, EACH, .ring = RING_VIF_TX},
    ROWS_OF(event_to_dom0),
    {PLACE_DOM0, IRQ, "interrupt, schedule NAPI", COST_IRQ_ENTRY, WAKE},
    {PLACE_DOM0, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    {PLACE_DOM0, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    {PLACE_DOM0, GRANT, "hypercall of the grant batch", COST_HYPERCALL_PV, POLL, .only = FOR_GRANT_COPY | FOR_GRANT_MAP,
     .counts = COUNTS_HYPERCALL},
    ROWS_OF(netback_takes),
    {PLACE_DOM0, GRANT, "find the mapped pages", COST_GRANT_LOOKUP, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_PERSISTENT},
    {PLACE_DOM0, COPY, "copy the header", COST_COPY_COLD, EACH, .extent = OF_HEADER, .only = FOR_GRANT_PERSISTENT},
    END_OF_PATH,
};

/* Nothing to give back: the slots are answered while the packet goes on. */
static const struct step answer[] = {
    {PLACE_DOM0, COMPUTE, "netback: response", COST_NETBACK_RESPOND, EACH, .extent = OF_EACH_SLOT},
    END_OF_PATH,
};

static const struct step answered[] = {
    ROWS_FOR(FOR_ONE_CHANNEL, joint_responses),
    ROWS_FOR(FOR_OWN_CHANNEL, own_responses),
    {PLACE_GUEST, COMPUTE, "netfront: take the response, free", COST_NETFRONT_REAP, EACH, .release = RING_VIF_TX},
    {PLACE_GUEST, COMPUTE, "netfront: further slots", COST_NETFRONT_SLOT, EACH, .extent = OF_FURTHER_SLOTS},
    ROWS_OF(foreign_packet),
    {PLACE_GUEST, GRANT, "end the access", COST_GRANT_END, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    ROWS_FOR(FOR_UNCACHED | FOR_GRANT_COPY | FOR_GRANT_MAP, uncached_end),
    END_OF_PATH,
};

/* A packet of pages that are the guest's must not stay in dom0's sockets: its own stack copies them where it is
 * received, and they go back at once (skb_orphan_frags, XR002). What a stream sends has waited in a send buffer
 * larger than the caches, what else comes was just written. */
static const struct step taken_over[] = {
    {PLACE_DOM0, COMPUTE, "pages of its own for those of the guest", COST_COPY_PAGE, EACH, .extent = OF_BEYOND_HEADER,
     .only = FOR_GRANT_MAP | FOR_GRANT_PERSISTENT},
    {PLACE_DOM0, COPY, "copy what the guest's pages hold", COST_COPY_COLD, EACH, .extent = OF_BEYOND_HEADER,
     .only = FOR_GRANT_MAP | FOR_GRANT_PERSISTENT | FOR_STREAM},
    {PLACE_DOM0, COPY, "copy what the guest's pages hold", COST_COPY_LLC, EACH, .extent = OF_BEYOND_HEADER,
     .only = FOR_GRANT_MAP | FOR_GRANT_PERSISTENT | FOR_SOCKETS | FOR_ECHO},
    END_OF_PATH,
};

static const struct step completion[] = {
    {PLACE_DOM0, RING, "packets that are sent", COST_NONE, EACH, .ring = RING_VIF_DEALLOC},
    ROWS_OF(wake_thread),
    {PLACE_DOM0, GRANT, "hypercall of the unmap batch", COST_HYPERCALL_PV, POLL, .only = FOR_GRANT_MAP,
     .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, GRANT, "grant unmap", COST_GRANT_UNMAP, EACH, .extent = OF_BEYOND_HEADER, .only = FOR_GRANT_MAP,
     .counts = COUNTS_GRANT},
    TLB_FLUSH_ROWS(OF_BEYOND_HEADER, false),
    {PLACE_DOM0, COMPUTE, "netback: response", COST_NETBACK_RESPOND, EACH, .extent = OF_EACH_SLOT},
    ROWS_OF(answered),
    END_OF_PATH,
};

static const struct step receive[] = {
    {PLACE_DOM0, RING, "queue of the vif", COST_NONE, EACH, .ring = RING_VIF_RX,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    ROWS_FOR(FOR_GRANT_COPY | FOR_GRANT_MAP, wake_thread),
    {PLACE_DOM0, GRANT, "hypercall of the grant batch", COST_HYPERCALL_PV, POLL, .only = FOR_GRANT_COPY | FOR_GRANT_MAP,
     .counts = COUNTS_HYPERCALL},
    {PLACE_DOM0, COMPUTE, "netback: into the guest's ring", COST_NETBACK_RX, EACH,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    {PLACE_DOM0, COMPUTE, "netback: into the guest's ring, in place", COST_NETBACK_IN_PLACE, EACH,
     .only = FOR_GRANT_PERSISTENT},
    {PLACE_DOM0, COMPUTE, "netback: further slots", COST_NETBACK_SLOT, EACH, .extent = OF_FURTHER_SLOTS},
    {PLACE_HYPERVISOR, GRANT, "grant copy into the posted buffer", COST_GRANT_COPY, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP, .counts = COUNTS_GRANT},
    {PLACE_HYPERVISOR, GRANT, "further copies: pages that two buffers share", COST_GRANT_COPY, EACH,
     .extent = OF_FURTHER_SLOTS, .only = FOR_GRANT_COPY | FOR_GRANT_MAP | FOR_COALESCED, .counts = COUNTS_GRANT},
    ROWS_FOR(FOR_FOREIGN | FOR_GRANT_COPY | FOR_GRANT_MAP, foreign_grants),
    {PLACE_DOM0, GRANT, "find the mapped buffers", COST_GRANT_LOOKUP, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_PERSISTENT},
    {PLACE_DOM0, COPY, "copy into the mapped buffers", COST_COPY_COLD, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_PERSISTENT},
    {PLACE_GUEST, RING, "netif receive ring", COST_NONE, EACH, .ring = RING_NETIF_RX,
     .only = FOR_GRANT_COPY | FOR_GRANT_MAP},
    {PLACE_GUEST, RING, "netif receive ring", COST_NONE, EACH, .ring = RING_VIF_RX_SLOTS, .only = FOR_GRANT_PERSISTENT},
    ROWS_OF(event_to_guest),
    {PLACE_GUEST, COMPUTE, "netfront: sk_buff, repost", COST_NETFRONT_RX, EACH},
    ROWS_OF(netfront_buffers),
    {PLACE_GUEST, COMPUTE, "pages of its own for the granted ones", COST_COPY_PAGE, EACH, .extent = OF_BEYOND_HEADER,
     .only = FOR_GRANT_PERSISTENT},
    ROWS_FOR(FOR_UNCACHED | FOR_GRANT_COPY | FOR_GRANT_MAP, uncached_buffers),
    {PLACE_GUEST, COPY, "copy out of the granted pages", COST_COPY_COLD, EACH, .extent = OF_FRAME,
     .only = FOR_GRANT_PERSISTENT},
    END_OF_PATH,
};

/* clang-format on */

/* One table of rows for all of them. */
#define VIF_QUEUES(kernel_kind, delivery_kind)                                                                   \
    {                                                                                                            \
        .attachment = ATTACH_BRIDGE, .kernel = (kernel_kind), .delivery = (delivery_kind), .transmit = transmit, \
        .completion = completion, .receive = receive, .completes_at_backend_if_copied = true, .answer = answer,  \
        .answered = answered, .taken_over = taken_over, .receives_in_place = true,                               \
    }

const struct path_tables vif_queues_pv = VIF_QUEUES(FOR_PV_KERNEL, FOR_UPCALL);
const struct path_tables vif_queues_hvm_pv = VIF_QUEUES(FOR_HVM_KERNEL, FOR_INTX);
const struct path_tables vif_queues_pvhvm = VIF_QUEUES(FOR_HVM_KERNEL, FOR_VECTOR);
