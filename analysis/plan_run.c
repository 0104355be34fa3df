/* What each option of a plan can carry, and how it does under its share of the load. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/bottleneck.h"
#include "analysis/plan.h"
#include "analysis/units.h"

/* More instances than the search says are tried so often, a share of them more each time. */
static const double attempt_step = 0.03;
enum { ATTEMPTS = 4 };

struct planning {
    struct plan *plan;
    const struct crew *crew; /* the one that was asked for */
    pthread_t caller;
    atomic_bool stop;
    int done, total; /* as told last */
    struct prediction_plan costs;
    int *ranked;        /* options whose costs are drawn */
    double *capacities; /* of option ranked[r] and sample s: capacities[r * samples + s] */
};

/* ---- stopping: an option takes seconds, after which nobody wants to wait */

static int tell(void *user, int done, int total) {
    struct planning *planning = user;
    planning->done = done;
    planning->total = total;
    bool stop =
        planning->crew->progress != NULL && planning->crew->progress(planning->crew->progress_user, done, total) != 0;
    if (stop) planning->stop = true;
    return stop;
}

/* Within an option, on whichever thread. */
static int check_stop(void *user, int done, int total) {
    struct planning *planning = user;
    (void)done, (void)total;
    if (pthread_equal(pthread_self(), planning->caller)) return tell(planning, planning->done, planning->total);
    return planning->stop;
}

static enum iop_status spread(struct planning *planning, int tasks, crew_task *task, struct diag *diag) {
    const struct crew crew = {.jobs = planning->crew->jobs, .progress = tell, .progress_user = planning};
    enum iop_status status = crew_run(&crew, tasks, task, planning, diag);
    if (status == IOP_INTERRUPTED)
        diag_set(diag, status, "interrupted after %d of %d searches", planning->done, planning->total);
    return status;
}

/* ---- one option */

static enum iop_status search(struct planning *planning, const struct scenario *scenario, int together,
                              struct capacity *capacity, struct diag *diag) {
    const struct crew alone = {.jobs = 1, .progress = check_stop, .progress_user = planning};
    struct limit limits[OBJECTIVES_MAX + 1];
    int count = plan_limits(planning->plan, limits);
    const struct capacity_request request = {
        .load = "guests[0].workloads[0].rate", .limit_count = count, .limits = limits, .together = together};
    return capacity_find(scenario, &request, &alone, capacity, diag);
}

/* Of the workload; NULL: it is no latency, or was not observed. */
static const struct estimate *find_latency(const struct experiment_result *result, const char *name) {
    for (int e = 0; e < result->estimate_count; e++) {
        const struct metric *metric = &result->estimates[e].metric;
        if (metric->guest == 0 && metric->workload == 0 && strcmp(metric_name(metric->kind), name) == 0)
            return &result->estimates[e];
    }
    return NULL;
}

static void note(const struct experiment_result *result, struct plan_option *option) {
    struct bottleneck bottleneck = bottleneck_find(result);
    for (int i = 0; i < PLAN_LATENCIES; i++) option->latency[i] = (struct interval){NAN, NAN, NAN};
    for (int i = 0; i < PLAN_LATENCIES; i++) {
        const struct estimate *found = find_latency(result, plan_latency_name((enum plan_latency)i));
        if (found != NULL) option->latency[i] = found->over;
    }
    if (bottleneck.first != NULL) {
        memcpy(option->bottleneck, bottleneck.first->name, sizeof option->bottleneck);
        option->utilization = bottleneck.first->utilization;
    }
}

/* The objective's latency that is farthest on the wrong side, or else undecided; NULL: all are kept. */
static const struct demand_objective *worst_latency(const struct demand *demand, const struct experiment_result *result,
                                                    enum limit_side *side) {
    const struct demand_objective *worst = NULL;
    *side = LIMIT_KEPT;
    for (int o = 0; o < demand->objective_count; o++) {
        struct limit limit = plan_limit(&demand->objectives[o]);
        const struct estimate *found = find_latency(result, limit.metric);
        enum limit_side own = found != NULL ? limit_judge(&limit, &found->over) : LIMIT_KEPT;
        if (own == LIMIT_KEPT || *side == LIMIT_BROKEN) continue;
        worst = &demand->objectives[o];
        *side = own;
    }
    return worst;
}

static bool is_decided(void *user, const struct experiment_result *so_far) {
    enum limit_side side;
    worst_latency(user, so_far, &side);
    return side != LIMIT_UNDECIDED;
}

