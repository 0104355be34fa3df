/* Where a woken thread runs: the rules one by one. Four cores of two hardware threads on two sockets: vCPUs 0, 1, 4, 5
 * and 2, 3, 6, 7. */
#include "models/guest/runqueue.h"

#include <criterion/criterion.h>

static struct runqueue runqueues[8];
static struct processor processors[8] = {{.node = 0}, {.node = 0}, {.node = 1}, {.node = 1},
                                         {.node = 0}, {.node = 0}, {.node = 1}, {.node = 1}};
static const struct cpus cpus = {processors, runqueues, 8, 4};

Test(runqueue, a_thread_comes_to_an_idle_waker) {
    cr_expect_eq(runqueue_select(&cpus, 1, 3), 1, "even from another socket");
}

Test(runqueue, it_stays_when_the_waker_has_a_thread_and_its_own_cpu_none) {
    runqueues[1].threads = 1;
    cr_expect_eq(runqueue_select(&cpus, 1, 3), 3);
}

Test(runqueue, a_softirq_that_goes_on_as_a_thread_counts_as_one) {
    runqueues[1].softirqs = 1;
    cr_expect_eq(runqueue_select(&cpus, 1, 3), 3);
}

Test(runqueue, it_leaves_a_busy_cpu_for_an_idle_core_of_the_socket) {
    runqueues[0].threads = runqueues[1].threads = 1;
    cr_expect_eq(runqueue_select(&cpus, 1, 3), 3);
    runqueues[3].threads = 1;
    cr_expect_eq(runqueue_select(&cpus, 1, 3), 2, "socket 1 has an idle core");
}

Test(runqueue, it_takes_the_sibling_when_no_core_is_idle) {
    runqueues[0].threads = 1;
    for (int i = 1; i < 4; i++) runqueues[i].threads = 1;
    cr_expect_eq(runqueue_select(&cpus, 1, 3), 7);
}

/* KF14 */
Test(runqueue, since_4_16_it_stays_on_an_idle_cpu) {
    struct cpus newer = cpus;
    newer.keeps_cpu = true;
    cr_expect_eq(runqueue_select(&newer, 0, 1), 1, "both are idle");
    cr_expect_eq(runqueue_select(&newer, 1, 3), 1, "another socket has another cache");
    runqueues[1].threads = 1;
    cr_expect_eq(runqueue_select(&newer, 0, 1), 0, "only the waker's is idle");
}

Test(runqueue, a_cpu_of_another_kernel_is_none_of_its_cpus) {
    struct processor other;
    cr_expect_eq(cpus_number(&cpus, &processors[5]), 5);
    cr_expect_eq(cpus_number(&cpus, &other), -1);
}

Test(runqueue, it_waits_where_it_was_when_nothing_is_idle) {
    for (int i = 0; i < 8; i++) runqueues[i].threads = 1;
    cr_expect_eq(runqueue_select(&cpus, 1, 3), 3);
    runqueues[3].threads = 2;
    cr_expect_eq(runqueue_select(&cpus, 1, 3), 1, "the waker's CPU has fewer");
}
