#include "models/hardware/dma_map.h"

#include <stdlib.h>
#include <string.h>

enum { TOP_PAGE = 1 << 20 }; /* 4 GiB */

void invalidation_queue_init(struct invalidation_queue *queue, double hold_s, double service_s) {
    memset(queue, 0, sizeof *queue);
    server_init(&queue->lock, 1);
    server_init(&queue->hardware, 1);
    queue->hold = sim_time_of(hold_s);
    queue->service = sim_time_of(service_s);
}

void dma_domain_init(struct dma_domain *domain, struct iommu *iommu, struct invalidation_queue *queue, bool deferred,
                     int batch, double age_s) {
    memset(domain, 0, sizeof *domain);
    domain->iommu = iommu;
    domain->queue = queue;
    domain->deferred = deferred;
    domain->next_page = TOP_PAGE;
    domain->batch = batch < 1 ? 1 : batch > FLUSH_BATCH_MAX ? FLUSH_BATCH_MAX : batch;
    domain->age = sim_time_of(age_s);
    domain->timer = EVENT_NONE;
}

static uint32_t take_address(struct dma_map *map) {
    if (map->free_count > 0) return map->free[--map->free_count];
    map->domain->next_page -= map->pages;
    return map->domain->next_page;
}

static void put_address(struct dma_map *map, uint32_t page) {
    assert(map->free_count < map->free_capacity);
    map->free[map->free_count++] = page;
}

struct dma_map *dma_map_new(struct dma_domain *domain, uint32_t tx_slots, uint32_t rx_slots, int buffer_bytes) {
    struct dma_map *map = calloc(1, sizeof *map);
    if (map == NULL) return NULL;
    map->domain = domain;
    map->pages = ((uint32_t)buffer_bytes + (1u << DMA_PAGE_SHIFT) - 1) >> DMA_PAGE_SHIFT;
    map->tx_slots = tx_slots;
    map->rx_slots = rx_slots;
    map->free_capacity = tx_slots + rx_slots + FLUSH_BATCH_MAX;
    map->tx = calloc(tx_slots, sizeof *map->tx);
    map->rx = calloc(rx_slots, sizeof *map->rx);
    map->free = calloc(map->free_capacity, sizeof *map->free);
    if (map->tx == NULL || map->rx == NULL || map->free == NULL) {
        dma_map_free(map);
        return NULL;
    }
    for (uint32_t i = 0; i < rx_slots; i++) map->rx[i] = take_address(map);
    return map;
}

void dma_map_free(struct dma_map *map) {
    if (map == NULL) return;
    free(map->tx);
    free(map->rx);
    free(map->free);
    free(map);
}

/* Strict: the IOMMU forgets the pages at once. Deferred: they wait for the flush. */
static bool give_back(struct dma_map *map, uint32_t page) {
    struct dma_domain *domain = map->domain;
    if (!domain->deferred) {
        for (uint32_t i = 0; i < map->pages; i++) iotlb_invalidate(&domain->iommu->iotlb, page + i);
        put_address(map, page);
        return true;
    }
    if (domain->waiting < FLUSH_BATCH_MAX) domain->freed[domain->waiting++] = (struct freed_address){map, page};
    return domain->waiting == domain->batch;
}

uint32_t dma_map_send(struct dma_map *map) {
    uint32_t slot = map->tx_mapped++ % map->tx_slots;
    map->tx[slot] = take_address(map);
    return slot;
}

bool dma_map_sent(struct dma_map *map) { return give_back(map, map->tx[map->tx_given_back++ % map->tx_slots]); }

bool dma_map_received(struct dma_map *map) {
    uint32_t slot = map->rx_given_back++ % map->rx_slots;
    bool now = give_back(map, map->rx[slot]);
    map->rx[slot] = take_address(map);
    return now;
}

void dma_domain_flush(struct dma_domain *domain) {
    iommu_flush(domain->iommu);
    for (int i = 0; i < domain->waiting; i++) put_address(domain->freed[i].map, domain->freed[i].page);
    domain->waiting = 0;
    domain->flushes++;
}
