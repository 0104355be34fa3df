#include "analysis/result_labels.h"

#include <stdio.h>
#include <string.h>

#include "analysis/units.h"
#include "sim/diag.h"

bool dimensions_have(const struct dimensions *dimensions, int dimension) {
    for (int i = 0; i < dimensions->count; i++)
        if (dimensions->of[i] == dimension) return true;
    return false;
}

enum iop_status dimensions_add(struct dimensions *dimensions, const struct results *results, const char *from,
                               const char *name, struct diag *diag) {
    int found = results_dimension(results, name);
    if (found < 0) found = results_dimension(results, result_key_name(name)); /* guests[0].mode, and it was not swept */
    if (found >= 0) {
        if (dimensions->count < LABEL_DIMENSIONS) dimensions->of[dimensions->count++] = found;
        return IOP_OK;
    }
    char list[512] = "";
    const char *names[256];
    size_t count = 0;
    for (int i = 0; i < results_dimensions(results) && count < 256; i++) {
        names[count++] = results_dimension_name(results, i);
        size_t used = strlen(list);
        if (i >= DIMENSION_PATHS)
            snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", names[count - 1]);
    }
    const char *near = nearest_name(name, names, count);
    return diag_set(diag, IOP_INVALID, "%s: '%.160s' was not swept%s%s%s; %s%s", from, name,
                    near != NULL ? ", did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "",
                    list[0] != '\0' ? "these were: " : "there is mode, instance, guest, workload or scenario", list);
}

static bool alike(const struct results *results, const struct result_row *a, const struct result_row *b,
                  const struct dimensions *dimensions) {
    for (int i = 0; i < dimensions->count; i++) /* equal texts are one pointer */
        if (results_value(results, a, dimensions->of[i]) != results_value(results, b, dimensions->of[i])) return false;
    return true;
}

static bool differs(const struct results *results, const struct result_row *const *rows, int count,
                    const struct dimensions *known, int dimension) {
    for (int i = 0; i < count; i++)
        for (int j = i + 1; j < count; j++)
            if (results_value(results, rows[i], dimension) != results_value(results, rows[j], dimension) &&
                alike(results, rows[i], rows[j], known))
                return true;
    return false;
}

struct dimensions dimensions_telling_apart(const struct results *results, const struct result_row *const *rows,
                                           int count, const struct dimensions *known) {
    struct dimensions all = *known, found = {.count = 0};
    const int total = results_dimensions(results);
    for (int i = 0; i < total && all.count < LABEL_DIMENSIONS; i++) {
        int dimension = (i + DIMENSION_PATHS) % total; /* the paths first */
        if (dimension == DIMENSION_METRIC || dimensions_have(&all, dimension)) continue;
        if (!differs(results, rows, count, &all, dimension)) continue;
        all.of[all.count++] = dimension;
        found.of[found.count++] = dimension;
    }
    return found;
}

const char *result_key_name(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot != NULL && dot[1] != '\0' ? dot + 1 : path;
}

void result_label(const struct results *results, const struct result_row *row, const struct dimensions *dimensions,
                  char out[LABEL_TEXT]) {
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < dimensions->count && used < LABEL_TEXT; i++) {
        const char *value = results_value(results, row, dimensions->of[i]);
        if (value[0] == '\0') continue;
        double number;
        char unit[16] = "";
        const char *name = result_key_name(results_dimension_name(results, dimensions->of[i]));
        bool bare = units_parse(value, &number, unit) && unit[0] == '\0';
        used += (size_t)snprintf(out + used, LABEL_TEXT - used, "%s%s%s%s", used > 0 ? ", " : "", bare ? name : "",
                                 bare ? " " : "", value);
    }
}
