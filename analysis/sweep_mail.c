#include "analysis/sweep_mail.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/content_hash.h"

enum { NAP_SHARE = 32, NAP_MIN_NS = 50000, NAP_MAX_NS = 1000000, EXIT_FAILED = 2 };

void sweep_mail_send(const struct sweep_wire *wire, int to, const struct sweep_message *message, const void *payload) {
    wire->functions->send(to, message, sizeof *message);
    if (message->bytes > 0) wire->functions->send(to, payload, message->bytes);
}

void sweep_mail_take(const struct sweep_wire *wire, int from, struct sweep_message *message, void **payload) {
    *payload = NULL;
    wire->functions->receive(from, message, sizeof *message);
    if (message->bytes == 0) return;
    *payload = malloc(message->bytes);
    if (*payload == NULL) wire->functions->abort(EXIT_FAILED); /* neither rank can go on */
    wire->functions->receive(from, *payload, message->bytes);
}

double sweep_mail_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void sweep_mail_nap(double since) {
    double wanted = (sweep_mail_now() - since) * 1e9 / NAP_SHARE;
    struct timespec nap = {0, NAP_MIN_NS};
    if (wanted > NAP_MIN_NS) nap.tv_nsec = wanted < NAP_MAX_NS ? (long)wanted : NAP_MAX_NS;
    nanosleep(&nap, NULL);
}

enum iop_status sweep_mail_plan(const struct sweep_plan *plan, const int *points, int count, uint64_t *hash,
                                struct diag *diag) {
    struct {
        uint64_t count;
        double precision;
        uint64_t replications;
        char first[STORE_KEY_MAX + 7], last[STORE_KEY_MAX + 7];
    } what;
    static_assert(sizeof what == 3 * sizeof(uint64_t) + 2 * (STORE_KEY_MAX + 7), "bytes without a value");
    memset(&what, 0, sizeof what);
    what.count = (uint64_t)count;
    what.precision = plan->run.precision;
    what.replications = (uint64_t)plan->run.replications;
    enum iop_status status = IOP_OK;
    if (count > 0) status = sweep_key(plan, points[0], what.first, diag);
    if (status == IOP_OK && count > 0) status = sweep_key(plan, points[count - 1], what.last, diag);
    *hash = fnv1a_64(FNV1A_64_START, &what, sizeof what);
    return status;
}
