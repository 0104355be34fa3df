/* Where an idle poll loop is. */
#include "models/poll_loop.h"

#include <criterion/criterion.h>

static const struct poll_loop loop = {.look = 10, .ports = 4, .idle_since = 100, .idle_at = 2};

Test(poll_loop, goes_round_from_where_it_began) {
    cr_expect_eq(poll_loop_reaches(&loop, 2, 100), 100);
    cr_expect_eq(poll_loop_reaches(&loop, 3, 100), 110);
    cr_expect_eq(poll_loop_reaches(&loop, 0, 100), 120);
    cr_expect_eq(poll_loop_reaches(&loop, 1, 100), 130);
}

Test(poll_loop, comes_back_a_turn_later) {
    cr_expect_eq(poll_loop_reaches(&loop, 0, 120), 120, "it begins its look at that moment");
    cr_expect_eq(poll_loop_reaches(&loop, 0, 121), 160, "it has just looked");
    cr_expect_eq(poll_loop_reaches(&loop, 2, 101), 140);
    for (sim_time now = 100; now < 1000; now++) {
        sim_time at = poll_loop_reaches(&loop, 1, now);
        cr_assert(at >= now && at < now + 40 && (at - 130) % 40 == 0, "at %d for %d", (int)at, (int)now);
    }
}

Test(poll_loop, of_one_port_is_there_at_the_next_look) {
    struct poll_loop one = {.look = 10, .ports = 1, .idle_since = 7};
    cr_expect_eq(poll_loop_reaches(&one, 0, 7), 7);
    cr_expect_eq(poll_loop_reaches(&one, 0, 8), 17);
}
