/* Sweeps: which points there are, and running those that a store does not have.
 *
 * The axes of a sweep are those of the scenario's `sweep` block and those of the command line, which replace an axis of
 * the same path. The points are those of a design (design.h), the full grid unless the scenario's `design` or the
 * command line says otherwise, without those that a condition of the scenario's `only` or the command line leaves out.
 * A point's number and settings never depend on conditions or shards. */
#ifndef IOPATH_ANALYSIS_SWEEP_H
#define IOPATH_ANALYSIS_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/crew.h"
#include "analysis/design.h"
#include "analysis/store.h"
#include "scenarios/condition.h"
#include "scenarios/scenario.h"

struct sweep_request {
    const char *file;
    const struct setting *settings; /* of the command line, for all points */
    int setting_count;
    const struct sweep_axis *grid; /* of the command line */
    int grid_count;
    const struct sweep_design *design;  /* of the command line; NULL: the scenario's */
    const struct condition *conditions; /* of the command line, beside the scenario's */
    int condition_count;
    int shard, shards;   /* points whose number modulo `shards` is `shard` are run; 0, 1 or 0, 0: all */
    const char *version; /* of the program */
    void (*adjust)(void *user, struct run_config *run); /* --seed and the like; may be NULL */
    void *adjust_user;
};

struct sweep_plan {
    const struct sweep_request *request;
    struct scenario *base; /* without swept values */
    int axis_count;
    const struct sweep_axis **axes;
    struct design design;
    int count;             /* points of the whole design */
    int unwanted;          /* of them, those that a condition leaves out */
    int repeated;          /* of the others, those that are an earlier point again */
    bool *left_out;        /* for each point, either */
    uint64_t catalog;      /* hash of what the catalog holds */
    struct run_config run; /* as adjusted: replications, seed and precision for all points */
};

/* Reads the scenario, checks every value of every axis, lays out the design and tries the conditions. Fails when no
 * point is left. The request must outlive the plan. */
enum iop_status sweep_plan_make(const struct sweep_request *request, struct sweep_plan *plan, struct diag *diag);
void sweep_plan_free(struct sweep_plan *plan);

/* Whether the point is to be run here: no condition leaves it out, no shard leaves it to others. */
bool sweep_takes(const struct sweep_plan *plan, int point);

/* All settings of a point, those for every point first; `settings` has room for sweep_setting_count. */
int sweep_setting_count(const struct sweep_plan *plan);
void sweep_settings(const struct sweep_plan *plan, int point, struct setting *settings);

/* The key by which a store knows the point. */
enum iop_status sweep_key(const struct sweep_plan *plan, int point, char key[STORE_KEY_MAX], struct diag *diag);

struct sweep_outcome {
    int points;       /* that this sweep takes */
    int absent;       /* of them, those that do not exist (PV on an instance type without it) */
    int found;        /* replications that were there */
    int run;          /* replications that were run */
    int imprecise;    /* points that reached the cap of replications before the precision */
    int check_failed; /* replications in which an invariant did not hold */
};

/* Puts all points into the store, then runs what it lacks, each point a task of the crew and each replication a
 * transaction. The results do not depend on the number of threads, nor on when and how often it was stopped. After
 * IOP_INTERRUPTED or any failure all that was finished is kept. */
enum iop_status sweep_run(const struct sweep_plan *plan, struct store *store, const struct crew *crew,
                          struct sweep_outcome *outcome, struct diag *diag);

#endif
