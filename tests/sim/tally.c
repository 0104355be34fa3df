#include "sim/tally.h"

#include <criterion/criterion.h>

Test(time_average, integrates_a_step_function_exactly) {
    struct time_average average = {0};
    time_average_add(&average, 100, 2); /* 0 until 100, 2 until 150, 5 until 160, 4 from then on */
    time_average_add(&average, 150, 3);
    time_average_add(&average, 160, -1);
    cr_expect_eq(average.value, 4);
    cr_expect_eq(time_average_integral(&average, 160), 2 * 50 + 5 * 10);
    cr_expect_eq(time_average_integral(&average, 260), 2 * 50 + 5 * 10 + 4 * 100);
}

Test(time_average, reading_does_not_change_it) {
    struct time_average average = {0};
    time_average_add(&average, 10, 1);
    time_average_integral(&average, 1000);
    time_average_add(&average, 20, -1);
    cr_expect_eq(time_average_integral(&average, 5000), 10);
}

Test(time_average, changes_at_one_instant_cost_nothing) {
    struct time_average average = {0};
    for (int i = 0; i < 10; i++) time_average_add(&average, 7, 1);
    for (int i = 0; i < 10; i++) time_average_add(&average, 7, -1);
    cr_expect_eq(time_average_integral(&average, 7), 0);
    cr_expect_eq(average.value, 0);
}
