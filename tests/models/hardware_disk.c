/* Disks against their formulas and data sheets, under a generator that keeps `depth` requests in the disk. */
#include "models/hardware/disk.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "models/hardware/disk_hdd.h"
#include "sim/random.h"
#include "sim/sim.h"
#include "tests/models/support.h"

enum { REQUESTS_MAX = 200000, KB4 = 4096, MB1 = 1048576, WRITES = 1 };

struct load {
    struct disk_config config;
    uint32_t bytes, depth; /* 4 KiB and 1 unless set */
    double writes;         /* share */
    bool sequential;
    uint64_t next;  /* offset of the next sequential request */
    sim_time pause; /* between a completion and the request that follows it */
    uint32_t wanted;

    struct sim sim;
    struct disk *disk;
    struct random_stream random;
    uint32_t submitted, completed;
    bool submitting;
    sim_time came[REQUESTS_MAX], took[REQUESTS_MAX];
    uint32_t order[REQUESTS_MAX]; /* packets as they were done */
    unsigned char times_done[REQUESTS_MAX];
    /* the first tenth is a warm-up; what is measured ends with the last submission, while the depth is kept */
    sim_time from, until;
    uint32_t measured;
    double busy;
};

static void submit(struct load *load) {
    uint32_t packet = load->submitted++;
    load->came[packet] = load->sim.now;
    double places = floor(load->config.capacity_bytes / load->bytes);
    uint64_t place = (uint64_t)(random_uniform(&load->random) * places);
    struct disk_request request = {.offset = load->sequential ? load->next : place * load->bytes,
                                   .bytes = load->bytes,
                                   .write = random_uniform(&load->random) < load->writes,
                                   .packet = packet};
    load->next += load->bytes;
    load->submitting = true;
    disk_submit(load->disk, &request);
    load->submitting = false;
    if (load->submitted != load->wanted) return;
    load->until = load->sim.now;
    load->measured = load->completed - load->wanted / 10;
    load->busy += disk_busy_s(load->disk);
}

static void submit_later(struct sim *sim, void *object, uint64_t word) {
    (void)sim, (void)word;
    submit(object);
}

static void on_done(void *owner, uint32_t packet) {
    struct load *load = owner;
    cr_assert_not(load->submitting, "done from inside disk_submit");
    load->times_done[packet]++;
    load->took[packet] = load->sim.now - load->came[packet];
    load->order[load->completed++] = packet;
    if (load->completed == load->wanted / 10) {
        load->from = load->sim.now;
        load->busy = -disk_busy_s(load->disk);
    }
    if (load->submitted == load->wanted) return;
    if (load->pause > 0)
        sim_after(&load->sim, load->pause, submit_later, load, 0);
    else
        submit(load);
}

static struct load *load_new(const struct disk_config *config) {
    struct load *load = calloc(1, sizeof *load);
    cr_assert_not_null(load);
    load->config = *config;
    load->bytes = KB4;
    load->depth = 1;
    return load;
}

/* Requests per second; each must be done exactly once. */
static double load_run(struct load *load, uint32_t wanted) {
    cr_assert(wanted <= REQUESTS_MAX && load->depth < wanted);
    load->wanted = wanted;
    cr_assert_eq(sim_init(&load->sim, 7, 1, 64, NULL), IOP_OK);
    random_stream_init(&load->random, 7, 1, 1);
    load->disk = disk_new(&load->sim, &load->config, 2, on_done, load);
    cr_assert_not_null(load->disk);
    for (uint32_t i = 0; i < load->depth; i++) submit(load);
    sim_run(&load->sim, SIM_TIME_MAX / 2);
    cr_expect_eq(load->completed, wanted, "%u of %u", load->completed, wanted);
    for (uint32_t i = 0; i < wanted; i++) cr_assert_eq(load->times_done[i], 1, "request %u", i);
    disk_free(load->disk);
    sim_fini(&load->sim);
    return load->measured / sim_seconds(load->until - load->from);
}

static double mean_time(const struct load *load) {
    sim_time sum = 0;
    for (uint32_t i = 0; i < load->wanted; i++) sum += load->took[i];
    return sim_seconds(sum) / load->wanted;
}

