/* The report for a terminal, from what was run to what limits it. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/batch_means.h"
#include "analysis/bottleneck.h"
#include "analysis/describe.h"
#include "analysis/precision.h"
#include "analysis/report.h"
#include "analysis/table.h"
#include "analysis/units.h"

enum { CATEGORIES_SHOWN = 5 };

static void print_heading(const struct report *report, FILE *out) {
    const struct experiment_result *result = report->result;
    const struct scenario *scenario = report->scenario;
    char host[400], duration[UNITS_TEXT], warmup[UNITS_TEXT];
    describe_host(&scenario->model.host, host, sizeof host);
    fprintf(out, "%s\n", scenario->name);
    fprintf(out, "  file   %s", scenario->file);
    for (int i = 0; i < report->setting_count; i++)
        fprintf(out, "%s%s=%s", i == 0 ? " with " : ", ", report->settings[i].path, report->settings[i].value);
    fprintf(out, "\n  host   %s", host);
    if (scenario->model.servers > 1) fprintf(out, " (%d of them)", scenario->model.servers);
    fprintf(out, "\n  run    %d replication%s of %s after a warm-up of %s%s, seed %" PRIu64, result->replications,
            result->replications == 1 ? "" : "s", units_time(sim_seconds(scenario->run.duration), duration),
            units_time(sim_seconds(result->warmup), warmup), scenario->run.warmup_auto ? " (MSER-5)" : "",
            result->seed);
    if (result->batches > 1) fprintf(out, "; %d batches of each", result->batches);
    bool intervals = experiment_observations(result) > 1;
    fprintf(out, "%s\n", intervals ? "; intervals at 95 % confidence" : "; no intervals from one");
    if (report->uncertainty != NULL)
        fprintf(out, "  costs  %d sample%s of their ranges; PREDICTED holds 90 %% of what they give\n",
                report->uncertainty->samples, report->uncertainty->samples == 1 ? "" : "s");
    putc('\n', out);
}

static enum iop_status print_guests(const struct report *report, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {
        {"guest", "GUEST", TABLE_LEFT},
        {"instance", "INSTANCE", TABLE_LEFT},
        {"mode", "MODE", TABLE_LEFT},
        {"vcpus", "VCPUS", TABLE_RIGHT},
        {"clock", "CLOCK", TABLE_RIGHT},
        {"queues", "QUEUES", TABLE_RIGHT},
        {"limit", "NETWORK LIMIT", TABLE_RIGHT},
    };
    struct table *table = table_new(columns, 7);
    for (int i = 0; i < report->scenario->model.guest_count; i++) {
        const struct guest_config *guest = &report->scenario->model.guests[i];
        char text[UNITS_TEXT];
        table_text(table, guest->name);
        table_text(table, guest->has_instance ? guest->instance.name : NULL);
        table_text(table, mode_info(guest->mode)->name);
        table_count(table, guest->vcpus);
        table_number(table, guest->clock_hz, units_si(guest->clock_hz, "Hz", text));
        table_count(table, guest->queues);
        if (guest->network_bps > 0)
            table_number(table, guest->network_bps, units_si(guest->network_bps, "bit/s", text));
        else
            table_empty(table);
    }
    enum iop_status status = table_print(table, 2, out, diag);
    table_free(table);
    return status;
}

/* "± 0.4 %" of the mean; empty without an interval. */
static void interval_text(const struct interval *over, int observations, char out[UNITS_TEXT]) {
    out[0] = '\0';
    double half = (over->high - over->low) / 2;
    if (observations < 2 || over->mean == 0) return;
    double percent = 100 * half / fabs(over->mean);
    if (percent > 0 && percent < 0.01)
        snprintf(out, UNITS_TEXT, "± < 0.01 %%");
    else
        snprintf(out, UNITS_TEXT, "± %.2g %%", percent);
}

/* "850 kpps to 1.02 Mpps", the prediction interval of an estimate; an empty cell where there is none or it has no
 * width. */
static void add_range(const struct report *report, int index, const char *counted, struct table *table) {
    const struct uncertain_range *range = report_range(report, index);
    char low[UNITS_TEXT], high[UNITS_TEXT], text[2 * UNITS_TEXT + 8];
    if (range == NULL || range->low == range->high) {
        table_empty(table);
        return;
    }
    enum metric_kind kind = report->result->estimates[index].metric.kind;
    if (kind == METRIC_IOTLB_MISS_RATIO)
        snprintf(text, sizeof text, "%.3g %% to %.3g %%", 100 * range->low, 100 * range->high);
    else
        snprintf(text, sizeof text, "%s to %s", units_metric(range->low, metric_unit(kind), counted, low),
                 units_metric(range->high, metric_unit(kind), counted, high));
    table_text(table, text);
}