/* Why an option is out whose instances break the objective under their share. */
static void check_share(const struct plan *plan, const struct experiment_result *result, struct plan_option *option) {
    enum limit_side side;
    option->reason[0] = '\0';
    char share[UNITS_TEXT], capacity[UNITS_TEXT], latency[UNITS_TEXT];
    const struct demand_objective *worst = worst_latency(plan->demand, result, &side);
    if (worst == NULL) return;
    if (side == LIMIT_UNDECIDED && find_latency(result, worst->metric)->over.mean <= worst->most) return;
    snprintf(option->reason, sizeof option->reason, "under its share of the load, %s of a capacity of %s, %s is %s",
             units_si(option->share, "/s", share), units_si(option->capacity, "/s", capacity), worst->metric,
             units_time(find_latency(result, worst->metric)->over.mean, latency));
}

/* One instance under its share of the load. */
static enum iop_status operate_once(struct planning *planning, struct scenario *scenario, struct plan_option *option,
                                    struct diag *diag) {
    const struct crew alone = {.jobs = 1, .progress = check_stop, .progress_user = planning};
    struct run_config run = scenario->run;
    struct experiment_result result;
    run.precision = 0; /* replications are added until the objective is decided */
    if (run.replications < 2) run.replications = 2;
    for (int i = 0; i < option->per_host; i++) scenario->model.guests[i].workloads[0].rate_pps = option->share;
    enum iop_status status =
        experiment_run_until(&scenario->model, &run, &alone, is_decided, (void *)(uintptr_t)planning->plan->demand,
                             CAPACITY_REPLICATIONS, &result, diag);
    if (status == IOP_OK) note(&result, option);
    if (status == IOP_OK) check_share(planning->plan, &result, option);
    experiment_result_free(&result);
    return status;
}

/* As many instances as the capacity says, or a few more: close to its capacity the latency of a path differs much
 * between replications, and a search that has looked at some may be contradicted by more of them. Low loads, too, may
 * be slower than high ones, and then more instances do not help. */
static enum iop_status operate(struct planning *planning, struct scenario *scenario, struct plan_option *option,
                               struct diag *diag) {
    const double load = planning->plan->load;
    enum iop_status status = IOP_OK;
    for (int attempt = 0; attempt < ATTEMPTS && status == IOP_OK; attempt++) {
        if (attempt > 0) option->count += fmax(1, ceil(attempt_step * option->count));
        option->share = load / option->count;
        status = operate_once(planning, scenario, option, diag);
        if (option->reason[0] == '\0') break;
    }
    option->headroom = option->count * option->capacity / load - 1;
    return status;
}

/* What a search found; 0: no load keeps the limits. Beyond what a wire takes nobody can send: what arrived is then all
 * there can be. */
static struct interval capacity_of(const struct capacity *search) {
    double kept = search->kept.offered, broken = search->broken.offered;
    if (search->outcome == CAPACITY_ALWAYS_KEPT) return search->kept.delivered;
    if (search->outcome != CAPACITY_FOUND) return (struct interval){0, 0, 0};
    return (struct interval){.mean = kept, .low = kept, .high = broken};
}

static double instances(double required, double capacity) { return fmax(1, ceil(required / capacity)); }

static enum iop_status run_option(void *user, int index, struct diag *diag) {
    struct planning *planning = user;
    struct plan_option *option = &planning->plan->options[index];
    if (option->reason[0] != '\0') return IOP_OK;
    struct scenario *scenario = demand_scenario(planning->plan->demand, &option->type, option->mode, diag);
    if (scenario == NULL) return IOP_INVALID;
    scenario->run = planning->plan->demand->run; /* the command line may have changed it */
    struct diag own = {""};
    enum iop_status status = search(planning, scenario, option->per_host, &option->search, &own);
    const struct interval found = capacity_of(&option->search);
    option->capacity = found.low;
    option->capacity_high = found.high;
    if (found.low > 0) {
        option->count = option->count_low = option->count_high = instances(planning->plan->required, found.low);
        status = operate(planning, scenario, option, &own);
    } else if (option->search.outcome == CAPACITY_NEVER_KEPT || status == IOP_INVALID) { /* or too large a model */
        snprintf(option->reason, sizeof option->reason, "%.511s", own.message);
        status = IOP_OK;
    }
    scenario_free(scenario);
    if (status == IOP_OK) return IOP_OK;
    return diag_set(diag, status, "%s, %s: %s", option->type.name, mode_info(option->mode)->name, own.message);
}

