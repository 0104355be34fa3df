/* Moderation, the softirq's budget and idle states, by the scenarios that show them. Ids are rows of the
 * bibliography. */
#include <criterion/criterion.h>

#include "tests/models/scenario_runs.h"

static struct run_result result;

/* ---- moderation ---- */

static void moderate(const char *throttle) { RUN_MECHANISM(&result, "interrupt-moderation", throttle); }

/* NT001, NT000: the register's values for 100 000 and 20 000 interrupts a second are 10 and 50 us; NT002: 8000 are
 * 125 us. */
Test(moderation_scenario, a_fixed_distance_gives_the_rate_of_the_register) {
    static const struct {
        const char *throttle;
        double rate;
    } rows[] = {{"guests[0].tuning.interrupt_throttle=10 us", 100e3},
                {"guests[0].tuning.interrupt_throttle=50 us", 20e3},
                {"guests[0].tuning.interrupt_throttle=125 us", 8e3}};
    moderate("guests[0].tuning.interrupt_throttle=off");
    double latency = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0), cores = cores_of(&result, "box");
    cr_expect_gt(rate_of(&result, METRIC_INTERRUPTS), 150e3);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        moderate(rows[i].throttle);
        double rate = rate_of(&result, METRIC_INTERRUPTS), slower = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
        EXPECT_NEAR(rate, rows[i].rate, 0.02, "%s: %.0f interrupts a second", rows[i].throttle, rate);
        cr_expect_gt(slower, latency + 0.1 / rate, "%s: %g s", rows[i].throttle, slower);
        cr_expect_lt(cores_of(&result, "box"), 0.8 * cores, "%s: %g CPUs", rows[i].throttle, cores_of(&result, "box"));
        latency = slower;
    }
}

/* 15 bytes a microsecond are its middle class: an interrupt each 46 us (NT000, KF23). */
Test(moderation_scenario, the_driver_finds_the_class_of_the_traffic) {
    moderate("guests[0].tuning.interrupt_throttle=adaptive");
    EXPECT_NEAR(rate_of(&result, METRIC_INTERRUPTS), 1 / 46e-6, 0.05, "%g", rate_of(&result, METRIC_INTERRUPTS));
}

/* ---- budget ---- */

Test(napi_budget, without_it_a_reader_starves_beside_the_softirq) {
    RUN_MECHANISM(&result, "napi-budget", "costs[napi.budget].value=1000000000");
    cr_expect_eq(metric_of(&result, METRIC_PPS, 0, 0), 0);
    RUN_MECHANISM(&result, "napi-budget", "costs[napi.budget].value=300");
    double read = metric_of(&result, METRIC_PPS, 0, 0), dropped = metric_of(&result, METRIC_LOST_SOCKET, 0, 0);
    cr_expect_gt(read, 5e3, "%g pps", read);
    /* The softirq as a task handles 64 frames (NT038) for one that the reader takes in between. */
    EXPECT_NEAR((read + dropped) / read, 64, 0.05, "%g", (read + dropped) / read);
}

/* ---- idle states ---- */

/* NT082: 82 us for a frame at 100 a second, 75 of which are the deepest state (NT090). */
Test(idle_states, a_rare_frame_waits_for_the_cpu) {
    RUN_MECHANISM(&result, "idle-states", "guests[0].workloads[0].rate=1 kpps");
    double rare = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    EXPECT_NEAR(rare, 82e-6, 0.1, "%g s", rare);
    RUN_MECHANISM(&result, "idle-states", "guests[0].workloads[0].rate=100 kpps");
    double frequent = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    EXPECT_NEAR(rare - frequent, 75e-6, 0.05, "%g and %g s", rare, frequent);
}

/* NT090: 5 us where only shallow states are allowed. */
Test(idle_states, a_shallow_state_is_soon_left) {
    RUN_MECHANISM(&result, "idle-states", "guests[0].workloads[0].rate=1 kpps", "costs[idle.deep_exit].value=5 us");
    double shallow = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    RUN_MECHANISM(&result, "idle-states", "guests[0].workloads[0].rate=1 kpps", "costs[idle.deep_exit].value=0 us");
    EXPECT_NEAR(shallow - metric_of(&result, METRIC_LATENCY_MEAN, 0, 0), 5e-6, 0.05, "%g s", shallow);
}
