#include "analysis/capacity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/bottleneck.h"
#include "analysis/units.h"

static const double start_above_bound = 1.05, lost_allowed = 0.01, default_precision = 0.01;
static const double most_above_bound = 64;       /* a load that has no effect by then has none */
static const double fewest_arrivals = 20;        /* of a replication: below there is nothing to measure */
static const double least_of_bound = 1.0 / 4096; /* nor is the search for a load endless */

struct search {
    const struct scenario *scenario;
    const struct crew *crew;
    struct model_config *model; /* of the load that is tried */
    struct run_config run;
    int together; /* guests whose loads are the same */
    struct capacity *capacity;
    struct capacity_load tried;
    double seen[LIMITS_MAX]; /* how often the metric of a limit was observed */
};

/* ---- whose load it is */

static enum iop_status not_a_load(const char *load, struct diag *diag) {
    return diag_set(diag, IOP_INVALID,
                    "--find-max: '%.160s' is no load; allowed are offered_pps, or the rate of a workload such as "
                    "guests[0].workloads[0].rate",
                    load);
}

/* Takes `[NAME or number]` after `word` off the path; false when it does not stand there. */
static bool take_entry(const char **path, const char *word, char *name, size_t size) {
    size_t length = strlen(word);
    if (strncmp(*path, word, length) != 0 || (*path)[length] != '[') return false;
    const char *start = *path + length + 1, *end = strchr(start, ']');
    if (end == NULL || end == start || (size_t)(end - start) >= size) return false;
    snprintf(name, size, "%.*s", (int)(end - start), start);
    *path = end + 1;
    return true;
}

/* Which of `count` names, or of their numbers, `name` is; -1: none. */
static int entry_of(const char *name, const char *const *names, int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return i;
    char *end;
    unsigned long index = strtoul(name, &end, 10);
    return *end == '\0' && index < (unsigned long)count ? (int)index : -1;
}

