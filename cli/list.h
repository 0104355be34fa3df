/* Parts of iopath list that stand in files of their own. */
#ifndef IOPATH_CLI_LIST_H
#define IOPATH_CLI_LIST_H

#include "analysis/table.h"
#include "sim/diag.h"

#define COLUMNS(array) (array), (int)(sizeof(array) / sizeof(array)[0])

/* Calls `row` for every name of a kind of the catalog. */
enum iop_status list_each(const char *kind, enum iop_status (*row)(struct table *, const char *, struct diag *),
                          struct table *table, struct diag *diag);

/* Fill the table of one kind; `name` is unused. */
enum iop_status list_nics(struct table **table, const char *name, struct diag *diag);
enum iop_status list_disks(struct table **table, const char *name, struct diag *diag);
enum iop_status list_demands(struct table **table, const char *name, struct diag *diag);

/* With a name, the prices of that list. */
enum iop_status list_prices(struct table **table, const char *name, struct diag *diag);

#endif
