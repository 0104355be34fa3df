/* One store into another. */
#include <sqlite3.h>

#include "analysis/store.h"

/* Ids differ between stores: everything is found by its names. */
static const char merge_text[] =
    "BEGIN IMMEDIATE;"
    "INSERT OR IGNORE INTO scenario (hash, name) SELECT hash, name FROM other.scenario ORDER BY id;"
    "INSERT OR IGNORE INTO build (version) SELECT version FROM other.build ORDER BY id;"
    "INSERT OR IGNORE INTO cost_set (name) SELECT name FROM other.cost_set ORDER BY id;"
    "INSERT OR IGNORE INTO metric (guest, instance, mode, workload, name, unit)"
    "  SELECT guest, instance, mode, workload, name, unit FROM other.metric ORDER BY id;"
    "INSERT OR IGNORE INTO point (key, scenario, build, cost_set, seed, ordinal, swept, reason)"
    "  SELECT p.key, s.id, b.id, c.id, p.seed, p.ordinal, p.swept, p.reason FROM other.point p"
    "  JOIN other.scenario os ON os.id = p.scenario JOIN scenario s ON s.hash = os.hash"
    "  JOIN other.build ob ON ob.id = p.build JOIN build b ON b.version = ob.version"
    "  JOIN other.cost_set oc ON oc.id = p.cost_set JOIN cost_set c ON c.name = oc.name ORDER BY p.id;"
    "CREATE TEMP TABLE coming AS SELECT op.id AS old, p.id AS new, r.number FROM other.replication r"
    "  JOIN other.point op ON op.id = r.point JOIN point p ON p.key = op.key"
    "  WHERE NOT EXISTS (SELECT 1 FROM main.replication m WHERE m.point = p.id AND m.number = r.number);"
    "CREATE TEMP TABLE metrics AS SELECT om.id AS old, m.id AS new FROM other.metric om JOIN metric m USING"
    "  (guest, instance, mode, workload, name);"
    "CREATE INDEX temp.metrics_old ON metrics (old);"
    "INSERT INTO replication SELECT c.new, r.number, r.warmup_s, r.simulated_s, r.events, r.conserved,"
    "  r.littles_law_error FROM coming c JOIN other.replication r ON r.point = c.old AND r.number = c.number;"
    "INSERT INTO value (point, number, metric, value) SELECT c.new, v.number, m.new, v.value FROM coming c"
    "  JOIN other.value v ON v.point = c.old AND v.number = c.number JOIN metrics m ON m.old = v.metric;"
    "DROP TABLE coming; DROP TABLE metrics;"
    "COMMIT;";

enum iop_status store_merge(struct store *store, const char *other, struct diag *diag) {
    struct store *source;
    enum iop_status status = store_open(other, STORE_READ, &source, diag); /* checks that it is one */
    if (status != IOP_OK) return status;
    store_close(source);
    sqlite3 *db = store_handle(store);
    char *attach = sqlite3_mprintf("ATTACH %Q AS other", other);
    bool attached = attach != NULL && sqlite3_exec(db, attach, NULL, NULL, NULL) == SQLITE_OK;
    if (!attached || sqlite3_exec(db, merge_text, NULL, NULL, NULL) != SQLITE_OK) {
        status = diag_set(diag, IOP_IO, "%s: %s", other, sqlite3_errmsg(db));
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    }
    if (attached) sqlite3_exec(db, "DETACH other", NULL, NULL, NULL);
    sqlite3_free(attach);
    return status;
}
