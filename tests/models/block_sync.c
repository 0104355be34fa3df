/* Jobs that call fsync: what waits, for how long, and that every path carries a flush. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "models/paths/block.h"
#include "scenarios/catalog.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

/* Writes of 1 ms, and a flush as long, by a host that takes next to no time. */
static struct workload_config *given_job(int depth, int fsync_writes) {
    given_plain_host(&config);
    struct workload_config *work = given_block(&config, given_guest(&config, MODE_NATIVE, 0), 1e-3);
    work->concurrency = depth;
    work->read_share = 0;
    work->fsync_writes = fsync_writes;
    scale_cpu_work(&config, 1e-3);
    return work;
}

static double iops(void) {
    run_for(&config, 2 * SIM_S, &result);
    return metric_of(&result, METRIC_IOPS, 0, 0);
}

static double latency(void) { return metric_of(&result, METRIC_LATENCY_MEAN, 0, 0); }

Test(fsync, a_lone_writer_waits_for_a_flush_after_every_n_writes) {
    for (int writes = 1; writes <= 16; writes *= 4) {
        given_job(1, writes);
        double expected = writes / (1e-3 * (writes + 1));
        EXPECT_NEAR(iops(), expected, 0.01, "fsync %d: %g/s, by the formula %g/s", writes,
                    metric_of(&result, METRIC_IOPS, 0, 0), expected);
        EXPECT_NEAR(latency(), 1e-3, 0.01, "the flush is no write: %g s", latency());
    }
}

/* Eight writes end together. The first answer is followed by the flush, the other seven are taken after it. */
Test(fsync, answers_wait_while_the_job_sleeps_in_it) {
    given_job(8, 8);
    EXPECT_NEAR(iops(), 8 / 2e-3, 0.01, "%g", metric_of(&result, METRIC_IOPS, 0, 0));
    EXPECT_NEAR(latency(), (1e-3 + 7 * 2e-3) / 8, 0.01, "%g s", latency());
    double in_flight = latency() * metric_of(&result, METRIC_IOPS, 0, 0);
    cr_expect_leq(in_flight, 8 * 1.01, "Little's law: %g", in_flight);
}

/* In flight is what was written before it was called: 16, and 16 more while it waits. */
Test(fsync, what_is_in_flight_goes_on_meanwhile) {
    given_job(32, 16);
    EXPECT_NEAR(iops(), 16 / 1e-3, 0.05, "%g", metric_of(&result, METRIC_IOPS, 0, 0));
}

Test(fsync, reads_do_not_count_and_jobs_sync_for_themselves) {
    given_job(1, 4)->read_share = 0.5;
    EXPECT_NEAR(iops(), 8 / 9e-3, 0.03, "four of eight write: %g", metric_of(&result, METRIC_IOPS, 0, 0));
    struct workload_config *work = given_job(4, 4);
    work->jobs = 4;
    EXPECT_NEAR(iops(), 4 * 4 / 5e-3, 0.01, "%g", metric_of(&result, METRIC_IOPS, 0, 0));
}

/* 7200 revolutions per minute: the next sector has just passed when the flush is answered. */
Test(fsync, a_hard_disk_turns_once_for_each_write_that_is_synced) {
    struct diag diag = {0};
    given_job(1, 1)->is_sequential = true;
    cr_assert_eq(catalog_disk("hdd-7200", &config.host.disks[0], &diag), IOP_OK, "%s", diag.message);
    EXPECT_NEAR(iops(), 120, 0.01, "%g", metric_of(&result, METRIC_IOPS, 0, 0));
}

/* A job that is due to write while it sleeps writes late, and that counts. */
Test(fsync, in_an_open_loop_the_wait_counts) {
    given_job(4, 0)->rate_pps = 2000;
    iops();
    double without = latency();
    given_job(4, 1)->rate_pps = 400;
    iops();
    EXPECT_NEAR(latency(), without, 0.02, "a write every 2.5 ms does not meet the flush before it: %g s", latency());
    given_job(4, 1)->rate_pps = 900;
    iops();
    EXPECT_NEAR(metric_of(&result, METRIC_IOPS, 0, 0), 900, 0.01, "%g", metric_of(&result, METRIC_IOPS, 0, 0));
    cr_expect_gt(latency(), 1.5 * without, "%g s", latency());
}

/* ---- every path --------------------------------------------------------------------------------------- */

static void given_path(const char *host, enum mode mode) {
    given_host(&config, host);
    struct workload_config *work = given_block(&config, given_guest(&config, mode, 0), 50e-6);
    work->jobs = 2;
    work->concurrency = 16;
    work->read_share = 0.3;
    work->fsync_writes = 3;
}

static const char *host_for(enum mode mode) {
    if (mode == MODE_NITRO) return "nitro-skylake";
    return mode == MODE_VIRTIO || mode == MODE_VHOST || mode == MODE_PASSTHROUGH ? "kvm-lab" : "xen-lab";
}

Test(fsync, every_mode_carries_a_flush) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        if (mode == MODE_VHOST_USER) continue;
        given_path(host_for((enum mode)mode), (enum mode)mode);
        expect_block_run(&config, mode_info((enum mode)mode)->name);
        config.host.disks[0].interface = DISK_MEMORY;
        config.host.disks[0].null_s = 0;
        expect_block_run(&config, "ramdisk");
    }
}

Test(fsync, every_back_end_and_controller_carries_a_flush) {
    for (int back_end = DISK_BACK_END_KERNEL; back_end <= DISK_BACK_END_TAPDISK; back_end++)
        for (int variant = 0; variant < 4; variant++) {
            bool of_qemu = back_end == DISK_BACK_END_THREAD || back_end == DISK_BACK_END_SERIAL;
            bool xen = back_end == DISK_BACK_END_TAPDISK || (!of_qemu && variant < 2);
            given_path(xen ? "xen-lab" : "kvm-lab", xen ? MODE_PVHVM : MODE_VIRTIO);
            config.guests[0].disk_back_end = (enum disk_back_end)back_end;
            config.guests[0].disk_aio = variant % 2 ? DISK_AIO_NATIVE : DISK_AIO_THREADS;
            config.guests[0].disk_grants = variant % 2 ? GRANTS_MAP : GRANTS_PERSISTENT;
            char what[80];
            snprintf(what, sizeof what, "back end %d, variant %d", back_end, variant);
            expect_block_run(&config, what);
        }
    for (int model = DISK_MODEL_IDE; model <= DISK_MODEL_NVME_EVENTFD; model++) {
        given_path("kvm-lab", MODE_HVM);
        config.guests[0].disk_model = (enum disk_model)model;
        expect_block_run(&config, "controller");
    }
}

/* Whoever reads by io_submit flushes by a thread of the pool, which sleeps. */
Test(fsync, a_flush_of_qemu_takes_the_pool) {
    given_path("kvm-lab", MODE_VIRTIO);
    config.guests[0].disk_aio = DISK_AIO_NATIVE;
    struct machine *machine = new_machine(&config);
    for (int op = 0; op < BLOCK_OP_COUNT; op++) {
        const struct program *program = machine->flows[0]->block.routes[0][op]->program;
        bool pool = false;
        for (int i = 0; i < program->stage_count; i++) pool = pool || program->stages[i].worker == WORKER_DISK_POOL;
        cr_expect_eq(pool, op == BLOCK_FLUSH, "operation %d", op);
    }
    machine_free(machine);
}
