#include "analysis/calibration_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/catalog.h"
#include "scenarios/csv.h"
#include "scenarios/document.h"

enum { SCENARIO, METRIC, VALUE, UNIT, WEIGHT, ERROR, SOURCE, SET, COLUMN_COUNT };
static const struct csv_column columns[COLUMN_COUNT] = {
    [SCENARIO] = {"scenario", true}, [METRIC] = {"metric", true},  [VALUE] = {"value", true},
    [UNIT] = {"unit", false},        [WEIGHT] = {"weight", false}, [ERROR] = {"error", false},
    [SOURCE] = {"source", false},    [SET] = {"set", false},
};

/* Beside the data, with or without .yaml, or among the scenarios of the catalog. */
static bool find_scenario(const char *data, const char *name, char out[TEXT_MAX]) {
    const char *slash = strrchr(data, '/');
    int folder = name[0] == '/' || slash == NULL ? 0 : (int)(slash - data + 1);
    const char *const ends[] = {"", ".yaml"};
    for (int i = 0; i < 2; i++) {
        if (snprintf(out, TEXT_MAX, "%.*s%s%s", folder, data, name, ends[i]) < TEXT_MAX && access(out, R_OK) == 0)
            return true;
        char below[TEXT_MAX];
        if (name[0] != '/' && snprintf(below, sizeof below, "scenarios/%s%s", name, ends[i]) < TEXT_MAX &&
            data_path(below, out, TEXT_MAX, NULL) == IOP_OK)
            return true;
    }
    return false;
}

