/* What a flush waits for, disk by disk. */
#include <criterion/criterion.h>

#include "models/hardware/disk.h"
#include "scenarios/catalog.h"
#include "sim/sim.h"
#include "tests/models/support.h"

enum { REQUESTS = 64, THE_FLUSH = 1000, LATE_WRITE = 2000, KB4 = 4096 };

static struct disk_config config;
static struct sim sim;
static struct disk *disk;
static sim_time written_at, flushed_at, late_at;
static int written;
static bool flushed;

static void done(void *owner, uint32_t packet) {
    (void)owner;
    if (packet == THE_FLUSH) {
        flushed = true;
        flushed_at = sim.now;
    } else if (packet == LATE_WRITE)
        late_at = sim.now;
    else if (++written == REQUESTS)
        written_at = sim.now;
}

static void given_disk(const char *name) {
    struct diag diag = {0};
    cr_assert_eq(catalog_disk(name, &config, &diag), IOP_OK, "%s", diag.message);
}

static void write_page(uint32_t packet) {
    struct disk_request request = {
        .offset = (uint64_t)(packet % REQUESTS) * 15000000 * KB4, .bytes = KB4, .write = true, .packet = packet};
    disk_submit(disk, &request);
}

/* 64 pages are written and, when all are reported, the disk is told to flush; returns how long that takes. */
static double flush_time(bool write, bool write_beside) {
    struct diag diag = {0};
    cr_assert_eq(sim_init(&sim, 7, 1, 64, &diag), IOP_OK);
    disk = disk_new(&sim, &config, 2, done, NULL);
    cr_assert_not_null(disk);
    written = 0;
    flushed = false;
    written_at = flushed_at = late_at = 0;
    for (uint32_t i = 0; write && i < REQUESTS; i++) write_page(i);
    for (sim_time step = SIM_US; write && written < REQUESTS; step += SIM_US) sim_run(&sim, step);
    sim_time asked = sim.now;
    struct disk_request flush = {.flush = true, .packet = THE_FLUSH};
    disk_submit(disk, &flush);
    if (write_beside) write_page(LATE_WRITE);
    sim_run(&sim, SIM_TIME_MAX / 2);
    cr_assert(flushed, "the flush has ended");
    double time = sim_seconds(flushed_at - asked);
    disk_free(disk);
    sim_fini(&sim);
    return time;
}

/* 64 pages here and there on 32 dies: two rounds of 32 / 100,000 s, less the write itself. */
Test(disk_flush, a_volatile_buffer_is_programmed_first) {
    config = (struct disk_config){.kind = DISK_SSD,
                                  .interface = DISK_NVME,
                                  .capacity_bytes = 400e9,
                                  .queue_depth = 1024,
                                  .channels = 32,
                                  .read_s = 80e-6,
                                  .write_s = 10e-6,
                                  .write_iops = 100e3,
                                  .buffer_bytes = 4e6};
    double expected = 2 * 32 / 100e3 - config.write_s;
    double time = flush_time(true, false);
    EXPECT_NEAR(time, expected, 0.01, "%g s, by the formula %g s", time, expected);
    config.protected_buffer = true;
    cr_expect_eq(flush_time(true, false), 0, "capacitors");
    config.protected_buffer = false;
    cr_expect_eq(flush_time(false, false), 0, "nothing to write");
}

Test(disk_flush, a_hard_disk_writes_its_cache_and_takes_no_writes_meanwhile) {
    given_disk("hdd-7200");
    double time = flush_time(true, true);
    /* all over the disk, in the order in which the arm reaches them: some ms each */
    cr_expect(time > 64 * 2e-3 && time < 64 * 10e-3, "%g s", time);
    cr_expect_geq(late_at, flushed_at);
    config.write_cache = false;
    double through = flush_time(true, false);
    cr_expect_eq(through, 0, "written through: %g s", through);
}

Test(disk_flush, a_volume_is_told_and_answers) {
    given_disk("ebs-io1-1000");
    config.jitter_s = 0;
    EXPECT_NEAR(flush_time(true, false), 2 * config.one_way_s, 1e-9, "there and back");
    given_disk("null-280us");
    EXPECT_NEAR(flush_time(true, false), 280e-6, 1e-9, "its timer");
}

Test(disk_flush, ssds_of_the_catalog_have_capacitors) {
    static const char *const names[] = {"m5d-nvme", "i3-nvme", "i2-ssd", "intel-p3700", "intel-s3700"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        given_disk(names[i]);
        cr_expect_eq(flush_time(true, false), 0, "%s", names[i]);
    }
}
