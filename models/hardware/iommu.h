/* An IOMMU: the IOTLB and the page walkers behind it.
 *
 * Modelled: reach in pages with least-recently-used replacement, page size, a bounded number of concurrent
 * walks (a miss beyond them queues), walk latency, invalidation. Not modelled: set conflicts (measured
 * reach fits full associativity, IO060-IO067), the cost of a hit (none is measurable, IO050), and walks
 * that miss different levels of the paging-structure caches (the measured walk is their mean).
 * Units: addresses are bytes in the device's address space; pages are addresses over the page size. */
#ifndef IOPATH_MODELS_HARDWARE_IOMMU_H
#define IOPATH_MODELS_HARDWARE_IOMMU_H

#include "models/host.h"
#include "sim/diag.h"
#include "sim/server.h"

struct iotlb_entry {
    uint64_t page;
    int32_t older, newer; /* in order of use */
    int32_t chain;        /* next in the same hash bucket */
};

struct iotlb {
    struct iotlb_entry *entries;
    int32_t *buckets;
    uint32_t bucket_mask;
    int32_t capacity, used;
    int32_t newest, oldest;
};

enum iop_status iotlb_init(struct iotlb *iotlb, int entries, struct diag *diag);
void iotlb_fini(struct iotlb *iotlb);
/* Whether the translation is held; it is the newest afterwards, in place of the oldest if need be. */
bool iotlb_lookup(struct iotlb *iotlb, uint64_t page);
void iotlb_invalidate(struct iotlb *iotlb, uint64_t page);
void iotlb_flush(struct iotlb *iotlb);

struct iommu {
    struct iotlb iotlb;
    struct server walkers;
    sim_time walk;
    int page_shift;
    uint64_t lookups, misses;
};

enum iop_status iommu_init(struct iommu *iommu, const struct iommu_config *config, double walk_s, struct diag *diag);
void iommu_fini(struct iommu *iommu);

/* When the translation of `address`, asked for at `ready`, is there. */
sim_time iommu_translate(struct iommu *iommu, sim_time ready, uint64_t address);

#endif
