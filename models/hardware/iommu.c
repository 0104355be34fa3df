#include "models/hardware/iommu.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKUP_BYTES = 4096 };

enum iop_status iotlb_init(struct iotlb *iotlb, int entries, struct diag *diag) {
    memset(iotlb, 0, sizeof *iotlb);
    uint32_t buckets = 16;
    while (buckets < 2 * (uint32_t)entries) buckets *= 2;
    iotlb->entries = calloc((size_t)entries, sizeof *iotlb->entries);
    iotlb->buckets = malloc(buckets * sizeof *iotlb->buckets);
    if (iotlb->entries == NULL || iotlb->buckets == NULL) {
        iotlb_fini(iotlb);
        return diag_set(diag, IOP_NO_MEMORY, "no memory for an IOTLB of %d", entries);
    }
    iotlb->capacity = entries;
    iotlb->bucket_mask = buckets - 1;
    iotlb_flush(iotlb);
    return IOP_OK;
}

void iotlb_fini(struct iotlb *iotlb) {
    free(iotlb->entries);
    free(iotlb->buckets);
    memset(iotlb, 0, sizeof *iotlb);
}

void iotlb_flush(struct iotlb *iotlb) {
    for (uint32_t i = 0; i <= iotlb->bucket_mask; i++) iotlb->buckets[i] = IOTLB_NOWHERE;
    iotlb->used = 0;
    iotlb->newest = iotlb->oldest = IOTLB_NOWHERE;
}

static int32_t *bucket_of(struct iotlb *iotlb, uint64_t page) {
    return &iotlb->buckets[(uint32_t)((page * UINT64_C(0x9E3779B97F4A7C15)) >> 40) & iotlb->bucket_mask];
}

static void unlink_use(struct iotlb *iotlb, int32_t at) {
    struct iotlb_entry *entry = &iotlb->entries[at];
    if (entry->newer != IOTLB_NOWHERE)
        iotlb->entries[entry->newer].older = entry->older;
    else
        iotlb->newest = entry->older;
    if (entry->older != IOTLB_NOWHERE)
        iotlb->entries[entry->older].newer = entry->newer;
    else
        iotlb->oldest = entry->newer;
}

static void link_newest(struct iotlb *iotlb, int32_t at) {
    struct iotlb_entry *entry = &iotlb->entries[at];
    entry->newer = IOTLB_NOWHERE;
    entry->older = iotlb->newest;
    if (iotlb->newest != IOTLB_NOWHERE)
        iotlb->entries[iotlb->newest].newer = at;
    else
        iotlb->oldest = at;
    iotlb->newest = at;
}

static void unlink_bucket(struct iotlb *iotlb, int32_t at) {
    int32_t *link = bucket_of(iotlb, iotlb->entries[at].page);
    while (*link != at) link = &iotlb->entries[*link].chain;
    *link = iotlb->entries[at].chain;
}

static int32_t find(struct iotlb *iotlb, uint64_t page) {
    int32_t at = *bucket_of(iotlb, page);
    while (at != IOTLB_NOWHERE && iotlb->entries[at].page != page) at = iotlb->entries[at].chain;
    return at;
}

static void fill(struct iotlb *iotlb, uint64_t page) {
    int32_t at;
    if (iotlb->used < iotlb->capacity) {
        at = iotlb->used++;
    } else {
        at = iotlb->oldest;
        unlink_bucket(iotlb, at);
        unlink_use(iotlb, at);
    }
    int32_t *bucket = bucket_of(iotlb, page);
    iotlb->entries[at].page = page;
    iotlb->entries[at].chain = *bucket;
    *bucket = at;
    link_newest(iotlb, at);
}

bool iotlb_lookup(struct iotlb *iotlb, uint64_t page) {
    if (iotlb->newest != IOTLB_NOWHERE && iotlb->entries[iotlb->newest].page == page) return true;
    int32_t at = find(iotlb, page);
    if (at == IOTLB_NOWHERE) {
        fill(iotlb, page);
        return false;
    }
    unlink_use(iotlb, at);
    link_newest(iotlb, at);
    return true;
}

