/* Stored results in a fixed order: by scenario, position in the design, guest, workload and metric. The same results
 * give the same bytes, whoever computed them when and in how many pieces. */
#ifndef IOPATH_ANALYSIS_STORE_EXPORT_H
#define IOPATH_ANALYSIS_STORE_EXPORT_H

#include <stdio.h>

#include "analysis/store.h"
#include "analysis/student.h"

/* One condition on rows: `name` is "metric", "guest", "instance", "mode", "workload", "scenario" (its name),
 * "scenario_hash" (of its content, 16 hexadecimal digits), or the path of a swept key. Of conditions on the same name
 * one must hold, of different names all. */
struct store_filter {
    const char *name, *value;
};

struct store_row { /* one metric of one point over its replications */
    const char *scenario, *key, *version, *cost_set, *seed, *swept;
    const struct store_value *of; /* guest, instance, mode, workload, metric, unit */
    struct interval over;
    const double *values; /* of the replications that observed it */
    int replications;
};
typedef enum iop_status store_row_visitor(void *user, const struct store_row *row, struct diag *diag);

/* Calls `visit` for each row that passes the filters, in the fixed order. */
enum iop_status store_rows(struct store *store, const struct store_filter *filters, int filter_count,
                           store_row_visitor *visit, void *user, struct diag *diag);

/* The contract's CSV: one row per metric with its whole context. */
enum iop_status store_export_csv(struct store *store, const struct store_filter *filters, int filter_count, FILE *out,
                                 struct diag *diag);
/* The same as an array of objects, and the points that do not exist with the reason. */
enum iop_status store_export_json(struct store *store, const struct store_filter *filters, int filter_count, FILE *out,
                                  struct diag *diag);

#endif
