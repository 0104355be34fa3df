/* A table of named columns, filled cell by cell, shown to people (aligned), spreadsheets (CSV) or
 * programs (a JSON array of objects).
 *
 * A cell holds a text, or a number and how people read it: the aligned form shows "2.80 GHz" where CSV and
 * JSON hold 2800000000. A failed allocation is remembered and reported by the function that writes. */
#ifndef IOPATH_ANALYSIS_TABLE_H
#define IOPATH_ANALYSIS_TABLE_H

#include <jansson.h>
#include <stdio.h>

#include "sim/diag.h"

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_column {
    const char *key;     /* CSV heading and JSON key */
    const char *heading; /* of the aligned form */
    enum table_align align;
};

struct table;

/* `columns` must outlive the table. NULL when out of memory; all functions accept a NULL table and the
 * writing ones then report the lack of memory. */
struct table *table_new(const struct table_column *columns, int column_count);
void table_free(struct table *table);

/* Fill the next cell, left to right, top to bottom. */
void table_text(struct table *table, const char *text);
void table_number(struct table *table, double value, const char *shown);
void table_count(struct table *table, long long value);
void table_empty(struct table *table);
int table_rows(const struct table *table);

/* Columns without any content are left out of this and the next; `indent` spaces before each line. */
enum iop_status table_print(const struct table *table, int indent, FILE *out, struct diag *diag);
/* A table element whose head names the columns. */
enum iop_status table_html(const struct table *table, FILE *out, struct diag *diag);
enum iop_status table_csv(const struct table *table, FILE *out, struct diag *diag);
enum iop_status table_json(const struct table *table, FILE *out, struct diag *diag);
json_t *table_to_json(const struct table *table); /* NULL: out of memory */

#endif
