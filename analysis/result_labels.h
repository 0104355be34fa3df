/* Which dimensions tell rows apart, and the texts that say where a row stands in them. */
#ifndef IOPATH_ANALYSIS_RESULT_LABELS_H
#define IOPATH_ANALYSIS_RESULT_LABELS_H

#include "analysis/results.h"

enum { LABEL_DIMENSIONS = 32, LABEL_TEXT = 200 };

struct dimensions {
    int count, of[LABEL_DIMENSIONS];
};

bool dimensions_have(const struct dimensions *dimensions, int dimension);

/* Adds a dimension by its name, or by the last key of a path: the mode is known where it was not swept. The message has
 * the option or key `from`, what there is, and the nearest. */
enum iop_status dimensions_add(struct dimensions *dimensions, const struct results *results, const char *from,
                               const char *name, struct diag *diag);

/* Finds the dimensions in which rows differ that are alike in all of `known`, each only if those before it leave rows
 * alike: swept keys first, then guest, workload and so on. Of what is swept together only the first is there. */
enum iop_status dimensions_telling_apart(const struct results *results, const struct result_row *const *rows, int count,
                                         const struct dimensions *known, struct dimensions *found, struct diag *diag);

/* The row's values joined by commas: "pv, 64 B, queues 2". A bare number has its key before it. */
void result_label(const struct results *results, const struct result_row *row, const struct dimensions *dimensions,
                  char out[LABEL_TEXT]);

/* The last key of a path: "frame" of guests[0].workloads[0].frame. */
const char *result_key_name(const char *path);

#endif
