#include "analysis/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/store_context.h"
#include "analysis/store_schema.h"

enum statement {
    ADD_SCENARIO,
    ADD_BUILD,
    ADD_COST_SET,
    ADD_POINT,
    FIND_POINT,
    ADD_REPLICATION,
    ADD_METRIC,
    FIND_METRIC,
    ADD_VALUE,
    LIST_REPLICATIONS,
    LIST_VALUES,
    SET_REASON,
    STATEMENTS
};

static const char *const texts[STATEMENTS] = {
    [ADD_SCENARIO] = "INSERT OR IGNORE INTO scenario (hash, name) VALUES (?, ?)",
    [ADD_BUILD] = "INSERT OR IGNORE INTO build (version) VALUES (?)",
    [ADD_COST_SET] = "INSERT OR IGNORE INTO cost_set (name) VALUES (?)",
    [ADD_POINT] =
        ("INSERT OR IGNORE INTO point (key, scenario, build, cost_set, seed, ordinal, swept, reason) VALUES (?1,"
         " (SELECT id FROM scenario WHERE hash = ?2), (SELECT id FROM build WHERE version = ?3),"
         " (SELECT id FROM cost_set WHERE name = ?4), ?5, ?6, ?7, ?8)"),
    [FIND_POINT] = "SELECT id FROM point WHERE key = ?",
    [ADD_REPLICATION] = "INSERT OR IGNORE INTO replication VALUES (?, ?, ?, ?, ?, ?, ?)",
    [ADD_METRIC] =
        "INSERT OR IGNORE INTO metric (guest, instance, mode, workload, name, unit) VALUES (?, ?, ?, ?, ?, ?)",
    [FIND_METRIC] = "SELECT id FROM metric WHERE guest = ? AND instance = ? AND mode = ? AND workload = ? AND name = ?",
    [ADD_VALUE] = "INSERT INTO value (point, number, metric, value) VALUES (?, ?, ?, ?)",
    [LIST_REPLICATIONS] = "SELECT number, warmup_s FROM replication WHERE point = ? ORDER BY number",
    [LIST_VALUES] = ("SELECT m.guest, m.instance, m.mode, m.workload, m.name, m.unit, v.metric, v.value FROM value v"
                     " JOIN metric m ON m.id = v.metric WHERE v.point = ? AND v.value IS NOT NULL"
                     " ORDER BY m.guest, m.workload, m.name, v.metric, v.number"),
    [SET_REASON] = "UPDATE point SET reason = ?2 WHERE key = ?1",
};

struct store {
    sqlite3 *db;
    char *file;
    sqlite3_stmt *statements[STATEMENTS];
};

/* Another process may hold the store while it writes a transaction or moves the log into the file. */
enum { BUSY_MS = 60000 };

static enum iop_status failed(const struct store *store, struct diag *diag) {
    int code = sqlite3_extended_errcode(store->db) & 0xff;
    if (code == SQLITE_FULL)
        return diag_set(diag, IOP_IO, "%s: the disk is full; what was stored is kept", store->file);
    if (code == SQLITE_READONLY) return diag_set(diag, IOP_IO, "%s: the store cannot be written to", store->file);
    return diag_set(diag, IOP_IO, "%s: %s", store->file, sqlite3_errmsg(store->db));
}

static enum iop_status prepare(struct store *store, struct diag *diag) {
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(store->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL) !=
            SQLITE_OK)
            return failed(store, diag);
    return IOP_OK;
}

static enum iop_status open_database(struct store *store, enum store_use use, struct diag *diag) {
    if (use == STORE_READ && access(store->file, F_OK) != 0)
        return diag_set(diag, IOP_INVALID, "%s: there is no such store", store->file);
    int flags = use == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(store->file, &store->db, flags | SQLITE_OPEN_FULLMUTEX, NULL) != SQLITE_OK)
        return failed(store, diag);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    if (use == STORE_WRITE && sqlite3_exec(store->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", NULL,
                                           NULL, NULL) != SQLITE_OK) {
        if ((sqlite3_extended_errcode(store->db) & 0xff) == SQLITE_NOTADB)
            return diag_set(diag, IOP_INVALID, "%s: is no store of iopath", store->file);
        return failed(store, diag);
    }
    enum iop_status status = store_schema_ready(store->db, store->file, use == STORE_WRITE, diag);
    return status == IOP_OK ? prepare(store, diag) : status;
}

