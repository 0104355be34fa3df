/* What isolates a mechanism of disks, by the scenarios that show it. Ids are rows of the bibliography. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/models/scenario_runs.h"

static struct run_result off, on;

/* Of all workloads of all guests. */
static double iops(const struct run_result *result) {
    double sum = 0;
    for (int i = 0; i < result->metric_count; i++)
        if (result->metrics[i].kind == METRIC_IOPS) sum += result->metrics[i].value;
    return sum;
}

static double throughput(const struct run_result *result) { return metric_of(result, METRIC_THROUGHPUT, 0, 0); }

/* XB11 against XB10: 0.62 of what five guests get; with persistent grants each has its vCPU of dom0. */
Test(disk_scenarios, persistent_grants_help_many_guests) {
    RUN_MECHANISM(&off, "persistent-grants", "guests[0].tuning.disk_grants=map");
    RUN_MECHANISM(&on, "persistent-grants", "guests[0].tuning.disk_grants=persistent");
    cr_expect_gt(iops(&on), 3 * iops(&off), "%g and %g", iops(&on), iops(&off));
    double ten = iops(&off);
    RUN_MECHANISM(&off, "persistent-grants", "guests[0].tuning.disk_grants=map", "guests[0].count=5");
    EXPECT_NEAR(ten / iops(&off), 0.615, 0.25, "%g", ten / iops(&off));
}

/* … and cost one guest the copy, which the hypervisor's map spares it. */
Test(disk_scenarios, persistent_grants_cost_one_guest_a_copy) {
    RUN_MECHANISM(&off, "persistent-grants", "guests[0].tuning.disk_grants=map", "guests[0].count=1");
    RUN_MECHANISM(&on, "persistent-grants", "guests[0].tuning.disk_grants=persistent", "guests[0].count=1");
    double copied = cores_of(&on, "vm") / iops(&on) - cores_of(&off, "vm") / iops(&off);
    cr_expect_lt(iops(&on), iops(&off));
    cr_expect_gt(copied, 0, "%g s a request", copied);
}

/* XB07: 32 pages a request instead of 11, so three times as much in a ring of 32 slots, until copying is the limit. */
Test(disk_scenarios, indirect_descriptors_raise_the_bandwidth_of_large_requests) {
    RUN_MECHANISM(&off, "indirect-descriptors", "guests[0].kernel=3.10");
    RUN_MECHANISM(&on, "indirect-descriptors", "guests[0].kernel=3.11");
    cr_expect_gt(throughput(&on), 1.5 * throughput(&off), "%g and %g", throughput(&on), throughput(&off));
    RUN_MECHANISM(&off, "indirect-descriptors", "guests[0].kernel=3.10", "guests[0].workloads[0].size=44 KiB");
    RUN_MECHANISM(&on, "indirect-descriptors", "guests[0].kernel=3.11", "guests[0].workloads[0].size=44 KiB");
    EXPECT_NEAR(throughput(&on), throughput(&off), 0.001, "11 pages fit either way");
}

/* M254: kernels before 3.8 do not get the most out of these types' disks. */
Test(disk_scenarios, kernels_since_3_8_get_more_out_of_many_disks) {
    static const char *const types[] = {"guests[0].instance=i2.8xlarge", "guests[0].instance=c3.8xlarge",
                                        "guests[0].instance=r3.8xlarge"};
    for (int i = 0; i < 3; i++) {
        RUN_MECHANISM(&off, "blkfront-kernels", types[i], "guests[0].kernel=3.4");
        RUN_MECHANISM(&on, "blkfront-kernels", types[i], "guests[0].kernel=3.8");
        cr_expect_gt(iops(&on), 1.1 * iops(&off), "%s: %g and %g", types[i], iops(&on), iops(&off));
    }
}

static double with_controller(const char *model, int depth) {
    char setting[64], deep[64];
    snprintf(setting, sizeof setting, "guests[0].tuning.disk_model=%s", model);
    snprintf(deep, sizeof deep, "guests[0].workloads[0].depth=%d", depth);
    RUN_MECHANISM(&on, "disk-controllers", setting, deep);
    return iops(&on);
}

/* IDE has one command at a time, AHCI and NVMe as many as there are, up to 32 or the disk's own. */
Test(disk_scenarios, deep_queues_hide_nothing_of_ide) {
    EXPECT_NEAR(with_controller("ide", 32), with_controller("ide", 1), 0.03, "the same");
    cr_expect_gt(with_controller("ahci", 32), 8 * with_controller("ahci", 1));
    cr_expect_gt(with_controller("nvme", 32), 10 * with_controller("nvme", 1));
    cr_expect_gt(with_controller("ahci", 1), 1.1 * with_controller("ide", 1), "26 register accesses fewer");
}

/* An I/O thread does not share QEMU's main loop; the kernel spares the system calls; one at a time is what it says. */
Test(disk_scenarios, back_ends_of_virtio_blk_differ) {
    RUN_MECHANISM(&on, "disk-back-ends", "guests[0].tuning.disk_back_end=qemu");
    double qemu = iops(&on);
    RUN_MECHANISM(&on, "disk-back-ends", "guests[0].tuning.disk_back_end=iothread");
    double thread = iops(&on);
    RUN_MECHANISM(&on, "disk-back-ends", "guests[0].mode=vhost");
    double kernel = iops(&on);
    RUN_MECHANISM(&on, "disk-back-ends", "guests[0].tuning.disk_back_end=serial");
    double serial = iops(&on);
    cr_expect(serial < 0.2 * qemu && qemu < thread && thread < kernel, "%g, %g, %g, %g", serial, qemu, thread, kernel);
}

/* QK69 against QK50: what a request of a fast disk saves is the kick and two wake-ups; a slow disk is slept for. */
Test(disk_scenarios, io_threads_that_poll_help_fast_disks) {
    RUN_MECHANISM(&off, "io-thread-polling", "guests[0].tuning.disk_poll=0 s");
    RUN_MECHANISM(&on, "io-thread-polling", "guests[0].tuning.disk_poll=32.768 us");
    cr_expect_gt(iops(&on), 1.4 * iops(&off), "%g and %g", iops(&on), iops(&off));
    const char *slow = "guests[0].workloads[0].disk=intel-p3700";
    RUN_MECHANISM(&off, "io-thread-polling", slow, "guests[0].tuning.disk_poll=0 s");
    RUN_MECHANISM(&on, "io-thread-polling", slow, "guests[0].tuning.disk_poll=32.768 us");
    EXPECT_NEAR(iops(&on), iops(&off), 0.01, "%g and %g", iops(&on), iops(&off));
}
