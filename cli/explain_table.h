/* The tables of `iopath explain`: steps, totals, bibliography. */
#ifndef IOPATH_CLI_EXPLAIN_TABLE_H
#define IOPATH_CLI_EXPLAIN_TABLE_H

#include <stdio.h>

#include "analysis/table.h"
#include "cli/options.h"
#include "models/explain.h"
#include "models/guest/kernel.h"

enum { CITED_MAX = COST_COUNT_ * COST_SOURCES_MAX + FEATURE_COUNT };

struct explanation {
    const struct model_config *model;
    const struct options *options;
    FILE *out;
    struct table *all; /* JSON and CSV: the steps of all paths in one table */
    int cited_count;
    const char *cited[CITED_MAX]; /* source ids, in the order they were met */
};

void explanation_start(struct explanation *explanation, const struct model_config *model, const struct options *options,
                       FILE *out);

/* Explains one workload; the aligned form is printed at once, the others are collected. */
enum iop_status explanation_add(struct explanation *explanation, int guest, int workload, enum direction direction,
                                struct diag *diag);

/* The features of the kernels and of Xen that concern a guest: which are there, and why (cli/explain_kernel.c). */
enum iop_status explain_kernel(struct explanation *explanation, int guest, struct diag *diag);

/* Takes note of a row of the bibliography, to be printed at the end. */
void explanation_cite(struct explanation *explanation, const char *id);

/* Prints what was collected, or the bibliography of the cited sources. */
enum iop_status explanation_finish(struct explanation *explanation, struct diag *diag);
void explanation_free(struct explanation *explanation);

#endif
