/* The result store: what is stored stays, once, whatever happens around it. */
#include <criterion/criterion.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/store.h"
#include "analysis/store_schema.h"

static char folder[] = "/tmp/iopath-store-XXXXXX";

static void enter(void) {
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
}

static void leave(void) {
    cr_assert_eq(chdir("/"), 0);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(store, .init = enter, .fini = leave);

static struct store *opened(const char *file, enum store_use use) {
    struct store *store;
    struct diag diag = {""};
    cr_assert_eq(store_open(file, use, &store, &diag), IOP_OK, "%s", diag.message);
    return store;
}

static const struct store_point points[] = {
    {"00000000000000a1", "made up", "00000000000000ff", "1", "ec2-ivybridge", UINT64_MAX, 0, "a=1", NULL},
    {"00000000000000a2", "made up", "00000000000000ff", "1", "ec2-ivybridge", 1, 1, "a=2", "there is no such thing"},
};

static void add_points(struct store *store) {
    struct diag diag = {""};
    cr_assert_eq(store_add_points(store, points, 2, &diag), IOP_OK, "%s", diag.message);
}

static void add_replication(struct store *store, int number, double pps) {
    const struct store_value values[] = {{"sut", "c3.large", "pv", "flood", "pps", "1/s", pps},
                                         {"", "", "", "", "rates.exits", "1/s", NAN}};
    const struct store_replication replication = {number, 0.01, 0.1, 0, 5000, true, 2, values};
    struct diag diag = {""};
    cr_assert_eq(store_add_replication(store, points[0].key, &replication, &diag), IOP_OK, "%s", diag.message);
}

static int64_t number_of(const char *file, const char *query) {
    sqlite3 *db;
    sqlite3_stmt *statement;
    cr_assert_eq(sqlite3_open(file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, query, -1, &statement, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    cr_assert_eq(sqlite3_step(statement), SQLITE_ROW, "%s", query);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

struct seen {
    double values[8];
    int count, metrics;
};

static enum iop_status see(void *user, const struct store_value *which, const double *values, int count,
                           struct diag *diag) {
    (void)diag;
    struct seen *seen = user;
    seen->metrics++;
    if (strcmp(which->metric, "pps") != 0) return IOP_OK;
    cr_expect(strcmp(which->guest, "sut") == 0 && strcmp(which->mode, "pv") == 0 && strcmp(which->unit, "1/s") == 0);
    memcpy(seen->values, values, (size_t)count * sizeof *values);
    seen->count = count;
    return IOP_OK;
}

static int pps_of(struct store *store, double values[8]) {
    struct seen seen = {.count = 0};
    struct diag diag = {""};
    cr_assert_eq(store_visit(store, points[0].key, see, &seen, &diag), IOP_OK, "%s", diag.message);
    cr_expect_eq(seen.metrics, 1, "nothing was observed of the other metric");
    memcpy(values, seen.values, sizeof seen.values);
    return seen.count;
}

Test(store, keeps_what_was_added_once) {
    struct store *store = opened("s.db", STORE_WRITE);
    add_points(store);
    add_points(store);
    add_replication(store, 2, 200);
    add_replication(store, 1, 100);
    add_replication(store, 1, 999); /* as a second process would that was slower: the first stays */
    store_close(store);
    store = opened("s.db", STORE_READ);
    int numbers[8], count;
    double warmup, values[8];
    struct diag diag = {""};
    cr_assert_eq(store_replications(store, points[0].key, numbers, 8, &count, &warmup, &diag), IOP_OK);
    cr_expect(count == 2 && numbers[0] == 1 && numbers[1] == 2 && warmup == 0.01);
    cr_assert_eq(pps_of(store, values), 2);
    cr_expect(values[0] == 100 && values[1] == 200);
    cr_assert_eq(store_replications(store, points[1].key, numbers, 8, &count, &warmup, &diag), IOP_OK);
    cr_expect(count == 0 && warmup < 0);
    cr_expect_eq(store_replications(store, "none", numbers, 8, &count, &warmup, &diag), IOP_INVALID);
    store_close(store);
    cr_expect_eq(number_of("s.db", "SELECT count(*) FROM point"), 2);
    cr_expect_eq(number_of("s.db", "SELECT count(*) FROM value WHERE value IS NULL"), 2);
    cr_expect_eq(number_of("s.db", "SELECT mean FROM result WHERE metric = 'pps'"), 150);
    cr_expect_eq(number_of("s.db", "SELECT seed = '18446744073709551615' FROM point WHERE ordinal = 0"), 1);
}

Test(store, two_writers_share_it) {
    struct store *one = opened("s.db", STORE_WRITE), *two = opened("s.db", STORE_WRITE);
    add_points(one);
    add_points(two);
    add_replication(one, 1, 100);
    add_replication(two, 2, 200);
    add_replication(two, 1, 100);
    double values[8];
    cr_expect_eq(pps_of(one, values), 2);
    store_close(one);
    store_close(two);
}

Test(store, merges_others) {
    struct store *one = opened("one.db", STORE_WRITE), *two = opened("two.db", STORE_WRITE);
    add_points(two);
    add_replication(two, 1, 100);
    add_replication(two, 3, 300);
    store_close(two);
    add_points(one);
    add_replication(one, 1, 100);
    struct diag diag = {""};
    cr_assert_eq(store_merge(one, "two.db", &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(store_merge(one, "two.db", &diag), IOP_OK, "%s", diag.message);
    double values[8];
    cr_assert_eq(pps_of(one, values), 2);
    cr_expect(values[0] == 100 && values[1] == 300);
    cr_expect_eq(store_merge(one, "three.db", &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, "three.db: there is no such store");
    store_close(one);
}

static void expect_refused(const char *file, enum store_use use, const char *why) {
    struct store *store;
    struct diag diag = {""};
    cr_expect_neq(store_open(file, use, &store, &diag), IOP_OK);
    cr_expect_null(store);
    cr_expect_not_null(strstr(diag.message, why), "%s", diag.message);
}

static void run_sql(const char *file, const char *text) {
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

Test(store, refuses_what_is_no_store) {
    FILE *text = fopen("text.db", "w");
    for (int i = 0; i < 200; i++) fputs("these are not the bytes of a database\n", text);
    fclose(text);
    expect_refused("text.db", STORE_WRITE, "text.db: ");
    run_sql("other.db", "CREATE TABLE own (x)");
    expect_refused("other.db", STORE_WRITE, "is a database, but no store of iopath");
    store_close(opened("later.db", STORE_WRITE));
    run_sql("later.db", "PRAGMA user_version = 99");
    expect_refused("later.db", STORE_WRITE, "is a store of version 99");
    expect_refused("absent.db", STORE_READ, "there is no such store");
    expect_refused("no/folder/s.db", STORE_WRITE, "no/folder/s.db: ");
    cr_expect_eq(access("absent.db", F_OK), -1);
}

/* A full disk: the database may not grow any more. What is there stays, and what does not fit is not half there. */
Test(store, a_full_disk_loses_nothing) {
    struct store *store = opened("s.db", STORE_WRITE);
    add_points(store);
    add_replication(store, 1, 100);
    cr_assert_eq(sqlite3_exec(store_handle(store), "PRAGMA max_page_count = 1", NULL, NULL, NULL), SQLITE_OK);
    enum { MANY = 400 };
    static struct store_value values[MANY];
    for (int i = 0; i < MANY; i++) {
        values[i] = (struct store_value){.value = i};
        snprintf(values[i].metric, sizeof values[i].metric, "metric %d with a name that takes some room", i);
    }
    const struct store_replication large = {2, 0.01, 0.1, 0, 5000, true, MANY, values};
    struct diag diag = {""};
    cr_expect_eq(store_add_replication(store, points[0].key, &large, &diag), IOP_IO);
    cr_expect_str_eq(diag.message, "s.db: the disk is full; what was stored is kept");
    double kept[8];
    cr_expect(pps_of(store, kept) == 1 && kept[0] == 100);
    store_close(store);
    cr_expect_eq(number_of("s.db", "SELECT count(*) FROM replication"), 1);
    cr_expect_eq(number_of("s.db", "SELECT count(*) FROM value"), 2);
}
