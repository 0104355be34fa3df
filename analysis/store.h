/* The result store: an SQLite database (WAL) of scenarios, points, replications and their metrics.
 *
 * A point is a scenario with settings. It is known by its key, a hash of the contents of its scenario and traces, of
 * its settings, of its costs and of the version of the program: what is stored is not computed again, whatever it was
 * called, and a changed file is another point. Every replication is a transaction of its own; a process that dies loses
 * those in progress and nothing else. Several processes may write to one store at a time: who comes second finds the
 * same numbers there. The tables are documented in docs/store.md, so that sqlite3 can ask them anything. */
#ifndef IOPATH_ANALYSIS_STORE_H
#define IOPATH_ANALYSIS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"
#include "models/result.h"
#include "sim/diag.h"

struct store;

enum store_use {
    STORE_READ,  /* of a store that exists */
    STORE_WRITE, /* makes it if there is none, and brings an older one up to date */
};

/* Fails for a file that is no store, for one of a later version, and where the file cannot be read or written. The
 * handle may be used by several threads, one at a time. */
enum iop_status store_open(const char *file, enum store_use use, struct store **store, struct diag *diag);
void store_close(struct store *store); /* NULL is allowed */

enum { STORE_KEY_MAX = 17, STORE_TEXT_MAX = 512 };

/* What a point is, beside its results. Texts are the caller's. */
struct store_point {
    const char *key;           /* 16 hexadecimal digits */
    const char *scenario;      /* name in the file */
    const char *scenario_hash; /* of the file without settings, 16 hexadecimal digits */
    const char *version;       /* of the program */
    const char *cost_set;
    uint64_t seed;
    int ordinal;        /* position in the design that it first belonged to */
    const char *swept;  /* its settings, PATH=VALUE joined by semicolons */
    const char *reason; /* why it does not exist; NULL: it does */
};

/* Adds points that are not there, all or none of them. */
enum iop_status store_add_points(struct store *store, const struct store_point *points, int count, struct diag *diag);

/* One number of a replication with its context. */
struct store_value {
    char guest[NAME_MAX_BYTES], instance[CATALOG_NAME_MAX], mode[16], workload[NAME_MAX_BYTES]; /* "": of the machine */
    char metric[160], unit[8]; /* "pps"; metrics of the machine with their path */
    double value;              /* NaN: not observed */
};

struct store_replication {
    int number; /* from 1 */
    double warmup_s, simulated_s, littles_law_error;
    uint64_t events;
    bool conserved;
    int count;
    const struct store_value *values;
};

/* Adds one replication in a transaction; does nothing when it is there. IOP_IO when the disk is full or the file cannot
 * be written: what was stored stays. */
enum iop_status store_add_replication(struct store *store, const char *key, const struct store_replication *replication,
                                      struct diag *diag);

/* Which replications of a point are there: fills numbers[] in rising order, at most `most`, and the warm-up they were
 * run with (negative: none is there). */
enum iop_status store_replications(struct store *store, const char *key, int *numbers, int most, int *count,
                                   double *warmup_s, struct diag *diag);

/* Says why a point does not exist. */
enum iop_status store_set_reason(struct store *store, const char *key, const char *reason, struct diag *diag);

/* Called for each metric of a point with its values over the replications that observed it, in rising order of those;
 * `which->value` means nothing. Whatever is not IOP_OK ends the walk. */
typedef enum iop_status store_visitor(void *user, const struct store_value *which, const double *values, int count,
                                      struct diag *diag);
/* Metrics come in the order of guest, workload and name, whatever the order in which they were stored. */
enum iop_status store_visit(struct store *store, const char *key, store_visitor *visit, void *user, struct diag *diag);

/* Copies all points and replications of another store that are not in this one. */
enum iop_status store_merge(struct store *store, const char *other, struct diag *diag);

/* For the readers of the store (store_export.h): the SQLite handle. */
struct sqlite3 *store_handle(struct store *store);

#endif
