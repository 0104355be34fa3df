/* Files of comma-separated values, line by line.
 *
 * Spaces around a field do not count; a field in double quotes may hold commas, and quotes as "". A first line that
 * begins with a letter is a heading; empty lines and those that begin with # are skipped. */
#ifndef IOPATH_SCENARIOS_CSV_H
#define IOPATH_SCENARIOS_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/diag.h"
#include "sim/time.h"

enum { CSV_FIELDS_MAX = 16 };

struct csv_row {
    const char *path;
    int line;
    int count; /* of its fields; CSV_FIELDS_MAX + 1: there are more */
    char *fields[CSV_FIELDS_MAX];
    int columns[CSV_FIELDS_MAX]; /* where each begins, from 1 on */
};

/* Hands each row to `take`, until one fails. Errors name the file, of a row the line as well. */
typedef enum iop_status csv_take(void *to, const struct csv_row *row, struct diag *diag);
enum iop_status csv_read(const char *path, csv_take *take, void *to, struct diag *diag);

/* Files whose first line names their columns, in any order. `fields[i]` of a row is then that of `columns[i]`, "" where
 * the file has no such column; `row->columns` is 0 there. An unknown column, one that stands there twice and a required
 * one that is missing are errors, and so are rows with more fields than there are columns. */
struct csv_column {
    const char *name;
    bool required; /* and no field of it may be empty */
};
enum iop_status csv_read_named(const char *path, const struct csv_column *columns, int count, csv_take *take, void *to,
                               struct diag *diag);

/* "FILE:LINE: …" and, of a field, "FILE:LINE:COLUMN: 'field' …"; both return IOP_INVALID. */
enum iop_status csv_fail_row(const struct csv_row *row, struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
enum iop_status csv_fail(const struct csv_row *row, int field, struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A time in seconds, up to the end of simulated time; a whole number, which else is not `noun` ("a size in bytes"). */
enum iop_status csv_time(const struct csv_row *row, int field, sim_time *time, struct diag *diag);
enum iop_status csv_whole(const struct csv_row *row, int field, const char *noun, uint64_t *value, struct diag *diag);

#endif
