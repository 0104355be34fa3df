/* Reading back the JSON that `run`, `compare` and `validate` write. */
#ifndef IOPATH_ANALYSIS_RESULT_FILE_H
#define IOPATH_ANALYSIS_RESULT_FILE_H

#include "analysis/results.h"
#include "analysis/validation.h"

/* By its contents, not by its name. */
enum result_file {
    RESULT_FILE_STORE,      /* an SQLite database; whether it is a store, store_open finds out */
    RESULT_FILE_RUN,        /* one result */
    RESULT_FILE_COMPARISON, /* several with their settings */
    RESULT_FILE_VALIDATION,
};
/* IOP_INVALID for anything else, with the place where it is no JSON. */
enum iop_status result_file_kind(const char *file, enum result_file *kind, struct diag *diag);

/* Whether the file is there and begins like an SQLite database: then it is no scenario. */
bool result_file_is_store(const char *file);

/* Adds the rows of a run or a comparison that pass the filters (store_export.h). */
enum iop_status result_file_read(struct results *results, const char *file, const struct store_filter *filters,
                                 int filter_count, struct diag *diag);

/* What a validation's figure and table need: file, metric, published and predicted value, interval, error, source,
 * publication, mode, I/O and unit. Its texts live as long as `json`. */
struct read_validation {
    struct validation of;
    struct json_t *json;
};
enum iop_status result_file_validation(struct read_validation *validation, const char *file, struct diag *diag);
void read_validation_free(struct read_validation *validation);

#endif
