#include "analysis/store_schema.h"

#include <sqlite3.h>
#include <stdio.h>

/* Step i turns version i into i + 1; a step that has been released is never changed. */
static const char *const steps[STORE_SCHEMA_VERSION] = {
    "CREATE TABLE scenario ("
    "  id INTEGER PRIMARY KEY,"
    "  hash TEXT NOT NULL UNIQUE," /* of the file, without settings */
    "  name TEXT NOT NULL);"
    "CREATE TABLE build (id INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE);"
    "CREATE TABLE cost_set (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE point ("
    "  id INTEGER PRIMARY KEY,"
    "  key TEXT NOT NULL UNIQUE," /* of everything that its results depend on */
    "  scenario INTEGER NOT NULL REFERENCES scenario,"
    "  build INTEGER NOT NULL REFERENCES build,"
    "  cost_set INTEGER NOT NULL REFERENCES cost_set,"
    "  seed TEXT NOT NULL,"
    "  ordinal INTEGER NOT NULL," /* position in its design */
    "  swept TEXT NOT NULL,"      /* PATH=VALUE;PATH=VALUE */
    "  reason TEXT);"             /* why it does not exist; NULL: it does */
    "CREATE TABLE replication ("
    "  point INTEGER NOT NULL REFERENCES point,"
    "  number INTEGER NOT NULL,"
    "  warmup_s REAL NOT NULL,"
    "  simulated_s REAL NOT NULL,"
    "  events INTEGER NOT NULL,"
    "  conserved INTEGER NOT NULL,"
    "  littles_law_error REAL NOT NULL,"
    "  PRIMARY KEY (point, number)) WITHOUT ROWID;"
    "CREATE TABLE metric ("
    "  id INTEGER PRIMARY KEY,"
    "  guest TEXT NOT NULL, instance TEXT NOT NULL, mode TEXT NOT NULL, workload TEXT NOT NULL,"
    "  name TEXT NOT NULL, unit TEXT NOT NULL,"
    "  UNIQUE (guest, instance, mode, workload, name));"
    "CREATE TABLE value ("
    "  point INTEGER NOT NULL, number INTEGER NOT NULL, metric INTEGER NOT NULL REFERENCES metric,"
    "  value REAL," /* NULL: not observed */
    "  PRIMARY KEY (point, metric, number),"
    "  FOREIGN KEY (point, number) REFERENCES replication) WITHOUT ROWID;"
    "CREATE VIEW result AS"
    "  SELECT scenario.name AS scenario, point.swept, metric.guest, metric.instance, metric.mode, metric.workload,"
    "    metric.name AS metric, metric.unit, count(value.value) AS replications, avg(value.value) AS mean"
    "  FROM value JOIN metric ON metric.id = value.metric JOIN point ON point.id = value.point"
    "    JOIN scenario ON scenario.id = point.scenario"
    "  GROUP BY value.point, value.metric;",
};

static int pragma_value(sqlite3 *db, const char *pragma) {
    sqlite3_stmt *statement = NULL;
    int value = -1;
    if (sqlite3_prepare_v2(db, pragma, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static enum iop_status failed(sqlite3 *db, const char *file, struct diag *diag) {
    return diag_set(diag, IOP_IO, "%s: %s", file, sqlite3_errmsg(db));
}

/* Whether there is nothing in the database at all. */
static bool is_empty(sqlite3 *db) {
    return pragma_value(db, "SELECT count(*) FROM sqlite_master") == 0 && pragma_value(db, "PRAGMA user_version") == 0;
}

static enum iop_status migrate(sqlite3 *db, const char *file, struct diag *diag) {
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) return failed(db, file, diag);
    int version = pragma_value(db, "PRAGMA user_version"); /* another process may have been faster */
    for (; version < STORE_SCHEMA_VERSION; version++)
        if (sqlite3_exec(db, steps[version], NULL, NULL, NULL) != SQLITE_OK) break;
    char marks[128];
    snprintf(marks, sizeof marks, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", STORE_APPLICATION_ID,
             STORE_SCHEMA_VERSION);
    if (version == STORE_SCHEMA_VERSION && sqlite3_exec(db, marks, NULL, NULL, NULL) == SQLITE_OK) return IOP_OK;
    enum iop_status status = failed(db, file, diag);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

enum iop_status store_schema_ready(sqlite3 *db, const char *file, bool may_change, struct diag *diag) {
    int id = pragma_value(db, "PRAGMA application_id"), version = pragma_value(db, "PRAGMA user_version");
    if (id < 0 || version < 0) return failed(db, file, diag);
    bool empty = is_empty(db);
    if (!empty && id != STORE_APPLICATION_ID)
        return diag_set(diag, IOP_INVALID, "%s: is a database, but no store of iopath", file);
    if (version > STORE_SCHEMA_VERSION)
        return diag_set(diag, IOP_INVALID, "%s: is a store of version %d; this iopath knows %d and before", file,
                        version, STORE_SCHEMA_VERSION);
    if (!empty && version == STORE_SCHEMA_VERSION) return IOP_OK;
    if (!may_change)
        return diag_set(diag, IOP_INVALID,
                        empty ? "%s: is empty" : "%s: is a store of an older version; sweep updates it", file);
    return migrate(db, file, diag);
}
