/* A comparison as table, JSON and CSV. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "analysis/bottleneck.h"
#include "analysis/comparison.h"
#include "analysis/json_write.h"
#include "analysis/table.h"
#include "analysis/units.h"

static void add_rate(struct interval *sum, bool *has, const struct interval *over) {
    if (*has) { /* the intervals of several workloads are not independent: none is given for their sum */
        sum->mean += over->mean;
        sum->low = sum->high = sum->mean;
    } else {
        *sum = *over;
    }
    *has = true;
}

static void worst(double *latency, double value) {
    if (isnan(*latency) || value > *latency) *latency = value;
}

static void add_estimate(struct comparison_summary *summary, const struct estimate *estimate) {
    const struct interval *over = &estimate->over;
    if (!isfinite(over->mean)) return;
    switch (estimate->metric.kind) {
    case METRIC_PPS:
        add_rate(&summary->pps, &summary->has_pps, over);
        break;
    case METRIC_THROUGHPUT:
        add_rate(&summary->throughput, &summary->has_throughput, over);
        break;
    case METRIC_TRANSACTIONS:
        add_rate(&summary->transactions, &summary->has_transactions, over);
        break;
    case METRIC_IOPS:
        add_rate(&summary->iops, &summary->has_iops, over);
        break;
    case METRIC_RTT_MEAN:
    case METRIC_LATENCY_MEAN:
        if (!(summary->has_latency || summary->has_rtt) || over->mean > summary->latency.mean) summary->latency = *over;
        if (estimate->metric.kind == METRIC_RTT_MEAN)
            summary->has_rtt = true;
        else
            summary->has_latency = true;
        break;
    case METRIC_LATENCY_P50:
        worst(&summary->p50, over->mean);
        break;
    case METRIC_LATENCY_P99:
        worst(&summary->p99, over->mean);
        break;
    case METRIC_LOST_NETWORK:
    case METRIC_LOST_NIC:
    case METRIC_LOST_BACKEND:
    case METRIC_LOST_SOCKET:
    case METRIC_LOST_QDISC:
    case METRIC_LOST_BACKLOG:
        summary->lost += over->mean;
        break;
    case METRIC_CPU_CORES:
        summary->cores += over->mean;
        break;
    default:
        break;
    }
}

void comparison_summarize(const struct comparison_point *point, struct comparison_summary *summary) {
    *summary = (struct comparison_summary){.p50 = NAN, .p99 = NAN, .rate = NAN};
    for (int i = 0; i < point->result.estimate_count; i++) add_estimate(summary, &point->result.estimates[i]);
    const struct interval *rate = comparison_rate(summary);
    if (rate != NULL) summary->rate = rate->mean;
}

const struct interval *comparison_rate(const struct comparison_summary *summary) {
    if (summary->has_transactions) return &summary->transactions;
    if (summary->has_pps) return &summary->pps;
    return summary->has_iops ? &summary->iops : NULL;
}

enum { AXES_MAX = 16, OTHER_COLUMNS = 17 };

static int make_columns(const struct comparison *comparison, struct table_column *columns) {
    static const struct table_column others[OTHER_COLUMNS] = {
        {"instance", "INSTANCE", TABLE_LEFT},
        {"mode", "MODE", TABLE_LEFT},
        {"pps", "PACKETS", TABLE_RIGHT},
        {"transactions", "TRANSACTIONS", TABLE_RIGHT},
        {"iops", "IOPS", TABLE_RIGHT},
        {"interval", "±", TABLE_RIGHT},
        {"ratio", "RATIO", TABLE_RIGHT},
        {"ratio_interval", "", TABLE_LEFT},
        {"throughput", "THROUGHPUT", TABLE_RIGHT},
        {"rtt_mean", "RTT", TABLE_RIGHT},
        {"latency_mean", "LATENCY", TABLE_RIGHT},
        {"latency_p50", "P50", TABLE_RIGHT},
        {"latency_p99", "P99", TABLE_RIGHT},
        {"lost", "LOST", TABLE_RIGHT},
        {"cores", "CORES", TABLE_RIGHT},
        {"bottleneck", "BOTTLENECK", TABLE_LEFT},
        {"utilization", "", TABLE_RIGHT},
    };
    int axes = comparison->base->axis_count < AXES_MAX ? comparison->base->axis_count : AXES_MAX, count = 0;
    for (int i = 0; i < axes; i++) {
        const char *name = comparison_axis_name(&comparison->base->axes[i]);
        if (strcmp(name, "mode") != 0 && strcmp(name, "instance") != 0)
            columns[count++] = (struct table_column){name, name, TABLE_RIGHT};
    }
    memcpy(&columns[count], others, sizeof others);
    return count + OTHER_COLUMNS;
}

