/* What mapping each buffer for the device costs a driver, where its kernel does so: bare metal or a KVM host whose
 * IOMMU is strict or deferred, or a guest with an IOMMU of its own, which a hypervisor emulates. dom0 of Xen
 * and other guests' memory stay mapped. Costs: IO010-IO023, IO033, IO040-IO047. When what happens:
 * models/unmap.h. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

#define MAP(place)                                                                                                  \
    {place, COMPUTE, "device address of the buffer", COST_DMA_ADDRESS, EACH, .only = FOR_MAPPED | FOR_BARE_KERNEL}, \
        {place, COMPUTE, "map the buffer", COST_DMA_MAP, EACH, .only = FOR_MAPPED | FOR_BARE_KERNEL},               \
        {place,           COMPUTE, "map the buffer in the guest's IOMMU",                                           \
         COST_VIOMMU_MAP, EACH,    .only = FOR_MAPPED | FOR_HVM_KERNEL},                                            \
        END_OF_PATH

#define UNMAP(place)                                                                                       \
    {place, COMPUTE, "unmap the buffer", COST_DMA_UNMAP, EACH, .only = FOR_MAPPED | FOR_BARE_KERNEL},      \
        {place,                                                                                            \
         COMPUTE,                                                                                          \
         "unmap the buffer in the guest's IOMMU",                                                          \
         COST_VIOMMU_UNMAP,                                                                                \
         EACH,                                                                                             \
         .only = FOR_MAPPED | FOR_HVM_KERNEL},                                                             \
        {place, COMPUTE, "list the buffer for the next flush", COST_DMA_DEFER, DEFER, .only = FOR_MAPPED}, \
        {place, COMPUTE, "invalidation", COST_INVALIDATE, FLUSH, .only = FOR_MAPPED | FOR_BARE_KERNEL},    \
        {place,           COMPUTE, "write it into the queue, locked",                                      \
         COST_QUEUE_LOCK, FLUSH,   .only = FOR_MAPPED | FOR_BARE_KERNEL},                                  \
        {place,                                                                                            \
         COMPUTE,                                                                                          \
         "invalidation in the guest's IOMMU",                                                              \
         COST_VIOMMU_INVALIDATE,                                                                           \
         FLUSH,                                                                                            \
         .only = FOR_MAPPED | FOR_HVM_KERNEL},                                                             \
        {PLACE_HYPERVISOR,                                                                                 \
         EXIT,                                                                                             \
         "emulate the IOMMU's queue",                                                                      \
         COST_VIOMMU_TRAP,                                                                                 \
         FLUSH,                                                                                            \
         .only = FOR_MAPPED | FOR_HVM_KERNEL,                                                              \
         .counts = COUNTS_EXIT,                                                                            \
         .exit_reason = "iommu"},                                                                          \
        {place, COMPUTE, "spin until it is answered", COST_QUEUE_WAIT, SPIN, .only = FOR_MAPPED}, END_OF_PATH

const struct step map_buffer[] = {MAP(PLACE_GUEST)};
const struct step unmap_buffer[] = {UNMAP(PLACE_GUEST)};
const struct step host_map_buffer[] = {MAP(PLACE_DOM0)};
const struct step host_unmap_buffer[] = {UNMAP(PLACE_DOM0)};

/* clang-format on */

static bool per_buffer(enum iommu_mode mode) { return mode == IOMMU_DEFERRED || mode == IOMMU_STRICT; }

bool guest_maps_buffers(const struct model_config *config, int guest) {
    const struct path_tables *tables = mode_path(config->guests[guest].mode);
    if (tables->attachment != ATTACH_NIC) return false;
    return per_buffer(tables->kernel == FOR_BARE_KERNEL ? config->host.iommu.mode : config->guests[guest].iommu);
}

bool defers_invalidations(const struct model_config *config, int guest) {
    const struct path_tables *tables = guest >= 0 ? mode_path(config->guests[guest].mode) : NULL;
    bool own = tables != NULL && tables->attachment == ATTACH_NIC && tables->kernel != FOR_BARE_KERNEL;
    return (own ? config->guests[guest].iommu : config->host.iommu.mode) == IOMMU_DEFERRED;
}

bool host_maps_buffers(const struct model_config *config) {
    return config->host.hypervisor == HYPERVISOR_KVM && per_buffer(config->host.iommu.mode);
}
