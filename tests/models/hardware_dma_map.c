/* Buffers mapped one by one, and what the IOMMU still knows of them. */
#include "models/hardware/dma_map.h"

#include <criterion/criterion.h>

enum { SLOTS = 64 };

static struct iommu iommu;
static struct invalidation_queue queue;
static struct dma_domain domain;
static struct dma_map *map;

static void given_map(bool deferred, int batch, int buffer_bytes, int structure_cache) {
    struct iommu_config config = {IOMMU_STRICT, 128, 1, 4096, structure_cache};
    cr_assert_eq(iommu_init(&iommu, &config, 197e-9, 65e-9, NULL), IOP_OK);
    invalidation_queue_init(&queue, 100e-9, 250e-9);
    dma_domain_init(&domain, &iommu, &queue, deferred, batch, 10e-3);
    map = dma_map_new(&domain, SLOTS, SLOTS, buffer_bytes);
    cr_assert_not_null(map);
}

static void done(void) {
    dma_map_free(map);
    iommu_fini(&iommu);
}

static bool misses(uint64_t address) {
    uint64_t before = iommu.misses;
    iommu_translate(&iommu, 0, address, 64);
    return iommu.misses > before;
}

Test(dma_map, a_strict_buffer_is_forgotten_when_it_is_given_back) {
    given_map(false, 1, 1500, 0);
    uint64_t address = dma_map_tx_address(map, dma_map_send(map));
    cr_expect(misses(address));
    cr_expect_not(misses(address));
    cr_expect(dma_map_sent(map), "the IOMMU has to be told");
    cr_expect(misses(address), "the translation is gone");
    done();
}

Test(dma_map, a_deferred_buffer_is_known_until_the_flush) {
    given_map(true, 8, 1500, 0);
    for (int i = 0; i < 8; i++) {
        uint64_t address = dma_map_tx_address(map, dma_map_send(map));
        misses(address);
        cr_expect_eq(dma_map_sent(map), i == 7, "buffer %d", i);
        cr_expect_not(misses(address), "the device could still reach it");
    }
    dma_domain_flush(&domain);
    cr_expect_eq(domain.waiting, 0);
    cr_expect(misses(dma_map_rx_address(map, 0)));
    done();
}

/* A buffer of a receive ring has its slot's address while it is there, another one may get it later. */
Test(dma_map, deferred_addresses_are_not_used_again_before_the_flush) {
    given_map(true, 1024, 1500, 0);
    uint64_t first = dma_map_rx_address(map, 0);
    dma_map_received(map);
    for (int i = 0; i < SLOTS; i++) cr_expect_neq(dma_map_tx_address(map, dma_map_send(map)), first);
    dma_domain_flush(&domain);
    dma_map_sent(map);
    cr_expect_eq(dma_map_tx_address(map, dma_map_send(map)), first, "last in, first out");
    done();
}

Test(dma_map, no_two_buffers_share_an_address) {
    given_map(false, 1, 9000, 0);
    cr_expect_eq(map->pages, 3);
    for (int round = 0; round < 100; round++) {
        dma_map_received(map);
        dma_map_send(map);
        if (round >= SLOTS - 1) dma_map_sent(map);
        uint64_t sent = dma_map_tx_address(map, map->tx_mapped - 1);
        for (uint32_t i = 0; i < SLOTS; i++) {
            uint64_t received = dma_map_rx_address(map, i);
            cr_expect(sent + 3 * 4096 <= received || received + 3 * 4096 <= sent, "round %d, slot %u", round, i);
        }
    }
    done();
}

/* IO090, IO091: 4096 B / (65 ns + M x 197 ns). Pages at random over 64 GiB miss all caches but the top of the table's.
 */
Test(paging_structures, throughput_follows_from_the_reads_of_the_table) {
    enum { PAGES = 20000 };
    given_map(false, 1, 4096, 16);
    uint64_t page = 1;
    sim_time end = 0;
    for (int i = 0; i < PAGES; i++) {
        page = (page * UINT64_C(6364136223846793005) + 1442695040888963407u) >> 1;
        end = iommu_translate(&iommu, 0, (page >> 20) % (UINT64_C(64) << 30) & ~UINT64_C(4095), 4096);
    }
    double reads = (double)iommu.reads / PAGES, seconds = sim_seconds(end) / PAGES;
    cr_expect_gt(reads, 2.5, "%.2f reads", reads);
    cr_expect_lt(reads, 3.0, "%.2f reads: the upper two levels are few", reads);
    cr_expect_float_eq(4096 / seconds, 4096 / (65e-9 + reads * 197e-9), 1e5, "%g B/s", 4096 / seconds);
    done();
}

/* Neighbours share the upper levels: one read each. */
Test(paging_structures, neighbouring_pages_take_one_read) {
    given_map(false, 1, 4096, 16);
    for (uint64_t page = 0; page < 512; page++) iommu_translate(&iommu, 0, page << 12, 4096);
    cr_expect_eq(iommu.misses, 512);
    cr_expect_eq(iommu.reads, 512 + 3);
    iommu_flush(&iommu);
    iommu_translate(&iommu, 0, 0, 4096);
    cr_expect_eq(iommu.reads, 512 + 4, "a flush leaves the upper levels alone");
    done();
}
