/* The link of an EBS-optimized instance to its volumes. */
#include <criterion/criterion.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

/* Two volumes that alone would do more than the link of 500 Mbit/s. */
static void given_volumes(enum disk_interface interface, double read_share, double other_read_share) {
    given_host(&config, "xen-lab");
    int guest = given_guest(&config, MODE_PVHVM, 0);
    for (int i = 0; i < 2; i++) {
        struct workload_config *work = given_block(&config, guest, 0);
        work->block_bytes = 65536;
        work->concurrency = 16;
        work->disk = i;
        work->read_share = i == 0 ? read_share : other_read_share;
    }
    for (int i = 0; i < 2; i++)
        config.host.disks[i] = (struct disk_config){.name = "volume",
                                                    .kind = DISK_NETWORK,
                                                    .interface = interface,
                                                    .capacity_bytes = 1e9,
                                                    .queue_depth = 64,
                                                    .channels = 64,
                                                    .read_s = 1e-3,
                                                    .write_s = 1e-3};
    config.host.disk_count = 2;
    config.guests[guest].ebs_bps = 500e6;
}

static double bps(int workload) { return metric_of(&result, METRIC_THROUGHPUT, 0, workload); }

Test(volume_link, all_volumes_share_it) {
    given_volumes(DISK_REMOTE, 1, 1);
    run_for(&config, 200 * SIM_MS, &result);
    EXPECT_NEAR(bps(0) + bps(1), 500e6, 0.01, "%g", bps(0) + bps(1));
    EXPECT_NEAR(bps(0), bps(1), 0.05, "one after the other");
    given_volumes(DISK_REMOTE, 0, 0);
    run_for(&config, 200 * SIM_MS, &result);
    EXPECT_NEAR(bps(0) + bps(1), 500e6, 0.01, "writes: %g", bps(0) + bps(1));
}

Test(volume_link, reads_and_writes_have_a_way_each) {
    given_volumes(DISK_REMOTE, 1, 0);
    run_for(&config, 200 * SIM_MS, &result);
    EXPECT_NEAR(bps(0), 500e6, 0.01, "reads: %g", bps(0));
    EXPECT_NEAR(bps(1), 500e6, 0.01, "writes: %g", bps(1));
}

Test(volume_link, bounds_know_it) {
    struct diag diag = {0};
    struct bound bound[2];
    int count = 0;
    given_volumes(DISK_REMOTE, 1, 1);
    cr_assert_eq(model_bounds(&config, bound, 2, &count, &diag), IOP_OK);
    EXPECT_NEAR(bound[0].pps, 500e6 / 8 / 65536, 0.001, "%g", bound[0].pps);
    cr_expect_str_eq(bound[0].bottleneck, "guest0/volumes, reads");
}

Test(volume_link, disks_of_the_machine_do_not_pass_it) {
    given_volumes(DISK_NVME, 1, 1);
    run_for(&config, 200 * SIM_MS, &result);
    cr_expect_gt(bps(0) + bps(1), 2e9, "%g", bps(0) + bps(1));
}
