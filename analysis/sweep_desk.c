#include "analysis/sweep_desk.h"

static void stop(struct sweep_desk *desk) {
    desk->stopping = true;
    sweep_keeper_stop(desk->store);
}

/* Of several failures that of the first point is told, as by a crew. */
static void note_failure(struct sweep_desk *desk, int place, enum iop_status status, const char *message) {
    stop(desk);
    if (place >= desk->failed) return;
    desk->failed = place;
    desk->status = status;
    desk->diag = (struct diag){""};
    diag_set(&desk->diag, status, "%s", message);
}

int sweep_desk_next(struct sweep_desk *desk, const struct sweep_report *last) {
    pthread_mutex_lock(&desk->lock);
    if (last->place >= 0 && last->status == IOP_OK) {
        desk->done++;
        sweep_outcome_add(&desk->outcome, &last->outcome);
    }
    if (last->status != IOP_OK && last->status != IOP_INTERRUPTED)
        note_failure(desk, last->place, last->status, last->diag.message);
    int place = !desk->stopping && desk->begun < desk->count ? desk->begun++ : -1;
    pthread_mutex_unlock(&desk->lock);
    return place;
}

void sweep_desk_fail(struct sweep_desk *desk, enum iop_status status, const char *message) {
    pthread_mutex_lock(&desk->lock);
    note_failure(desk, -1, status, message);
    pthread_mutex_unlock(&desk->lock);
}

void sweep_desk_stop(struct sweep_desk *desk) {
    pthread_mutex_lock(&desk->lock);
    stop(desk);
    pthread_mutex_unlock(&desk->lock);
}

int sweep_desk_done(struct sweep_desk *desk) {
    pthread_mutex_lock(&desk->lock);
    int done = desk->done;
    pthread_mutex_unlock(&desk->lock);
    return done;
}

/* One thread's work. Failures of points are the desk's affair, so that the other threads go on until it closes. */
static enum iop_status work(void *user, int index, struct diag *diag) {
    (void)index;
    (void)diag;
    const struct sweep_worker *worker = user;
    struct sweep_report report = {.place = -1};
    int place;
    while ((place = worker->next(worker->user, &report)) >= 0) {
        report = (struct sweep_report){.place = place};
        report.status =
            sweep_point(worker->plan, worker->points[place], &worker->keeper, &report.outcome, &report.diag);
    }
    return IOP_OK;
}

enum iop_status sweep_worker_run(struct sweep_worker *worker, struct diag *diag) {
    const struct crew crew = {.jobs = worker->jobs < 1 ? 1 : worker->jobs};
    return crew_run(&crew, crew.jobs, work, worker, diag);
}
