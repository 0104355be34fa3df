#include "models/hypervisor/event_channel.h"

#include <criterion/criterion.h>

static struct event_channel channel;

static void given_channel(bool guarded) {
    channel = (struct event_channel){.guarded = guarded, .raised = true, .tick = 4 * SIM_MS};
}

static sim_time delay_after_spurious(sim_time now) {
    event_channel_end(&channel, now, false);
    return event_channel_delivers(&channel, now) - now;
}

/* As KF05 has it: the first is forgiven, then a tick, twice as long each time, a second at most. */
Test(event_channel, spurious_events_in_a_row_hold_it_back_twice_as_long_each_time) {
    given_channel(true);
    static const sim_time ms[] = {0, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1000, 1000, 1000};
    for (size_t i = 0; i < sizeof ms / sizeof *ms; i++)
        cr_expect_eq(delay_after_spurious((sim_time)i * 2 * SIM_S) / SIM_MS, ms[i], "spurious event %zu", i + 1);
    cr_expect_eq(channel.spurious, sizeof ms / sizeof *ms);
    cr_expect_not(channel.raised);
}

Test(event_channel, an_event_that_finds_work_ends_the_row) {
    given_channel(true);
    for (int i = 0; i < 4; i++) delay_after_spurious(0);
    event_channel_end(&channel, SIM_S, true);
    cr_expect_eq(event_channel_delivers(&channel, SIM_S), SIM_S);
    cr_expect_eq(delay_after_spurious(SIM_S), 0);
    cr_expect_eq(delay_after_spurious(SIM_S), 4 * SIM_MS);
    cr_expect_eq(channel.events, 7);
    cr_expect_eq(channel.spurious, 6);
}

Test(event_channel, without_guard_nothing_is_held_back) {
    given_channel(false);
    for (int i = 0; i < 5; i++) cr_expect_eq(delay_after_spurious(0), 0);
    cr_expect_eq(channel.spurious, 5);
}
