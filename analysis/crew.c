#include "analysis/crew.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 256, PROGRESS_PERIOD_NS = 100000000 };

/* What the threads share, under the lock. */
struct shift {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a task has ended */
    crew_task *task;
    void *user;
    int tasks, begun, done;
    bool stop;
    int failed; /* number of the first task that failed; `tasks`: none */
    enum iop_status status;
    struct diag diag;
};

static void note_failure(struct shift *shift, int index, enum iop_status status, const struct diag *diag) {
    shift->stop = true;
    if (index > shift->failed) return;
    shift->failed = index;
    shift->status = status;
    shift->diag = *diag;
}

static void *work(void *argument) {
    struct shift *shift = argument;
    pthread_mutex_lock(&shift->lock);
    while (!shift->stop && shift->begun < shift->tasks) {
        int index = shift->begun++;
        pthread_mutex_unlock(&shift->lock);
        struct diag diag = {""};
        enum iop_status status = shift->task(shift->user, index, &diag);
        pthread_mutex_lock(&shift->lock);
        shift->done++;
        if (status != IOP_OK) note_failure(shift, index, status, &diag);
        pthread_cond_signal(&shift->changed);
    }
    pthread_mutex_unlock(&shift->lock);
    return NULL;
}

static bool wants_to_stop(const struct crew *crew, int done, int tasks) {
    return crew->progress != NULL && crew->progress(crew->progress_user, done, tasks) != 0;
}

/* Until no task is left that could begin; the calling thread only watches. */
static bool watch(struct shift *shift, const struct crew *crew) {
    bool interrupted = false;
    pthread_mutex_lock(&shift->lock);
    while (!shift->stop && shift->done < shift->tasks) {
        int done = shift->done;
        pthread_mutex_unlock(&shift->lock);
        interrupted = wants_to_stop(crew, done, shift->tasks);
        pthread_mutex_lock(&shift->lock);
        if (interrupted) shift->stop = true;
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += PROGRESS_PERIOD_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (!shift->stop && shift->done == done) pthread_cond_timedwait(&shift->changed, &shift->lock, &until);
    }
    pthread_mutex_unlock(&shift->lock);
    return interrupted;
}

static int thread_count(int jobs, int tasks) {
    long threads = jobs >= 1 ? jobs : sysconf(_SC_NPROCESSORS_ONLN);
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    if (threads > tasks) threads = tasks;
    return threads < 1 ? 1 : (int)threads;
}

/* Without threads of its own: the calling one does the work. */
static enum iop_status work_alone(const struct crew *crew, int tasks, crew_task *task, void *user, struct diag *diag) {
    for (int i = 0; i < tasks; i++) {
        if (wants_to_stop(crew, i, tasks))
            return diag_set(diag, IOP_INTERRUPTED, "interrupted after %d of %d runs", i, tasks);
        enum iop_status status = task(user, i, diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

static enum iop_status work_together(const struct crew *crew, int wanted, int tasks, crew_task *task, void *user,
                                     struct diag *diag) {
    struct shift shift = {.lock = PTHREAD_MUTEX_INITIALIZER,
                          .changed = PTHREAD_COND_INITIALIZER,
                          .task = task,
                          .user = user,
                          .tasks = tasks,
                          .failed = tasks};
    pthread_t threads[THREADS_MAX];
    int started = 0;
    while (started < wanted && pthread_create(&threads[started], NULL, work, &shift) == 0) started++;
    if (started == 0) return diag_set(diag, IOP_NO_MEMORY, "no thread could be started");
    bool interrupted = watch(&shift, crew);
    for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
    if (shift.failed < tasks) return diag_set(diag, shift.status, "%s", shift.diag.message);
    if (interrupted) return diag_set(diag, IOP_INTERRUPTED, "interrupted after %d of %d runs", shift.done, tasks);
    return IOP_OK;
}

enum iop_status crew_run(const struct crew *crew, int tasks, crew_task *task, void *user, struct diag *diag) {
    int threads = thread_count(crew->jobs, tasks);
    enum iop_status status = threads == 1 ? work_alone(crew, tasks, task, user, diag)
                                          : work_together(crew, threads, tasks, task, user, diag);
    if (status == IOP_OK && wants_to_stop(crew, tasks, tasks))
        status = diag_set(diag, IOP_INTERRUPTED, "interrupted after %d of %d runs", tasks, tasks);
    return status;
}
