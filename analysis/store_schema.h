/* The tables of the result store, and how an older store becomes a newer one. */
#ifndef IOPATH_ANALYSIS_STORE_SCHEMA_H
#define IOPATH_ANALYSIS_STORE_SCHEMA_H

#include <stdbool.h>

#include "sim/diag.h"

/* Of this version of the program; kept in `PRAGMA user_version`. */
enum { STORE_SCHEMA_VERSION = 1, STORE_APPLICATION_ID = 0x696f7061 /* "iopa" */ };

struct sqlite3;

/* Checks that the database is a store of this version, and where `may_change`, makes it one: an empty database gets all
 * tables, an older store the steps that it lacks, each in a transaction. */
enum iop_status store_schema_ready(struct sqlite3 *db, const char *file, bool may_change, struct diag *diag);

#endif
