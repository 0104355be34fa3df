/* iopath sweep: a grid of runs into a store. */
#include <stdlib.h>
#include <string.h>

#include "analysis/sweep.h"
#include "cli/command.h"
#include "cli/support.h"

static void adjust(void *user, struct run_config *run) { options_adjust_run(user, run); }

static enum iop_status print_plan(const struct sweep_plan *plan, struct diag *diag) {
    (void)diag;
    int taken = 0;
    for (int i = 0; i < plan->count; i++) taken += sweep_takes(plan, i);
    printf("%d points", plan->count);
    if (taken != plan->count) printf(", %d of them in this shard", taken);
    printf(", %d replication%s each\n", plan->run.replications, plan->run.replications == 1 ? "" : "s");
    for (int i = 0; i < plan->axis_count; i++) {
        printf("  %s:", plan->axes[i]->path);
        for (int j = 0; j < plan->axes[i]->count; j++) printf("%s %s", j > 0 ? "," : "", plan->axes[i]->values[j]);
        putchar('\n');
    }
    return IOP_OK;
}

static void print_outcome(const struct sweep_outcome *outcome, const char *store) {
    printf("%d points in %s: %d replications run, %d were there", outcome->points, store, outcome->run, outcome->found);
    if (outcome->absent > 0) printf(", %d points do not exist", outcome->absent);
    if (outcome->imprecise > 0) printf(", %d points less precise than asked", outcome->imprecise);
    putchar('\n');
}

/* What is stored is found again by the same command. */
static void say_how_to_resume(const struct options *options) {
    fprintf(stderr, "iopath: what was finished is in %s; the same command goes on from there\n", options->store);
}

static enum iop_status run(const struct options *options, const struct sweep_plan *plan, struct diag *diag) {
    struct store *store;
    struct sweep_outcome outcome;
    enum iop_status status = store_open(options->store, STORE_WRITE, &store, diag);
    if (status != IOP_OK) return status;
    struct progress progress;
    progress_start(&progress);
    const struct crew crew = {options->jobs, progress_report, &progress};
    status = sweep_run(plan, store, &crew, &outcome, diag);
    progress_end(&progress);
    store_close(store);
    if (status == IOP_OK) print_outcome(&outcome, options->store);
    if (status == IOP_OK && outcome.absent == outcome.points && outcome.points > 0)
        return diag_set(diag, IOP_INVALID, "none of the points exists; 'iopath export --format json' has the reasons");
    if (status == IOP_OK && outcome.check_failed > 0)
        return diag_set(diag, IOP_CHECK_FAILED, "an invariant did not hold in %d replications", outcome.check_failed);
    if (status == IOP_INTERRUPTED) say_how_to_resume(options);
    return status;
}

int sweep_command(struct options *options) {
    struct diag diag = {""};
    char file[TEXT_MAX];
    if (options->store == NULL && !options->dry_run) {
        diag_set(&diag, IOP_INVALID, "sweep: --store FILE says where the results go; see 'iopath sweep --help'");
        return fail(IOP_INVALID, &diag);
    }
    enum iop_status status = scenario_file(options->operands[0], file, sizeof file, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    const struct sweep_request request = {.file = file,
                                          .settings = options->settings,
                                          .setting_count = options->setting_count,
                                          .grid = options->grid,
                                          .grid_count = options->grid_count,
                                          .shard = options->shard,
                                          .shards = options->shards,
                                          .version = IOPATH_VERSION,
                                          .adjust = adjust,
                                          .adjust_user = options};
    struct sweep_plan plan;
    status = sweep_plan_make(&request, &plan, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    signals_install();
    status = options->dry_run ? print_plan(&plan, &diag) : run(options, &plan, &diag);
    sweep_plan_free(&plan);
    return fail(status, &diag);
}
