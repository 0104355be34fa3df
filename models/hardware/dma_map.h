/* Buffers that a driver maps for a device one by one: the addresses they have there, and the queue by which
 * the IOMMU is told to forget them.
 *
 * Modelled: an address space of the IOMMU handed out from the top of 4 GiB downwards; per queue pair a stack of
 * addresses that were given back, reused last in, first out (IO034); the address each buffer has while the
 * device owns it. strict: each buffer given back is invalidated, and its CPU waits; deferred: one flush for
 * iommu.flush_batch of them, or iommu.flush_age after the first (IO033), and until then the device could still
 * reach them and their addresses are not reused. The invalidation queue is one for all CPUs: a lock, under
 * which the descriptors are written, and the IOMMU, which takes one after the other; who waits spins.
 * Not modelled: the search for a free range (kernels before 4.7, IO010: raise iommu.address), pages that a
 * driver keeps mapped and uses again, bounce buffers, the lists that newer kernels have per CPU.
 *
 * The IOTLB that forgets is that of models/hardware/iommu.h; the CPU's side is models/unmap.h. */
#ifndef IOPATH_MODELS_HARDWARE_DMA_MAP_H
#define IOPATH_MODELS_HARDWARE_DMA_MAP_H

#include "models/hardware/iommu.h"
#include "sim/sim.h"

enum { DMA_PAGE_SHIFT = 12, FLUSH_BATCH_MAX = 1024 };

/* Where invalidations queue: that of the IOMMU, or the one a hypervisor emulates for a guest. */
struct invalidation_queue {
    struct server lock, hardware;
    sim_time hold;    /* of the lock, CPU work of who holds it */
    sim_time service; /* of one invalidation, the CPU spins */
    uint64_t invalidations;
};

struct dma_map;
struct station;

struct freed_address {
    struct dma_map *map;
    uint32_t page;
};

/* Buffers of one kernel. */
struct dma_domain {
    struct iommu *iommu;
    struct invalidation_queue *queue;
    bool deferred;
    uint32_t next_page; /* addresses below were never used */
    int batch, waiting;
    sim_time age;
    event_id timer;
    struct station *timer_station; /* that flushes when the oldest has waited for long enough */
    uint64_t flushes;
    struct freed_address freed[FLUSH_BATCH_MAX]; /* wait for the next flush */
};

/* Buffers of one queue pair. */
struct dma_map {
    struct dma_domain *domain;
    uint32_t pages; /* of one buffer */
    uint32_t tx_slots, rx_slots;
    uint32_t tx_mapped, tx_given_back, rx_given_back; /* counters, for the slots */
    uint32_t free_count, free_capacity;
    uint32_t *tx, *rx; /* first page of each slot's buffer */
    uint32_t *free;    /* stack */
};

void invalidation_queue_init(struct invalidation_queue *queue, double hold_s, double service_s);

void dma_domain_init(struct dma_domain *domain, struct iommu *iommu, struct invalidation_queue *queue, bool deferred,
                     int batch, double age_s);

/* Maps all receive buffers. `buffer_bytes`: what one buffer holds. NULL without memory. */
struct dma_map *dma_map_new(struct dma_domain *domain, uint32_t tx_slots, uint32_t rx_slots, int buffer_bytes);
void dma_map_free(struct dma_map *map);

/* The driver maps the next buffer to send; returns its slot. */
uint32_t dma_map_send(struct dma_map *map);
/* … gives the oldest sent one back; … and the oldest received one, in whose place it maps another. With `true` the
 * IOMMU has to be told now. */
bool dma_map_sent(struct dma_map *map);
bool dma_map_received(struct dma_map *map);

/* The IOMMU forgets everything; the addresses that waited for it are free. */
void dma_domain_flush(struct dma_domain *domain);

static inline uint64_t dma_map_tx_address(const struct dma_map *map, uint32_t slot) {
    return (uint64_t)map->tx[slot % map->tx_slots] << DMA_PAGE_SHIFT;
}
static inline uint64_t dma_map_rx_address(const struct dma_map *map, uint32_t slot) {
    return (uint64_t)map->rx[slot % map->rx_slots] << DMA_PAGE_SHIFT;
}

#endif
