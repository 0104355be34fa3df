/* Rank 0: the desk, the store, and the answers to the other ranks. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/sweep_desk.h"
#include "analysis/sweep_mail.h"
#include "analysis/sweep_mpi.h"

#define PROGRESS_PERIOD_S 0.1

struct service {
    struct sweep_ranks *ranks;
    const struct crew *crew;
    struct sweep_desk desk;
    struct sweep_worker own; /* what rank 0 works itself */
    uint64_t plan;
    atomic_bool own_ended;
};

/* An answer in the making. */
struct answer {
    struct sweep_message message;
    char *payload; /* to be freed */
    struct diag diag;
};

static void answer_hello(struct service *service, int from, const struct sweep_message *request) {
    char text[sizeof request->text];
    if (request->status != IOP_OK) {
        sweep_desk_fail(&service->desk, request->status, request->text);
    } else if (request->plan != service->plan) {
        snprintf(text, sizeof text,
                 "rank %d has another plan than rank 0: scenario, options, catalog and version must be the same", from);
        sweep_desk_fail(&service->desk, IOP_INVALID, text);
    }
}

static void answer_next(struct service *service, const struct sweep_message *request, struct answer *answer) {
    struct sweep_report report = {.place = request->point, .status = request->status, .outcome = request->outcome};
    diag_set(&report.diag, request->status, "%s", request->text);
    answer->message.point = sweep_desk_next(&service->desk, &report);
}

static enum iop_status answer_have(const struct sweep_keeper *keeper, const struct sweep_message *request,
                                   struct answer *answer) {
    int *numbers = calloc((size_t)request->count + 1, sizeof *numbers);
    if (numbers == NULL) return diag_set(&answer->diag, IOP_NO_MEMORY, "out of memory in a sweep");
    enum iop_status status = keeper->have(keeper->user, request->key, numbers, request->count, &answer->message.count,
                                          &answer->message.warmup_s, &answer->diag);
    answer->payload = (char *)numbers;
    if (status == IOP_OK) answer->message.bytes = (uint64_t)answer->message.count * sizeof *numbers;
    return status;
}

static enum iop_status answer_add(const struct sweep_keeper *keeper, const struct sweep_message *request,
                                  const void *payload, struct answer *answer) {
    struct store_replication replication = request->replication;
    replication.values = payload;
    return keeper->add(keeper->user, request->key, &replication, &answer->diag);
}

static enum iop_status write_metric(void *user, const struct store_value *which, const double *values, int count,
                                    struct diag *diag) {
    FILE *out = user;
    const int64_t n = count;
    fwrite(which, sizeof *which, 1, out);
    fwrite(&n, sizeof n, 1, out);
    fwrite(values, sizeof *values, (size_t)count, out);
    return ferror(out) ? diag_set(diag, IOP_NO_MEMORY, "out of memory in a sweep") : IOP_OK;
}

static enum iop_status answer_visit(const struct sweep_keeper *keeper, const struct sweep_message *request,
                                    struct answer *answer) {
    size_t size = 0;
    FILE *out = open_memstream(&answer->payload, &size);
    if (out == NULL) return diag_set(&answer->diag, IOP_NO_MEMORY, "out of memory in a sweep");
    enum iop_status status = keeper->visit(keeper->user, request->key, write_metric, out, &answer->diag);
    if (fclose(out) != 0 && status == IOP_OK)
        status = diag_set(&answer->diag, IOP_NO_MEMORY, "out of memory in a sweep");
    if (status == IOP_OK) answer->message.bytes = size;
    return status;
}

static enum iop_status answer_request(struct service *service, int from, const struct sweep_message *request,
                                      const void *payload, struct answer *answer) {
    const struct sweep_keeper *keeper = &service->own.keeper;
    switch (request->kind) {
    case SWEEP_HELLO:
        answer_hello(service, from, request);
        break;
    case SWEEP_NEXT:
        answer_next(service, request, answer);
        break;
    case SWEEP_HAVE:
        return answer_have(keeper, request, answer);
    case SWEEP_ADD:
        return answer_add(keeper, request, payload, answer);
    case SWEEP_ABSENT:
        return keeper->absent(keeper->user, request->key, request->text, &answer->diag);
    case SWEEP_VISIT:
        return answer_visit(keeper, request, answer);
    case SWEEP_LEAVE:
        break;
    }
    return IOP_OK;
}

