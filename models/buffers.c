/* Which kernel maps its buffers one by one, in which address space, and through which queue it has them forgotten. */
#include <stdlib.h>

#include "models/machine.h"

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

/* The address space in which a kernel maps its buffers, and the queue that invalidations of it go through. */
static struct dma_domain *new_domain(struct machine *machine, struct server_state *server,
                                     struct invalidation_queue *queue, enum iommu_mode mode) {
    struct dma_domain *domain = calloc(1, sizeof *domain);
    if (domain != NULL)
        dma_domain_init(domain, &server->iommu, queue, mode == IOMMU_DEFERRED, (int)cost(machine, COST_FLUSH_BATCH),
                        cost(machine, COST_FLUSH_AGE));
    return domain;
}

static struct dma_domain *host_domain_of(struct machine *machine, struct server_state *server) {
    if (server->buffers != NULL) return server->buffers;
    invalidation_queue_init(&server->invalidations, cost(machine, COST_QUEUE_LOCK) / server->clock_hz,
                            cost(machine, COST_QUEUE_WAIT));
    server->buffers = new_domain(machine, server, &server->invalidations, machine->config->host.iommu.mode);
    return server->buffers;
}

/* Bare metal maps in the machine's IOMMU, a guest in its own, whose queue is the hypervisor's trap. */
static struct dma_domain *guest_domain_of(struct machine *machine, struct guest_state *guest) {
    if (guest_path(guest->config)->kernel == FOR_BARE_KERNEL) return host_domain_of(machine, guest->server);
    if (guest->buffers != NULL) return guest->buffers;
    invalidation_queue_init(&guest->invalidations, cost(machine, COST_VIOMMU_TRAP) / guest->server->clock_hz, 0);
    guest->buffers = new_domain(machine, guest->server, &guest->invalidations, guest->config->iommu);
    return guest->buffers;
}

static int largest_frame(const struct model_config *config) {
    int largest = 0;
    for (int i = 0; i < config->guest_count; i++)
        for (int j = 0; j < config->guests[i].workload_count; j++) {
            const struct workload_config *work = &config->guests[i].workloads[j];
            int request = frame_of_payload(work->kind, work->request_bytes);
            int response = frame_of_payload(work->kind, work->response_bytes);
            int frame = request > response ? request : response;
            if (work->frame_bytes > frame) frame = work->frame_bytes;
            if (frame > largest) largest = frame;
        }
    return largest;
}

static bool map_buffers(struct machine *machine, struct nic_queue *queue, struct dma_domain *domain) {
    if (domain == NULL) return false;
    queue->map =
        dma_map_new(domain, queue->tx->mask + 1, (uint32_t)queue->nic->config.rx_ring, largest_frame(machine->config));
    return queue->map != NULL;
}

bool machine_map_host_buffers(struct machine *machine, struct server_state *server, struct nic_queue *queue) {
    return map_buffers(machine, queue, host_domain_of(machine, server));
}

bool machine_map_guest_buffers(struct machine *machine, struct guest_state *guest, struct nic_queue *queue) {
    return map_buffers(machine, queue, guest_domain_of(machine, guest));
}
