/* What a file of the catalog says, read and range-checked; the names in it are resolved by catalog.c. */
#ifndef IOPATH_SCENARIOS_CATALOG_TABLES_H
#define IOPATH_SCENARIOS_CATALOG_TABLES_H

#include "models/host.h"
#include "models/instance.h"
#include "scenarios/schema.h"

struct host_file {
    struct host_config host;
    char nic[256], costs[256]; /* names or paths */
};

struct cost_row {
    const struct node *at;
    char name[CATALOG_NAME_MAX], value[64], low[64], high[64], note[160];
    int how;
    const struct node *source; /* list of ids, or NULL */
};

struct cost_file {
    char name[CATALOG_NAME_MAX], description[160], base[256];
    double clock;
    struct list costs; /* of struct cost_row */
};

struct instance_row {
    const struct node *at;
    struct instance_type type;
};

struct family_file {
    char family[CATALOG_NAME_MAX], description[200];
    struct list types; /* of struct instance_row */
};

extern const struct choice iommu_modes[], page_sizes[];
extern const struct table scheduler_table;
extern const struct table host_table, iommu_table, dom0_table, network_table, nic_table, pcie_table, disk_table,
    cost_set_table, cost_value_table, family_table, instance_table, price_list_table, price_table, source_table;

#endif