static void number_if(struct table *table, bool has, double value, const char *shown) {
    if (has && isfinite(value))
        table_number(table, value, shown);
    else
        table_empty(table);
}

static void add_axes(const struct comparison *comparison, const struct comparison_point *point, struct table *table) {
    for (int i = 0; i < comparison->base->axis_count && i < AXES_MAX; i++) {
        const char *name = comparison_axis_name(&comparison->base->axes[i]);
        if (strcmp(name, "mode") != 0 && strcmp(name, "instance") != 0) table_text(table, point->axis_values[i]);
    }
}

static void add_interval(const struct comparison_summary *sums, struct table *table) {
    const struct interval *over = comparison_rate(sums);
    char text[UNITS_TEXT];
    double relative = over != NULL && over->mean > 0 ? (over->high - over->low) / 2 / over->mean : 0;
    snprintf(text, sizeof text, "%.2g %%", 100 * relative);
    number_if(table, relative > 0, relative, text);
}

/* "4.99 to 5.01", the interval of a ratio; "~ 1" says that chance may be all that tells the points apart. */
static void add_ratio(const struct comparison *comparison, const struct comparison_point *point, struct table *table) {
    char text[2 * UNITS_TEXT];
    double ratio = comparison_ratio(comparison, point);
    struct interval over;
    snprintf(text, sizeof text, "%.2f", ratio);
    number_if(table, true, ratio, text);
    if (!comparison_ratio_interval(comparison, point, &over)) {
        table_empty(table);
        return;
    }
    bool same = over.low <= 1 && over.high >= 1;
    snprintf(text, sizeof text, "%.4g to %.4g%s", over.low, over.high, same ? " ~ 1" : "");
    table_text(table, text);
}

static void add_row(const struct comparison *comparison, const struct comparison_point *point, struct table *table) {
    struct comparison_summary sums;
    char text[UNITS_TEXT];
    comparison_summarize(point, &sums);
    add_axes(comparison, point, table);
    table_text(table, point->instance[0] != '\0' ? point->instance : NULL);
    table_text(table, point->mode);
    number_if(table, sums.has_pps, sums.pps.mean, units_si(sums.pps.mean, "pps", text));
    number_if(table, sums.has_transactions, sums.transactions.mean, units_si(sums.transactions.mean, "/s", text));
    number_if(table, sums.has_iops, sums.iops.mean, units_si(sums.iops.mean, "/s", text));
    add_interval(&sums, table);
    add_ratio(comparison, point, table);
    number_if(table, sums.has_throughput, sums.throughput.mean, units_si(sums.throughput.mean, "bit/s", text));
    number_if(table, sums.has_rtt, sums.latency.mean, units_time(sums.latency.mean, text));
    number_if(table, sums.has_latency && !sums.has_rtt, sums.latency.mean, units_time(sums.latency.mean, text));
    number_if(table, true, sums.p50, units_time(sums.p50, text));
    number_if(table, true, sums.p99, units_time(sums.p99, text));
    number_if(table, sums.lost > 0, sums.lost, units_si(sums.lost, "pps", text));
    snprintf(text, sizeof text, "%.2f", sums.cores);
    number_if(table, true, sums.cores, text);
    struct bottleneck found = bottleneck_find(&point->result);
    table_text(table, found.first != NULL ? found.first->name : NULL);
    snprintf(text, sizeof text, "%.3g %%", found.first != NULL ? 100 * found.first->utilization : 0);
    number_if(table, found.first != NULL, found.first != NULL ? found.first->utilization : 0, text);
}