enum iop_status store_open(const char *file, enum store_use use, struct store **store, struct diag *diag) {
    *store = calloc(1, sizeof **store);
    if (*store != NULL) (*store)->file = strdup(file);
    enum iop_status status = *store == NULL || (*store)->file == NULL
                                 ? diag_set(diag, IOP_NO_MEMORY, "%s: out of memory", file)
                                 : open_database(*store, use, diag);
    if (status != IOP_OK) {
        store_close(*store);
        *store = NULL;
    }
    return status;
}

void store_close(struct store *store) {
    if (store == NULL) return;
    for (int i = 0; i < STATEMENTS; i++) sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->db);
    free(store->file);
    free(store);
}

struct sqlite3 *store_handle(struct store *store) {
    return store->db;
}

/* A statement with `count` texts bound to its first parameters. */
static sqlite3_stmt *with_texts(struct store *store, enum statement which, const char *const *values, int count) {
    sqlite3_stmt *statement = store->statements[which];
    for (int i = 0; i < count; i++) sqlite3_bind_text(statement, i + 1, values[i], -1, SQLITE_STATIC);
    return statement;
}

/* Runs a statement that yields at most one number, and makes it ready for the next use. */
static enum iop_status run(struct store *store, sqlite3_stmt *statement, int64_t *number, struct diag *diag) {
    int code = sqlite3_step(statement);
    if (number != NULL) *number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    enum iop_status status = code == SQLITE_ROW || code == SQLITE_DONE ? IOP_OK : failed(store, diag);
    sqlite3_reset(statement);
    return status;
}

static enum iop_status begin(struct store *store, struct diag *diag) {
    return sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK ? IOP_OK : failed(store, diag);
}

/* Commits what went well and undoes the rest. */
static enum iop_status finish(struct store *store, enum iop_status status, struct diag *diag) {
    if (status == IOP_OK && sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        status = failed(store, diag);
    if (status != IOP_OK) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static enum iop_status add_point(struct store *store, const struct store_point *point, struct diag *diag) {
    enum iop_status status = run(
        store, with_texts(store, ADD_SCENARIO, (const char *[]){point->scenario_hash, point->scenario}, 2), NULL, diag);
    if (status == IOP_OK) status = run(store, with_texts(store, ADD_BUILD, &point->version, 1), NULL, diag);
    if (status == IOP_OK) status = run(store, with_texts(store, ADD_COST_SET, &point->cost_set, 1), NULL, diag);
    if (status != IOP_OK) return status;
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)point->seed); /* integers of SQLite are signed */
    const char *const values[] = {point->key, point->scenario_hash, point->version, point->cost_set, seed};
    sqlite3_stmt *statement = with_texts(store, ADD_POINT, values, 5);
    sqlite3_bind_int(statement, 6, point->ordinal);
    sqlite3_bind_text(statement, 7, point->swept, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 8, point->reason, -1, SQLITE_STATIC); /* a NULL pointer binds NULL */
    return run(store, statement, NULL, diag);
}

enum iop_status store_add_points(struct store *store, const struct store_point *points, int count, struct diag *diag) {
    enum iop_status status = begin(store, diag);
    if (status != IOP_OK) return status;
    for (int i = 0; i < count && status == IOP_OK; i++) status = add_point(store, &points[i], diag);
    return finish(store, status, diag);
}

static enum iop_status find_point(struct store *store, const char *key, int64_t *id, struct diag *diag) {
    enum iop_status status = run(store, with_texts(store, FIND_POINT, &key, 1), id, diag);
    if (status == IOP_OK && *id < 0) status = diag_set(diag, IOP_INVALID, "%s: has no point '%s'", store->file, key);
    return status;
}

/* The id of a metric in its context; -1 if there is none. */
static enum iop_status find_metric(struct store *store, const struct store_value *value, int64_t *id,
                                   struct diag *diag) {
    const char *const names[] = {value->guest, value->instance, value->mode, value->workload, value->metric};
    return run(store, with_texts(store, FIND_METRIC, names, 5), id, diag);
}

static enum iop_status add_metric(struct store *store, const struct store_value *value, int64_t *id,
                                  struct diag *diag) {
    enum iop_status status = find_metric(store, value, id, diag);
    if (status != IOP_OK || *id >= 0) return status;
    const char *const names[] = {value->guest,    value->instance, value->mode,
                                 value->workload, value->metric,   value->unit};
    status = run(store, with_texts(store, ADD_METRIC, names, 6), NULL, diag);
    return status == IOP_OK ? find_metric(store, value, id, diag) : status;
}

