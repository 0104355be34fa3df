/* Results that were kept, wherever they are from: rows of stores and of JSON files, in one form.
 *
 * A row is one metric of one point over its replications. What tells rows apart are dimensions: what a point is
 * (scenario, seed, …), whose metric it is (guest, mode, …), and every key that was swept. Figures, tables and pages are
 * made from rows without asking where they came from. */
#ifndef IOPATH_ANALYSIS_RESULTS_H
#define IOPATH_ANALYSIS_RESULTS_H

#include <stdbool.h>

#include "analysis/store_export.h"

/* Those that all rows have; the paths of swept keys follow from DIMENSION_PATHS on. */
enum result_dimension {
    DIMENSION_GUEST,
    DIMENSION_WORKLOAD,
    DIMENSION_INSTANCE,
    DIMENSION_MODE,
    DIMENSION_SCENARIO,
    DIMENSION_COST_SET,
    DIMENSION_VERSION,
    DIMENSION_SEED,
    DIMENSION_KEY, /* content hash; of a JSON result its file and place */
    DIMENSION_METRIC,
    DIMENSION_PATHS,
};

struct result_setting {
    const char *path, *value;
};

struct result_point {
    const char *scenario, *key, *version, *cost_set, *seed; /* "": not known */
    int setting_count;
    struct result_setting *settings;
};

struct result_row {
    int point; /* its place in the list of points */
    const char *guest, *workload, *instance, *mode, *metric, *unit;
    struct interval over;
    int replications; /* 0: not known */
};

struct results {
    int row_count, point_count, path_count;
    struct result_row *rows;     /* those of one point follow each other */
    struct result_point *points; /* in the order of the files, and of each file */
    const char **paths;          /* of swept keys, in the order of their appearance */
    int row_room, point_room, path_room;
    void *texts; /* all of the texts above, each once: equal texts are the same pointer */
};

void results_init(struct results *results);
void results_free(struct results *results);

/* Adds the rows of a store, or of a JSON file that `run` or `compare` wrote, that pass the filters (store_export.h).
 * IOP_INVALID for a file that is neither, with what it is instead. */
enum iop_status results_add_file(struct results *results, const char *file, const struct store_filter *filters,
                                 int filter_count, struct diag *diag);
enum iop_status results_add_store(struct results *results, struct store *store, const struct store_filter *filters,
                                  int filter_count, struct diag *diag);

/* For readers: add a point, a setting of the last point, a row of the last point. Texts are copied. */
enum iop_status results_add_point(struct results *results, const struct result_point *point, struct diag *diag);
enum iop_status results_add_setting(struct results *results, const char *path, const char *value, struct diag *diag);
enum iop_status results_add_row(struct results *results, const struct result_row *row, struct diag *diag);

int results_dimensions(const struct results *results); /* how many; they are numbered from 0 */
const char *results_dimension_name(const struct results *results, int dimension);
int results_dimension(const struct results *results, const char *name); /* -1: there is none of that name */
/* "" where the row has none, such as the guest of a metric of the machine. */
const char *results_value(const struct results *results, const struct result_row *row, int dimension);

/* Whether the row's metric is `name`: "pps", or with its place "guests[sut].workloads[flood].pps". */
bool results_is_metric(const struct result_row *row, const char *name);

#endif
