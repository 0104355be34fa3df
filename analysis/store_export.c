#include "analysis/store_export.h"

#include <jansson.h>
#include <sqlite3.h>

#include "analysis/csv.h"
#include "analysis/json_write.h"
#include "analysis/report.h"

static void text_field(FILE *out, const char *text) {
    csv_text(out, text);
    putc(',', out);
}

static enum iop_status csv_row(void *user, const struct store_row *row, struct diag *diag) {
    (void)diag;
    FILE *out = user;
    text_field(out, row->scenario);
    text_field(out, row->key);
    text_field(out, row->version);
    text_field(out, row->cost_set);
    text_field(out, row->seed);
    fputs("all,", out);
    text_field(out, row->swept);
    text_field(out, row->of->guest);
    text_field(out, row->of->instance);
    text_field(out, row->of->mode);
    text_field(out, row->of->workload);
    text_field(out, row->of->metric);
    text_field(out, row->of->unit);
    csv_number(out, row->over.mean);
    putc(',', out);
    csv_number(out, row->over.low);
    putc(',', out);
    csv_number(out, row->over.high);
    putc('\n', out);
    return IOP_OK;
}

enum iop_status store_export_csv(struct store *store, const struct store_filter *filters, int filter_count, FILE *out,
                                 struct diag *diag) {
    report_csv_heading(out);
    return store_rows(store, filters, filter_count, csv_row, out, diag);
}

static enum iop_status json_row(void *user, const struct store_row *row, struct diag *diag) {
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:f, s:f, s:f}",
                             "scenario", row->scenario, "content_hash", row->key, "version", row->version, "cost_set",
                             row->cost_set, "seed", row->seed, "swept", row->swept, "guest", row->of->guest, "instance",
                             row->of->instance, "mode", row->of->mode, "workload", row->of->workload, "metric",
                             row->of->metric, "unit", row->of->unit, "replications", row->replications, "mean",
                             row->over.mean, "low", row->over.low, "high", row->over.high);
    if (json == NULL || json_array_append_new(user, json) != 0)
        return diag_set(diag, IOP_NO_MEMORY, "out of memory for the results");
    return IOP_OK;
}

static enum iop_status add_absent(struct store *store, json_t *list, struct diag *diag) {
    sqlite3_stmt *statement = NULL;
    static const char text[] = "SELECT s.name, p.swept, p.reason FROM point p JOIN scenario s ON s.id = p.scenario"
                               " WHERE p.reason IS NOT NULL ORDER BY s.name, s.hash, p.ordinal, p.key";
    sqlite3 *db = store_handle(store);
    int code = sqlite3_prepare_v2(db, text, -1, &statement, NULL);
    while (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "scenario", sqlite3_column_text(statement, 0), "swept",
                                              sqlite3_column_text(statement, 1), "reason",
                                              sqlite3_column_text(statement, 2)));
    sqlite3_finalize(statement);
    return code == SQLITE_OK ? IOP_OK : diag_set(diag, IOP_IO, "the store cannot be read: %s", sqlite3_errmsg(db));
}

enum iop_status store_export_json(struct store *store, const struct store_filter *filters, int filter_count, FILE *out,
                                  struct diag *diag) {
    json_t *rows = json_array(), *absent = json_array();
    enum iop_status status = store_rows(store, filters, filter_count, json_row, rows, diag);
    if (status == IOP_OK) status = add_absent(store, absent, diag);
    json_t *root = json_pack("{s:o, s:o}", "rows", rows, "not_run", absent);
    if (status == IOP_OK) return json_write(root, out, diag);
    json_decref(root);
    return status;
}
