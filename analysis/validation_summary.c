/* What the rows of a validation say together. */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/validation.h"

bool validation_all(const struct validation_row *row, const void *user) {
    (void)row, (void)user;
    return true;
}

bool validation_of_publication(const struct validation_row *row, const void *user) {
    return strcmp(row->publication, user) == 0;
}

bool validation_of_mode(const struct validation_row *row, const void *user) {
    return row->mode == *(const enum mode *)user;
}

bool validation_of_io(const struct validation_row *row, const void *user) {
    return row->io == *(const enum validation_io *)user;
}

bool validation_unfitted(const struct validation_row *row, const void *user) {
    (void)user;
    return !row->fitted;
}

struct validation_summary validation_summarize(const struct validation *validation, validation_selector *take,
                                               const void *user) {
    struct validation_summary summary = {.median = NAN, .p90 = NAN};
    double *errors = calloc((size_t)validation->row_count + 1, sizeof *errors);
    if (errors == NULL) return summary;
    for (int i = 0; i < validation->row_count; i++) {
        const struct validation_row *row = &validation->rows[i];
        if (!take(row, user)) continue;
        errors[summary.rows++] = row->error;
        summary.within += row->verdict == VERDICT_WITHIN || row->verdict == VERDICT_MENDED;
        summary.intervals += row->has_interval;
        summary.inside_costs += row->inside_costs;
        summary.inside += row->inside;
    }
    if (summary.rows > 0) {
        size_t count = (size_t)summary.rows;
        gsl_sort(errors, 1, count);
        summary.median = gsl_stats_median_from_sorted_data(errors, 1, count);
        summary.p90 = gsl_stats_quantile_from_sorted_data(errors, 1, count, 0.9);
    }
    free(errors);
    return summary;
}

enum iop_status validation_verdict(const struct validation *validation, struct diag *diag) {
    const struct validation_row *first = NULL;
    int outside = 0;
    for (int i = 0; i < validation->row_count; i++) {
        const struct validation_row *row = &validation->rows[i];
        if (row->verdict != VERDICT_OUTSIDE) continue;
        outside++;
        if (first == NULL) first = row;
    }
    if (first == NULL) return IOP_OK;
    return diag_set(diag, IOP_CHECK_FAILED, "%d of %d rows left their tolerance, first %s of %s: %+.0f %%", outside,
                    validation->row_count, first->expected.source, first->file,
                    100 * (first->predicted / first->expected.value - 1));
}

const char *verdict_text(enum verdict verdict) {
    static const char *const texts[] = {"within", "missed, as said", "OUTSIDE", "within, though said to be missed"};
    return texts[verdict];
}

const char *validation_io_name(enum validation_io io) {
    static const char *const names[] = {"network", "block", "computing"};
    return names[io];
}

const char *validation_unit(const struct validation_row *row) {
    return row->expected.relative_to[0] != '\0' ? "ratio" : metric_unit(row->kind);
}

bool validation_first_of_publication(const struct validation *validation, int index) {
    for (int i = 0; i < index; i++)
        if (strcmp(validation->rows[i].publication, validation->rows[index].publication) == 0) return false;
    return true;
}
