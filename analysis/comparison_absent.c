/* Combinations that do not exist, with the reason: one line each, or, of several instance types, one reason with the
 * types it holds for. */
#include <stdlib.h>
#include <string.h>

#include "analysis/comparison.h"

enum { LINE = 110 };

/* The reason without the type it is about, so that equal ones can be told. */
static const char *reason_of(const struct comparison_point *point) {
    size_t name = strlen(point->instance);
    bool about_type = name > 0 && strncmp(point->reason, point->instance, name) == 0 && point->reason[name] == ' ';
    return about_type ? point->reason + name + 1 : point->reason;
}

static void print_axes(const struct comparison *comparison, const struct comparison_point *point, FILE *out) {
    for (int i = 0; i < comparison->base->axis_count; i++) {
        const char *name = comparison_axis_name(&comparison->base->axes[i]);
        if (strcmp(name, "mode") != 0 && strcmp(name, "instance") != 0)
            fprintf(out, ", %s=%s", name, point->axis_values[i]);
    }
}

static bool alike(const struct comparison *comparison, const struct comparison_point *a,
                  const struct comparison_point *b) {
    if (strcmp(a->mode, b->mode) != 0 || strcmp(reason_of(a), reason_of(b)) != 0) return false;
    for (int i = 0; i < comparison->base->axis_count; i++) {
        const char *name = comparison_axis_name(&comparison->base->axes[i]);
        bool told = strcmp(name, "mode") == 0 || strcmp(name, "instance") == 0;
        if (!told && strcmp(a->axis_values[i], b->axis_values[i]) != 0) return false;
    }
    return true;
}

/* The types of all points that are like point `first` and not yet `told`. */
static void print_types(const struct comparison *comparison, int first, bool *told, FILE *out) {
    size_t column = 0;
    for (int i = first; i < comparison->count; i++) {
        const struct comparison_point *point = &comparison->points[i];
        if (point->scenario != NULL || told[i] || !alike(comparison, &comparison->points[first], point)) continue;
        told[i] = true;
        size_t length = strlen(point->instance) + 2;
        bool breaks = column > 0 && column + length > LINE;
        fprintf(out, "%s%s", column == 0 ? "    " : breaks ? ",\n    " : ", ", point->instance);
        column = (column == 0 || breaks ? 4 : column) + length;
    }
    fputc('\n', out);
}

static bool several_types(const struct comparison *comparison) {
    for (int i = 1; i < comparison->count; i++)
        if (strcmp(comparison->points[i].instance, comparison->points[0].instance) != 0) return true;
    return false;
}

void comparison_absent(const struct comparison *comparison, FILE *out) {
    const char *heading = "\nNot run, because it does not exist:\n";
    bool *told = calloc((size_t)comparison->count + 1, sizeof *told);
    bool grouped = told != NULL && several_types(comparison);
    for (int i = 0; i < comparison->count; i++) {
        const struct comparison_point *point = &comparison->points[i];
        if (point->scenario != NULL || (grouped && told[i])) continue;
        fprintf(out, "%s  ", heading);
        if (!grouped && point->instance[0] != '\0') fprintf(out, "%s ", point->instance);
        fputs(point->mode, out);
        print_axes(comparison, point, out);
        fprintf(out, ": %s\n", grouped ? reason_of(point) : point->reason);
        if (grouped) print_types(comparison, i, told, out);
        heading = "";
    }
    free(told);
}
