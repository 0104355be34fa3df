/* iopath sweep: a grid or another design of runs into a store. */
#include <stdlib.h>
#include <string.h>

#include "analysis/sweep.h"
#include "analysis/sweep_mpi.h"
#include "cli/command.h"
#include "cli/dry_run.h"
#include "cli/mpi.h"
#include "cli/stored.h"
#include "cli/support.h"

static void adjust(void *user, struct run_config *run) { options_adjust_run(user, run); }

static void print_outcome(const struct sweep_outcome *outcome, const char *store) {
    printf("%d points in %s: %d replications run, %d were there", outcome->points, store, outcome->run, outcome->found);
    if (outcome->absent > 0) printf(", %d points do not exist", outcome->absent);
    if (outcome->imprecise > 0) printf(", %d points less precise than asked", outcome->imprecise);
    putchar('\n');
}

/* Progress, and at a signal how to go on: said at once, since mpirun gives its processes a second to end. */
struct watch {
    struct progress progress;
    const char *store;
    bool told;
};

static int report(void *user, int done, int total) {
    struct watch *watch = user;
    int stop = progress_report(&watch->progress, done, total);
    if (stop && !watch->told) {
        progress_end(&watch->progress);
        fprintf(stderr, "iopath: what was finished is in %s; the same command goes on from there\n", watch->store);
        watch->told = true;
    }
    return stop;
}

static enum iop_status fill(const struct options *options, const struct sweep_plan *plan, struct store *store,
                            struct sweep_ranks *ranks, struct sweep_outcome *outcome, struct diag *diag) {
    struct watch watch = {.store = options->store};
    progress_start(&watch.progress);
    const struct crew crew = {options->jobs, report, &watch};
    enum iop_status status = ranks->wire->size > 1 ? sweep_mpi_serve(plan, store, &crew, ranks, outcome, diag)
                                                   : sweep_run(plan, store, &crew, outcome, diag);
    progress_end(&watch.progress);
    return status;
}

/* The results are safe by then; those of a shard are a part only. */
static enum iop_status draw_plots(const struct options *options, const struct sweep_plan *plan, struct store *store,
                                  struct diag *diag) {
    if (plan->base->plot_count == 0 || options->shards > 1) return IOP_OK;
    return stored_figures(plan->request->file, options, store, plan->base, diag);
}

static enum iop_status run(const struct options *options, const struct sweep_plan *plan, struct sweep_ranks *ranks,
                           struct diag *diag) {
    struct store *store;
    struct sweep_outcome outcome;
    enum iop_status status = store_open(options->store, STORE_WRITE, &store, diag);
    if (status != IOP_OK) return status;
    status = fill(options, plan, store, ranks, &outcome, diag);
    if (status == IOP_OK) print_outcome(&outcome, options->store);
    if (status == IOP_OK && outcome.absent == outcome.points && outcome.points > 0)
        status =
            diag_set(diag, IOP_INVALID, "none of the points exists; 'iopath export --format json' has the reasons");
    if (status == IOP_OK) status = draw_plots(options, plan, store, diag);
    store_close(store);
    if (status == IOP_OK && outcome.check_failed > 0)
        return diag_set(diag, IOP_CHECK_FAILED, "an invariant did not hold in %d replications", outcome.check_failed);
    return status;
}

static enum iop_status make_plan(struct options *options, struct sweep_request *request, char *file, size_t size,
                                 struct sweep_plan *plan, struct diag *diag) {
    *request = (struct sweep_request){.file = file,
                                      .settings = options->settings,
                                      .setting_count = options->setting_count,
                                      .grid = options->grid,
                                      .grid_count = options->grid_count,
                                      .design = options->has_design ? &options->design : NULL,
                                      .conditions = options->conditions,
                                      .condition_count = options->condition_count,
                                      .shard = options->shard,
                                      .shards = options->shards,
                                      .version = IOPATH_VERSION,
                                      .adjust = adjust,
                                      .adjust_user = options};
    enum iop_status status = scenario_file(options->operands[0], file, size, diag);
    return status == IOP_OK ? sweep_plan_make(request, plan, diag) : status;
}

/* The first rank speaks, and the others end after it has: mpirun ends all when one ends with an error. */
static int lead(const struct options *options, const struct sweep_plan *plan, enum iop_status status,
                const struct sweep_wire *wire, struct diag *diag) {
    struct sweep_ranks ranks = {.wire = wire};
    if (status == IOP_OK) status = options->dry_run ? dry_run_print(plan, diag) : run(options, plan, &ranks, diag);
    int code = fail(status, diag);
    fflush(stdout);
    sweep_mpi_dismiss(&ranks, status);
    return code;
}

int sweep_command(struct options *options) {
    struct diag diag = {""};
    char file[TEXT_MAX];
    struct sweep_wire wire = {.size = 1};
    struct sweep_request request;
    struct sweep_plan plan = {0};
    bool silent = mpi_is_silent(options->command);
    enum iop_status status = IOP_OK;
    if (options->dry_run && silent) return exit_code(IOP_OK);
    if (options->store == NULL && !options->dry_run)
        status =
            diag_set(&diag, IOP_INVALID, "sweep: --store FILE says where the results go; see 'iopath sweep --help'");
    else if (!options->dry_run)
        status = mpi_start(&wire, &diag);
    if (status != IOP_OK) return silent ? exit_code(status) : fail(status, &diag);
    status = make_plan(options, &request, file, sizeof file, &plan, &diag);
    signals_install();
    int code = wire.rank == 0
                   ? lead(options, &plan, status, &wire, &diag)
                   : exit_code(sweep_mpi_work(status == IOP_OK ? &plan : NULL, status, &diag, options->jobs, &wire));
    if (status == IOP_OK) sweep_plan_free(&plan);
    mpi_end(&wire);
    return code;
}
