/* The other ranks: points, and a keeper that is a letter to rank 0. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/sweep_desk.h"
#include "analysis/sweep_mail.h"
#include "analysis/sweep_mpi.h"

/* Threads ask one after the other. */
struct line {
    const struct sweep_wire *wire;
    pthread_mutex_t lock;
};

/* Sends a request and waits for its answer, whose payload the caller frees. */
static void ask(struct line *line, const struct sweep_message *request, const void *payload,
                struct sweep_message *answer, void **answer_payload) {
    pthread_mutex_lock(&line->lock);
    sweep_mail_send(line->wire, 0, request, payload);
    double waits_since = sweep_mail_now();
    int from;
    while (!line->wire->functions->arrived(&from)) sweep_mail_nap(waits_since);
    sweep_mail_take(line->wire, 0, answer, answer_payload);
    pthread_mutex_unlock(&line->lock);
}

/* The same where the status is all there is to know. */
static enum iop_status ask_status(struct line *line, const struct sweep_message *request, const void *payload,
                                  struct diag *diag) {
    struct sweep_message answer;
    void *nothing;
    ask(line, request, payload, &answer, &nothing);
    free(nothing);
    return answer.status == IOP_OK ? IOP_OK : diag_set(diag, answer.status, "%s", answer.text);
}

static struct sweep_message about(enum sweep_message_kind kind, const char *key) {
    struct sweep_message message = {.kind = kind};
    memcpy(message.key, key, strlen(key) + 1);
    return message;
}

/* ---- the keeper */

static enum iop_status have(void *user, const char *key, int *numbers, int most, int *count, double *warmup_s,
                            struct diag *diag) {
    struct sweep_message request = about(SWEEP_HAVE, key), answer;
    void *payload;
    request.count = most;
    ask(user, &request, NULL, &answer, &payload);
    *count = answer.count;
    *warmup_s = answer.warmup_s;
    if (payload != NULL) memcpy(numbers, payload, (size_t)answer.count * sizeof *numbers);
    free(payload);
    return answer.status == IOP_OK ? IOP_OK : diag_set(diag, answer.status, "%s", answer.text);
}

static enum iop_status add(void *user, const char *key, const struct store_replication *replication,
                           struct diag *diag) {
    struct sweep_message request = about(SWEEP_ADD, key);
    request.replication = *replication;
    request.bytes = (uint64_t)replication->count * sizeof *replication->values;
    return ask_status(user, &request, replication->values, diag);
}

static enum iop_status absent(void *user, const char *key, const char *reason, struct diag *diag) {
    struct sweep_message request = about(SWEEP_ABSENT, key);
    memcpy(request.text, reason, strlen(reason) + 1);
    return ask_status(user, &request, NULL, diag);
}

static enum iop_status visit(void *user, const char *key, store_visitor *visitor, void *visitor_user,
                             struct diag *diag) {
    struct sweep_message request = about(SWEEP_VISIT, key), answer;
    void *payload;
    ask(user, &request, NULL, &answer, &payload);
    enum iop_status status = answer.status;
    if (status != IOP_OK) diag_set(diag, status, "%s", answer.text);
    const char *at = payload, *end = at + answer.bytes;
    while (status == IOP_OK && at < end) {
        const struct store_value *which = (const void *)at;
        const int64_t *count = (const void *)(which + 1);
        const double *values = (const void *)(count + 1);
        status = visitor(visitor_user, which, values, (int)*count, diag);
        at = (const char *)(values + *count);
    }
    free(payload);
    return status;
}

/* ---- the work */

static int next(void *user, const struct sweep_report *last) {
    struct sweep_message request = {
        .kind = SWEEP_NEXT, .point = last->place, .status = last->status, .outcome = last->outcome};
    struct sweep_message answer;
    void *nothing;
    memcpy(request.text, last->diag.message, sizeof request.text);
    ask(user, &request, NULL, &answer, &nothing);
    free(nothing);
    return answer.point;
}

static enum iop_status greet(struct line *line, const struct sweep_plan *plan, const int *points, int count,
                             struct diag *diag) {
    struct sweep_message hello = {.kind = SWEEP_HELLO};
    enum iop_status status = sweep_mail_plan(plan, points, count, &hello.plan, diag);
    return status == IOP_OK ? ask_status(line, &hello, NULL, diag) : status;
}

static enum iop_status work(struct line *line, const struct sweep_plan *plan, int jobs, struct diag *diag) {
    int *points = calloc((size_t)plan->count, sizeof *points);
    if (points == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory for the sweep");
    enum iop_status status = greet(line, plan, points, sweep_points(plan, points), diag);
    struct sweep_worker worker = {.plan = plan,
                                  .points = points,
                                  .keeper = {line, have, add, absent, visit},
                                  .next = next,
                                  .user = line,
                                  .jobs = jobs};
    if (status == IOP_OK) status = sweep_worker_run(&worker, diag);
    free(points);
    return status;
}

enum iop_status sweep_mpi_work(const struct sweep_plan *plan, enum iop_status status, const struct diag *diag, int jobs,
                               const struct sweep_wire *wire) {
    struct line line = {wire, PTHREAD_MUTEX_INITIALIZER};
    struct diag own = *diag, ignored = {""};
    if (plan != NULL) status = work(&line, plan, jobs, &own);
    if (status != IOP_OK) {
        struct sweep_message trouble = {.kind = SWEEP_HELLO, .status = status};
        memcpy(trouble.text, own.message, sizeof trouble.text);
        ask_status(&line, &trouble, NULL, &ignored);
    }
    const struct sweep_message leave = {.kind = SWEEP_LEAVE};
    return ask_status(&line, &leave, NULL, &ignored);
}
