/* Live migration by pre-copy against its geometric series (Clark et al. 2005). */
#include "models/fleet/precopy.h"

#include <criterion/criterion.h>
#include <math.h>

static const double memory = 4e9, rate = 1e9;

static struct precopy begun(double hot_bytes, double dirty_bytes_s, double downtime_s) {
    struct precopy precopy;
    precopy_begin(&precopy, memory, hot_bytes, dirty_bytes_s, downtime_s);
    return precopy;
}

Test(fleet_precopy, memory_that_nobody_writes_goes_once) {
    struct precopy precopy = begun(memory, 0, 0.3);
    cr_expect_float_eq(precopy_time(&precopy, rate), 4, 1e-12);
    cr_expect_float_eq(precopy_advance(&precopy, rate, INFINITY), 4, 1e-12);
    cr_expect(precopy.done);
    cr_expect_float_eq(precopy.sent_bytes, memory, 1);
    cr_expect_eq(precopy.stopped_s, 0);
}

/* Rounds shrink by r = dirty / rate each: after n of them the rest M r^n takes less than the downtime. */
Test(fleet_precopy, rounds_shrink_by_what_is_written_meanwhile) {
    const double r = 0.25, downtime = 0.1;
    struct precopy precopy = begun(memory, r * rate, downtime);
    int rounds = 0;
    double left = memory, sent = 0;
    while (left > downtime * rate) {
        sent += left;
        left *= r;
        rounds++;
    }
    cr_expect_float_eq(precopy_advance(&precopy, rate, INFINITY), (sent + left) / rate, 1e-9);
    cr_expect_float_eq(precopy.sent_bytes, sent + left, 1);
    cr_expect_float_eq(precopy.stopped_s, left / rate, 1e-9);
    cr_expect_eq(precopy.round, rounds + 1);
}

Test(fleet_precopy, a_hot_set_is_all_that_later_rounds_send) {
    struct precopy precopy = begun(0.2e9, 0.9e9, 0.3);
    precopy_advance(&precopy, rate, INFINITY);
    cr_expect_float_eq(precopy.sent_bytes, memory + 0.2e9, 1);
    cr_expect_float_eq(precopy.stopped_s, 0.2, 1e-9);
}

Test(fleet_precopy, who_writes_faster_than_the_link_is_stopped_in_the_end) {
    struct precopy precopy = begun(memory, 2 * rate, 0.01);
    double seconds = precopy_advance(&precopy, rate, INFINITY);
    cr_expect(precopy.done);
    cr_expect_float_eq(precopy.stopped_s, 4, 1e-9, "all of it is sent while the guest is stopped");
    cr_expect_float_eq(seconds, 4.0 * (PRECOPY_FACTOR_MAX + 2), 1e-9);
}

Test(fleet_precopy, small_hot_sets_end_after_so_many_rounds) {
    struct precopy precopy = begun(1e6, 2 * rate, 1e-6);
    precopy_advance(&precopy, rate, INFINITY);
    cr_expect_eq(precopy.round, PRECOPY_ROUNDS_MAX + 1);
}

Test(fleet_precopy, steps_add_up) {
    struct precopy whole = begun(memory, 0.5 * rate, 0.05), steps = whole;
    double all = precopy_time(&whole, rate), sum = 0;
    precopy_advance(&whole, rate, INFINITY);
    for (int i = 0; i < 1000 && !steps.done; i++) sum += precopy_advance(&steps, rate, 0.37);
    cr_expect_float_eq(sum, all, 1e-9);
    cr_expect_float_eq(steps.sent_bytes, whole.sent_bytes, 1);
    cr_expect_float_eq(steps.stopped_s, whole.stopped_s, 1e-9);
    cr_expect_eq(steps.round, whole.round);
}

Test(fleet_precopy, without_a_rate_nothing_happens) {
    struct precopy precopy = begun(memory, 0, 0.3);
    cr_expect(isinf(precopy_time(&precopy, 0)));
    cr_expect_eq(precopy_advance(&precopy, 0, 100), 0);
    cr_expect_not(precopy.done);
}
