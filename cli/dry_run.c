#include "cli/dry_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "scenarios/axis.h"

enum { FIRST_SHOWN = 5, VALUES_SHOWN = 32 };

/* A long list by its beginning and its end. */
static void print_values(const struct sweep_axis *axis) {
    bool all = axis->count <= VALUES_SHOWN;
    for (int i = 0; i < axis->count; i++) {
        if (!all && i == FIRST_SHOWN) {
            i = axis->count - 1;
            printf(", …");
        }
        printf("%s %s", i > 0 ? "," : "", axis->values[i]);
    }
    if (!all) printf(" (%d values)", axis->count);
}

static void print_range(const struct axis_range *range) {
    char from[40], to[40];
    quantity_format(range->from, range->dimension, from, sizeof from);
    quantity_format(range->to, range->dimension, to, sizeof to);
    printf(" %s to %s%s", from, to, range->log ? ", logarithmic" : "");
}

static void print_axis(const struct sweep_axis *axis, const struct design *design) {
    printf("  %s:", axis->path);
    if (axis->range.given && design->config.kind != DESIGN_GRID)
        print_range(&axis->range);
    else
        print_values(axis);
    putchar('\n');
}

static enum iop_status print_first(const struct sweep_plan *plan, int taken, struct diag *diag) {
    struct setting *settings = calloc((size_t)sweep_setting_count(plan) + 1, sizeof *settings);
    if (settings == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    printf(taken > FIRST_SHOWN ? "the first of them:\n" : "they are:\n");
    for (int i = 0, shown = 0; i < plan->count && shown < FIRST_SHOWN; i++) {
        if (!sweep_takes(plan, i)) continue;
        shown++;
        sweep_settings(plan, i, settings);
        printf("  %d", i);
        for (int j = 0; j < plan->axis_count; j++)
            printf("%s %s=%s", j > 0 ? ";" : ":", plan->axes[j]->path,
                   settings[plan->request->setting_count + j].value);
        putchar('\n');
    }
    free(settings);
    return IOP_OK;
}

enum iop_status dry_run_print(const struct sweep_plan *plan, struct diag *diag) {
    const struct sweep_design *design = &plan->design.config;
    int taken = 0, left = plan->count - plan->unwanted - plan->repeated;
    for (int i = 0; i < plan->count; i++) taken += sweep_takes(plan, i);
    printf("%d points", plan->count);
    if (design->kind != DESIGN_GRID) printf(" of a %s design, seed %" PRIu64, design_name(design->kind), design->seed);
    printf(", %d replication%s each\n", plan->run.replications, plan->run.replications == 1 ? "" : "s");
    if (plan->repeated > 0) printf("%d of them are an earlier one again and not run twice\n", plan->repeated);
    if (plan->unwanted > 0) printf("%d of them are left out by conditions\n", plan->unwanted);
    if (left != plan->count) printf("%d of them are left\n", left);
    if (taken != left) printf("%d of them are in this shard\n", taken);
    for (int i = 0; i < plan->axis_count; i++) print_axis(plan->axes[i], &plan->design);
    return plan->axis_count > 0 && taken > 0 ? print_first(plan, taken, diag) : IOP_OK;
}
