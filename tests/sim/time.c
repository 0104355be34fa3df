#include "sim/time.h"

#include <criterion/criterion.h>
#include <limits.h>

Test(time, units_are_multiples_of_the_picosecond) {
    cr_expect_eq(SIM_NS, 1000 * SIM_PS);
    cr_expect_eq(SIM_US, 1000 * SIM_NS);
    cr_expect_eq(SIM_MS, 1000 * SIM_US);
    cr_expect_eq(SIM_S, 1000 * SIM_MS);
}

Test(time, seconds_round_to_the_nearest_picosecond) {
    cr_expect_eq(sim_time_of(1.0), SIM_S);
    cr_expect_eq(sim_time_of(67.2e-9), 67200); /* 64-byte frame at 10 Gbit/s */
    cr_expect_eq(sim_time_of(1.4e-12), 1);
    cr_expect_eq(sim_time_of(1.6e-12), 2);
    cr_expect_eq(sim_time_of(-1.4e-12), -1);
    cr_expect_eq(sim_time_of(-1.6e-12), -2);
    cr_expect_eq(sim_time_of(0.0), 0);
}

Test(time, seconds_and_back_is_the_identity_for_whole_microseconds) {
    for (sim_time us = 1; us < 1000000000; us = us * 7 + 3)
        cr_expect_eq(sim_time_of(sim_seconds(us * SIM_US)), us * SIM_US, "%lld us", (long long)us);
}

Test(time, holds_a_hundred_days) { cr_expect_gt(sim_seconds(SIM_TIME_MAX), 100.0 * 86400); }
