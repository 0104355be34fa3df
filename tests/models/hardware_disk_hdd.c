/* Hard disks against geometry, data sheets and the bound of a queue served soonest first. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "models/hardware/disk_hdd.h"
#include "tests/models/disk_load.h"
#include "tests/models/support.h"

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
    load_start(load, 20000);
    struct disk_request far = {.offset = (uint64_t)3e12, .bytes = KB4, .packet = load->submitted++}; /* the third */
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
            load->from_offset = (uint64_t)(places[i] * hdd.capacity_bytes);
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