static sim_time worst_time(const struct load *load) {
    sim_time worst = 0;
    for (uint32_t i = 0; i < load->wanted; i++)
        if (load->took[i] > worst) worst = load->took[i];
    return worst;
}

static double utilization(const struct load *load) { return load->busy / sim_seconds(load->until - load->from); }

/* Rate of one kind of request at a depth; in `time` the mean time of one, if wanted. */
static double rate_at(const struct disk_config *config, uint32_t depth, uint32_t bytes, double writes, uint32_t wanted,
                      double *time) {
    struct load *load = load_new(config);
    load->depth = depth;
    load->bytes = bytes;
    load->writes = writes;
    double rate = load_run(load, wanted);
    if (time != NULL) *time = mean_time(load);
    free(load);
    return rate;
}

/* --- hdd --- */

/* DV21, DV22, DV25, DV27, DV29 */
static const struct disk_config hdd = {.kind = DISK_HDD,
                                       .capacity_bytes = 4e12,
                                       .queue_depth = 32,
                                       .buffer_bytes = 64e6,
                                       .rpm = 7200,
                                       .seek_track_s = 0.5e-3,
                                       .seek_average_s = 8.2e-3,
                                       .seek_full_s = 17.55e-3,
                                       .outer_bps = 175e6,
                                       .inner_bps = 83e6};

Test(disk_hdd, the_seek_curve_goes_through_the_published_times) {
    cr_expect_float_eq(hdd_seek_s(&hdd, 0), 0, 1e-12);
    EXPECT_NEAR(hdd_seek_s(&hdd, 1e-9), 0.5e-3, 1e-3, "track to track");
    EXPECT_NEAR(hdd_seek_s(&hdd, 1.0 / 3), 8.2e-3, 1e-6, "average");
    EXPECT_NEAR(hdd_seek_s(&hdd, 1.0 / 3 + 1e-9), 8.2e-3, 1e-6, "no jump");
    EXPECT_NEAR(hdd_seek_s(&hdd, 1), 17.55e-3, 1e-6, "full stroke");
    cr_expect_lt(hdd_seek_s(&hdd, 0.1), 8.2e-3 * 0.1 * 3 + 8.2e-3, "the arm accelerates");
    cr_expect_gt(hdd_seek_s(&hdd, 0.1), 0.5e-3 + 7.7e-3 * 0.3, "short seeks are dearer than a line");
}

/* Against the sum over pairs of places. */
Test(disk_hdd, mean_seek_and_mean_byte_are_those_of_random_places) {
    enum { N = 1000 };
    double seek = 0, byte = 0;
    for (int i = 0; i < N; i++) {
        byte += N / (175e6 * (N - i - 0.5) + 83e6 * (i + 0.5)) / N;
        for (int j = 0; j < N; j++) seek += hdd_seek_s(&hdd, abs(i - j) / (double)N) / N / N;
    }
    EXPECT_NEAR(hdd_mean_seek_s(&hdd), seek, 2e-3, "%g s by the formula, %g s", hdd_mean_seek_s(&hdd), seek);
    EXPECT_NEAR(hdd_byte_s(&hdd), byte, 1e-3, "%g s by the formula, %g s", hdd_byte_s(&hdd), byte);
}

Test(disk_hdd, one_at_a_time_waits_half_a_revolution_on_average) {
    struct load *load = load_new(&hdd);
    load_run(load, 50000);
    double rotation = mean_time(load) - hdd_mean_seek_s(&hdd) - KB4 * hdd_byte_s(&hdd);
    EXPECT_NEAR(rotation, 4.16e-3, 0.01, "%g s (DV21: 4.16 ms)", rotation);
    double alone = disk_time_alone(&hdd, KB4, false, false);
    EXPECT_NEAR(mean_time(load), alone, 0.02, "%g s, %g s by the formula", mean_time(load), alone);
    double rate = load->measured / sim_seconds(load->until - load->from);
    EXPECT_NEAR(rate, 1 / (8.2e-3 + 4.16e-3), 0.03, "%g requests/s", rate);
    EXPECT_NEAR(utilization(load), 1, 1e-6, "%g", utilization(load));
    free(load);
}

