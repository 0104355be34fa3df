/* Page walks of guests, of their CPUs and of the devices assigned to them. */
#include "models/hypervisor/paging.h"

#include <criterion/criterion.h>

#include "tests/models/scenario_runs.h"

static struct run_result result;

/* PT001: 4 references natively, 24 nested, 19 with pages of 2 MiB under the guest. */
Test(paging, references_of_a_walk) {
    cr_expect_eq(paging_references(PAGING_NATIVE, 4096), 4);
    cr_expect_eq(paging_references(PAGING_PV, 4096), 4);
    cr_expect_eq(paging_references(PAGING_SHADOW, 4096), 4);
    cr_expect_eq(paging_references(PAGING_NESTED, 4096), 24);
    cr_expect_eq(paging_references(PAGING_NESTED, 2097152), 19);
}

static double work_per_frame(enum mode mode, int page_bytes, bool shadow) {
    static struct model_config config;
    given_plain_host(&config);
    int guest = given_guest(&config, mode, 0);
    config.guests[guest].vcpus = config.guests[guest].queues = 1;
    config.guests[guest].memory_page_bytes = page_bytes;
    config.host.shadow_paging = shadow;
    given_stream(&config, guest, DIRECTION_TRANSMIT, 64)->rate_pps = 100e3;
    run_for(&config, 20 * SIM_MS, &result);
    return cores_of(&result, "guest0") / metric_of(&result, METRIC_PPS, 0, 0);
}

/* Nested walks of 24 references were 3.5 % of a server's time (CP025): native ones would be 0.6 %. */
Test(paging, a_guest_pays_for_the_second_table) {
    double unsaid = work_per_frame(MODE_SRIOV, 0, false), small = work_per_frame(MODE_SRIOV, 4096, false);
    EXPECT_NEAR(small / unsaid - 1, 0.035 * 20 / 24, 0.05, "%.4f", small / unsaid - 1);
    double large = work_per_frame(MODE_SRIOV, 2097152, false);
    cr_expect_lt(large, small);
    cr_expect_gt(large, unsaid);
}

Test(paging, tables_that_the_cpu_walks_as_they_are_cost_nothing_more) {
    static const struct {
        enum mode mode;
        bool shadow;
    } cases[] = {{MODE_PV, false}, {MODE_SRIOV, true}, {MODE_NATIVE, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double unsaid = work_per_frame(cases[i].mode, 0, cases[i].shadow);
        double said = work_per_frame(cases[i].mode, 4096, cases[i].shadow);
        EXPECT_NEAR(said, unsaid, 1e-9, "%s", mode_info(cases[i].mode)->name);
    }
}

Test(paging, the_scenario_shows_it) {
    RUN_MECHANISM(&result, "page-walks", "guests[0].memory_pages=4 KiB");
    double small = metric_of(&result, METRIC_PPS, 0, 0);
    RUN_MECHANISM(&result, "page-walks", "guests[0].memory_pages=2 MiB");
    double large = metric_of(&result, METRIC_PPS, 0, 0);
    EXPECT_NEAR(large / small, 1 + 0.035 * 20 / 24 * 0.8, 0.02, "%g and %g pps", small, large);
}

static const char no_cpu_walks[] = "costs=[{name: paging.reference, value: 0 ns}]";

static double latency(const char *pages, const char *more) {
    RUN_MECHANISM(&result, "huge-pages", pages, no_cpu_walks, more);
    return metric_of(&result, METRIC_LATENCY_P50, 0, 0);
}

/* IO077: 607.0 ns against 604.4 without an IOMMU, nothing that can be measured. Pages of 4 KiB beyond the reach of the
 * IOTLB cost a walk of 298 ns where they miss (IO060): two writes a frame, of which one delays the frame. */
Test(huge_pages, devices_do_not_notice_the_iommu) {
    double off = latency("guests[0].memory_pages=2 MiB", "iommu=off");
    double large = latency("guests[0].memory_pages=2 MiB", "mitigations=false");
    EXPECT_NEAR(large, off, 0.005, "%g and %g s", large, off);
    cr_expect_lt(rate_of(&result, METRIC_IOTLB_MISS_RATIO), 0.01);
    latency("guests[0].memory_pages=4 KiB", "mitigations=false");
    cr_expect_gt(rate_of(&result, METRIC_IOTLB_MISS_RATIO), 0.2);
}

Test(huge_pages, a_miss_delays_a_frame_by_a_walk) {
    double large = latency("guests[0].memory_pages=2 MiB", "mitigations=false");
    large = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    latency("guests[0].memory_pages=4 KiB", "mitigations=false");
    double small = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0), ratio = rate_of(&result, METRIC_IOTLB_MISS_RATIO);
    cr_expect_gt(small - large, 0.5 * ratio * 298e-9, "%g s, misses %g", small - large, ratio);
    cr_expect_lt(small - large, 2.5 * ratio * 298e-9, "%g s, misses %g", small - large, ratio);
}
