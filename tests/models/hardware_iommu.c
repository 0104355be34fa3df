#include "models/hardware/iommu.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "sim/random.h"
#include "tests/models/support.h"

enum { REACH = 120 };

static struct iotlb new_iotlb(int entries) {
    struct iotlb iotlb;
    cr_assert_eq(iotlb_init(&iotlb, entries, NULL), IOP_OK);
    return iotlb;
}

static int misses_of_rounds(int pages, int rounds) {
    struct iotlb iotlb = new_iotlb(REACH);
    int misses = 0;
    for (int round = 0; round < rounds; round++)
        for (int page = 0; page < pages; page++) misses += !iotlb_lookup(&iotlb, (uint64_t)page * 7919);
    iotlb_fini(&iotlb);
    return misses;
}

Test(iotlb, pages_within_reach_miss_once_each) {
    cr_expect_eq(misses_of_rounds(1, 100), 1);
    cr_expect_eq(misses_of_rounds(REACH - 1, 100), REACH - 1);
    cr_expect_eq(misses_of_rounds(REACH, 100), REACH);
}

/* The hallmark of least recently used: one page too many in a circle, and every access misses. */
Test(iotlb, one_page_beyond_reach_in_a_circle_always_misses) {
    cr_expect_eq(misses_of_rounds(REACH + 1, 100), 100 * (REACH + 1));
}

/* The IOTLB holds the last REACH distinct pages; each access hits one of them with probability REACH/W,
 * independent of all others, so that the interval of a proportion applies. */
Test(iotlb, random_pages_beyond_reach_miss_in_proportion) {
    static const uint32_t working_sets[] = {121, 150, 240, 480, 4800};
    enum { ACCESSES = 200000 };
    for (size_t i = 0; i < sizeof working_sets / sizeof *working_sets; i++) {
        struct iotlb iotlb = new_iotlb(REACH);
        struct random_stream stream;
        random_stream_init(&stream, 7, 0, (uint32_t)i);
        int misses = 0;
        for (int n = 0; n < 20000; n++) iotlb_lookup(&iotlb, random_below(&stream, working_sets[i]));
        for (int n = 0; n < ACCESSES; n++) misses += !iotlb_lookup(&iotlb, random_below(&stream, working_sets[i]));
        double expected = 1.0 - (double)REACH / working_sets[i], ratio = (double)misses / ACCESSES;
        double half_width = 3.29 * sqrt(expected * (1 - expected) / ACCESSES); /* 99.9 % */
        cr_expect_lt(fabs(ratio - expected), half_width, "%u pages: %.4f, expected %.4f +- %.4f", working_sets[i],
                     ratio, expected, half_width);
        iotlb_fini(&iotlb);
    }
}

/* ---- against a reference that can be seen to be right: a list, newest first ---- */

struct reference {
    uint64_t pages[64];
    int used, capacity;
};

static int position(const struct reference *reference, uint64_t page) {
    for (int i = 0; i < reference->used; i++)
        if (reference->pages[i] == page) return i;
    return -1;
}

static void take_out(struct reference *reference, int at) {
    for (int i = at; i + 1 < reference->used; i++) reference->pages[i] = reference->pages[i + 1];
    reference->used--;
}

static bool reference_lookup(struct reference *reference, uint64_t page) {
    int at = position(reference, page);
    if (at >= 0) take_out(reference, at);
    if (reference->used == reference->capacity) reference->used--;
    for (int i = reference->used; i > 0; i--) reference->pages[i] = reference->pages[i - 1];
    reference->pages[0] = page;
    reference->used++;
    return at >= 0;
}

static void expect_same(const struct iotlb *iotlb, const struct reference *reference) {
    int32_t at = iotlb->newest, older = -1;
    cr_assert_eq(iotlb->used, reference->used);
    for (int i = 0; i < reference->used; i++) {
        cr_assert_eq(iotlb->entries[at].page, reference->pages[i], "page %d in order of use", i);
        cr_assert_eq(iotlb->entries[at].newer, older, "link back from page %d", i);
        older = at;
        at = iotlb->entries[at].older;
    }
    cr_assert_eq(at, -1);
    cr_assert_eq(iotlb->oldest, older);
}

static void compare_random(int capacity, uint32_t pages, uint32_t invalidated_percent) {
    struct iotlb iotlb = new_iotlb(capacity);
    struct reference reference = {.capacity = capacity};
    struct random_stream stream;
    random_stream_init(&stream, 11, (uint32_t)capacity, pages);
    for (int n = 0; n < 20000; n++) {
        uint64_t page = (uint64_t)random_below(&stream, pages) << 20; /* far apart, so that buckets collide */
        uint32_t what = random_below(&stream, 1000);
        if (what == 999) {
            iotlb_flush(&iotlb);
            reference.used = 0;
        } else if (what < 10 * invalidated_percent) {
            int at = position(&reference, page);
            iotlb_invalidate(&iotlb, page);
            if (at >= 0) take_out(&reference, at);
        } else {
            cr_assert_eq(iotlb_lookup(&iotlb, page), reference_lookup(&reference, page), "step %d", n);
        }
        expect_same(&iotlb, &reference);
    }
    iotlb_fini(&iotlb);
}

/* Invalidation moves the last entry into the gap, whose neighbours, bucket and ends must follow. */
Test(iotlb, behaves_as_a_list_under_random_lookups_invalidations_and_flushes) {
    compare_random(1, 3, 30);
    compare_random(2, 4, 40);
    compare_random(5, 7, 45);
    compare_random(16, 40, 20);
    compare_random(64, 80, 50);
}