/* The longer the queue, the shorter the way to the soonest; the bound holds and is not idle. */
Test(disk_hdd, a_queue_is_served_faster_and_by_no_more_than_the_bound) {
    static const int depths[] = {1, 3, 5, 9, 32};
    double last = 0;
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        struct disk_config config = hdd;
        config.queue_depth = depths[i];
        struct load *load = load_new(&config);
        load->depth = (uint32_t)depths[i] + 1; /* the queue stays full while the owner is told */
        double rate = load_run(load, 20000), bound = disk_rate_bound(&config, KB4, false, false);
        cr_expect_gt(rate, last * 1.1, "depth %d: %g requests/s", depths[i], rate);
        cr_expect_lt(rate, bound * 1.01, "depth %d: %g requests/s, bound %g", depths[i], rate, bound);
        cr_expect_gt(rate, bound * 0.75, "depth %d: %g requests/s, bound %g", depths[i], rate, bound);
        last = rate;
        free(load);
    }
    cr_expect(last > 2 * 80 && last < 4 * 80, "%g requests/s", last); /* drives of this kind gain two to three times */
}

/* A sequential stream is always reached soonest. */
Test(disk_hdd, nobody_waits_for_ever_behind_a_sequential_stream) {
    struct load *load = load_new(&hdd);
    load->sequential = true;
    load->depth = 2;
    load->wanted = 20001;
    cr_assert_eq(sim_init(&load->sim, 7, 1, 64, NULL), IOP_OK);
    random_stream_init(&load->random, 7, 1, 1);
    load->disk = disk_new(&load->sim, &hdd, 2, on_done, load);
    submit(load);
    submit(load);
    struct disk_request far = {.offset = (uint64_t)3e12, .bytes = KB4, .packet = load->submitted++};
    disk_submit(load->disk, &far);
    sim_run(&load->sim, SIM_S);
    cr_expect(load->times_done[2] == 1 && load->took[2] < SIM_MS * 100, "done after %g s", sim_seconds(load->took[2]));
    disk_free(load->disk);
    sim_fini(&load->sim);
    free(load);
}

/* DV22: 175 MB/s outside, 83 MB/s inside. */
Test(disk_hdd, sequential_reads_run_at_the_rate_of_their_zone) {
    static const double places[] = {0, 0.5, 0.999}, rates[] = {175e6, 129e6, 83e6};
    for (int pause = 0; pause < 2; pause++)
        for (int i = 0; i < 3; i++) {
            struct load *load = load_new(&hdd);
            load->sequential = true;
            load->bytes = MB1;
            load->next = (uint64_t)(places[i] * hdd.capacity_bytes);
            load->pause = pause * SIM_US * 50;
            load_run(load, 1000);
            double rate = MB1 / mean_time(load);
            EXPECT_NEAR(rate, rates[i], 0.02, "at %g: %g B/s", places[i], rate); /* the first has to be found */
            free(load);
        }
    EXPECT_NEAR(disk_rate_bound(&hdd, MB1, false, true) * MB1, 175e6, 1e-6, "the bound is the outer edge's");
}

/* The sector has just gone by when the next write comes late; the first one has to be found. */
Test(disk_hdd, a_sequential_write_that_comes_late_waits_for_a_revolution) {
    double revolution = 60.0 / 7200;
    for (int pause = 0; pause < 2; pause++) {
        struct load *load = load_new(&hdd);
        load->sequential = true;
        load->writes = WRITES;
        load->pause = pause * SIM_US * 50;
        load_run(load, 2000);
        double time = mean_time(load), transfer = KB4 / 175e6;
        double expected = pause ? revolution - 50e-6 : transfer + revolution / 2 / 2000;
        EXPECT_NEAR(time, expected, pause ? 0.01 : 0.3, "%g s each", time);
        free(load);
    }
}