static enum iop_status print_workload(const struct report *report, int guest, int workload, FILE *out,
                                      struct diag *diag) {
    static const struct table_column columns[] = {{"metric", "METRIC", TABLE_LEFT},
                                                  {"value", "MEAN", TABLE_RIGHT},
                                                  {"interval", "", TABLE_LEFT},
                                                  {"prediction", "PREDICTED", TABLE_LEFT}};
    const struct model_config *model = &report->scenario->model;
    char about[400];
    describe_workload(model, &model->guests[guest].workloads[workload], about, sizeof about);
    fprintf(out, "\n  %s / %s: %s\n", model->guests[guest].name, model->guests[guest].workloads[workload].name, about);
    struct table *table = table_new(columns, 4);
    bool lost = false;
    for (int i = 0; i < report->result->estimate_count; i++) {
        const struct estimate *estimate = &report->result->estimates[i];
        enum metric_kind kind = estimate->metric.kind;
        char value[UNITS_TEXT], interval[UNITS_TEXT];
        if (estimate->metric.guest != guest || estimate->metric.workload != workload || !isfinite(estimate->over.mean))
            continue;
        if (describe_is_loss(kind) && estimate->over.mean == 0) continue; /* the line "lost" speaks for all */
        lost = lost || describe_is_loss(kind);
        interval_text(&estimate->over, experiment_observations(report->result), interval);
        table_text(table, metric_name(kind));
        table_text(table, units_metric(estimate->over.mean, metric_unit(kind), describe_counted(kind), value));
        table_text(table, interval);
        add_range(report, i, describe_counted(kind), table);
    }
    if (!lost) {
        table_text(table, "lost");
        table_text(table, "nothing");
        table_empty(table);
        table_empty(table);
    }
    enum iop_status status = table_print(table, 4, out, diag);
    table_free(table);
    return status;
}

static int by_value(const void *left, const void *right) {
    const struct estimate *const *a = left, *const *b = right;
    if ((*a)->over.mean != (*b)->over.mean) return (*a)->over.mean < (*b)->over.mean ? 1 : -1;
    return strcmp((*a)->metric.category, (*b)->metric.category);
}

/* The largest categories of one kind (and, for CPU shares, domain) as "netback 61 %, bridge 20 %". */
static void top_categories(const struct experiment_result *result, enum metric_kind kind, const char *domain, char *out,
                           size_t size) {
    const struct estimate *found[METRICS_MAX];
    size_t count = 0, used = 0;
    for (int i = 0; i < result->estimate_count && count < METRICS_MAX; i++) {
        const struct metric *metric = &result->estimates[i].metric;
        if (metric->kind == kind && strcmp(metric->domain, domain) == 0 && result->estimates[i].over.mean > 0)
            found[count++] = &result->estimates[i];
    }
    qsort(found, count, sizeof found[0], by_value);
    out[0] = '\0';
    for (size_t i = 0; i < count && i < CATEGORIES_SHOWN && used < size; i++) {
        char value[UNITS_TEXT];
        if (kind == METRIC_CPU_SHARE)
            snprintf(value, sizeof value, "%.3g %%", 100 * found[i]->over.mean);
        else
            units_si(found[i]->over.mean, "/s", value);
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s %s", i == 0 ? "" : ", ", found[i]->metric.category, value);
    }
}

static const struct estimate *steal_of(const struct experiment_result *result, const char *domain) {
    for (int i = 0; i < result->estimate_count; i++) {
        const struct metric *metric = &result->estimates[i].metric;
        if (metric->kind == METRIC_CPU_STEAL && (domain == NULL || strcmp(metric->domain, domain) == 0))
            return &result->estimates[i];
    }
    return NULL;
}

/* Guests share CPUs: how much they wait for them is worth a column. */
static bool any_steal(const struct experiment_result *result) { return steal_of(result, NULL) != NULL; }

static void add_steal(const struct experiment_result *result, const char *domain, struct table *table) {
    const struct estimate *steal = steal_of(result, domain);
    if (steal == NULL) {
        table_empty(table);
        return;
    }
    char text[UNITS_TEXT];
    snprintf(text, sizeof text, "%.1f %%", 100 * steal->over.mean);
    table_number(table, steal->over.mean, text);
}