Test(iotlb, invalidating_a_page_it_does_not_hold_changes_nothing) {
    struct iotlb iotlb = new_iotlb(4);
    iotlb_lookup(&iotlb, 1);
    iotlb_invalidate(&iotlb, 2);
    cr_expect(iotlb_lookup(&iotlb, 1));
    iotlb_invalidate(&iotlb, 1);
    cr_expect_eq(iotlb.used, 0);
    cr_expect_not(iotlb_lookup(&iotlb, 1));
    iotlb_fini(&iotlb);
}

/* ---- walks ---- */

static struct iommu new_iommu(int entries, int walkers, int page_bytes) {
    struct iommu iommu;
    struct iommu_config config = {IOMMU_PASSTHROUGH, entries, walkers, page_bytes};
    cr_assert_eq(iommu_init(&iommu, &config, 300e-9, 0, NULL), IOP_OK);
    return iommu;
}

Test(iommu, a_hit_is_free_and_a_miss_takes_one_walk) {
    struct iommu iommu = new_iommu(8, 1, 4096);
    cr_expect_eq(iommu_translate(&iommu, 1000, 0, 64), 1000 + 300 * SIM_NS);
    cr_expect_eq(iommu_translate(&iommu, SIM_US, 4095, 1), SIM_US);
    cr_expect_eq(iommu_translate(&iommu, SIM_US, 4096, 64), SIM_US + 300 * SIM_NS, "the next page");
    cr_expect_eq(iommu.lookups, 3);
    cr_expect_eq(iommu.misses, 2);
    iommu_fini(&iommu);
}

Test(iommu, as_many_walks_as_walkers_go_on_at_once_and_the_next_queues) {
    for (int walkers = 1; walkers <= 6; walkers++) {
        struct iommu iommu = new_iommu(8, walkers, 4096);
        for (int i = 0; i < walkers; i++)
            cr_expect_eq(iommu_translate(&iommu, 0, (uint64_t)i << 12, 64), 300 * SIM_NS, "walk %d of %d", i, walkers);
        cr_expect_eq(iommu_translate(&iommu, 0, (uint64_t)100 << 12, 64), 600 * SIM_NS, "one more than %d", walkers);
        iommu_fini(&iommu);
    }
}

/* Five walkers and 300 ns a walk: 16.7 million translations a second, were all to miss. */
Test(iommu, misses_are_capped_by_walkers_over_walk_time) {
    enum { MISSES = 50000 };
    struct iommu iommu = new_iommu(8, 5, 4096);
    sim_time end = 0;
    for (uint64_t i = 0; i < MISSES; i++) end = iommu_translate(&iommu, 0, i << 12, 64);
    EXPECT_NEAR(MISSES / sim_seconds(end), 5 / 300e-9, 1e-3, "%g walks a second", MISSES / sim_seconds(end));
    iommu_fini(&iommu);
}

Test(iommu, super_pages_reach_512_times_as_far) {
    struct iommu small = new_iommu(16, 4, 4096), large = new_iommu(16, 4, 2 << 20);
    for (int round = 0; round < 10; round++)
        for (uint64_t address = 0; address < UINT64_C(16) << 21; address += 64 << 10) {
            iommu_translate(&small, 0, address, 64);
            iommu_translate(&large, 0, address, 64);
        }
    cr_expect_eq(small.misses, small.lookups, "512 pages of 4 KiB in a circle through 16 entries");
    cr_expect_eq(large.misses, 16);
    iommu_fini(&small);
    iommu_fini(&large);
}

/* ---- in a run ---- */

static double miss_ratio(int ring, int page_bytes) {
    static struct model_config config;
    static struct run_result result;
    given_plain_host(&config);
    config.host.iommu.page_bytes = page_bytes;
    config.host.nic.rx_ring = ring;
    int guest = given_guest(&config, MODE_SRIOV, 0);
    given_stream(&config, guest, DIRECTION_RECEIVE, 64)->rate_pps = 200e3;
    run_for(&config, 10 * SIM_MS, &result);
    return rate_of(&result, METRIC_IOTLB_MISS_RATIO);
}

/* One ring of 512 buffers of 2 KiB is 256 pages, twice the reach; every second buffer starts a page, and
 * of the two writes of a packet the descriptor's mostly hits. */
Test(iommu, a_receive_ring_beyond_reach_misses_and_super_pages_cure_it) {
    double ratio = miss_ratio(512, 4096);
    EXPECT_NEAR(ratio, 0.25, 0.05, "%g", ratio);
    cr_expect_lt(miss_ratio(128, 4096), 0.001, "64 pages are within reach");
    cr_expect_lt(miss_ratio(512, 2 << 20), 0.001);
}

Test(iommu, neither_a_bare_metal_host_nor_one_whose_iommu_is_off_translates) {
    static struct model_config config;
    static struct run_result result;
    for (int off = 0; off < 2; off++) {
        given_plain_host(&config);
        if (off) config.host.iommu.mode = IOMMU_OFF;
        int guest = given_guest(&config, off ? MODE_SRIOV : MODE_NATIVE, 0);
        given_stream(&config, guest, DIRECTION_RECEIVE, 64)->rate_pps = 200e3;
        run_for(&config, 5 * SIM_MS, &result);
        for (int i = 0; i < result.metric_count; i++)
            cr_expect(result.metrics[i].kind != METRIC_IOTLB_MISS_RATIO || isnan(result.metrics[i].value));
    }
}
