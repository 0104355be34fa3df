/* How a window of polling adapts. */
#include "sim/poll_window.h"

#include <criterion/criterion.h>

static struct poll_window poll;

static void setup(void) { poll = (struct poll_window){.most = 32768, .first = 4000}; }
TestSuite(poll_window, .init = setup);

Test(poll_window, begins_with_the_first_and_doubles_up_to_the_most) {
    static const sim_time expected[] = {4000, 8000, 16000, 32000, 32768, 32768};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        cr_expect_eq(poll_window_catches(&poll, 32767), i >= 5, "idle time %zu", i);
        cr_expect_eq(poll.window, expected[i], "%lld after %zu", (long long)poll.window, i + 1);
    }
}

Test(poll_window, stays_when_it_catches) {
    poll.window = 16000;
    cr_expect(poll_window_catches(&poll, 15999));
    cr_expect_eq(poll.window, 16000);
    cr_expect_not(poll_window_catches(&poll, 16000), "the end of it is too late");
}

Test(poll_window, closes_when_nothing_comes_in_time) {
    poll.window = 16000;
    cr_expect_not(poll_window_catches(&poll, 32769));
    cr_expect_eq(poll.window, 0);
    cr_expect_not(poll_window_catches(&poll, 32769), "and stays closed");
    cr_expect_eq(poll.window, 0);
}

Test(poll_window, adds_up_what_was_polled) {
    poll.window = 8000;
    poll_window_catches(&poll, 5000);
    cr_expect_eq(poll.polled, 5000, "until the work came");
    poll_window_catches(&poll, 20000);
    cr_expect_eq(poll.polled, 13000, "the whole window");
}