static enum iop_status print_cpu(const struct report *report, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {{"domain", "CPU", TABLE_LEFT},
                                                  {"cores", "CORES", TABLE_RIGHT},
                                                  {"prediction", "PREDICTED", TABLE_LEFT},
                                                  {"share", "SPENT IN", TABLE_LEFT},
                                                  {"steal", "STEAL", TABLE_RIGHT}};
    struct table *table = table_new(columns, any_steal(report->result) ? 5 : 4);
    for (int i = 0; i < report->result->estimate_count; i++) {
        const struct estimate *estimate = &report->result->estimates[i];
        if (estimate->metric.kind != METRIC_CPU_CORES) continue;
        char cores[UNITS_TEXT], share[512];
        snprintf(cores, sizeof cores, "%.2f", estimate->over.mean);
        top_categories(report->result, METRIC_CPU_SHARE, estimate->metric.domain, share, sizeof share);
        table_text(table, estimate->metric.domain);
        table_number(table, estimate->over.mean, cores);
        add_range(report, i, "", table);
        table_text(table, share);
        if (any_steal(report->result)) add_steal(report->result, estimate->metric.domain, table);
    }
    putc('\n', out);
    enum iop_status status = table_rows(table) > 0 ? table_print(table, 2, out, diag) : IOP_OK;
    table_free(table);
    return status;
}

static enum iop_status print_rates(const struct report *report, FILE *out, struct diag *diag) {
    static const struct table_column columns[] = {{"rate", "RATE", TABLE_LEFT},
                                                  {"value", "MEAN", TABLE_RIGHT},
                                                  {"prediction", "PREDICTED", TABLE_LEFT},
                                                  {"reasons", "", TABLE_LEFT}};
    static const enum metric_kind kinds[] = {METRIC_EXITS,     METRIC_HYPERCALLS,      METRIC_INTERRUPTS,
                                             METRIC_GRANT_OPS, METRIC_SPURIOUS_EVENTS, METRIC_IOTLB_MISS_RATIO};
    struct table *table = table_new(columns, 4);
    for (int i = 0; i < report->result->estimate_count; i++) {
        const struct estimate *estimate = &report->result->estimates[i];
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            if (estimate->metric.kind != kinds[k]) continue;
            char value[UNITS_TEXT], reasons[512] = "";
            if (kinds[k] == METRIC_IOTLB_MISS_RATIO)
                snprintf(value, sizeof value, "%.3g %%", 100 * estimate->over.mean);
            else
                units_si(estimate->over.mean, "/s", value);
            if (kinds[k] == METRIC_EXITS)
                top_categories(report->result, METRIC_EXITS_BY_REASON, "", reasons, sizeof reasons);
            table_text(table, metric_name(kinds[k]));
            table_text(table, value);
            add_range(report, i, "/s", table);
            table_text(table, reasons);
        }
    }
    putc('\n', out);
    enum iop_status status = table_rows(table) > 0 ? table_print(table, 2, out, diag) : IOP_OK;
    table_free(table);
    return status;
}

static void print_bottleneck(const struct report *report, FILE *out) {
    struct bottleneck found = bottleneck_find(report->result);
    char sentence[512];
    bottleneck_sentence(&found, sentence, sizeof sentence);
    fputs("\n  bottleneck  ", out);
    if (found.first != NULL) fprintf(out, "%s at %.3g %%", found.first->name, 100 * found.first->utilization);
    if (found.next != NULL)
        fprintf(out, "; next %s at %.3g %% (headroom %.3g)", found.next->name, 100 * found.next->utilization,
                found.headroom);
    fprintf(out, "\n              %s\n", sentence);
}

static void print_bounds(const struct report *report, FILE *out) {
    for (int i = 0; i < report->result->bound_count; i++) {
        const struct bound *bound = &report->result->bounds[i];
        const struct guest_config *guest = &report->scenario->model.guests[bound->guest];
        const struct workload_config *workload = &guest->workloads[bound->workload];
        char rate[UNITS_TEXT], latency[UNITS_TEXT];
        fprintf(out, "  bound       %s / %s: at most %s (%s); %s when nothing waits\n", guest->name, workload->name,
                units_si(bound->pps, workload_is_transactional(workload->kind) ? "/s" : "pps", rate), bound->bottleneck,
                units_time(bound->latency_s, latency));
    }
}

