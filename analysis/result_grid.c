#include "analysis/result_grid.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/units.h"

/* ---- memory */

struct block {
    struct block *next;
    max_align_t content[];
};

void *figure_alloc(struct figure_memory *memory, size_t count, size_t size) {
    struct block *block = calloc(1, sizeof *block + (count + 1) * size);
    if (block == NULL) return NULL;
    block->next = memory->blocks;
    memory->blocks = block;
    return block->content;
}

const char *figure_text(struct figure_memory *memory, const char *text) {
    char *copy = figure_alloc(memory, strlen(text), 1);
    return copy != NULL ? strcpy(copy, text) : NULL;
}

void figure_memory_free(struct figure_memory *memory) {
    for (struct block *block = memory->blocks, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    memory->blocks = NULL;
}

/* ---- the grid */

struct name { /* of a category or series */
    char text[LABEL_TEXT];
    double x;
};

struct names {
    struct name *of;
    int count;
};

static int find(const struct names *names, const char *text) {
    for (int i = 0; i < names->count; i++)
        if (strcmp(names->of[i].text, text) == 0) return i;
    return -1;
}

static enum iop_status add_name(const struct grid_request *request, int row, const struct dimensions *dimensions,
                                bool numeric, struct names *names, struct diag *diag) {
    struct name name = {.x = 0};
    result_label(request->results, request->rows[row], dimensions, name.text);
    if (find(names, name.text) >= 0) return IOP_OK;
    if (numeric) {
        const char *value = results_value(request->results, request->rows[row], dimensions->of[0]);
        char unit[16];
        if (!units_parse(value, &name.x, unit))
            return diag_set(diag, IOP_INVALID, "'%.80s' of %.160s is not a number, which this kind of figure needs",
                            value, results_dimension_name(request->results, dimensions->of[0]));
    }
    names->of[names->count++] = name;
    return IOP_OK;
}

static int by_x(const void *left, const void *right) {
    double a = ((const struct name *)left)->x, b = ((const struct name *)right)->x;
    return (a > b) - (a < b);
}

static enum iop_status collect(const struct grid_request *request, struct names *categories, struct names *series,
                               struct diag *diag) {
    enum iop_status status = IOP_OK;
    for (int i = 0; i < request->row_count && status == IOP_OK; i++) {
        status = add_name(request, i, &request->x, request->numeric, categories, diag);
        if (status == IOP_OK) status = add_name(request, i, &request->series, false, series, diag);
    }
    if (request->numeric) qsort(categories->of, (size_t)categories->count, sizeof *categories->of, by_x);
    return status;
}

static enum iop_status place(const struct grid_request *request, int row, const struct names *categories,
                             const struct names *series, struct plot_value *values, struct diag *diag) {
    char category[LABEL_TEXT], line[LABEL_TEXT];
    const struct result_row *of = request->rows[row];
    result_label(request->results, of, &request->x, category);
    result_label(request->results, of, &request->series, line);
    int c = find(categories, category), s = find(series, line);
    struct plot_value *value = &values[s * categories->count + c];
    if (value->present)
        return diag_set(diag, IOP_INVALID, "two results stand for %s%s%s; --where leaves one out",
                        category[0] != '\0' ? category : of->metric, line[0] != '\0' ? " of " : "", line);
    *value = (struct plot_value){true, categories->of[c].x, of->over.mean, of->over.low, of->over.high};
    return IOP_OK;
}

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory while plotting");
}

enum iop_status result_grid(const struct grid_request *request, struct figure_memory *memory, struct plot_panel *panel,
                            struct diag *diag) {
    size_t rows = (size_t)request->row_count;
    struct names categories = {figure_alloc(memory, rows, sizeof(struct name)), 0};
    struct names lines = {figure_alloc(memory, rows, sizeof(struct name)), 0};
    if (categories.of == NULL || lines.of == NULL) return no_memory(diag);
    enum iop_status status = collect(request, &categories, &lines, diag);
    if (status != IOP_OK) return status;
    size_t category_count = (size_t)categories.count, line_count = (size_t)lines.count;
    struct plot_value *values = figure_alloc(memory, category_count * line_count, sizeof *values);
    struct plot_series *series = figure_alloc(memory, line_count, sizeof *series);
    const char **texts = figure_alloc(memory, category_count, sizeof *texts);
    if (values == NULL || series == NULL || texts == NULL) return no_memory(diag);
    for (int i = 0; i < request->row_count && status == IOP_OK; i++)
        status = place(request, i, &categories, &lines, values, diag);
    for (int i = 0; i < categories.count; i++) texts[i] = categories.of[i].text;
    for (int s = 0; s < lines.count; s++)
        series[s] = (struct plot_series){lines.of[s].text, &values[s * categories.count], categories.count};
    panel->category_count = categories.count;
    panel->categories = texts;
    panel->series_count = lines.count;
    panel->series = series;
    return status;
}