Test(disk_hdd, a_write_cache_hides_the_arm_until_it_is_full) {
    struct disk_config config = hdd;
    config.write_cache = true;
    config.buffer_bytes = 1000 * KB4;
    config.write_bps = 300e6;
    struct load *load = load_new(&config);
    load->writes = WRITES;
    double rate = load_run(load, 6000), bound = disk_rate_bound(&config, KB4, true, false);
    int at_once = 0;
    for (uint32_t i = 0; i < 1000; i++) at_once += load->took[i] <= sim_time_of(KB4 / 300e6) + 1;
    cr_expect_eq(at_once, 1000, "%d in the buffer at once", at_once);
    cr_expect(rate > 0.6 * bound && rate < 1.05 * bound, "%g writes/s, bound %g", rate, bound);
    EXPECT_NEAR(disk_time_alone(&config, KB4, true, false), KB4 / 300e6, 1e-6, "alone it takes the interface");
    free(load);
}

/* --- ssd --- */

static const struct disk_config ssd = {.kind = DISK_SSD,
                                       .interface = DISK_NVME,
                                       .capacity_bytes = 400e9,
                                       .queue_depth = 1024,
                                       .channels = 32,
                                       .read_s = 80e-6,
                                       .write_s = 10e-6,
                                       .read_bps = 2e9,
                                       .write_bps = 1e9,
                                       .write_iops = 100e3,
                                       .buffer_bytes = 4e6};

/* Also of long reads, whose pages come in rounds. */
Test(disk_ssd, alone_a_request_takes_the_die_and_the_way) {
    static const uint32_t sizes[] = {512, KB4, 16 * KB4, 128 * KB4};
    double slow_bps[] = {2e9, 2e10};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t b = 0; b < 2; b++)
            for (int writes = 0; writes < 2; writes++) {
                struct disk_config config = ssd;
                config.read_bps = slow_bps[b];
                struct load *load = load_new(&config);
                load->bytes = sizes[i];
                load->writes = writes;
                load->pause = SIM_MS;
                load_run(load, 100);
                double alone = disk_time_alone(&config, sizes[i], writes, false);
                EXPECT_NEAR(mean_time(load), alone, 1e-3, "%u B: %g s, %g s by the formula", sizes[i], mean_time(load),
                            alone);
                free(load);
            }
    EXPECT_NEAR(disk_time_alone(&ssd, KB4, false, false), 80e-6 + KB4 / 2e9, 1e-6, "die and interface");
    EXPECT_NEAR(disk_time_alone(&ssd, KB4, true, false), 10e-6 + KB4 / 1e9, 1e-6, "interface and buffer");
}

Test(disk_ssd, saturated_the_dies_or_the_interface_or_the_limit_binds) {
    double rate = rate_at(&ssd, 1024, KB4, 0, 100000, NULL);
    EXPECT_NEAR(rate, 32 / 80e-6, 0.03, "the dies: %g reads/s", rate);
    struct disk_config wide = ssd;
    wide.channels = 64;
    struct load *load = load_new(&wide);
    load->depth = 64;
    load->bytes = 16 * KB4;
    rate = load_run(load, 20000);
    EXPECT_NEAR(rate, 2e9 / (16 * KB4), 0.05, "the interface: %g reads/s", rate);
    EXPECT_NEAR(utilization(load), rate * 16 * KB4 / 2e9, 0.03, "%g", utilization(load));
    free(load);
    struct disk_config limited = ssd;
    limited.read_iops = 200e3;
    rate = rate_at(&limited, 1024, KB4, 0, 100000, NULL);
    EXPECT_NEAR(rate, 200e3, 1e-3, "the limit: %g reads/s", rate);
    EXPECT_NEAR(disk_rate_bound(&limited, KB4, false, false), 200e3, 1e-6, "the limit");
}

