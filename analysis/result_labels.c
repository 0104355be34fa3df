#include "analysis/result_labels.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

static int by_number(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Into how many groups rows fall that are alike in all of the dimensions. Equal texts are one pointer, so that a row is
 * a hash (FNV-1a over words) of pointers. */
static int groups(const struct results *results, const struct result_row *const *rows, int count,
                  const struct dimensions *dimensions, uint64_t *hashes) {
    for (int i = 0; i < count; i++) {
        uint64_t hash = 14695981039346656037u;
        for (int j = 0; j < dimensions->count; j++) {
            hash ^= (uintptr_t)results_value(results, rows[i], dimensions->of[j]);
            hash *= 1099511628211u;
            hash ^= hash >> 29;
        }
        hashes[i] = hash;
    }
    qsort(hashes, (size_t)count, sizeof *hashes, by_number);
    int found = count > 0;
    for (int i = 1; i < count; i++) found += hashes[i] != hashes[i - 1];
    return found;
}

enum iop_status dimensions_telling_apart(const struct results *results, const struct result_row *const *rows, int count,
                                         const struct dimensions *known, struct dimensions *found, struct diag *diag) {
    uint64_t *hashes = calloc((size_t)count + 1, sizeof *hashes);
    if (hashes == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    struct dimensions all = *known;
    found->count = 0;
    const int total = results_dimensions(results);
    int apart = groups(results, rows, count, &all, hashes);
    for (int i = 0; i < total && all.count < LABEL_DIMENSIONS && apart < count; i++) {
        int dimension = (i + DIMENSION_PATHS) % total; /* the paths first */
        if (dimension == DIMENSION_METRIC || dimensions_have(&all, dimension)) continue;
        all.of[all.count++] = dimension;
        int finer = groups(results, rows, count, &all, hashes);
        if (finer > apart)
            found->of[found->count++] = dimension;
        else
            all.count--;
        apart = finer;
    }
    free(hashes);
    return IOP_OK;
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
