/* Rows arranged for a panel of a figure: values by category and series. */
#ifndef IOPATH_ANALYSIS_RESULT_GRID_H
#define IOPATH_ANALYSIS_RESULT_GRID_H

#include "analysis/plot.h"
#include "analysis/result_labels.h"

/* Memory that lives as long as a figure; all of it is freed at once. */
struct figure_memory {
    void *blocks;
};
void *figure_alloc(struct figure_memory *memory, size_t count, size_t size); /* zeroed; NULL when there is none */
const char *figure_text(struct figure_memory *memory, const char *text);
void figure_memory_free(struct figure_memory *memory);

struct grid_request {
    const struct results *results;
    const struct result_row *const *rows;
    int row_count;
    struct dimensions x, series; /* what tells categories and series apart */
    bool numeric;                /* x is one dimension whose values are numbers: categories are in their order */
};

/* Fills categories, series and their values into the panel. IOP_INVALID when x is no number, or when two rows have the
 * same place. */
enum iop_status result_grid(const struct grid_request *request, struct figure_memory *memory, struct plot_panel *panel,
                            struct diag *diag);

#endif