/* ---- drawn costs */

static enum iop_status run_sample(void *user, int index, struct diag *diag) {
    struct planning *planning = user;
    int sample = index % planning->costs.samples;
    struct plan_option *option = &planning->plan->options[planning->ranked[index / planning->costs.samples]];
    struct scenario *scenario = demand_scenario(planning->plan->demand, &option->type, option->mode, diag);
    if (scenario == NULL) return IOP_INVALID;
    scenario->run = planning->plan->demand->run;
    prediction_place(&planning->costs, sample, &scenario->model.host.costs);
    scenario->run.seed += 1 + (uint64_t)sample;
    struct capacity capacity;
    struct diag own = {""};
    enum iop_status status = search(planning, scenario, option->per_host, &capacity, &own);
    scenario_free(scenario);
    planning->capacities[index] = capacity_of(&capacity).low;
    /* extreme costs may keep a model from settling, as in prediction_at */
    if (status == IOP_OK || status == IOP_CHECK_FAILED) return IOP_OK;
    return diag_set(diag, status, "%s, %s: %s", option->type.name, mode_info(option->mode)->name, own.message);
}

static void take_samples(struct planning *planning, int ranked) {
    struct plan *plan = planning->plan;
    for (int r = 0; r < ranked; r++) {
        struct plan_option *option = &plan->options[planning->ranked[r]];
        prediction_interval(&planning->capacities[(size_t)r * (size_t)plan->samples], plan->samples,
                            &option->predicted.low, &option->predicted.high);
        option->count_low = instances(plan->required, option->predicted.high);
        option->count_high = instances(plan->required, option->predicted.low);
    }
}

static enum iop_status run_samples(struct planning *planning, struct diag *diag) {
    struct plan *plan = planning->plan;
    int ranked = 0;
    planning->ranked = calloc((size_t)plan->count + 1, sizeof *planning->ranked);
    if (planning->ranked == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = 0; i < plan->count; i++)
        if (plan->options[i].reason[0] == '\0') planning->ranked[ranked++] = i;
    planning->capacities = calloc((size_t)ranked * (size_t)plan->samples + 1, sizeof *planning->capacities);
    if (planning->capacities == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = prediction_plan_make(plan->samples, plan->demand->run.seed, &planning->costs, diag);
    if (status == IOP_OK) status = spread(planning, ranked * plan->samples, run_sample, diag);
    if (status == IOP_OK) take_samples(planning, ranked);
    return status;
}

/* ---- the order */

static int by_number(double a, double b) { return (a > b) - (a < b); }

/* Ranked ones first, by cost, then by the latency of the objective; names last, so that there is one order. */
static int compare_options(const struct plan_option *a, const struct plan_option *b, enum plan_latency objective) {
    bool out_a = a->reason[0] != '\0', out_b = b->reason[0] != '\0';
    int order = out_a - out_b;
    if (order == 0 && !out_a) order = by_number(plan_cost(a), plan_cost(b));
    if (order == 0 && !out_a) order = by_number(a->latency[objective].mean, b->latency[objective].mean);
    if (order == 0) order = strcmp(a->type.name, b->type.name);
    return order != 0 ? order : (int)a->mode - (int)b->mode;
}

static void rank(struct plan *plan) {
    plan->ranked = 0;
    for (int i = 0; i < plan->count; i++) plan->ranked += plan->options[i].reason[0] == '\0';
    for (int i = 1; i < plan->count; i++) { /* by insertion: there are hundreds at most */
        struct plan_option moved = plan->options[i];
        int at = i;
        for (; at > 0 && compare_options(&moved, &plan->options[at - 1], plan->objective) < 0; at--)
            plan->options[at] = plan->options[at - 1];
        plan->options[at] = moved;
    }
}

enum iop_status plan_run(struct plan *plan, int samples, const struct crew *crew, struct diag *diag) {
    struct planning planning = {.plan = plan, .crew = crew, .caller = pthread_self(), .total = plan->count};
    plan->samples = samples;
    enum iop_status status = spread(&planning, plan->count, run_option, diag);
    if (status == IOP_OK && samples > 0) status = run_samples(&planning, diag);
    if (status == IOP_OK) rank(plan);
    prediction_plan_free(&planning.costs);
    free(planning.ranked);
    free(planning.capacities);
    return status;
}
