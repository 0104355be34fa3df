/* The options of a plan, what each needs, and their order. Running them is in plan_run.c. */
#include "analysis/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/without_place.h"
#include "scenarios/catalog.h"

static const double lost_allowed = 0.01;
static const enum metric_kind latencies[PLAN_LATENCIES] = {
    [PLAN_MEAN] = METRIC_LATENCY_MEAN, [PLAN_P50] = METRIC_LATENCY_P50,   [PLAN_P90] = METRIC_LATENCY_P90,
    [PLAN_P99] = METRIC_LATENCY_P99,   [PLAN_P999] = METRIC_LATENCY_P999,
};

const char *plan_latency_name(enum plan_latency latency) { return metric_name(latencies[latency]); }

struct limit plan_limit(const struct demand_objective *objective) {
    struct limit limit = {.relation = LIMIT_AT_MOST, .value = objective->most};
    snprintf(limit.metric, sizeof limit.metric, "%s", objective->metric);
    return limit;
}

int plan_limits(const struct plan *plan, struct limit limits[OBJECTIVES_MAX + 1]) {
    bool lost = false;
    int count = 0;
    for (; count < plan->demand->objective_count; count++) {
        limits[count] = plan_limit(&plan->demand->objectives[count]);
        lost = lost || strcmp(limits[count].metric, LIMIT_LOST) == 0;
    }
    if (lost) return count;
    const struct demand_objective usual = {LIMIT_LOST, lost_allowed};
    limits[count++] = plan_limit(&usual);
    return count;
}

double plan_cost(const struct plan_option *option) { return option->count * option->hour; }

/* ---- options */

static enum iop_status add(struct plan *plan, const struct instance_type *type, enum mode mode, const char *reason,
                           struct diag *diag) {
    struct plan_option *larger = realloc(plan->options, ((size_t)plan->count + 1) * sizeof *larger);
    if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    plan->options = larger;
    struct plan_option *option = &larger[plan->count++];
    *option = (struct plan_option){.type = *type,
                                   .mode = mode,
                                   .hour = prices_find(&plan->demand->prices, type->name),
                                   .predicted = {NAN, NAN},
                                   .search = {.kept = {.offered = 0}}};
    snprintf(option->reason, sizeof option->reason, "%s", reason);
    return IOP_OK;
}

/* Builds the scenario of an option once, to see whether there is one, and what the load is. */
static bool can_be(struct plan *plan, const struct instance_type *type, enum mode mode, struct diag *why) {
    struct scenario *scenario = demand_scenario(plan->demand, type, mode, why);
    if (scenario == NULL) return false;
    bool available = scenario->not_available[0] == '\0';
    if (!available) diag_set(why, IOP_INVALID, "%.400s is not available yet", scenario->not_available);
    plan->kind = scenario->model.guests[0].workloads[0].kind;
    plan->today = scenario->model.guests[0].workloads[0].rate_pps;
    scenario_free(scenario);
    return available;
}

static enum iop_status add_mode(struct plan *plan, const struct instance_type *type, const struct host_config *host,
                                enum mode mode, struct diag *first, struct diag *diag) {
    struct diag why = {""};
    char text[TEXT_MAX];
    if (mode_available(mode, host, type, &why) != IOP_OK) return add(plan, type, mode, why.message, diag);
    if (!can_be(plan, type, mode, &why)) {
        if (first->message[0] == '\0') *first = why;
        return add(plan, type, mode, without_place(why.message), diag);
    }
    snprintf(text, sizeof text, "%.250s has no price of it", plan->demand->prices.name);
    bool priced = !isnan(prices_find(&plan->demand->prices, type->name));
    enum iop_status status = add(plan, type, mode, priced ? "" : text, diag);
    return status == IOP_OK ? demand_per_host(plan->demand, type, &plan->options[plan->count - 1].per_host, diag)
                            : status;
}

static enum iop_status add_type(struct plan *plan, const struct instance_type *type, struct diag *first,
                                struct diag *diag) {
    enum mode modes[MODE_COUNT];
    struct host_config *host = malloc(sizeof *host);
    enum iop_status status = host == NULL ? diag_set(diag, IOP_NO_MEMORY, "out of memory") : IOP_OK;
    if (status == IOP_OK) status = catalog_host(type->host, host, diag);
    int count = status == IOP_OK ? demand_modes(plan->demand, type, host, modes) : 0;
    if (status == IOP_OK && count == 0) status = add(plan, type, MODE_NONE, "it can run no mode", diag);
    for (int i = 0; i < count && status == IOP_OK; i++) status = add_mode(plan, type, host, modes[i], first, diag);
    free(host);
    return status;
}

/* The strictest percentile that is limited, or the mean. */
static enum plan_latency objective_of(const struct demand *demand) {
    int found = -1;
    for (int o = 0; o < demand->objective_count; o++)
        for (int i = 0; i < PLAN_LATENCIES; i++)
            if (strcmp(demand->objectives[o].metric, metric_name(latencies[i])) == 0 && i > found) found = i;
    return found < 0 ? PLAN_P99 : (enum plan_latency)found;
}

enum iop_status plan_make(const struct demand *demand, struct plan *plan, struct diag *diag) {
    struct diag first = {""};
    enum iop_status status = IOP_OK;
    bool any = false;
    *plan = (struct plan){.demand = demand, .objective = objective_of(demand)};
    for (int i = 0; i < demand->type_count && status == IOP_OK; i++)
        status = add_type(plan, &demand->types[i], &first, diag);
    for (int i = 0; i < plan->count; i++) any = any || plan->options[i].reason[0] == '\0';
    if (status == IOP_OK && !any && first.message[0] != '\0')
        return diag_set(diag, IOP_INVALID, "%s", first.message); /* a mistake in the file, whatever the type */
    if (status == IOP_OK && !any)
        return diag_set(diag, IOP_INVALID, "%s: none of the instances and modes allowed can be; %s: %s", demand->file,
                        plan->options[0].type.name, plan->options[0].reason);
    plan->load = plan->today * demand_growth(demand);
    plan->required = plan->load * (1 + demand->headroom);
    return status;
}

void plan_free(struct plan *plan) {
    free(plan->options);
    plan->options = NULL;
    plan->count = 0;
}
