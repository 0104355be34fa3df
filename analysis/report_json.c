/* The contract's result JSON. A metric that does not apply is absent; numbers are in SI base units. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "analysis/batch_means.h"
#include "analysis/bottleneck.h"
#include "analysis/describe.h"
#include "analysis/json_write.h"
#include "analysis/report.h"

/* jansson's setters take a NULL value or object and fail; nothing crashes when memory runs out. */
static void set(json_t *object, const char *key, json_t *value) { json_object_set_new(object, key, value); }

static void set_real(json_t *object, const char *key, double value) {
    if (isfinite(value)) set(object, key, json_real(value));
}

static void set_text(json_t *object, const char *key, const char *text) { set(object, key, json_string(text)); }

/* The object under `key`, made when it is not there yet. */
static json_t *sub_object(json_t *object, const char *key) {
    json_t *sub = json_object_get(object, key);
    if (sub == NULL) {
        set(object, key, json_object());
        sub = json_object_get(object, key);
    }
    return sub;
}

/* A metric with its intervals; the one of prediction stands beside that of confidence. */
static void set_interval(const struct report *report, int index, json_t *object, const char *key) {
    const struct interval *over = &report->result->estimates[index].over;
    const struct uncertain_range *range = report_range(report, index);
    if (!isfinite(over->mean)) return;
    json_t *value = sub_object(object, key);
    set_real(value, "mean", over->mean);
    set_real(value, "low", over->low);
    set_real(value, "high", over->high);
    if (range == NULL) return;
    json_t *prediction = sub_object(value, "prediction");
    set(prediction, "samples", json_integer(report->uncertainty->samples));
    set_real(prediction, "low", range->low);
    set_real(prediction, "high", range->high);
}

/* A metric that is a plain number: its prediction interval stands under the same key of "prediction" beside it, or of
 * the object `group` there. */
static void set_plain(const struct report *report, int index, json_t *object, const char *group, const char *key) {
    const struct uncertain_range *range = report_range(report, index);
    set_real(group != NULL ? sub_object(object, group) : object, key, report->result->estimates[index].over.mean);
    if (range == NULL) return;
    json_t *prediction = sub_object(object, "prediction");
    set(prediction, "samples", json_integer(report->uncertainty->samples));
    json_t *value = sub_object(group != NULL ? sub_object(prediction, group) : prediction, key);
    set_real(value, "low", range->low);
    set_real(value, "high", range->high);
}

static void set_workload_metric(const struct report *report, int index, json_t *object) {
    const char *name = metric_name(report->result->estimates[index].metric.kind);
    if (strncmp(name, "latency_", 8) == 0)
        set_plain(report, index, sub_object(object, "latency"), NULL, name + 8);
    else if (strncmp(name, "lost.", 5) == 0)
        set_plain(report, index, sub_object(object, "lost"), NULL, name + 5);
    else
        set_interval(report, index, object, name);
}

static json_t *workload_json(const struct report *report, int guest, int workload) {
    const struct workload_config *config = &report->scenario->model.guests[guest].workloads[workload];
    json_t *object = json_object();
    set_text(object, "name", config->name);
    set_text(object, "kind", workload_kind_name(config->kind));
    for (int i = 0; i < report->result->estimate_count; i++) {
        const struct metric *metric = &report->result->estimates[i].metric;
        if (metric->guest == guest && metric->workload == workload) set_workload_metric(report, i, object);
    }
    return object;
}

static json_t *guests_json(const struct report *report) {
    json_t *guests = json_array();
    for (int i = 0; i < report->scenario->model.guest_count; i++) {
        const struct guest_config *config = &report->scenario->model.guests[i];
        json_t *guest = json_object();
        set_text(guest, "name", config->name);
        if (config->has_instance) set_text(guest, "instance", config->instance.name);
        set_text(guest, "mode", mode_info(config->mode)->name);
        json_t *workloads = json_array();
        for (int j = 0; j < config->workload_count; j++) json_array_append_new(workloads, workload_json(report, i, j));
        set(guest, "workloads", workloads);
        json_array_append_new(guests, guest);
    }
    return guests;
}

/* The entry of a domain in "cpu", made when it is not there yet. */
static json_t *domain_json(json_t *cpu, const char *domain) {
    size_t i;
    json_t *entry;
    json_array_foreach(cpu, i, entry) {
        if (strcmp(json_string_value(json_object_get(entry, "domain")), domain) == 0) return entry;
    }
    entry = json_object();
    set_text(entry, "domain", domain);
    json_array_append_new(cpu, entry);
    return json_array_get(cpu, json_array_size(cpu) - 1);
}

static json_t *cpu_json(const struct report *report) {
    json_t *cpu = json_array();
    for (int i = 0; i < report->result->estimate_count; i++) {
        const struct estimate *estimate = &report->result->estimates[i];
        if (estimate->metric.kind == METRIC_CPU_CORES) {
            json_t *entry = domain_json(cpu, estimate->metric.domain);
            set_plain(report, i, entry, NULL, "cores");
            sub_object(entry, "share");
        } else if (estimate->metric.kind == METRIC_CPU_STEAL) {
            set_plain(report, i, domain_json(cpu, estimate->metric.domain), NULL, "steal");
        } else if (estimate->metric.kind == METRIC_CPU_SHARE) {
            set_plain(report, i, domain_json(cpu, estimate->metric.domain), "share", estimate->metric.category);
        }
    }
    return cpu;
}

