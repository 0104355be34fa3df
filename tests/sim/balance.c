/* The checks must hold for an honest run and catch each kind of damage: a check that cannot fail is none. */
#include "sim/balance.h"

#include <criterion/criterion.h>

#include "sim/random.h"

enum { CUSTOMERS = 1000 };

enum damage {
    NONE,
    LOST_AND_NOT_COUNTED, /* the model forgets one customer */
    LEFT_TWICE,
    LEFT_WITHOUT_ENTERING,
    BORN_LATE,        /* one passport is off by a picosecond */
    BORN_LATE_INSIDE, /* the same, of a customer that is still inside at the end */
};

/* Customer i enters at 100 i and leaves after a random time; one in ten is lost, and counted as such. Who has
 * not left by the end is found by the census. */
static struct balance run(enum damage damage, sim_time *now) {
    struct balance balance = {0};
    struct random_stream stream;
    random_stream_init(&stream, 1, 0, 0);
    sim_time born[CUSTOMERS], leaves[CUSTOMERS];
    bool inside[CUSTOMERS] = {false};
    *now = 100 * CUSTOMERS;
    for (int i = 0; i < CUSTOMERS; i++) {
        born[i] = 100 * i;
        leaves[i] = born[i] + 1 + random_below(&stream, 5000);
    }
    leaves[500] = born[500] + 700; /* the victim leaves in time, number 999 stays */
    leaves[999] = *now + 1;
    for (sim_time t = 0; t < *now; t++) {
        for (int i = 0; i < CUSTOMERS; i++) {
            if (born[i] == t && !inside[i]) {
                balance_enter(&balance, t);
                inside[i] = true;
            }
            if (leaves[i] != t) continue;
            inside[i] = false;
            if (damage == LOST_AND_NOT_COUNTED && i == 500) continue;
            sim_time shown = born[i] + (damage == BORN_LATE && i == 500);
            if (i % 10 == 3)
                balance_lose(&balance, t, shown);
            else
                balance_deliver(&balance, t, shown);
            if (damage == LEFT_TWICE && i == 500) balance_deliver(&balance, t, shown);
        }
        if (damage == LEFT_WITHOUT_ENTERING && t == 50000) balance_lose(&balance, t, t - 1000);
    }
    for (int i = 0; i < CUSTOMERS; i++)
        if (inside[i]) balance_count(&balance, *now, born[i] + (damage == BORN_LATE_INSIDE && i == 999));
    return balance;
}

Test(balance, holds_for_an_honest_run_with_losses_and_customers_still_inside) {
    sim_time now;
    struct balance balance = run(NONE, &now);
    cr_expect(balance_conserved(&balance));
    cr_expect_lt(balance_littles_law_error(&balance, now), 1e-12);
    cr_expect_gt(balance.lost, 0);
    cr_expect_gt(balance.counted, 0);
    cr_expect_eq(balance.inside.value, (int64_t)balance.counted);
}

static void expect_caught(enum damage damage, double visible_in_littles_law) {
    sim_time now;
    struct balance balance = run(damage, &now);
    cr_expect_not(balance_conserved(&balance));
    cr_expect_gt(balance_littles_law_error(&balance, now), visible_in_littles_law);
}

Test(balance, catches_a_customer_lost_and_not_counted) { expect_caught(LOST_AND_NOT_COUNTED, 1e-3); }
Test(balance, catches_a_customer_that_leaves_twice) { expect_caught(LEFT_TWICE, 1e-3); }
Test(balance, catches_a_customer_that_never_entered) { expect_caught(LEFT_WITHOUT_ENTERING, 1e-3); }
Test(balance, catches_a_birth_date_off_by_one_picosecond) { expect_caught(BORN_LATE, 1e-9); }
Test(balance, catches_a_wrong_birth_date_in_the_census) { expect_caught(BORN_LATE_INSIDE, 1e-9); }

Test(balance, catches_a_lost_customer_born_at_the_start) {
    struct balance balance = {0};
    balance_enter(&balance, 0); /* its birth date adds nothing to any sum */
    cr_expect_not(balance_conserved(&balance));
    balance_count(&balance, 10, 0);
    cr_expect(balance_conserved(&balance));
}

Test(balance, is_conserved_when_nobody_ever_came) {
    struct balance balance = {0};
    cr_expect(balance_conserved(&balance));
    cr_expect_eq(balance_littles_law_error(&balance, SIM_S), 0.0);
}

Test(balance, a_second_census_replaces_the_first) {
    sim_time now = 10;
    struct balance balance = {0};
    balance_enter(&balance, 3);
    for (int i = 0; i < 2; i++) {
        balance_begin_census(&balance);
        balance_count(&balance, now, 3);
        cr_expect(balance_conserved(&balance));
        cr_expect_eq(balance_littles_law_error(&balance, now), 0.0);
    }
}