Test(disk_ssd, no_load_exceeds_the_bound) {
    static const uint32_t sizes[] = {KB4, 8 * KB4, 32 * KB4}, depths[] = {1, 16, 256};
    for (int s = 0; s < 3; s++)
        for (int d = 0; d < 3; d++)
            for (int writes = 0; writes < 2; writes++) {
                struct disk_config config = ssd;
                config.buffer_bytes = writes ? 1e6 : 0;
                config.queue_depth = (int)depths[d];
                double bound = disk_rate_bound(&config, sizes[s], writes, false);
                double rate = rate_at(&config, depths[d] + 1, sizes[s], writes, 20000, NULL);
                cr_expect_lt(rate, bound * 1.01, "%u B, depth %u, %s: %g/s, bound %g", sizes[s], depths[d],
                             writes ? "writes" : "reads", rate, bound);
                cr_expect_gt(rate, bound * 0.5, "%u B, depth %u, %s: %g/s, bound %g", sizes[s], depths[d],
                             writes ? "writes" : "reads", rate, bound);
            }
}

/* Random requests meet on the dies: fewer than of a station for each request, more than if all met. */
Test(disk_ssd, random_reads_meet_on_a_die_and_neighbours_do_not) {
    double random, sequential;
    rate_at(&ssd, 8, KB4, 0, 50000, &random);
    struct load *load = load_new(&ssd);
    load->sequential = true;
    load->depth = 8;
    load_run(load, 50000);
    sequential = mean_time(load);
    free(load);
    cr_expect_lt(sequential, 80e-6 + 8 * KB4 / 2e9 + 1e-9, "%g s", sequential);
    cr_expect(random > 1.05 * sequential && random < 1.3 * sequential, "%g s, %g s without meeting", random,
              sequential);
}

/* DV10: 20 us where a random read takes five times as long. The dies are as busy as ever. */
Test(disk_ssd, what_follows_has_been_read_ahead) {
    struct disk_config config = ssd;
    config.ahead_s = 15e-6;
    static const uint32_t sizes[] = {KB4, 128 * KB4};
    for (int i = 0; i < 2; i++) {
        struct load *load = load_new(&config);
        load->sequential = true;
        load->bytes = sizes[i];
        load->pause = SIM_MS;
        load_run(load, 1000);
        double alone = disk_time_alone(&config, sizes[i], false, true);
        EXPECT_NEAR(mean_time(load), alone, 0.01, "%g s, %g s by the formula", mean_time(load), alone);
        free(load);
    }
    EXPECT_NEAR(disk_time_alone(&config, KB4, false, true), 15e-6 + KB4 / 2e9, 1e-6, "read ahead");
    EXPECT_NEAR(disk_time_alone(&config, KB4, false, false), 80e-6 + KB4 / 2e9, 1e-6, "random");
    struct load *load = load_new(&config);
    load->sequential = true;
    load->depth = 128;
    double rate = load_run(load, 100000);
    EXPECT_NEAR(rate, 32 / 80e-6, 0.01, "the dies: %g reads/s", rate);
    free(load);
}

Test(disk_ssd, writes_are_quick_until_the_buffer_is_full_and_then_as_fast_as_the_dies) {
    struct disk_config config = ssd;
    config.write_bps = 0;
    struct load *load = load_new(&config);
    load->writes = WRITES;
    load->depth = 4;
    double rate = load_run(load, 100000);
    EXPECT_NEAR(rate, 100e3, 0.05, "%g writes/s", rate);
    uint32_t quick = 0;
    while (load->took[quick] == 10 * SIM_US) quick++;
    /* the buffer holds 976 pages and is drained at a quarter of the rate it is filled with */
    EXPECT_NEAR(quick, 976 / (1 - 100e3 / 400e3), 0.1, "%u writes went into the buffer at once", quick);
    free(load);
}

/* Data sheets have both: 175,000 random writes/s are 717 MB/s, but 2000 MB/s are written in order (DV06, DV09). */
Test(disk_ssd, writes_in_order_are_programmed_at_the_interface_rate) {
    struct load *load = load_new(&ssd);
    load->writes = WRITES;
    load->sequential = true;
    load->depth = 64;
    double rate = load_run(load, 100000);
    EXPECT_NEAR(rate, 1e9 / KB4, 0.02, "%g writes/s", rate);
    free(load);
    double random = rate_at(&ssd, 64, 32 * KB4, WRITES, 20000, NULL);
    EXPECT_NEAR(random, 1 / (1 / 100e3 + 31 * KB4 / 1e9), 0.05, "%g writes/s of 32 pages", random);
}

