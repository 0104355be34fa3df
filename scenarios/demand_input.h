/* What a demand's file says, read and range-checked: between its rows (demand_table.c), its reader (demand.c) and the
 * scenarios that are made of it (demand_scenario.c). */
#ifndef IOPATH_SCENARIOS_DEMAND_INPUT_H
#define IOPATH_SCENARIOS_DEMAND_INPUT_H

#include "scenarios/demand.h"
#include "scenarios/input.h"

enum { WORD_FULL }; /* of per_host */

struct demand_disk_input {
    const struct node *at;
    char instances[CATALOG_NAME_MAX], disk[256];
};

struct objective_input {
    const struct node *at;
    double values[OBJECTIVES_MAX]; /* in the order of the rows */
};

struct demand_input {
    char name[TEXT_MAX], description[TEXT_MAX];
    struct workload_input workload;
    double growth, years, headroom;
    struct measure per_host;
    struct objective_input objective;
    const struct node *instances, *modes;
    struct list disks;      /* of struct demand_disk_input */
    struct list neighbours; /* of struct guest_input */
    char prices[256];
    struct run_input run;
};

struct demand_document {
    struct document document;
    struct demand_input input;
};

/* Whether the name of an instance type is meant by a pattern such as c3.* */
bool demand_means(const char *pattern, const char *instance);

#endif
