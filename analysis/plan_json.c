/* A plan for programs. */
#include <jansson.h>
#include <math.h>

#include "analysis/json_write.h"
#include "analysis/plan.h"

/* jansson's setters take a NULL value and fail; nothing crashes when memory runs out. What is not finite is absent. */
static void set(json_t *object, const char *key, json_t *value) { json_object_set_new(object, key, value); }

static void set_number(json_t *object, const char *key, double value) {
    if (isfinite(value)) set(object, key, json_real(value));
}

static json_t *range_json(double low, double high) {
    json_t *object = json_object();
    set_number(object, "low", low);
    set_number(object, "high", high);
    return object;
}

/* A count without a fraction; absent where no number of instances would do. */
static void set_count(json_t *object, const char *key, double count) {
    if (isfinite(count)) set(object, key, json_integer((json_int_t)count));
}

static json_t *counts_json(const struct plan_option *option) {
    json_t *object = json_object();
    set_count(object, "low", option->count_low);
    set_count(object, "high", option->count_high);
    return object;
}

static json_t *interval_json(const struct interval *over) {
    json_t *object = json_object();
    set_number(object, "mean", over->mean);
    set_number(object, "low", over->low);
    set_number(object, "high", over->high);
    return object;
}

static json_t *capacity_value(const struct plan *plan, const struct plan_option *option) {
    const struct capacity *search = &option->search;
    json_t *object = json_object();
    set_number(object, "value", option->capacity);
    set(object, "search", range_json(option->capacity, option->capacity_high));
    set(object, "undecided", json_boolean(search->broken.undecided));
    set(object, "delivered", interval_json(&search->kept.delivered));
    if (plan->samples > 0) set(object, "predicted", range_json(option->predicted.low, option->predicted.high));
    return object;
}

static json_t *bottleneck_json(const char *resource, double utilization) {
    return json_pack("{s:s, s:f}", "resource", resource, "utilization", utilization);
}

static json_t *share_json(const struct plan_option *option) {
    json_t *object = json_object(), *latency = json_object();
    set_number(object, "load", option->share);
    for (int i = 0; i < PLAN_LATENCIES; i++)
        if (isfinite(option->latency[i].mean))
            set(latency, plan_latency_name((enum plan_latency)i) + sizeof "latency",
                interval_json(&option->latency[i]));
    set(object, "latency", latency);
    set(object, "bottleneck", bottleneck_json(option->bottleneck, option->utilization));
    return object;
}

static json_t *option_json(const struct plan *plan, const struct plan_option *option, int rank) {
    json_t *object = json_object();
    set(object, "rank", json_integer(rank));
    set(object, "instance", json_string(option->type.name));
    set(object, "mode", json_string(mode_info(option->mode)->name));
    set_count(object, "count", option->count);
    set(object, "per_host", json_integer(option->per_host));
    if (plan->samples > 0) set(object, "counts", counts_json(option));
    set_number(object, "price_hour", option->hour);
    set_number(object, "cost_hour", plan_cost(option));
    set_number(object, "cost_month", PLAN_MONTH_HOURS * plan_cost(option));
    set(object, "capacity", capacity_value(plan, option));
    set_number(object, "headroom", option->headroom);
    set(object, "bottleneck", bottleneck_json(option->search.kept.bottleneck, option->search.kept.utilization));
    set(object, "share", share_json(option));
    return object;
}

static json_t *left_out_json(const struct plan_option *option) {
    json_t *object = json_object();
    set(object, "instance", json_string(option->type.name));
    if (option->mode != MODE_NONE) set(object, "mode", json_string(mode_info(option->mode)->name));
    set(object, "reason", json_string(option->reason));
    return object;
}

static json_t *objective_json(const struct demand *demand) {
    json_t *object = json_object();
    for (int i = 0; i < demand->objective_count; i++)
        set_number(object, demand->objectives[i].metric, demand->objectives[i].most);
    return object;
}

static json_t *prices_json(const struct price_list *prices) {
    json_t *object = json_object(), *sources = json_array();
    for (int i = 0; i < prices->source_count; i++) json_array_append_new(sources, json_string(prices->sources[i]));
    set(object, "name", json_string(prices->name));
    set(object, "currency", json_string(prices->currency));
    set(object, "sources", sources);
    return object;
}

enum iop_status plan_json(const struct plan *plan, const char *version, FILE *out, struct diag *diag) {
    const struct demand *demand = plan->demand;
    json_t *object = json_object(), *options = json_array(), *left_out = json_array();
    for (int i = 0; i < plan->ranked; i++) json_array_append_new(options, option_json(plan, &plan->options[i], i + 1));
    for (int i = plan->ranked; i < plan->count; i++) json_array_append_new(left_out, left_out_json(&plan->options[i]));
    set(object, "iopath", json_string(version));
    set(object, "demand", json_string(demand->name));
    set(object, "file", json_string(demand->file));
    set(object, "seed", json_integer((json_int_t)demand->run.seed));
    set(object, "samples", json_integer(plan->samples));
    set_number(object, "today", plan->today);
    set_number(object, "load", plan->load);
    set_number(object, "required", plan->required);
    set(object, "objective", objective_json(demand));
    set(object, "prices", prices_json(&demand->prices));
    set(object, "options", options);
    set(object, "left_out", left_out);
    return json_write(object, out, diag);
}
