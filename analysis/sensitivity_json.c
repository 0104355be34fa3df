/* A sensitivity analysis for programs. */
#include <jansson.h>
#include <math.h>

#include "analysis/json_write.h"
#include "analysis/sensitivity_report.h"

/* jansson's setters take a NULL value and fail; nothing crashes when memory runs out. */
static void set(json_t *object, const char *key, json_t *value) { json_object_set_new(object, key, value); }

static json_t *share_json(const struct sobol_share *share) {
    return json_pack("{s:f, s:f, s:f}", "value", share->value, "low", share->low, "high", share->high);
}

static const struct cost_value *value_of(const struct report *about, enum cost cost) {
    return &about->scenario->model.host.costs.values[cost];
}

static json_t *row_json(const struct report *about, const struct sensitivity_row *row) {
    const struct cost_parameter *parameter = cost_parameter(row->axis.cost);
    const struct cost_value *cost = value_of(about, row->axis.cost);
    json_t *sources = json_array();
    for (int i = 0; i < cost->sources; i++) json_array_append_new(sources, json_string(cost->source[i]));
    return json_pack("{s:s, s:f, s:f, s:f, s:s, s:s, s:o, s:o, s:o}", "name", parameter->name, "value", row->axis.value,
                     "low", row->axis.low, "high", row->axis.high, "unit", cost_unit_name(parameter->unit), "how",
                     provenance_name(cost->how), "sources", sources, "first", share_json(&row->index.first), "total",
                     share_json(&row->index.total));
}

static json_t *parameters_json(const struct report *about, const struct sensitivity *sensitivity) {
    json_t *array = json_array();
    for (int i = 0; i < sensitivity->row_count; i++)
        json_array_append_new(array, row_json(about, &sensitivity->rows[i]));
    return array;
}

static json_t *left_out_json(const struct sensitivity *sensitivity) {
    json_t *array = json_array();
    for (int i = 0; i < sensitivity->left_out_count; i++) {
        const struct sensitivity_left_out *left = &sensitivity->left_out[i];
        json_array_append_new(array,
                              json_pack("{s:s, s:f}", "name", cost_parameter(left->cost)->name, "share", left->share));
    }
    return array;
}

static json_t *no_effect_json(const struct sensitivity *sensitivity) {
    json_t *array = json_array();
    for (int i = 0; i < sensitivity->no_effect_count; i++)
        json_array_append_new(array, json_string(cost_parameter(sensitivity->no_effect[i])->name));
    return array;
}

static json_t *next_json(const struct report *about, const struct sensitivity *sensitivity) {
    const struct sensitivity_row *row = &sensitivity->rows[sensitivity->next];
    return json_pack("{s:s, s:s, s:f, s:f}", "name", cost_parameter(row->axis.cost)->name, "how",
                     provenance_name(value_of(about, row->axis.cost)->how), "total", row->index.total.value, "narrower",
                     sensitivity->narrower);
}

enum iop_status sensitivity_json(const struct report *about, const struct sensitivity *sensitivity, FILE *out,
                                 struct diag *diag) {
    json_t *object = json_object();
    set(object, "iopath", json_string(about->version));
    set(object, "scenario", json_string(about->scenario->name));
    set(object, "file", json_string(about->scenario->file));
    set(object, "cost_set", json_string(about->scenario->model.host.costs.name));
    set(object, "seed", json_integer((json_int_t)sensitivity->seed));
    set(object, "samples", json_integer(sensitivity->samples));
    set(object, "runs", json_integer(sensitivity->runs));
    set(object, "warmup_s", json_real(sim_seconds(sensitivity->warmup)));
    set(object, "metric", json_string(sensitivity->path));
    set(object, "unit", json_string(metric_unit(sensitivity->metric.kind)));
    set(object, "value", json_real(sensitivity->metric.value));
    set(object, "mean", json_real(sensitivity->mean));
    set(object, "deviation", json_real(sqrt(sensitivity->variance)));
    set(object, "prediction",
        json_pack("{s:i, s:f, s:f}", "samples", 2 * sensitivity->samples, "low", sensitivity->low, "high",
                  sensitivity->high));
    set(object, "parameters", parameters_json(about, sensitivity));
    set(object, "left_out", left_out_json(sensitivity));
    set(object, "left_out_share", json_real(sensitivity_left_out_share(sensitivity)));
    set(object, "no_effect", no_effect_json(sensitivity));
    if (sensitivity->next >= 0) set(object, "measure_next", next_json(about, sensitivity));
    return json_write(object, out, diag);
}