void iotlb_invalidate(struct iotlb *iotlb, uint64_t page) {
    int32_t at = find(iotlb, page);
    if (at == IOTLB_NOWHERE) return;
    unlink_bucket(iotlb, at);
    unlink_use(iotlb, at);
    int32_t last = --iotlb->used;
    if (at == last) return;
    /* Keep the used entries together: the last one moves into the gap. */
    unlink_bucket(iotlb, last);
    struct iotlb_entry moved = iotlb->entries[last];
    iotlb->entries[at] = moved;
    if (moved.newer != IOTLB_NOWHERE)
        iotlb->entries[moved.newer].older = at;
    else
        iotlb->newest = at;
    if (moved.older != IOTLB_NOWHERE)
        iotlb->entries[moved.older].newer = at;
    else
        iotlb->oldest = at;
    int32_t *bucket = bucket_of(iotlb, moved.page);
    iotlb->entries[at].chain = *bucket;
    *bucket = at;
}

enum iop_status iommu_init(struct iommu *iommu, const struct iommu_config *config, double walk_s, double lookup_s,
                           struct diag *diag) {
    memset(iommu, 0, sizeof *iommu);
    server_init(&iommu->walkers, config->walkers);
    iommu->walk = sim_time_of(walk_s);
    while (1 << iommu->page_shift < config->page_bytes) iommu->page_shift++;
    enum iop_status status = iotlb_init(&iommu->iotlb, config->iotlb_entries, diag);
    iommu->has_upper = config->structure_cache > 0;
    if (iommu->has_upper) iommu->lookup = sim_time_of(lookup_s);
    for (int i = 0; i < IOMMU_UPPER_LEVELS && iommu->has_upper && status == IOP_OK; i++)
        status = iotlb_init(&iommu->upper[i], config->structure_cache, diag);
    return status;
}

void iommu_fini(struct iommu *iommu) {
    iotlb_fini(&iommu->iotlb);
    for (int i = 0; i < IOMMU_UPPER_LEVELS; i++) iotlb_fini(&iommu->upper[i]);
}

void iommu_flush(struct iommu *iommu) { iotlb_flush(&iommu->iotlb); }

/* The walk begins below the lowest cached level; all levels it passes are cached afterwards. A table of large pages
 * has one level less. */
static int walk_reads(struct iommu *iommu, uint64_t page, int page_shift) {
    int levels = page_shift > 12 ? IOMMU_UPPER_LEVELS - 1 : IOMMU_UPPER_LEVELS, reads = 1;
    bool cached = false;
    for (int i = 0; i < levels; i++) {
        bool hit = iotlb_lookup(&iommu->upper[i], page >> ((i + 1) * IOMMU_LEVEL_BITS));
        cached = cached || hit;
        reads += !cached;
    }
    return reads;
}

static __attribute__((noinline)) sim_time translate_by_levels(struct iommu *iommu, sim_time ready, uint64_t page,
                                                              int bytes, int page_shift) {
    sim_time takes = iommu->lookup * bytes / LOOKUP_BYTES;
    if (!iotlb_lookup(&iommu->iotlb, page)) {
        int reads = walk_reads(iommu, page, page_shift);
        iommu->misses++;
        iommu->reads += (uint64_t)reads;
        takes += reads * iommu->walk;
    }
    return server_request(&iommu->walkers, ready, takes);
}

sim_time iommu_look_up(struct iommu *iommu, sim_time ready, uint64_t page, int bytes, int page_shift) {
    if (iommu->has_upper) return translate_by_levels(iommu, ready, page, bytes, page_shift);
    if (iotlb_lookup(&iommu->iotlb, page)) return ready;
    iommu->misses++;
    return server_request(&iommu->walkers, ready, iommu->walk);
}
