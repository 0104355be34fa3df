/* What a metric of the store belongs to, from the row of a query. */
#ifndef IOPATH_ANALYSIS_STORE_CONTEXT_H
#define IOPATH_ANALYSIS_STORE_CONTEXT_H

#include "analysis/store.h"

struct sqlite3_stmt;

/* Fills guest, instance, mode, workload, metric and unit from six columns in this order, from `first` on. */
void store_context_read(struct sqlite3_stmt *row, int first, struct store_value *which);

#endif
