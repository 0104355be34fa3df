#include "models/hypervisor/paging.h"

#include "models/paths/path.h"

enum { LEVELS = 4, LARGE_PAGE_BYTES = 2 * 1024 * 1024 };

enum paging paging_of(const struct model_config *config, int guest) {
    switch (mode_path(config->guests[guest].mode)->kernel) {
    case FOR_BARE_KERNEL:
        return PAGING_NATIVE;
    case FOR_PV_KERNEL:
        return PAGING_PV;
    default:
        return config->host.shadow_paging ? PAGING_SHADOW : PAGING_NESTED;
    }
}

int paging_references(enum paging paging, int page_bytes) {
    int levels = page_bytes >= LARGE_PAGE_BYTES ? LEVELS - 1 : LEVELS;
    return paging == PAGING_NESTED ? (LEVELS + 1) * (levels + 1) - 1 : levels;
}

/* The costs were measured with pages of 4 KiB: their walks are those of bare metal. */
double paging_stretch(const struct model_config *config, int guest) {
    int page_bytes = config->guests[guest].memory_page_bytes;
    if (page_bytes == 0) return 1;
    const struct cost_value *costs = config->host.costs.values;
    double misses = costs[page_bytes >= LARGE_PAGE_BYTES ? COST_LARGE_MISSES : COST_TLB_MISSES].value;
    double walks = misses * paging_references(paging_of(config, guest), page_bytes);
    double measured = costs[COST_TLB_MISSES].value * paging_references(PAGING_NATIVE, 4096);
    return 1 + (walks - measured) * 1e6 * costs[COST_WALK_REFERENCE].value;
}
