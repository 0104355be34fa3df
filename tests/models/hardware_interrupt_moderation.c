#include "models/hardware/interrupt_moderation.h"

#include <criterion/criterion.h>
#include <math.h>

#include "tests/models/support.h"

Test(moderation, off_lets_every_interrupt_go_when_it_is_wanted) {
    struct moderation moderation;
    moderation_fixed(&moderation, 0);
    for (sim_time t = 0; t < 100; t += 7) cr_expect_eq(moderation_interrupt(&moderation, ITR_RECEIVED, t), t);
    cr_expect_eq(moderation.interrupts, 15);
}

Test(moderation, a_fixed_spacing_is_the_least_distance_between_two_interrupts) {
    struct moderation moderation;
    moderation_fixed(&moderation, 50e-6);
    cr_expect_eq(moderation_interrupt(&moderation, ITR_RECEIVED, 3 * SIM_US), 3 * SIM_US, "the first does not wait");
    cr_expect_eq(moderation_interrupt(&moderation, ITR_RECEIVED, 4 * SIM_US), 53 * SIM_US);
    cr_expect_eq(moderation_interrupt(&moderation, ITR_RECEIVED, 54 * SIM_US), 103 * SIM_US);
    cr_expect_eq(moderation_interrupt(&moderation, ITR_RECEIVED, 153 * SIM_US), 153 * SIM_US, "exactly the distance");
    cr_expect_eq(moderation_interrupt(&moderation, ITR_RECEIVED, 900 * SIM_US), 900 * SIM_US,
                 "a late one does not wait");
}

static struct moderation adaptive(void) {
    struct moderation moderation;
    moderation_adaptive(&moderation, 10e-6, 50e-6, 84e-6);
    return moderation;
}

/* Both sides have seen traffic of the middle class. */
static struct moderation adaptive_low(void) {
    struct moderation moderation = adaptive();
    moderation.class[ITR_SENT] = moderation.class[ITR_RECEIVED] = ITR_LOW;
    return moderation;
}

Test(moderation, starts_as_the_driver_does) {
    struct moderation moderation = adaptive();
    cr_expect_eq(moderation.class[ITR_SENT], ITR_LOWEST);
    cr_expect_eq(moderation.class[ITR_RECEIVED], ITR_LOWEST);
    cr_expect_eq(moderation.spacing, 50 * SIM_US, "20,000 interrupts/s");
}

/* One interval with so many bytes sent and received in it. */
static void interval(struct moderation *moderation, uint64_t sent, uint64_t received) {
    moderation->bytes[ITR_SENT] = sent;
    moderation->bytes[ITR_RECEIVED] = received;
    moderation_interrupt(moderation, ITR_RECEIVED, 0);
    moderation_taken(moderation);
}

/* rate = bytes / spacing in us; limits 10 and 20; one class up or down at a time. */
Test(moderation, classes_move_one_step_at_the_documented_rates) {
    struct moderation moderation = adaptive_low();
    const enum itr_class *class = &moderation.class[ITR_RECEIVED];
    cr_expect_eq(*class, ITR_LOW);
    cr_expect_eq(moderation.spacing, 50 * SIM_US);
    interval(&moderation, 0, 11 * 50);
    cr_expect_eq(*class, ITR_LOW, "11 bytes/us");
    interval(&moderation, 0, 20 * 50);
    cr_expect_eq(*class, ITR_LOW, "20 bytes/us");
    interval(&moderation, 0, 21 * 50);
    cr_expect_eq(*class, ITR_BULK, "21 bytes/us");
    interval(&moderation, 0, 21 * 84);
    cr_expect_eq(*class, ITR_BULK);
    interval(&moderation, 0, 64);
    cr_expect_eq(*class, ITR_LOW, "not straight to the lowest");
    interval(&moderation, 0, 64);
    cr_expect_eq(*class, ITR_LOWEST);
    interval(&moderation, 0, 1000000);
    cr_expect_eq(*class, ITR_LOW, "not straight to bulk");
}

Test(moderation, a_side_without_packets_keeps_its_class) {
    struct moderation moderation = adaptive_low();
    interval(&moderation, 21 * 50, 64);
    cr_expect_eq(moderation.class[ITR_SENT], ITR_BULK);
    cr_expect_eq(moderation.class[ITR_RECEIVED], ITR_LOWEST);
    for (int i = 0; i < 10; i++) interval(&moderation, 0, 64);
    cr_expect_eq(moderation.class[ITR_SENT], ITR_BULK);
    cr_expect_eq(moderation.class[ITR_RECEIVED], ITR_LOWEST);
}