static enum iop_status add_value(struct store *store, int64_t point, int number, const struct store_value *value,
                                 struct diag *diag) {
    int64_t metric;
    enum iop_status status = add_metric(store, value, &metric, diag);
    if (status != IOP_OK) return status;
    sqlite3_stmt *statement = store->statements[ADD_VALUE];
    sqlite3_bind_int64(statement, 1, point);
    sqlite3_bind_int(statement, 2, number);
    sqlite3_bind_int64(statement, 3, metric);
    sqlite3_bind_double(statement, 4, value->value); /* NaN becomes NULL */
    return run(store, statement, NULL, diag);
}

static enum iop_status add_whole(struct store *store, const char *key, const struct store_replication *replication,
                                 struct diag *diag) {
    int64_t point;
    enum iop_status status = find_point(store, key, &point, diag);
    if (status != IOP_OK) return status;
    sqlite3_stmt *statement = store->statements[ADD_REPLICATION];
    sqlite3_bind_int64(statement, 1, point);
    sqlite3_bind_int(statement, 2, replication->number);
    sqlite3_bind_double(statement, 3, replication->warmup_s);
    sqlite3_bind_double(statement, 4, replication->simulated_s);
    sqlite3_bind_int64(statement, 5, (int64_t)replication->events);
    sqlite3_bind_int(statement, 6, replication->conserved);
    sqlite3_bind_double(statement, 7, replication->littles_law_error);
    status = run(store, statement, NULL, diag);
    bool there = status == IOP_OK && sqlite3_changes(store->db) == 0;
    for (int i = 0; i < replication->count && status == IOP_OK && !there; i++)
        status = add_value(store, point, replication->number, &replication->values[i], diag);
    return status;
}

enum iop_status store_add_replication(struct store *store, const char *key, const struct store_replication *replication,
                                      struct diag *diag) {
    enum iop_status status = begin(store, diag);
    if (status != IOP_OK) return status;
    return finish(store, add_whole(store, key, replication, diag), diag);
}

enum iop_status store_replications(struct store *store, const char *key, int *numbers, int most, int *count,
                                   double *warmup_s, struct diag *diag) {
    int64_t point;
    *count = 0;
    *warmup_s = -1;
    enum iop_status status = find_point(store, key, &point, diag);
    if (status != IOP_OK) return status;
    sqlite3_stmt *statement = store->statements[LIST_REPLICATIONS];
    sqlite3_bind_int64(statement, 1, point);
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && *count < most) {
        numbers[(*count)++] = sqlite3_column_int(statement, 0);
        *warmup_s = sqlite3_column_double(statement, 1);
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE) status = failed(store, diag);
    sqlite3_reset(statement);
    return status;
}

enum iop_status store_set_reason(struct store *store, const char *key, const char *reason, struct diag *diag) {
    return run(store, with_texts(store, SET_REASON, (const char *[]){key, reason}, 2), NULL, diag);
}

/* One walk over the values of a point: those of a metric come together. */
struct walk {
    int64_t metric;
    struct store_value which;
    double *values;
    int count, room;
};

static enum iop_status hand_over(struct walk *walk, store_visitor *visit, void *user, struct diag *diag) {
    if (walk->count == 0) return IOP_OK;
    int count = walk->count;
    walk->count = 0;
    return visit(user, &walk->which, walk->values, count, diag);
}

static enum iop_status take_row(struct walk *walk, sqlite3_stmt *statement, store_visitor *visit, void *user,
                                struct diag *diag) {
    int64_t metric = sqlite3_column_int64(statement, 6);
    if (metric != walk->metric) {
        enum iop_status status = hand_over(walk, visit, user, diag);
        if (status != IOP_OK) return status;
        walk->metric = metric;
        store_context_read(statement, 0, &walk->which);
    }
    if (walk->count == walk->room) {
        int room = walk->room * 2 + 16;
        double *larger = realloc(walk->values, (size_t)room * sizeof *larger);
        if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory for stored values");
        walk->values = larger;
        walk->room = room;
    }
    walk->values[walk->count++] = sqlite3_column_double(statement, 7);
    return IOP_OK;
}

enum iop_status store_visit(struct store *store, const char *key, store_visitor *visit, void *user, struct diag *diag) {
    int64_t point;
    enum iop_status status = find_point(store, key, &point, diag);
    if (status != IOP_OK) return status;
    struct walk walk = {.metric = -1};
    sqlite3_stmt *statement = store->statements[LIST_VALUES];
    sqlite3_bind_int64(statement, 1, point);
    int code = SQLITE_DONE;
    while (status == IOP_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        status = take_row(&walk, statement, visit, user, diag);
    if (status == IOP_OK) status = code == SQLITE_DONE ? hand_over(&walk, visit, user, diag) : failed(store, diag);
    sqlite3_reset(statement);
    free(walk.values);
    return status;
}
