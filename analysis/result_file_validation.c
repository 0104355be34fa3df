/* Reading back what `validate --format json` wrote. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/result_file.h"

void read_validation_free(struct read_validation *validation) {
    free(validation->of.rows);
    json_decref(validation->json);
    *validation = (struct read_validation){.json = NULL};
}

static enum metric_kind kind_of_unit(const char *unit) {
    for (int i = 0; i < METRIC_KIND_COUNT; i++)
        if (strcmp(metric_unit((enum metric_kind)i), unit) == 0) return (enum metric_kind)i;
    return METRIC_PPS;
}

static double number_at(const json_t *row, const char *key) { return json_number_value(json_object_get(row, key)); }

static void copy(char *out, size_t size, const json_t *row, const char *key) {
    const char *text = json_string_value(json_object_get(row, key));
    snprintf(out, size, "%s", text != NULL ? text : "");
}

/* The number of a name among `count`, 0 for none. */
static int number_of(const char *name, int count, const char *(*name_of)(int)) {
    for (int i = 0; i < count; i++)
        if (strcmp(name_of(i), name) == 0) return i;
    return 0;
}

static const char *io_name(int io) { return validation_io_name((enum validation_io)io); }
static const char *verdict_name(int verdict) { return verdict_text((enum verdict)verdict); }

static void read_row(const json_t *json, struct validation_row *row) {
    char text[64];
    const char *file = json_string_value(json_object_get(json, "file"));
    row->file = file != NULL ? file : "";
    copy(row->expected.metric, sizeof row->expected.metric, json, "metric");
    copy(row->expected.source, sizeof row->expected.source, json, "source");
    copy(row->expected.missed, sizeof row->expected.missed, json, "missed");
    copy(row->publication, sizeof row->publication, json, "publication");
    copy(text, sizeof text, json, "mode");
    row->mode = mode_find(text);
    copy(text, sizeof text, json, "io");
    row->io = (enum validation_io)number_of(text, VALIDATION_IO_COUNT, io_name);
    copy(text, sizeof text, json, "verdict");
    row->verdict = (enum verdict)number_of(text, VERDICT_MENDED + 1, verdict_name);
    copy(text, sizeof text, json, "unit");
    row->kind = kind_of_unit(text);
    if (strcmp(text, "ratio") == 0) copy(row->expected.relative_to, sizeof row->expected.relative_to, json, "unit");
    row->expected.value = number_at(json, "published");
    row->expected.tolerance = number_at(json, "tolerance");
    row->predicted = number_at(json, "predicted");
    row->error = number_at(json, "error");
    row->has_interval = json_is_number(json_object_get(json, "low"));
    row->low = number_at(json, "low");
    row->high = number_at(json, "high");
    row->cost_low = number_at(json, "cost_low");
    row->cost_high = number_at(json, "cost_high");
    row->inside = json_is_true(json_object_get(json, "inside"));
}

enum iop_status result_file_validation(struct read_validation *validation, const char *file, struct diag *diag) {
    enum result_file kind;
    *validation = (struct read_validation){.json = NULL};
    enum iop_status status = result_file_kind(file, &kind, diag);
    if (status != IOP_OK) return status;
    if (kind != RESULT_FILE_VALIDATION)
        return diag_set(diag, IOP_INVALID, "%.400s: not what 'validate --format json' writes", file);
    validation->json = json_load_file(file, 0, NULL);
    const json_t *rows = json_object_get(validation->json, "rows");
    validation->of.rows = calloc(json_array_size(rows) + 1, sizeof *validation->of.rows);
    if (validation->json == NULL || validation->of.rows == NULL) {
        read_validation_free(validation);
        return diag_set(diag, IOP_NO_MEMORY, "%.400s: out of memory", file);
    }
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) read_row(row, &validation->of.rows[validation->of.row_count++]);
    validation->of.samples = (int)json_integer_value(json_object_get(validation->json, "samples"));
    validation->of.model_error = number_at(validation->json, "model_error");
    return IOP_OK;
}