static enum iop_status no_entry(const char *load, const char *name, const char *const *names, int count,
                                struct diag *diag) {
    const char *near = nearest_name(name, names, (size_t)count);
    return diag_set(diag, IOP_INVALID, "--find-max '%.160s': there is no entry [%s]%s%s%s", load, name,
                    near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

static enum iop_status find_named(const struct model_config *model, const char *load, struct capacity *capacity,
                                  struct diag *diag) {
    const char *names[GUESTS_MAX > WORKLOADS_MAX ? GUESTS_MAX : WORKLOADS_MAX], *rest = load;
    char guest[NAME_MAX_BYTES], workload[NAME_MAX_BYTES];
    if (!take_entry(&rest, "guests", guest, sizeof guest) ||
        !take_entry(&rest, ".workloads", workload, sizeof workload) ||
        (strcmp(rest, ".rate") != 0 && strcmp(rest, ".offered_pps") != 0))
        return not_a_load(load, diag);
    for (int i = 0; i < model->guest_count; i++) names[i] = model->guests[i].name;
    capacity->guest = entry_of(guest, names, model->guest_count);
    if (capacity->guest < 0) return no_entry(load, guest, names, model->guest_count, diag);
    const struct guest_config *found = &model->guests[capacity->guest];
    for (int i = 0; i < found->workload_count; i++) names[i] = found->workloads[i].name;
    capacity->workload = entry_of(workload, names, found->workload_count);
    if (capacity->workload < 0) return no_entry(load, workload, names, found->workload_count, diag);
    return IOP_OK;
}

static bool has_rate(const struct workload_config *workload) {
    switch (workload->kind) {
    case WORK_UDP_STREAM:
        return workload->sender == SENDER_SOCKET || workload->sender == SENDER_PKTGEN;
    case WORK_UDP_RR:
    case WORK_TCP_RR:
    case WORK_HTTP:
        return true;
    case WORK_BLOCK:
        return workload->requests == NULL;
    default:
        return false;
    }
}

static const struct workload_config *searched(const struct search *search) {
    return &search->scenario->model.guests[search->capacity->guest].workloads[search->capacity->workload];
}

static enum iop_status find_workload(struct search *search, const char *load, struct diag *diag) {
    const struct model_config *model = &search->scenario->model;
    struct capacity *capacity = search->capacity;
    bool first = strcmp(load, "offered_pps") == 0 || strcmp(load, "rate") == 0;
    while (first && capacity->guest + 1 < model->guest_count && model->guests[capacity->guest].workload_count == 0)
        capacity->guest++;
    if (first && model->guests[capacity->guest].workload_count == 0)
        return diag_set(diag, IOP_INVALID, "--find-max: the scenario has no workload");
    enum iop_status status = first ? IOP_OK : find_named(model, load, capacity, diag);
    if (status != IOP_OK) return status;
    const struct workload_config *workload = searched(search);
    if (has_rate(workload)) return IOP_OK;
    return diag_set(
        diag, IOP_INVALID,
        "--find-max: workload '%s' (%s) has no offered rate to raise; allowed are udp-stream from a socket or pktgen, "
        "udp-rr, tcp-rr, http, and block without a trace",
        workload->name, workload_kind_name(workload->kind));
}

/* ---- one load */

static const struct estimate *of_workload(const struct search *search, const struct experiment_result *result,
                                          enum metric_kind kind) {
    const struct metric wanted = {
        .kind = kind, .guest = search->capacity->guest, .workload = search->capacity->workload};
    return experiment_find_metric(result, &wanted);
}

static const struct estimate *delivered(const struct search *search, const struct experiment_result *result) {
    const struct workload_config *workload = searched(search);
    enum metric_kind kind = workload_is_stream(workload->kind) ? METRIC_PPS
                            : workload->kind == WORK_BLOCK     ? METRIC_IOPS
                                                               : METRIC_TRANSACTIONS;
    return of_workload(search, result, kind);
}

/* The share of what was offered that was not delivered, over the observations. */
static struct interval lost(const struct search *search, const struct experiment_result *result) {
    const struct interval all = {1, 1, 1};
    const struct estimate *out = delivered(search, result), *in = of_workload(search, result, METRIC_OFFERED_PPS);
    int count = experiment_observations(result);
    double *shares = calloc((size_t)count + 1, sizeof *shares);
    if (out == NULL || shares == NULL) {
        free(shares);
        return all;
    }
    const double *left = experiment_values(result, out), *entered = in != NULL ? experiment_values(result, in) : NULL;
    int kept = 0;
    for (int i = 0; i < count; i++) {
        double offered = entered != NULL ? entered[i] : search->tried.offered;
        if (offered > 0 && !isnan(left[i])) shares[kept++] = 1 - left[i] / offered;
    }
    struct interval over = kept > 0 ? student_interval(shares, kept) : all;
    free(shares);
    return over;
}

static struct interval limited(struct search *search, int index, const struct experiment_result *result) {
    const char *name = search->capacity->limits[index].metric;
    if (strcmp(name, LIMIT_LOST) == 0) return lost(search, result);
    const struct estimate *found = NULL;
    if (strchr(name, '[') != NULL || strncmp(name, "rates.", 6) == 0)
        found = experiment_find(result, search->model, name);
    for (int i = 0; i < METRIC_KIND_COUNT && found == NULL; i++)
        if (strcmp(metric_name((enum metric_kind)i), name) == 0)
            found = of_workload(search, result, (enum metric_kind)i);
    if (found == NULL) return (struct interval){NAN, NAN, NAN};
    search->seen[index]++;
    return found->over;
}

/* The worst side of all limits; what was not observed breaks its limit. */
static enum limit_side judge(struct search *search, const struct experiment_result *result) {
    enum limit_side worst = LIMIT_KEPT;
    for (int i = 0; i < search->capacity->limit_count; i++) {
        struct interval over = search->tried.limited[i] = limited(search, i, result);
        enum limit_side side = isnan(over.mean) ? LIMIT_BROKEN : limit_judge(&search->capacity->limits[i], &over);
        if (side == LIMIT_BROKEN || worst == LIMIT_KEPT) worst = side;
    }
    return worst;
}

static bool is_decided(void *user, const struct experiment_result *so_far) {
    return judge(user, so_far) != LIMIT_UNDECIDED;
}

/* What no load showed although something was delivered is not a metric of this scenario. */
static enum iop_status check_seen(const struct search *search, struct diag *diag) {
    const struct capacity *capacity = search->capacity;
    for (int i = 0; i < capacity->limit_count; i++) {
        const struct limit *limit = &capacity->limits[i];
        if (search->seen[i] > 0 || strcmp(limit->metric, LIMIT_LOST) == 0) continue;
        return diag_set(diag, IOP_INVALID,
                        "--subject-to: '%s' is not in the results of this scenario; 'iopath run SCENARIO --format csv' "
                        "shows what is",
                        limit->metric);
    }
    return IOP_OK;
}

static void set_rate(struct search *search, double rate) {
    const struct capacity *capacity = search->capacity;
    for (int i = 0; i < search->together; i++)
        search->model->guests[capacity->guest + i].workloads[capacity->workload].rate_pps = rate;
}

static enum iop_status try_load(struct search *search, double offered, bool *kept, struct diag *diag) {
    struct experiment_result result;
    struct capacity *capacity = search->capacity;
    search->tried = (struct capacity_load){.offered = offered, .delivered = {NAN, NAN, NAN}};
    set_rate(search, offered);
    enum iop_status status = experiment_run_until(search->model, &search->run, search->crew, is_decided, search,
                                                  CAPACITY_REPLICATIONS, &result, diag);
    if (status != IOP_OK) {
        experiment_result_free(&result);
        return status;
    }
    enum limit_side side = judge(search, &result);
    const struct estimate *out = delivered(search, &result);
    struct bottleneck bottleneck = bottleneck_find(&result);
    if (out != NULL) search->tried.delivered = out->over;
    if (bottleneck.first != NULL) {
        memcpy(search->tried.bottleneck, bottleneck.first->name, sizeof search->tried.bottleneck);
        search->tried.utilization = bottleneck.first->utilization;
    }
    search->tried.replications = result.replications;
    search->tried.undecided = side == LIMIT_UNDECIDED;
    experiment_result_free(&result);
    capacity->loads++;
    *kept = side == LIMIT_KEPT;
    *(*kept ? &capacity->kept : &capacity->broken) = search->tried;
    return search->tried.delivered.mean > 0 ? check_seen(search, diag) : IOP_OK;
}

/* ---- the search */

static enum iop_status never_kept(const struct search *search, struct diag *diag) {
    const struct capacity_load *load = &search->capacity->broken;
    enum iop_status status = IOP_OK;
    search->capacity->outcome = CAPACITY_NEVER_KEPT;
    char offered[UNITS_TEXT], text[PATH_TEXT_MAX + 80], value[UNITS_TEXT] = "not observed";
    units_si(load->offered, "/s", offered);
    for (int i = 0; i < search->capacity->limit_count && status == IOP_OK; i++) {
        const struct limit *limit = &search->capacity->limits[i];
        bool known = !isnan(load->limited[i].mean);
        if (known && limit_judge(limit, &load->limited[i]) == LIMIT_KEPT) continue;
        limit_text(limit, text, sizeof text);
        if (known) units_metric(load->limited[i].mean, limit_unit(limit), "/s", value);
        status = diag_set(diag, IOP_CHECK_FAILED, "no load keeps '%s': at %s it is %s", text, offered, value);
    }
    return status;
}

static enum iop_status always_kept(const struct search *search, struct diag *diag) {
    char offered[UNITS_TEXT], bound[UNITS_TEXT];
    search->capacity->outcome = CAPACITY_ALWAYS_KEPT;
    return diag_set(diag, IOP_CHECK_FAILED,
                    "all limits are kept up to %s, far above the bound of %s: the load has no effect on them",
                    units_si(search->capacity->kept.offered, "/s", offered),
                    units_si(search->capacity->bound, "/s", bound));
}

/* Two loads with the highest that keeps the limits between them. */
static enum iop_status bracket(struct search *search, struct diag *diag) {
    double bound = search->capacity->bound, duration_s = sim_seconds(search->run.duration);
    double least = fmax(bound * least_of_bound, fmin(fewest_arrivals / duration_s, bound / 2));
    bool kept = false;
    double offered = start_above_bound * bound;
    enum iop_status status = try_load(search, offered, &kept, diag);
    bool downward = !kept;
    while (status == IOP_OK && kept != downward) {
        offered *= downward ? 0.5 : 2;
        if (offered < least) return never_kept(search, diag);
        if (offered > most_above_bound * bound) return always_kept(search, diag);
        status = try_load(search, offered, &kept, diag);
    }
    return status;
}

static enum iop_status bisect(struct search *search, struct diag *diag) {
    struct capacity *capacity = search->capacity;
    enum iop_status status = bracket(search, diag);
    while (status == IOP_OK && capacity->broken.offered > capacity->kept.offered * (1 + capacity->precision)) {
        bool kept = false;
        status = try_load(search, sqrt(capacity->kept.offered * capacity->broken.offered), &kept, diag);
    }
    return status;
}

/* The bound of the workload when it sends as fast as it can. */
static enum iop_status find_bound(struct search *search, struct diag *diag) {
    struct capacity *capacity = search->capacity;
    int count = 0, max = 0;
    for (int i = 0; i < search->model->guest_count; i++) max += search->model->guests[i].workload_count;
    struct bound *bounds = calloc((size_t)max + 1, sizeof *bounds);
    if (bounds == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    set_rate(search, 0);
    enum iop_status status = model_bounds(search->model, bounds, max, &count, diag);
    for (int i = 0; i < count && status == IOP_OK; i++)
        if (bounds[i].guest == capacity->guest && bounds[i].workload == capacity->workload)
            capacity->bound = bounds[i].pps;
    free(bounds);
    if (status == IOP_OK && !(capacity->bound > 0 && isfinite(capacity->bound)))
        status = diag_set(diag, IOP_INVALID, "--find-max: there is no bound from which to search");
    return status;
}

static enum iop_status take_limits(const struct capacity_request *request, struct capacity *capacity,
                                   struct diag *diag) {
    bool limits_lost = false;
    if (request->limit_count >= LIMITS_MAX)
        return diag_set(diag, IOP_INVALID, "--subject-to: %d limits are more than the %d allowed", request->limit_count,
                        LIMITS_MAX - 1);
    for (int i = 0; i < request->limit_count; i++) {
        capacity->limits[capacity->limit_count++] = request->limits[i];
        limits_lost = limits_lost || strcmp(request->limits[i].metric, LIMIT_LOST) == 0;
    }
    if (!limits_lost)
        capacity->limits[capacity->limit_count++] =
            (struct limit){.metric = LIMIT_LOST, .relation = LIMIT_AT_MOST, .value = lost_allowed};
    return IOP_OK;
}

enum iop_status capacity_find(const struct scenario *scenario, const struct capacity_request *request,
                              const struct crew *crew, struct capacity *capacity, struct diag *diag) {
    *capacity = (struct capacity){.loads = 0};
    struct search search = {.scenario = scenario, .crew = crew, .run = scenario->run, .capacity = capacity};
    capacity->precision = request->precision > 0 ? request->precision : search.run.precision;
    if (!(capacity->precision > 0)) capacity->precision = default_precision;
    search.run.precision = 0;
    if (search.run.replications < 2) search.run.replications = 2;
    search.together = request->together > 1 ? request->together : 1;
    search.model = malloc(sizeof *search.model);
    if (search.model == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    *search.model = scenario->model;
    enum iop_status status = take_limits(request, capacity, diag);
    if (status == IOP_OK) status = find_workload(&search, request->load, diag);
    if (status == IOP_OK) status = find_bound(&search, diag);
    if (status == IOP_OK) status = bisect(&search, diag);
    if (status == IOP_OK) capacity->outcome = CAPACITY_FOUND;
    free(search.model);
    return status;
}