static json_t *rates_json(const struct report *report) {
    json_t *rates = json_object();
    for (int i = 0; i < report->result->estimate_count; i++) {
        const struct estimate *estimate = &report->result->estimates[i];
        enum metric_kind kind = estimate->metric.kind;
        if (kind == METRIC_EXITS) {
            json_t *exits = sub_object(rates, "exits");
            set_plain(report, i, exits, NULL, "total");
            sub_object(exits, "by_reason");
        } else if (kind == METRIC_EXITS_BY_REASON) {
            set_plain(report, i, sub_object(rates, "exits"), "by_reason", estimate->metric.category);
        } else if (kind == METRIC_HYPERCALLS || kind == METRIC_INTERRUPTS || kind == METRIC_GRANT_OPS ||
                   kind == METRIC_SPURIOUS_EVENTS || kind == METRIC_IOTLB_MISS_RATIO) {
            set_plain(report, i, rates, NULL, metric_name(kind));
        }
    }
    return rates;
}

static json_t *bottleneck_json(const struct report *report) {
    struct bottleneck found = bottleneck_find(report->result);
    if (found.first == NULL) return NULL;
    json_t *object = json_object();
    set_text(object, "resource", found.first->name);
    set_real(object, "utilization", found.first->utilization);
    if (found.next != NULL) {
        json_t *next = sub_object(object, "next");
        set_text(next, "resource", found.next->name);
        set_real(next, "headroom", found.headroom);
    }
    return object;
}

static const char *bound_key(const struct report *report, const struct bound *bound) {
    const struct workload_config *workload = &report->scenario->model.guests[bound->guest].workloads[bound->workload];
    if (workload->kind == WORK_BLOCK) return "iops";
    return workload_is_transactional(workload->kind) ? "transactions" : "pps";
}

/* One workload's bound stands at the top; bounds of several share resources and do not add up, so that
 * they are only listed. */
static json_t *bounds_json(const struct report *report) {
    const struct experiment_result *result = report->result;
    json_t *object = json_object(), *workloads = json_array();
    if (result->bound_count == 1) set_real(object, bound_key(report, &result->bounds[0]), result->bounds[0].pps);
    for (int i = 0; i < result->bound_count; i++) {
        const struct bound *bound = &result->bounds[i];
        const struct guest_config *guest = &report->scenario->model.guests[bound->guest];
        json_t *entry = json_object();
        set_text(entry, "guest", guest->name);
        set_text(entry, "workload", guest->workloads[bound->workload].name);
        set_real(entry, bound_key(report, bound), bound->pps);
        set_real(entry, "latency", bound->latency_s);
        set_text(entry, "bottleneck", bound->bottleneck);
        json_array_append_new(workloads, entry);
    }
    set(object, "workloads", workloads);
    return object;
}

static json_t *expect_json(const struct report *report) {
    json_t *array = json_array();
    for (int i = 0; i < report->scenario->expect_count; i++) {
        const struct expectation *expectation = &report->scenario->expect[i];
        struct outcome outcome;
        if (!report_outcome(report, i, &outcome)) continue;
        json_t *entry = json_object();
        set_text(entry, "metric", expectation->metric);
        set_real(entry, "published", expectation->value);
        set_real(entry, "predicted", outcome.predicted);
        set_real(entry, "error", outcome.error);
        set(entry, "within", json_boolean(outcome.within));
        if (expectation->source[0] != '\0') set_text(entry, "source", expectation->source);
        json_array_append_new(array, entry);
    }
    return array;
}

/* How many batches, and how alike neighbours are in the worst of the metrics. */
static void set_batches(const struct experiment_result *result, json_t *object) {
    const struct estimate *worst;
    if (result->batches < 2) return;
    set(object, "batches", json_integer(result->batches));
    struct batch_test test = batch_test_worst(result, &worst);
    if (worst == NULL) return;
    json_t *checks = sub_object(object, "checks");
    set_real(checks, "batch_correlation", test.correlation);
    set(checks, "batches_independent", json_boolean(!test.correlated));
}

struct json_t *report_to_json(const struct report *report) {
    const struct experiment_result *result = report->result;
    json_t *object = json_object();
    set_text(object, "iopath", report->version);
    set_text(object, "scenario", report->scenario->name);
    set_text(object, "file", report->scenario->file);
    char hash[17];
    snprintf(hash, sizeof hash, "%016" PRIx64, report->content_hash);
    set_text(object, "content_hash", hash);
    set_text(object, "cost_set", report->scenario->model.host.costs.name);
    set_text(object, "level", "packet");
    set(object, "seed", json_integer((json_int_t)result->seed));
    set(object, "replications", json_integer(result->replications));
    set_real(object, "warmup_s", sim_seconds(result->warmup));
    set_real(object, "simulated_s", result->simulated_s);
    set_real(object, "wall_s", result->wall_s);
    set(object, "events", json_integer((json_int_t)result->events));
    set(object, "guests", guests_json(report));
    set(object, "cpu", cpu_json(report));
    set(object, "rates", rates_json(report));
    json_t *bottleneck = bottleneck_json(report);
    if (bottleneck != NULL) set(object, "bottleneck", bottleneck);
    set(object, "bounds", bounds_json(report));
    json_t *checks = sub_object(object, "checks");
    set(checks, "conserved", json_boolean(result->conserved));
    set_real(checks, "littles_law_error", result->littles_law_error);
    set_batches(result, object);
    set(object, "expect", expect_json(report));
    return object;
}

enum iop_status report_json(const struct report *report, FILE *out, struct diag *diag) {
    return json_write(report_to_json(report), out, diag);
}
