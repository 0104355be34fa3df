#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis/csv.h"
#include "analysis/report.h"

#define COLUMNS                                                                                                        \
    "scenario,content_hash,version,cost_set,seed,replication,swept,guest,instance,mode,workload,metric,unit,mean,low," \
    "high"

void report_csv_heading(FILE *out) { fputs(COLUMNS "\n", out); }

void report_csv_heading_uncertain(FILE *out) {
    fputs(COLUMNS ",prediction_samples,prediction_low,prediction_high\n", out);
}

static void text_field(FILE *out, const char *text) {
    csv_text(out, text);
    putc(',', out);
}

void report_swept(const struct report *report, char *out, size_t size) {
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < report->setting_count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s=%s", i == 0 ? "" : ";", report->settings[i].path,
                                 report->settings[i].value);
}

static void swept_field(const struct report *report, FILE *out) {
    char text[4096];
    report_swept(report, text, sizeof text);
    text_field(out, text);
}

/* "pps" of a workload; "cpu[dom0].share[netback]" or "rates.exits" of the whole host. */
static void metric_field(const struct report *report, const struct metric *metric, FILE *out) {
    if (metric->guest >= 0) {
        text_field(out, metric_name(metric->kind));
        return;
    }
    char path[512];
    metric_path(metric, &report->scenario->model, path, sizeof path);
    text_field(out, path);
}

static void range_fields(const struct report *report, int index, FILE *out) {
    const struct uncertain_range *range = report_range(report, index);
    fprintf(out, ",%d,", report->uncertainty->samples);
    if (range != NULL) csv_number(out, range->low);
    putc(',', out);
    if (range != NULL) csv_number(out, range->high);
}

static void row(const struct report *report, int index, FILE *out) {
    const struct estimate *estimate = &report->result->estimates[index];
    const struct metric *metric = &estimate->metric;
    const struct model_config *model = &report->scenario->model;
    const struct guest_config *guest = metric->guest >= 0 ? &model->guests[metric->guest] : NULL;
    text_field(out, report->scenario->name);
    fprintf(out, "%016" PRIx64 ",", report->content_hash);
    text_field(out, report->version);
    text_field(out, model->host.costs.name);
    fprintf(out, "%" PRIu64 ",all,", report->result->seed);
    swept_field(report, out);
    text_field(out, guest != NULL ? guest->name : "");
    text_field(out, guest != NULL && guest->has_instance ? guest->instance.name : "");
    text_field(out, guest != NULL ? mode_info(guest->mode)->name : "");
    text_field(out, guest != NULL && metric->workload >= 0 ? guest->workloads[metric->workload].name : "");
    metric_field(report, metric, out);
    text_field(out, metric_unit(metric->kind));
    csv_number(out, estimate->over.mean);
    putc(',', out);
    csv_number(out, estimate->over.low);
    putc(',', out);
    csv_number(out, estimate->over.high);
    if (report->uncertainty != NULL) range_fields(report, index, out);
    putc('\n', out);
}

void report_csv_rows(const struct report *report, FILE *out) {
    for (int i = 0; i < report->result->estimate_count; i++)
        if (isfinite(report->result->estimates[i].over.mean)) row(report, i, out);
}
