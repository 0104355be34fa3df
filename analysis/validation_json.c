/* A validation as the contract's JSON. */
#include <jansson.h>

#include "analysis/json_write.h"
#include "analysis/validation.h"

static json_t *row_json(const struct validation_row *row) {
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:b, s:s}", "file", row->file, "metric",
                  row->expected.metric, "source", row->expected.source, "publication", row->publication, "mode",
                  mode_info(row->mode)->name, "io", validation_io_name(row->io), "unit", validation_unit(row),
                  "published", row->expected.value, "predicted", row->predicted, "error", row->error, "tolerance",
                  row->expected.tolerance, "within", row->verdict == VERDICT_WITHIN || row->verdict == VERDICT_MENDED,
                  "verdict", verdict_text(row->verdict));
    if (row->has_interval) {
        json_object_set_new(json, "cost_low", json_real(row->cost_low));
        json_object_set_new(json, "cost_high", json_real(row->cost_high));
        json_object_set_new(json, "low", json_real(row->low));
        json_object_set_new(json, "high", json_real(row->high));
        json_object_set_new(json, "inside", json_boolean(row->inside));
    }
    if (row->expected.missed[0] != '\0') json_object_set_new(json, "missed", json_string(row->expected.missed));
    return json;
}

static void add_inside(json_t *json, const struct validation_summary *summary) {
    if (summary->intervals == 0) return;
    json_object_set_new(json, "inside_costs", json_real((double)summary->inside_costs / summary->intervals));
    json_object_set_new(json, "inside_interval", json_real((double)summary->inside / summary->intervals));
}

static json_t *summary_json(const struct validation_summary *summary) {
    json_t *json = json_pack("{s:i, s:f, s:f, s:f}", "rows", summary->rows, "median_error", summary->median,
                             "p90_error", summary->p90, "within", (double)summary->within / summary->rows);
    add_inside(json, summary);
    return json;
}

static json_t *group_json(const char *key, const char *name, const struct validation_summary *summary) {
    json_t *json = json_pack("{s:s}", key, name), *sums = summary_json(summary);
    json_object_update(json, sums);
    json_decref(sums);
    return json;
}

static json_t *by_source(const struct validation *validation) {
    json_t *list = json_array();
    for (int i = 0; i < validation->row_count; i++) {
        const char *title = validation->rows[i].publication;
        if (!validation_first_of_publication(validation, i)) continue;
        struct validation_summary of = validation_summarize(validation, validation_of_publication, title);
        json_array_append_new(list, group_json("source", title, &of));
    }
    return list;
}

static json_t *by_mode(const struct validation *validation) {
    json_t *list = json_array();
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        struct validation_summary of = validation_summarize(validation, validation_of_mode, &mode);
        if (of.rows > 0) json_array_append_new(list, group_json("mode", mode_info(mode)->name, &of));
    }
    return list;
}

static json_t *by_io(const struct validation *validation) {
    json_t *list = json_array();
    for (enum validation_io io = 0; io < VALIDATION_IO_COUNT; io++) {
        struct validation_summary of = validation_summarize(validation, validation_of_io, &io);
        if (of.rows > 0) json_array_append_new(list, group_json("io", validation_io_name(io), &of));
    }
    return list;
}

enum iop_status validation_json(const struct validation *validation, FILE *out, struct diag *diag) {
    struct validation_summary all = validation_summarize(validation, validation_all, NULL);
    json_t *rows = json_array();
    for (int i = 0; i < validation->row_count; i++) json_array_append_new(rows, row_json(&validation->rows[i]));
    json_t *root = json_pack("{s:o, s:f, s:f, s:f, s:o, s:o, s:o}", "rows", rows, "median_error", all.median,
                             "p90_error", all.p90, "within", (double)all.within / all.rows, "by_source",
                             by_source(validation), "by_mode", by_mode(validation), "by_io", by_io(validation));
    struct validation_summary unfitted = validation_summarize(validation, validation_unfitted, NULL);
    if (root != NULL && unfitted.rows > 0) json_object_set_new(root, "unfitted", summary_json(&unfitted));
    if (root != NULL && all.intervals > 0) {
        json_object_set_new(root, "samples", json_integer(validation->samples));
        json_object_set_new(root, "model_error", json_real(validation->model_error));
        add_inside(root, &all);
    }
    return json_write(root, out, diag);
}