/* One message of another rank. Who leaves waits for sweep_mpi_dismiss; without a service there is nothing to do. */
static void attend(struct sweep_ranks *ranks, struct service *service, int from) {
    struct sweep_message request;
    void *payload;
    sweep_mail_take(ranks->wire, from, &request, &payload);
    if (request.kind == SWEEP_LEAVE) {
        ranks->left++;
    } else {
        struct answer answer = {.message = {.kind = request.kind, .point = -1}};
        if (service != NULL) answer.message.status = answer_request(service, from, &request, payload, &answer);
        memcpy(answer.message.text, answer.diag.message, sizeof answer.message.text);
        sweep_mail_send(ranks->wire, from, &answer.message, answer.payload);
        free(answer.payload);
    }
    free(payload);
}

static void report_progress(struct service *service, double *told) {
    const struct crew *crew = service->crew;
    if (crew->progress == NULL || sweep_mail_now() - *told < PROGRESS_PERIOD_S) return;
    *told = sweep_mail_now();
    if (crew->progress(crew->progress_user, sweep_desk_done(&service->desk), service->desk.count) != 0)
        sweep_desk_stop(&service->desk);
}

/* Until the others wait for the end and rank 0's own threads are done. */
static void serve(struct service *service) {
    struct sweep_ranks *ranks = service->ranks;
    double waits_since = sweep_mail_now(), told = waits_since;
    while (ranks->left < ranks->wire->size - 1 || !service->own_ended) {
        int from;
        if (ranks->wire->functions->arrived(&from)) {
            attend(ranks, service, from);
            waits_since = sweep_mail_now();
        } else {
            sweep_mail_nap(waits_since);
        }
        report_progress(service, &told);
    }
}

static int next_of_desk(void *user, const struct sweep_report *last) { return sweep_desk_next(user, last); }

static void *work_too(void *user) {
    struct service *service = user;
    struct diag diag = {""};
    enum iop_status status = sweep_worker_run(&service->own, &diag);
    if (status != IOP_OK) sweep_desk_fail(&service->desk, status, diag.message);
    service->own_ended = true;
    return NULL;
}

static enum iop_status outcome_of(struct service *service, struct sweep_outcome *outcome, struct diag *diag) {
    const struct sweep_desk *desk = &service->desk;
    *outcome = desk->outcome;
    outcome->points = desk->count;
    if (desk->failed < desk->count) return diag_set(diag, desk->status, "%s", desk->diag.message);
    if (desk->stopping)
        return diag_set(diag, IOP_INTERRUPTED, "interrupted after %d of %d runs", desk->done, desk->count);
    return IOP_OK;
}

static enum iop_status serve_points(struct service *service, const int *points, struct sweep_outcome *outcome,
                                    struct diag *diag) {
    const struct sweep_plan *plan = service->own.plan;
    int count = service->desk.count;
    enum iop_status status = sweep_mail_plan(plan, points, count, &service->plan, diag);
    if (status == IOP_OK) status = sweep_announce(plan, service->desk.store->store, points, count, diag);
    if (status != IOP_OK) return status;
    pthread_t thread;
    if (pthread_create(&thread, NULL, work_too, service) != 0)
        return diag_set(diag, IOP_NO_MEMORY, "no thread could be started");
    serve(service);
    pthread_join(thread, NULL);
    return outcome_of(service, outcome, diag);
}

enum iop_status sweep_mpi_serve(const struct sweep_plan *plan, struct store *store, const struct crew *crew,
                                struct sweep_ranks *ranks, struct sweep_outcome *outcome, struct diag *diag) {
    *outcome = (struct sweep_outcome){0};
    int *points = calloc((size_t)plan->count, sizeof *points);
    if (points == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory for the sweep");
    int count = sweep_points(plan, points);
    struct locked_store locked = {store, PTHREAD_MUTEX_INITIALIZER, false};
    struct service service = {
        .ranks = ranks,
        .crew = crew,
        .desk = {.lock = PTHREAD_MUTEX_INITIALIZER, .store = &locked, .count = count, .failed = count},
        .own = {.plan = plan,
                .points = points,
                .keeper = sweep_keeper_of(&locked),
                .next = next_of_desk,
                .user = &service.desk,
                .jobs = crew->jobs}};
    enum iop_status status = serve_points(&service, points, outcome, diag);
    free(points);
    return status;
}

void sweep_mpi_dismiss(struct sweep_ranks *ranks, enum iop_status status) {
    const struct sweep_wire *wire = ranks->wire;
    double waits_since = sweep_mail_now();
    while (ranks->left < wire->size - 1) {
        int from;
        if (wire->functions->arrived(&from))
            attend(ranks, NULL, from);
        else
            sweep_mail_nap(waits_since);
    }
    const struct sweep_message message = {.kind = SWEEP_LEAVE, .status = status};
    for (int rank = 1; rank < wire->size; rank++) sweep_mail_send(wire, rank, &message, NULL);
}
