/* The queues of NICs: whose memory they read, how their interrupts are moderated, what limits them. */
#include "models/topology.h"
#include "models/wiring.h"

enum { LARGE_PAGE_SHIFT = 21 };

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

static void set_moderation(struct moderation *moderation, const struct nic_config *nic, enum throttle_kind kind,
                           double fixed_s) {
    if (kind == THROTTLE_ADAPTIVE && nic->itr_sent_s > 0)
        moderation_by_side(moderation, nic->itr_sent_s, nic->itr_lowest_s);
    else if (kind == THROTTLE_ADAPTIVE)
        moderation_adaptive(moderation, nic->itr_lowest_s, nic->itr_low_s, nic->itr_bulk_s);
    else
        moderation_fixed(moderation, kind == THROTTLE_FIXED ? fixed_s : 0);
}

struct nic_queue *wire_pf_queue(struct machine *machine, int server_index, enum ring_id tx_ring, struct diag *diag) {
    struct server_state *server = &machine->servers[server_index];
    struct nic_queue **known = tx_ring == RING_PF_TX ? &server->pf_queue : &server->pmd_queue;
    if (*known != NULL) return *known;
    struct owner owner = {-1, server_index, 0};
    struct queue *tx = wire_queue(machine, tx_ring, owner, NULL, diag);
    if (tx == NULL) return NULL;
    bool maps = tx_ring == RING_PF_TX && host_maps_buffers(machine->config);
    *known = nic_add_queue(&server->nic, &tx->ring, maps);
    if (*known == NULL) return NULL;
    if (maps && !machine_map_host_buffers(machine, server, *known)) return NULL;
    ring_arm(&tx->ring);
    tx->nic_queue = *known;
    set_moderation(&(*known)->moderation, &server->nic.config, THROTTLE_ADAPTIVE, 0);
    return *known;
}

struct nic_queue *wire_guest_nic_queue(struct machine *machine, struct owner owner, struct diag *diag) {
    struct guest_state *guest = &machine->guests[owner.guest];
    if (guest->nic_queues[owner.index] != NULL) return guest->nic_queues[owner.index];
    struct queue *tx = wire_queue(machine, RING_NIC_TX, owner, NULL, diag);
    if (tx == NULL) return NULL;
    bool assigned = guest_path(guest->config)->kernel != FOR_BARE_KERNEL;
    bool maps = guest_maps_buffers(machine->config, owner.guest);
    struct nic_queue *queue = nic_add_queue(&guest->server->nic, &tx->ring, assigned || maps);
    if (queue == NULL) return NULL;
    if (maps && !machine_map_guest_buffers(machine, guest, queue)) return NULL;
    if (assigned && !maps && guest->config->memory_page_bytes > 0)
        queue->page_shift = guest->config->memory_page_bytes > 1 << DMA_PAGE_SHIFT ? LARGE_PAGE_SHIFT : DMA_PAGE_SHIFT;
    ring_arm(&tx->ring);
    tx->nic_queue = queue;
    guest->nic_queues[owner.index] = queue;
    set_moderation(&queue->moderation, &guest->server->nic.config, guest->config->throttle, guest->config->throttle_s);
    const struct host_config *host = &machine->config->host;
    bool far = vcpu_socket(host, guest->config, irq_vcpu(guest->config, owner.index)) != host->nic_socket;
    if (far) queue->far_read = sim_time_of(cost(machine, COST_DMA_FAR));
    if (guest->config->network_bps > 0 && guest->config->network_bps < guest->server->nic.config.link_bps) {
        queue->limit = &guest->limits[SENT];
        queue->receive_limit = &guest->limits[RECEIVED];
    }
    if (guest->config->network_pps > 0) queue->allowance = &guest->allowance;
    return queue;
}

struct nic_queue *wire_receiving_queue(struct machine *machine, const struct stage *next, struct owner owner,
                                       struct diag *diag) {
    switch (next->ring) {
    case RING_PF_RX:
        return wire_pf_queue(machine, owner.server, RING_PF_TX, diag);
    case RING_PMD_RX:
        return wire_pf_queue(machine, owner.server, RING_PMD_TX, diag);
    default:
        return wire_guest_nic_queue(machine, owner, diag);
    }
}