/* New spacing = 10 wanted now / (9 wanted + now): from 50 us towards 10 us it is 10*10*50/(90+50) us. */
Test(moderation, the_spacing_is_smoothed_by_the_drivers_formula) {
    struct moderation moderation = adaptive_low();
    interval(&moderation, 10 * 50, 10 * 50);
    cr_expect_eq(moderation.class[ITR_SENT], ITR_LOWEST, "10 bytes/us");
    cr_expect_eq(moderation.itr, 142, "35.7 us in quarters, rounded down");
    cr_expect_eq(moderation.spacing, 34 * SIM_US, "the device takes multiples of 2 us");
    for (int i = 0; i < 100; i++) interval(&moderation, 64, 64);
    cr_expect_eq(moderation.spacing, 10 * SIM_US, "few packets drift to the lowest latency: %lld ps",
                 (long long)moderation.spacing);

    struct moderation bulk = adaptive_low();
    interval(&bulk, 21 * 50, 64);
    cr_expect_eq(bulk.itr, 208, "52.1 us: the slower class of the two sides counts");
    for (int i = 0; i < 100; i++) interval(&bulk, 64, 100000);
    cr_expect_eq(bulk.itr, 326, "a busy one drifts to the bulk class, and rounding stops it at 81.5 us");
    cr_expect_eq(bulk.spacing, 80 * SIM_US);
}

/* KF23: from 10 us the low latency class is reached at 47.5 us, of which the device takes 46. */
Test(moderation, rounding_stops_a_distance_that_grows_before_its_class) {
    struct moderation moderation = adaptive();
    for (int i = 0; i < 100; i++) interval(&moderation, 64, 64);
    for (int i = 0; i < 100; i++) interval(&moderation, 578, 578);
    cr_expect_eq(moderation.class[ITR_SENT], ITR_LOW);
    cr_expect_eq(moderation.spacing, 46 * SIM_US, "%lld ps", (long long)moderation.spacing);
}

/* What NT066 has for 1280 B: at 20 bytes/us a frame of 1409 B is between two classes, and so is the distance. */
Test(moderation, packets_between_two_classes_settle_between_their_distances) {
    struct moderation moderation = adaptive_low();
    for (int i = 0; i < 200; i++) interval(&moderation, 1409, 162);
    cr_expect(moderation.spacing >= 64 * SIM_US && moderation.spacing <= 70 * SIM_US, "%lld ps",
              (long long)moderation.spacing);
}

Test(moderation, what_comes_before_the_interrupt_counts_for_it) {
    struct moderation moderation = adaptive();
    moderation_interrupt(&moderation, ITR_RECEIVED, 0);
    moderation.bytes[ITR_RECEIVED] = 64;
    moderation_interrupt(&moderation, ITR_RECEIVED, SIM_US);
    moderation.bytes[ITR_RECEIVED] += 11 * 50;
    moderation_taken(&moderation);
    cr_expect_eq(moderation.class[ITR_RECEIVED], ITR_LOW);
}

Test(moderation, every_interrupt_starts_a_new_interval) {
    struct moderation moderation = adaptive();
    interval(&moderation, 123456, 123456);
    cr_expect_eq(moderation.bytes[ITR_SENT], 0);
    cr_expect_eq(moderation.bytes[ITR_RECEIVED], 0);
    cr_expect_eq(moderation.interrupts, 1);
}

/* ---- in a run: native receives at a rate below the CPU's ---- */

static double interrupts_of_run(enum throttle_kind throttle, double spacing_s, double pps) {
    static struct model_config config;
    static struct run_result result;
    given_plain_host(&config);
    int guest = given_guest(&config, MODE_NATIVE, 0);
    config.guests[guest].throttle = throttle;
    config.guests[guest].throttle_s = spacing_s;
    given_stream(&config, guest, DIRECTION_RECEIVE, 64)->rate_pps = pps;
    run_for(&config, 20 * SIM_MS, &result);
    return rate_of(&result, METRIC_INTERRUPTS);
}

Test(moderation, a_run_interrupts_as_often_as_the_spacing_allows_and_no_oftener) {
    double spaced = interrupts_of_run(THROTTLE_FIXED, 100e-6, 200e3);
    EXPECT_NEAR(spaced, 1e4, 0.08, "100 us: %g/s", spaced);
    cr_expect_leq(spaced, 1e4 * 1.01);
    EXPECT_NEAR(interrupts_of_run(THROTTLE_OFF, 0, 20e3), 20e3, 0.01, "one for each of 20,000 packets/s");
    EXPECT_NEAR(interrupts_of_run(THROTTLE_FIXED, 100e-6, 1e3), 1e3, 0.05, "few packets need not wait");
}

/* ENA01, ENA02: 196 us between interrupts of sent frames, none for received ones. */
Test(moderation, received_frames_do_not_wait_for_the_interrupt_of_sent_ones) {
    struct moderation moderation;
    moderation_by_side(&moderation, 196e-6, 0);
    cr_expect_eq(moderation_interrupt(&moderation, ITR_SENT, 10 * SIM_US), 10 * SIM_US);
    cr_expect_eq(moderation_interrupt(&moderation, ITR_SENT, 20 * SIM_US), 206 * SIM_US);
    cr_expect_eq(moderation_hasten(&moderation, ITR_RECEIVED, 60 * SIM_US), 60 * SIM_US);
    cr_expect_eq(moderation_hasten(&moderation, ITR_RECEIVED, 70 * SIM_US), 60 * SIM_US, "it is not put off");
    cr_expect_eq(moderation_interrupt(&moderation, ITR_SENT, 80 * SIM_US), 256 * SIM_US, "from the one that was");
}
