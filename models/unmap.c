#include "models/unmap.h"

#include "models/machine.h"

static void answered_in_time(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)object;
    (void)word;
}

/* The oldest buffer that waits for a flush has waited for long enough. */
static void flush_is_due(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    struct dma_domain *domain = object;
    domain->timer = EVENT_NONE;
    if (domain->waiting > 0) unmap_invalidate(domain->timer_station, CONTEXT_SOFTIRQ, answered_in_time);
}

static void keep_for_flush(struct station *station) {
    struct dma_domain *domain = station->dma->domain;
    if (domain->timer != EVENT_NONE) return;
    domain->timer_station = station;
    domain->timer = sim_after(&station->machine->sim, domain->age, flush_is_due, domain, 0);
}

sim_time unmap_packet(struct station *station, struct stage *stage) {
    struct dma_map *map = station->dma;
    switch (stage->ring) {
    case RING_NIC_TX_DONE:
    case RING_PF_TX_DONE:
        station->flushes += dma_map_sent(map);
        break;
    case RING_NIC_RX:
    case RING_PF_RX:
        station->flushes += dma_map_received(map);
        break;
    default:
        return 0;
    }
    station->flush_stage = stage;
    if (!map->domain->deferred) return 0;
    keep_for_flush(station);
    stage->executed[DEFER]++;
    return stage->work[DEFER];
}

void unmap_invalidate(struct station *station, enum context context, sim_handler *done) {
    struct dma_domain *domain = station->dma->domain;
    struct invalidation_queue *queue = domain->queue;
    struct sim *sim = &station->machine->sim;
    struct stage *stage = station->flush_stage;
    sim_time work = stage->work[FLUSH];
    sim_time written = server_request(&queue->lock, sim->now + work - queue->hold, queue->hold);
    sim_time answered = server_request(&queue->hardware, written, queue->service);
    queue->invalidations++;
    stage->executed[FLUSH]++;
    stage->executed[SPIN] += (uint64_t)(answered - sim->now - work);
    if (domain->deferred) {
        dma_domain_flush(domain);
        sim_cancel(sim, domain->timer);
        domain->timer = EVENT_NONE;
    }
    station->busy += answered - sim->now;
    processor_submit(station->cpu, context, answered - sim->now, done, station, 0);
}
