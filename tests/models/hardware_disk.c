/* Disks against their formulas and data sheets. */
#include "models/hardware/disk.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "scenarios/catalog.h"
#include "tests/models/disk_load.h"
#include "tests/models/support.h"

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
    /* 16 pages: 80 us of a die for the first, 65.5 us for those beside it; the interface could carry 30,518 */
    struct load *load = load_new(&ssd);
    load->depth = 64;
    load->bytes = 16 * KB4;
    rate = load_run(load, 20000);
    EXPECT_NEAR(rate, 32 / (80e-6 + 15 * 32 * KB4 / 2e9), 0.03, "the dies: %g reads/s", rate);
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

static double rate_in_order(const struct disk_config *config) {
    struct load *load = load_new(config);
    load->sequential = true;
    load->depth = 128;
    double rate = load_run(load, 100000);
    free(load);
    return rate;
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
    EXPECT_NEAR(rate_in_order(&config), 2e9 / KB4, 0.01, "the interface");
}

/* Two readers whose requests alternate are not read ahead for (M235); what was, while one was by itself, waits for it
 * until its turn comes again. */
Test(disk_ssd, is_read_ahead_for_who_reads_on_and_kept_while_another_reads) {
    struct disk_config config = ssd;
    config.ahead_s = 15e-6;
    static const struct {
        uint32_t readers, turn;
        bool ahead;
    } cases[] = {{1, 1, true}, {2, 1, false}, {2, 3, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct load *load = load_new(&config);
        load->sequential = true;
        load->readers = cases[i].readers;
        load->turn = cases[i].turn;
        load_run(load, 10000);
        double alone = disk_time_alone(&config, KB4, false, cases[i].ahead);
        EXPECT_NEAR(mean_time(load), alone, 0.01, "%u readers, %u at a time: %g s", cases[i].readers, cases[i].turn,
                    mean_time(load));
        free(load);
    }
}

/* FC08: 128 KiB from one or two dies take three times as long as 4 KiB; what is read in order does not. */
Test(disk_ssd, a_large_read_by_itself_waits_for_its_stripe) {
    struct disk_config config = ssd;
    config.stripe_bytes = 16 * KB4;
    config.die_bps = 400e6;
    static const uint32_t sizes[] = {KB4, 16 * KB4, 32 * KB4};
    static const double gives[] = {0, 15, 15}; /* pages after the first of a stripe */
    for (int i = 0; i < 3; i++) {
        double time, alone = disk_time_alone(&config, sizes[i], false, false);
        rate_at(&config, 1, sizes[i], 0, 2000, &time);
        EXPECT_NEAR(time, alone, 0.06, "%u B: %g s, %g s by the formula", sizes[i], time, alone);
        cr_expect_geq(alone, config.read_s + gives[i] * KB4 / config.die_bps, "%u B: %g s", sizes[i], alone);
    }
    EXPECT_NEAR(rate_in_order(&config), 2e9 / KB4, 0.02, "in order");
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

/* Backlogs are dates in the future; what is told is the past. */
Test(disk, busy_time_grows_with_the_clock_and_does_not_run_ahead) {
    struct disk_config hdd, limited = volume, linked = ssd;
    cr_assert_eq(catalog_disk("hdd-7200", &hdd, NULL), IOP_OK);
    limited.read_iops = 100;
    linked.read_bps = linked.write_bps = 1e6;
    const struct disk_config *configs[] = {&hdd, &ssd, &linked, &volume, &limited};
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        struct load *load = load_new(configs[i]);
        load->depth = 64;
        load->writes = 0.3;
        load_start(load, 5000);
        double last = 0;
        for (int ms = 0; ms < 40; ms++) {
            sim_run(&load->sim, ms * SIM_MS);
            double busy = disk_busy_s(load->disk);
            cr_expect(busy >= last && busy <= ms * 1e-3 + 1e-12, "kind %zu: %g s of %d ms", i, busy, ms);
            last = busy;
        }
        cr_expect_gt(last, 0.01, "kind %zu: %g s of 40 ms", i, last);
        disk_free(load->disk);
        sim_fini(&load->sim);
        free(load);
    }
}

static bool same_run(const struct load *a, const struct load *b) {
    for (uint32_t i = 0; i < a->wanted; i++)
        if (a->took[i] != b->took[i] || a->order[i] != b->order[i]) return false;
    return true;
}

Test(disk, the_same_seed_gives_the_same_run) {
    struct disk_config hdd;
    cr_assert_eq(catalog_disk("hdd-7200", &hdd, NULL), IOP_OK);
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
