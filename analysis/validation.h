/* Predicted beside published: scenarios with `expect` blocks, run and judged row by row. */
#ifndef IOPATH_ANALYSIS_VALIDATION_H
#define IOPATH_ANALYSIS_VALIDATION_H

#include <stdbool.h>
#include <stdio.h>

#include "analysis/crew.h"
#include "analysis/prediction.h"
#include "models/result.h"
#include "scenarios/catalog.h"
#include "scenarios/scenario.h"

enum validation_io { VALIDATION_NETWORK, VALIDATION_BLOCK, VALIDATION_COMPUTING, VALIDATION_IO_COUNT };

enum verdict {
    VERDICT_WITHIN,  /* its tolerance */
    VERDICT_MISSED,  /* outside, as the scenario says, with the reason */
    VERDICT_OUTSIDE, /* outside, and not said: this fails */
    VERDICT_MENDED,  /* within, though said to be missed */
};

struct validation_row {
    const char *file;            /* as it was named */
    struct expectation expected; /* metric, published value, tolerance, source id, why it is missed */
    char publication[200];       /* title in the bibliography; of a row without source the file */
    enum mode mode;              /* of the guest whose metric it is, or of the first */
    enum validation_io io;       /* what its workload does */
    enum metric_kind kind;       /* of the metric; a row that is relative to another has no unit */
    double predicted, error;     /* error: |predicted - published| / published */
    bool has_interval;
    double cost_low, cost_high; /* hold 90 % of the predictions with costs drawn from their ranges */
    double low, high;           /* prediction interval: the same, widened by the error of the model */
    bool inside_costs, inside;  /* whether they hold the published value */
    bool fitted;                /* a cost is fitted to a row of its publication */
    enum verdict verdict;
};

struct validation {
    int samples;        /* of the costs' ranges for each prediction interval; 0: no intervals */
    double model_error; /* factor by which intervals are widened, as all rows have it; 1: they are not */
    int row_count;
    struct validation_row *rows; /* in the order of the files, and of each file */
};

/* Runs every file with expectations, each a task of the crew; files without are passed over. A row's metric that its
 * scenario does not yield is an error. `names` must outlive the result. */
enum iop_status validation_run(const char *const *names, int count, int samples, const struct crew *crew,
                               struct validation *validation, struct diag *diag);
void validation_free(struct validation *validation);

/* Widens the intervals of costs by what the costs do not explain, from the rows of the other publications: by the
 * factor that would bring 90 % of those into their intervals (conformalized quantile regression: Romano, Patterson,
 * Candes, NeurIPS 2019, on logarithms, with the publications as folds). With fewer than 10 such rows an interval stays
 * as it is. */
void validation_widen(struct validation *validation);

/* Errors and intervals of the rows that `take` selects. */
struct validation_summary {
    int rows, within, intervals, inside_costs, inside;
    double median, p90; /* of the errors; NaN without rows */
};
typedef bool validation_selector(const struct validation_row *row, const void *user);
struct validation_summary validation_summarize(const struct validation *validation, validation_selector *take,
                                               const void *user);

/* Selectors: all rows, those of one publication (its title), mode (enum mode), kind of I/O (enum validation_io); those
 * of publications that no cost is fitted to, which a fit that leaves any of them out predicts as this one does. */
validation_selector validation_all, validation_of_publication, validation_of_mode, validation_of_io,
    validation_unfitted;

/* Whether no row is VERDICT_OUTSIDE; the diag then counts them and names the first. */
enum iop_status validation_verdict(const struct validation *validation, struct diag *diag);

const char *verdict_text(enum verdict verdict);
const char *validation_io_name(enum validation_io io);
const char *validation_unit(const struct validation_row *row); /* "1/s", "bit/s", "s", "1" or "ratio" */

/* Whether no row before `index` is of the same publication. */
bool validation_first_of_publication(const struct validation *validation, int index);

/* Rows with their medians, and the reasons of those that are missed; the contract's JSON; one line per row. */
enum iop_status validation_table(const struct validation *validation, FILE *out, struct diag *diag);
enum iop_status validation_json(const struct validation *validation, FILE *out, struct diag *diag);
enum iop_status validation_csv(const struct validation *validation, FILE *out, struct diag *diag);

/* Predicted against published, a panel per unit, with the bands of 10 % and 25 %. */
enum iop_status validation_plot(const struct validation *validation, const char *file, struct diag *diag);
/* The same as an SVG element (plot_svg). */
enum iop_status validation_svg(const struct validation *validation, const char *prefix, FILE *out, struct diag *diag);

#endif