/* The precision that was asked, beside the worst that a rate or a time has. */
static void print_precision(const struct report *report, FILE *out) {
    const struct estimate *worst = NULL;
    double asked = report->scenario->run.precision, widest = 0;
    if (!(asked > 0) || experiment_observations(report->result) < 2) return;
    for (int i = 0; i < report->result->estimate_count; i++) {
        const struct estimate *estimate = &report->result->estimates[i];
        if (estimate->metric.guest < 0 || !precision_counts(metric_name(estimate->metric.kind))) continue;
        double half = (estimate->over.high - estimate->over.low) / 2 / fabs(estimate->over.mean);
        if (half <= widest) continue;
        widest = half;
        worst = estimate;
    }
    if (worst == NULL || widest <= asked)
        fprintf(out, "  precision   the %.3g %% asked for are reached\n", 100 * asked);
    else
        fprintf(out, "  precision   %.3g %% asked for, but %s is only known to ± %.2g %% after %d replications\n",
                100 * asked, metric_name(worst->metric.kind), 100 * widest, report->result->replications);
}

/* Whether batches are long enough for the intervals made from them. */
static void print_batches(const struct report *report, FILE *out) {
    const struct estimate *worst;
    if (report->result->batches < 2) return;
    struct batch_test test = batch_test_worst(report->result, &worst);
    if (worst == NULL)
        fprintf(out, "  batches     their independence cannot be tested (von Neumann takes %d that differ)\n",
                BATCHES_TESTED_LEAST);
    else if (test.correlated)
        fprintf(out,
                "  batches     NOT INDEPENDENT: means of %s have a lag-1 correlation of %.2f; the intervals are too\n"
                "              narrow to be trusted: take fewer batches or a longer duration\n",
                metric_name(worst->metric.kind), test.correlation);
    else
        fprintf(out, "  batches     independent as far as can be told (lag-1 correlation at most %.2f, of %s)\n",
                test.correlation, metric_name(worst->metric.kind));
}

static void print_expectation(const struct expectation *expectation, const struct outcome *outcome, FILE *out) {
    const char *verdict = outcome->within               ? "within tolerance"
                          : expectation->missed[0] == 0 ? "OUTSIDE TOLERANCE"
                                                        : "outside tolerance, as known";
    fprintf(out, "  expected    %s: published %.4g, predicted %.4g, error %.2g %%: %s%s%s\n", expectation->metric,
            expectation->value, outcome->predicted, 100 * outcome->error, verdict,
            expectation->source[0] != '\0' ? ", source " : "", expectation->source);
    if (!outcome->within && expectation->missed[0] != '\0') fprintf(out, "              %s\n", expectation->missed);
}

static void print_checks(const struct report *report, FILE *out) {
    const struct experiment_result *result = report->result;
    char simulated[UNITS_TEXT], wall[UNITS_TEXT], events[UNITS_TEXT], speed[UNITS_TEXT];
    fprintf(out, "  checks      packets %s, Little's law within %.2g %%\n",
            result->conserved ? "conserved" : "NOT CONSERVED", 100 * result->littles_law_error);
    for (int i = 0; i < report->scenario->expect_count; i++) {
        struct outcome outcome;
        if (report_outcome(report, i, &outcome)) print_expectation(&report->scenario->expect[i], &outcome, out);
    }
    fprintf(out, "  simulated   %s in %s: %s events, %s events/s\n", units_time(result->simulated_s, simulated),
            units_time(result->wall_s, wall), units_si((double)result->events, "", events),
            units_si(result->wall_s > 0 ? (double)result->events / result->wall_s : 0, "", speed));
}

enum iop_status report_table(const struct report *report, FILE *out, struct diag *diag) {
    print_heading(report, out);
    enum iop_status status = print_guests(report, out, diag);
    for (int i = 0; status == IOP_OK && i < report->scenario->model.guest_count; i++)
        for (int j = 0; status == IOP_OK && j < report->scenario->model.guests[i].workload_count; j++)
            status = print_workload(report, i, j, out, diag);
    if (status == IOP_OK) status = print_cpu(report, out, diag);
    if (status == IOP_OK) status = print_rates(report, out, diag);
    if (status != IOP_OK) return status;
    print_bottleneck(report, out);
    print_bounds(report, out);
    print_precision(report, out);
    print_batches(report, out);
    print_checks(report, out);
    return IOP_OK;
}