/* Reads and programming share the dies: 70/30 of 400,000 and 100,000 per second. */
Test(disk_ssd, a_mix_of_reads_and_writes_shares_the_dies) {
    double rate = rate_at(&ssd, 1000, KB4, 0.3, 100000, NULL);
    EXPECT_NEAR(rate, 1 / (0.7 / 400e3 + 0.3 / 100e3), 0.1, "%g requests/s", rate);
}

/* Full duplex, unless it is SATA. */
Test(disk_ssd, directions_share_the_way_of_sata_only) {
    struct disk_config config = ssd;
    config.channels = 4096;
    config.read_bps = config.write_bps = 500e6;
    config.write_iops = 0;
    config.buffer_bytes = 100e6;
    double two_ways = rate_at(&config, 256, 16 * KB4, 0.5, 20000, NULL);
    config.interface = DISK_AHCI;
    double one_way = rate_at(&config, 256, 16 * KB4, 0.5, 20000, NULL);
    EXPECT_NEAR(one_way, 500e6 / (16 * KB4), 0.02, "%g requests/s", one_way);
    EXPECT_NEAR(two_ways, 2 * one_way, 0.1, "%g requests/s", two_ways);
}

/* --- null --- */

Test(disk_null, every_request_takes_the_same_however_many_there_are) {
    struct disk_config config = {.kind = DISK_NULL, .capacity_bytes = 1e9, .queue_depth = 1000, .null_s = 280e-6};
    double time, rate = rate_at(&config, 1000, KB4, 0.5, 50000, &time);
    EXPECT_NEAR(time, 280e-6, 1e-9, "%g s", time);
    EXPECT_NEAR(rate, 1000 / 280e-6, 0.01, "%g requests/s", rate);
    EXPECT_NEAR(disk_rate_bound(&config, KB4, false, false), 1000 / 280e-6, 1e-9, "Little's law");
    config.null_s = 0;
    rate_at(&config, 10, KB4, 0, 1000, &time);
    cr_expect_eq(time, 0);
    cr_expect(isinf(disk_rate_bound(&config, KB4, false, false)));
    config.write_iops = 1e6;
    rate = rate_at(&config, 10, KB4, WRITES, 50000, NULL);
    EXPECT_NEAR(rate, 1e6, 1e-3, "%g writes/s", rate);
}

/* Commands beyond the depth wait in front, in order: with one at a time that is first come first served. */
Test(disk_null, commands_beyond_the_queue_depth_wait_in_order) {
    struct disk_config config = {.kind = DISK_NULL, .capacity_bytes = 1e9, .queue_depth = 4, .null_s = 1e-3};
    struct load *load = load_new(&config);
    load->depth = 40;
    double rate = load_run(load, 1000);
    EXPECT_NEAR(rate, 4000, 1e-2, "%g requests/s", rate);
    for (uint32_t i = 0; i < 1000; i++) cr_assert_eq(load->order[i], i);
    for (uint32_t i = 0; i < 40; i++) cr_assert_eq(load->took[i], (i / 4 + 1) * SIM_MS);
    cr_expect_eq(worst_time(load), 10 * SIM_MS);
    free(load);
}

/* --- network --- */

static const struct disk_config volume = {.kind = DISK_NETWORK,
                                          .interface = DISK_REMOTE,
                                          .capacity_bytes = 100e9,
                                          .queue_depth = 64,
                                          .channels = 8,
                                          .read_s = 400e-6,
                                          .write_s = 600e-6,
                                          .one_way_s = 100e-6,
                                          .read_bps = 100e6,
                                          .write_bps = 100e6};

