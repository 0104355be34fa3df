/* Tasks on threads: each once, failures and progress. */
#include <criterion/criterion.h>
#include <stdatomic.h>

#include "analysis/crew.h"

enum { TASKS = 200 };

struct tally {
    atomic_int runs[TASKS];
    int fails_from; /* tasks of this number and above fail */
};

static enum iop_status count(void *user, int index, struct diag *diag) {
    struct tally *tally = user;
    atomic_fetch_add(&tally->runs[index], 1);
    return index >= tally->fails_from ? diag_set(diag, IOP_INVALID, "task %d", index) : IOP_OK;
}

Test(crew, does_each_task_once_with_any_number_of_threads) {
    for (int jobs = 0; jobs < 5; jobs++) {
        struct tally tally = {.fails_from = TASKS};
        struct diag diag = {""};
        cr_assert_eq(crew_run(&(struct crew){.jobs = jobs}, TASKS, count, &tally, &diag), IOP_OK);
        for (int i = 0; i < TASKS; i++) cr_expect_eq(tally.runs[i], 1, "task %d, %d threads", i, jobs);
    }
}

Test(crew, has_nothing_to_do) {
    struct diag diag = {""};
    cr_expect_eq(crew_run(&(struct crew){.jobs = 2}, 0, count, NULL, &diag), IOP_OK);
}

/* The first failure in the order of the tasks, though others may fail before it in time. */
Test(crew, returns_the_failure_of_the_lowest_number) {
    for (int i = 0; i < 50; i++) {
        struct tally tally = {.fails_from = 40};
        struct diag diag = {""};
        cr_assert_eq(crew_run(&(struct crew){.jobs = 4}, TASKS, count, &tally, &diag), IOP_INVALID);
        cr_expect_str_eq(diag.message, "task 40");
        cr_expect_eq(tally.runs[TASKS - 1], 0, "it did not stop");
    }
}

struct listener {
    int calls, last, total, stop_at;
};

static int listen(void *user, int done, int total) {
    struct listener *listener = user;
    listener->calls++;
    listener->last = done;
    listener->total = total;
    return listener->stop_at > 0 && done >= listener->stop_at;
}

Test(crew, tells_how_far_it_is) {
    struct tally tally = {.fails_from = TASKS};
    struct listener listener = {0};
    struct diag diag = {""};
    struct crew crew = {.jobs = 2, .progress = listen, .progress_user = &listener};
    cr_assert_eq(crew_run(&crew, TASKS, count, &tally, &diag), IOP_OK);
    cr_expect_eq(listener.last, TASKS);
    cr_expect_eq(listener.total, TASKS);
}

Test(crew, stops_when_asked_to) {
    struct tally tally = {.fails_from = TASKS};
    struct listener listener = {.stop_at = TASKS};
    struct diag diag = {""};
    struct crew crew = {.jobs = 2, .progress = listen, .progress_user = &listener};
    cr_expect_eq(crew_run(&crew, TASKS, count, &tally, &diag), IOP_INTERRUPTED);
}