static enum iop_status take_scenario(const struct csv_row *row, struct calibration_row *to, struct diag *diag) {
    const char *name = row->fields[SCENARIO];
    if (strlen(name) >= sizeof to->scenario) return csv_fail(row, SCENARIO, diag, "is too long");
    snprintf(to->scenario, sizeof to->scenario, "%s", name);
    if (find_scenario(row->path, name, to->file)) return IOP_OK;
    struct name_list known;
    const char *near = NULL;
    if (catalog_names("scenarios", &known, NULL) == IOP_OK)
        near = nearest_name(name, (const char *const *)known.names, (size_t)known.count);
    enum iop_status status =
        csv_fail(row, SCENARIO, diag, "is no file beside the data and no scenario of the catalog%s%s%s",
                 near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    names_free(&known);
    return status;
}

/* "1/s" is what the table of metrics calls a rate without a noun. */
static enum iop_status take_value(const struct csv_row *row, struct calibration_row *to, struct diag *diag) {
    struct quantity quantity;
    struct diag problem = {""};
    const char *unit = row->fields[UNIT];
    to->unit_column = row->columns[unit[0] != '\0' ? UNIT : VALUE];
    if (quantity_parse(row->fields[VALUE], DIM_BIT(DIM_PLAIN), &quantity, &problem) != IOP_OK)
        return diag_set(diag, IOP_INVALID, "%s:%d:%d: value: %s", row->path, row->line, row->columns[VALUE],
                        problem.message);
    char text[128];
    bool plain = strcmp(unit, "1/s") == 0 || strcmp(unit, "1") == 0;
    snprintf(text, sizeof text, "%.60s %.60s", row->fields[VALUE], plain ? "" : unit);
    if (quantity_parse(text, DIM_ANY, &quantity, &problem) != IOP_OK)
        return diag_set(diag, IOP_INVALID, "%s:%d:%d: unit: %s", row->path, row->line, to->unit_column,
                        problem.message);
    if (!(quantity.value > 0)) return csv_fail(row, VALUE, diag, "must be more than 0: errors are relative");
    to->measured = quantity.value;
    to->dimension = quantity.dimension;
    return IOP_OK;
}

static enum iop_status positive(const struct csv_row *row, int column, double most, double *value, struct diag *diag) {
    struct quantity quantity;
    struct diag problem = {""};
    unsigned dimensions = DIM_BIT(DIM_PLAIN) | (column == ERROR ? DIM_BIT(DIM_SHARE) : 0);
    if (quantity_parse(row->fields[column], dimensions, &quantity, &problem) != IOP_OK)
        return diag_set(diag, IOP_INVALID, "%s:%d:%d: %s: %s", row->path, row->line, row->columns[column],
                        columns[column].name, problem.message);
    if (!(quantity.value > 0 && quantity.value <= most))
        return csv_fail(row, column, diag, "must be more than 0 and at most %g", most);
    *value = quantity.value;
    return IOP_OK;
}

static enum iop_status take_weight(const struct csv_row *row, struct calibration_data *data, struct calibration_row *to,
                                   struct diag *diag) {
    to->weight = 1;
    if (row->columns[ERROR] > 0 && row->columns[WEIGHT] > 0)
        return csv_fail_row(row, diag, "the columns 'weight' and 'error' exclude each other");
    data->has_errors = row->columns[ERROR] > 0;
    if (row->fields[WEIGHT][0] != '\0') return positive(row, WEIGHT, 1e6, &to->weight, diag);
    if (!data->has_errors) return IOP_OK;
    if (row->fields[ERROR][0] == '\0') return csv_fail_row(row, diag, "'error' is empty");
    double error = 1;
    enum iop_status status = positive(row, ERROR, 10, &error, diag);
    to->weight = 1 / (error * error);
    return status;
}

static enum iop_status add_setting(const struct csv_row *row, const char *text, struct calibration_row *to,
                                   struct diag *diag) {
    struct setting *larger = realloc(to->settings, (size_t)(to->setting_count + 1) * sizeof *larger);
    if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    to->settings = larger;
    struct diag problem = {""};
    if (setting_parse(text, &larger[to->setting_count], &problem) == IOP_OK) {
        to->setting_count++;
        return IOP_OK;
    }
    size_t option = strncmp(problem.message, "--set: ", 7) == 0 ? 7 : 0; /* it is no option here */
    return diag_set(diag, IOP_INVALID, "%s:%d:%d: set: %s", row->path, row->line, row->columns[SET],
                    problem.message + option);
}

static enum iop_status take_settings(const struct csv_row *row, struct calibration_row *to, struct diag *diag) {
    enum iop_status status = IOP_OK;
    char *rest = row->fields[SET];
    for (char *text; status == IOP_OK && (text = strtok_r(rest, ";", &rest)) != NULL;) {
        text += strspn(text, " ");
        if (*text != '\0') status = add_setting(row, text, to, diag);
    }
    return status;
}

static enum iop_status take_row(void *user, const struct csv_row *row, struct diag *diag) {
    struct calibration_data *data = user;
    struct calibration_row to = {.line = row->line, .metric_column = row->columns[METRIC]};
    if (data->count == CALIBRATION_ROWS_MAX) return csv_fail_row(row, diag, "more than %d rows", CALIBRATION_ROWS_MAX);
    const char *slash = strrchr(row->path, '/');
    snprintf(to.id, sizeof to.id, "%s:%d", slash != NULL ? slash + 1 : row->path, row->line);
    if (strlen(row->fields[METRIC]) >= sizeof to.metric) return csv_fail(row, METRIC, diag, "is too long");
    snprintf(to.metric, sizeof to.metric, "%s", row->fields[METRIC]);
    snprintf(to.source, sizeof to.source, "%s", row->fields[SOURCE]);
    enum iop_status status = take_scenario(row, &to, diag);
    if (status == IOP_OK) status = take_value(row, &to, diag);
    if (status == IOP_OK) status = take_weight(row, data, &to, diag);
    if (status == IOP_OK) status = take_settings(row, &to, diag);
    if (status == IOP_OK) status = calibration_data_add(data, &to, diag);
    if (status != IOP_OK) free(to.settings);
    return status;
}

enum iop_status calibration_data_add(struct calibration_data *data, const struct calibration_row *row,
                                     struct diag *diag) {
    if (data->count == data->room) {
        int room = data->room == 0 ? 16 : 2 * data->room;
        struct calibration_row *rows = realloc(data->rows, (size_t)room * sizeof *rows);
        if (rows == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
        data->rows = rows;
        data->room = room;
    }
    data->rows[data->count++] = *row;
    return IOP_OK;
}

enum iop_status calibration_data_read(const char *path, struct calibration_data *data, struct diag *diag) {
    *data = (struct calibration_data){0};
    if (path[0] == '\0') return IOP_OK;
    if (strlen(path) >= sizeof data->path) return diag_set(diag, IOP_INVALID, "%.80s...: the path is too long", path);
    memcpy(data->path, path, strlen(path) + 1);
    enum iop_status status = csv_read_named(path, columns, COLUMN_COUNT, take_row, data, diag);
    if (status == IOP_OK && data->count == 0) status = diag_set(diag, IOP_INVALID, "%s: there are no rows", path);
    if (status != IOP_OK) calibration_data_free(data);
    return status;
}

void calibration_data_free(struct calibration_data *data) {
    for (int i = 0; i < data->count; i++) free(data->rows[i].settings);
    free(data->rows);
    *data = (struct calibration_data){0};
}
