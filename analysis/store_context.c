#include "analysis/store_context.h"

#include <sqlite3.h>
#include <stdio.h>

static void copy_text(sqlite3_stmt *row, int column, char *out, size_t size) {
    snprintf(out, size, "%s", (const char *)sqlite3_column_text(row, column));
}

void store_context_read(sqlite3_stmt *row, int first, struct store_value *which) {
    copy_text(row, first, which->guest, sizeof which->guest);
    copy_text(row, first + 1, which->instance, sizeof which->instance);
    copy_text(row, first + 2, which->mode, sizeof which->mode);
    copy_text(row, first + 3, which->workload, sizeof which->workload);
    copy_text(row, first + 4, which->metric, sizeof which->metric);
    copy_text(row, first + 5, which->unit, sizeof which->unit);
}
