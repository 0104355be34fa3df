/* Claims put to the test: scenarios with a `claim` block (scenarios/claim.h), each run as it stands and under its
 * conditions.
 *
 * A test compares two sides, each a scenario with settings, run under the same seeds, so that both see the same random
 * numbers. The factor is that of the metric of the first side to that of the second, replication by replication
 * (student_factor). Its mean decides; the interval says whether more replications could turn that. Sides that are the
 * same in several tests are run once. */
#ifndef IOPATH_ANALYSIS_CLAIM_H
#define IOPATH_ANALYSIS_CLAIM_H

#include <stdio.h>

#include "analysis/experiment.h"
#include "scenarios/claim.h"

struct claim_side {
    char file[2 * TEXT_MAX];
    int setting_count;
    struct setting *settings;
    struct scenario *scenario;
    struct experiment_result result;
    struct diag check; /* why a check of its runs failed, or "" */
};

struct claim_outcome { /* of one test */
    int of, to;        /* sides */
    struct interval factor;
    const struct resource_use *bottleneck; /* of the first side; NULL: nothing was used */
    bool held;
    bool clear; /* the whole interval lies on one side of the bounds */
};

struct claim_case {                          /* the claim as stated, or under one condition */
    const struct claim_condition *condition; /* NULL: as stated */
    struct claim_outcome *outcomes;          /* one per test of the claim */
    int held;                                /* tests */
    enum claim_verdict verdict, expected;
};

struct claim_study {
    char name[TEXT_MAX]; /* of the file, without folder and ending */
    struct scenario *scenario;
    int case_count;
    struct claim_case *cases; /* as stated, then the conditions in their order */
};

struct claim_set {
    int study_count;
    struct claim_study *studies;
    int side_count;
    struct claim_side *sides;
};

/* Reads the scenarios of `files`, which have a claim, and all sides of their tests. A message names the place of the
 * test or condition whose setting is wrong. On failure the set is empty. */
enum iop_status claims_plan(const char *const *files, int count, struct claim_set *set, struct diag *diag);

/* Calls `adjust` for each side, for --seed and the like. */
void claims_adjust(struct claim_set *set, void (*adjust)(void *user, struct run_config *run), void *user);

/* Runs the sides, each a task of the crew, and judges. IOP_CHECK_FAILED comes with complete results: a verdict is not
 * what the file expects, or a check of a run failed. IOP_INVALID: a metric that a side does not have. */
enum iop_status claims_run(struct claim_set *set, const struct crew *crew, struct diag *diag);
void claims_free(struct claim_set *set);

/* For people: a block for each claim, and how many hold. */
enum iop_status claims_table(const struct claim_set *set, FILE *out, struct diag *diag);
/* An array of claims with their cases and tests. */
enum iop_status claims_json(const struct claim_set *set, FILE *out, struct diag *diag);
/* A row for each test of each case. */
enum iop_status claims_csv(const struct claim_set *set, FILE *out, struct diag *diag);

#endif