/* What the rows have in common, read off the first that ran. */
static void print_heading(const struct comparison *comparison, FILE *out) {
    fprintf(out, "%s\n", comparison->base->name);
    for (int i = 0; i < comparison->count; i++) {
        const struct comparison_point *point = &comparison->points[i];
        if (!point->ran) continue;
        char duration[UNITS_TEXT];
        fprintf(out, "%s; %d replication%s of %s, seed %llu\n± is the half-width of the 95 %% interval",
                comparison->base->file, point->result.replications, point->result.replications == 1 ? "" : "s",
                units_time(sim_seconds(point->scenario->run.duration), duration),
                (unsigned long long)point->result.seed);
        if (point->result.batches > 1) fprintf(out, " of means of %d batches", point->result.batches);
        if (point->reference >= 0) fprintf(out, ", ratio that to %s", comparison->points[point->reference].mode);
        if (point->reference >= 0 && experiment_observations(&point->result) > 1)
            fputs(",\nits 95 % interval from pairs of replications; ~ 1: cannot be told from 1", out);
        break;
    }
    fputs("\n\n", out);
}

enum iop_status comparison_table(const struct comparison *comparison, FILE *out, struct diag *diag) {
    struct table_column columns[AXES_MAX + OTHER_COLUMNS];
    struct table *table = table_new(columns, make_columns(comparison, columns));
    for (int i = 0; i < comparison->count; i++)
        if (comparison->points[i].ran) add_row(comparison, &comparison->points[i], table);
    print_heading(comparison, out);
    enum iop_status status = table_print(table, 0, out, diag);
    table_free(table);
    if (status == IOP_OK) comparison_absent(comparison, out);
    return status;
}

static struct report point_report(const struct comparison_point *point, const char *version) {
    return (struct report){.version = version,
                           .scenario = point->scenario,
                           .settings = point->settings,
                           .setting_count = point->setting_count,
                           .content_hash = point->content_hash,
                           .result = &point->result};
}

static json_t *point_json(const struct comparison *comparison, const struct comparison_point *point,
                          const char *version) {
    json_t *object = json_object(), *settings = json_object();
    for (int i = 0; i < point->setting_count; i++)
        json_object_set_new(settings, point->settings[i].path, json_string(point->settings[i].value));
    json_object_set_new(object, "settings", settings);
    if (!point->ran) {
        json_object_set_new(object, "not_run", json_string(point->reason));
        return object;
    }
    double ratio = comparison_ratio(comparison, point);
    if (isfinite(ratio)) {
        json_object_set_new(object, "ratio", json_real(ratio));
        json_object_set_new(object, "ratio_to", json_string(comparison->points[point->reference].mode));
    }
    struct interval over;
    if (comparison_ratio_interval(comparison, point, &over)) {
        json_object_set_new(object, "ratio_low", json_real(over.low));
        json_object_set_new(object, "ratio_high", json_real(over.high));
    }
    struct report report = point_report(point, version);
    json_object_set_new(object, "result", report_to_json(&report));
    return object;
}

enum iop_status comparison_json(const struct comparison *comparison, const char *version, FILE *out,
                                struct diag *diag) {
    json_t *array = json_array();
    for (int i = 0; i < comparison->count; i++)
        if (json_array_append_new(array, point_json(comparison, &comparison->points[i], version)) != 0) {
            json_decref(array);
            return diag_set(diag, IOP_NO_MEMORY, "out of memory while writing JSON");
        }
    return json_write(array, out, diag);
}

void comparison_csv(const struct comparison *comparison, const char *version, FILE *out) {
    report_csv_heading(out);
    for (int i = 0; i < comparison->count; i++) {
        if (!comparison->points[i].ran) continue;
        struct report report = point_report(&comparison->points[i], version);
        report_csv_rows(&report, out);
    }
}