Test(disk_network, alone_a_request_takes_the_ways_the_store_and_the_link) {
    for (int writes = 0; writes < 2; writes++) {
        struct disk_config config = volume;
        config.jitter_s = 50e-6;
        double time, alone = disk_time_alone(&config, KB4, writes, false);
        rate_at(&config, 1, KB4, writes, 20000, &time);
        EXPECT_NEAR(time, alone, 0.02, "%g s, %g s by the formula", time, alone);
        EXPECT_NEAR(alone, 2 * 150e-6 + (writes ? 600e-6 : 400e-6) + KB4 / 100e6, 1e-9, "%g s", alone);
    }
}

Test(disk_network, saturated_the_store_or_the_link_binds) {
    for (int writes = 0; writes < 2; writes++) {
        double rate = rate_at(&volume, 64, KB4, writes, 20000, NULL);
        EXPECT_NEAR(rate, disk_rate_bound(&volume, KB4, writes, false), 0.01, "the store: %g requests/s", rate);
        EXPECT_NEAR(rate, 8 / (writes ? 600e-6 : 400e-6), 0.01, "the store: %g requests/s", rate);
        rate = rate_at(&volume, 64, 16 * KB4, writes, 20000, NULL);
        EXPECT_NEAR(rate, 100e6 / (16 * KB4), 0.01, "the link: %g requests/s", rate);
    }
}

/* The allowance lasts credits / (burst - baseline): of gp2, 5.4 million credits at 3000 for 100 (AW110) 1862 s. */
Test(disk_network, credits_pay_for_a_burst_until_they_are_spent) {
    struct disk_config config = volume;
    config.read_iops = 100;
    config.burst_iops = 3000;
    config.credits = 29000;
    struct load *load = load_new(&config);
    load->depth = 16;
    load->writes = 0.5; /* reads and writes together */
    load_run(load, 60000);
    uint32_t in_burst = 0;
    while (load->took[in_burst] < 50 * SIM_MS) in_burst++;
    EXPECT_NEAR(in_burst, 3000 * 29000 / (3000.0 - 100), 0.01, "%u requests at the burst rate", in_burst);
    sim_time burst = load->came[in_burst];
    EXPECT_NEAR(sim_seconds(burst), 10, 0.01, "for %g s", sim_seconds(burst));
    double rate = (50000 - 40000) / sim_seconds(load->came[50000] - load->came[40000]);
    EXPECT_NEAR(rate, 100, 1e-3, "%g requests/s afterwards", rate);
    EXPECT_NEAR(utilization(load), 1, 0.01, "busy all the time: %g", utilization(load));
    EXPECT_NEAR(disk_rate_bound(&config, KB4, false, false), 3000, 1e-9, "the bound is the burst");
    free(load);
}

Test(disk_network, a_large_request_counts_as_several) {
    struct disk_config config = volume;
    config.read_bps = config.write_bps = 0;
    config.read_iops = 1000;
    config.unit_bytes = 16384;
    static const uint32_t sizes[] = {512, KB4, 4 * KB4, 4 * KB4 + 1, 64 * KB4}, units[] = {1, 1, 1, 2, 16};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double rate = rate_at(&config, 16, sizes[i], 0.5, 5000, NULL);
        EXPECT_NEAR(rate, 1000.0 / units[i], 2e-3, "%u B: %g requests/s", sizes[i], rate);
        EXPECT_NEAR(disk_rate_bound(&config, sizes[i], false, false), 1000.0 / units[i], 1e-9, "%u B", sizes[i]);
    }
}

/* --- all --- */

static bool same_run(const struct load *a, const struct load *b) {
    for (uint32_t i = 0; i < a->wanted; i++)
        if (a->took[i] != b->took[i] || a->order[i] != b->order[i]) return false;
    return true;
}

Test(disk, the_same_seed_gives_the_same_run) {
    struct disk_config jittering = volume;
    jittering.jitter_s = 50e-6;
    const struct disk_config *configs[] = {&hdd, &ssd, &jittering};
    for (int i = 0; i < 3; i++) {
        struct load *first = load_new(configs[i]), *second = load_new(configs[i]);
        first->depth = second->depth = 16;
        first->writes = second->writes = 0.3;
        load_run(first, 5000);
        load_run(second, 5000);
        cr_expect(same_run(first, second), "kind %d", i);
        free(first);
        free(second);
    }
}
