/* An IOMMU: the IOTLB, the paging-structure caches and the page walkers behind it.
 *
 * Modelled: reach in pages with least-recently-used replacement, page size, a bounded number of concurrent
 * walks (a miss beyond them queues), walk latency, invalidation. With paging-structure caches (a number of
 * entries for each of the three upper levels of the table) a walk takes one read of memory for the last level and
 * one for each level above it that is not cached, and data occupy the walker for `lookup` per 4 KiB besides:
 * for pages of 4 KiB this is the measured 4096 B / (65 ns + M x 197 ns) for M reads (IO090-IO093). Without them
 * each walk takes the same, the mean that was measured. Invalidating a page leaves the upper levels alone.
 * Not modelled: set conflicts (measured reach fits full associativity, IO060-IO067), the cost of a hit where it
 * is not the link of the formula (none is measurable, IO050).
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

enum { IOTLB_NOWHERE = -1 };

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

enum { IOMMU_UPPER_LEVELS = 3, IOMMU_LEVEL_BITS = 9 };

struct iommu {
    struct iotlb iotlb;
    struct iotlb upper[IOMMU_UPPER_LEVELS]; /* paging-structure caches, from the lowest level upwards */
    bool has_upper;
    struct server walkers;
    sim_time walk;   /* one walk, or one read of it where the upper levels are cached */
    sim_time lookup; /* of 4 KiB, with such caches */
    int page_shift;
    uint64_t lookups, misses, reads;
};

enum iop_status iommu_init(struct iommu *iommu, const struct iommu_config *config, double walk_s, double lookup_s,
                           struct diag *diag);
void iommu_fini(struct iommu *iommu);

/* Forgets all translations; the upper levels stay, no table was freed. */
void iommu_flush(struct iommu *iommu);

/* Tells pages of another size from those of the usual one in the same caches. */
#define IOMMU_OTHER_SIZE (UINT64_C(1) << 62)

/* When the translation of `page` is there; it was not the last one asked for, or the caches have levels. */
sim_time iommu_look_up(struct iommu *iommu, sim_time ready, uint64_t page, int bytes, int page_shift);

/* When the translation of `address`, asked for at `ready` for `bytes` of one page, is there; of an address space whose
 * pages may have another size than the host's usual one. */
static inline sim_time iommu_translate_page(struct iommu *iommu, sim_time ready, uint64_t address, int bytes,
                                            int page_shift) {
    const struct iotlb *iotlb = &iommu->iotlb;
    uint64_t page = address >> page_shift;
    if (page_shift != iommu->page_shift) page |= IOMMU_OTHER_SIZE;
    iommu->lookups++;
    bool newest = iotlb->newest != IOTLB_NOWHERE && iotlb->entries[iotlb->newest].page == page;
    if (newest && !iommu->has_upper) return ready;
    return iommu_look_up(iommu, ready, page, bytes, page_shift);
}
static inline sim_time iommu_translate(struct iommu *iommu, sim_time ready, uint64_t address, int bytes) {
    return iommu_translate_page(iommu, ready, address, bytes, iommu->page_shift);
}

#endif
