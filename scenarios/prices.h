/* What an hour of each instance type costs: a list of the catalog (prices/ec2-2017.yaml), or the user's own as YAML of
 * the same form or as CSV with the columns instance and hour.
 *
 * A list may name types that the catalog does not have, and need not name those that it has. */
#ifndef IOPATH_SCENARIOS_PRICES_H
#define IOPATH_SCENARIOS_PRICES_H

#include "models/costs.h"
#include "sim/diag.h"

struct price {
    char instance[CATALOG_NAME_MAX];
    double hour; /* in the list's currency, above 0 */
};

struct price_list {
    char name[256]; /* of a CSV file its path */
    char description[200];
    char currency[8];
    int source_count;
    char sources[COST_SOURCES_MAX][SOURCE_ID_MAX]; /* rows of the bibliography */
    int count;
    struct price *prices; /* as in the file */
};

/* A name of the catalog, or the path of a file: with '/' in it, or ending in .yaml or .csv. After a failure, whose
 * message names file, line and column, the list is empty. */
enum iop_status prices_load(const char *name, struct price_list *list, struct diag *diag);
void prices_free(struct price_list *list);

/* NAN: it is not in the list. */
double prices_find(const struct price_list *list, const char *instance);

#endif
