#include "sim/ring.h"

#include <criterion/criterion.h>

static struct ring ring;
static void setup(void) { cr_assert_eq(ring_init(&ring, 5, NULL), IOP_OK); } /* not a power of two */
static void teardown(void) { ring_fini(&ring); }

TestSuite(ring, .init = setup, .fini = teardown);

Test(ring, gives_entries_back_in_the_order_pushed_past_the_wrap) {
    uint32_t pushed = 0, popped = 0;
    for (int round = 0; round < 1000; round++) {
        while (ring_space(&ring) > 0) ring_push(&ring, pushed++);
        for (int i = 0; i < 1 + round % 5; i++) {
            cr_assert_eq(ring_pop(&ring), popped++);
            ring_release(&ring, 1);
        }
    }
    cr_expect_eq(ring.pushed, pushed);
    cr_expect_eq(ring_waiting(&ring), pushed - popped);
}

Test(ring, holds_exactly_its_capacity) {
    for (uint32_t i = 0; i < 5; i++) {
        cr_expect_eq(ring_space(&ring), 5 - i);
        ring_push(&ring, i);
    }
    cr_expect_eq(ring_space(&ring), 0);
    cr_expect_eq(ring_waiting(&ring), 5);
}

Test(ring, a_slot_is_held_from_pop_until_release) {
    for (uint32_t i = 0; i < 5; i++) ring_push(&ring, i);
    for (int i = 0; i < 3; i++) ring_pop(&ring);
    cr_expect_eq(ring_space(&ring), 0);
    cr_expect_eq(ring_waiting(&ring), 2);
    ring_release(&ring, 2);
    cr_expect_eq(ring_space(&ring), 2);
    ring_release(&ring, 1);
    cr_expect_eq(ring_space(&ring), 3);
}

Test(ring, an_armed_ring_asks_for_exactly_one_notification) {
    cr_expect(ring_arm(&ring));
    cr_expect(ring_push(&ring, 1));
    cr_expect_not(ring_push(&ring, 2));
    cr_expect_not(ring_push(&ring, 3));
    cr_expect_eq(ring.notified, 1);
}

Test(ring, a_ring_that_is_not_armed_is_silent) {
    for (uint32_t i = 0; i < 5; i++) cr_expect_not(ring_push(&ring, i));
    cr_expect_eq(ring.notified, 0);
}

Test(ring, cannot_be_armed_while_something_waits) {
    ring_push(&ring, 1);
    cr_expect_not(ring_arm(&ring));
    cr_expect_not(ring_push(&ring, 2), "a refused arm must not lead to a notification");
    ring_pop(&ring);
    ring_pop(&ring);
    cr_expect(ring_arm(&ring), "entries in the consumer's hands do not wait");
    cr_expect(ring_push(&ring, 3));
    cr_expect_eq(ring.notified, 1);
}

Test(ring, capacity_one_works) {
    struct ring one;
    cr_assert_eq(ring_init(&one, 1, NULL), IOP_OK);
    for (uint32_t i = 0; i < 10; i++) {
        cr_expect_eq(ring_space(&one), 1);
        ring_push(&one, i);
        cr_expect_eq(ring_space(&one), 0);
        cr_expect_eq(ring_pop(&one), i);
        ring_release(&one, 1);
    }
    ring_fini(&one);
}
