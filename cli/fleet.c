/* iopath fleet: racks of hosts and the traffic between, as fluid; one of its hosts packet by packet. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fleet_report.h"
#include "analysis/fleet_zoom.h"
#include "analysis/report.h"
#include "cli/command.h"
#include "cli/module.h"
#include "cli/support.h"

struct run {
    struct options *options;
    struct fleet_scenario *scenario;
    struct store *store;
    struct crew crew;
    struct progress progress;
    struct fleet_probes probes;
    struct fleet_result result;
    int epochs; /* that are expected */
    struct fleet_upgrade_outcome *outcomes;
    sharing_run *share;
};

static enum iop_status load_sharing(sharing_run **share, struct diag *diag) {
    void *module =
        module_load("iopath-fleet.so",
                    "this iopath was built without SimGrid, which fleets need; build it with libsimgrid-dev", diag);
    if (module == NULL) return IOP_INVALID;
    *(void **)share = dlsym(module, SHARING_SYMBOL);
    return *share != NULL ? IOP_OK : diag_set(diag, IOP_INVALID, "iopath-fleet.so is not iopath's: %.500s", dlerror());
}

static enum iop_status check_options(const struct options *options, struct diag *diag) {
    if (options->zoom != NULL && (options->plot != NULL || options->trace != NULL || options->has_rows))
        return diag_set(diag, IOP_INVALID, "fleet: --zoom shows one host; leave out --plot, --trace and --rows");
    if (options->has_rows && options->format != FORMAT_CSV)
        return diag_set(diag, IOP_INVALID, "fleet: --rows is for --format csv; JSON has all of them");
    if (options->trace != NULL && output_file_check(options->trace, diag) != IOP_OK) return IOP_INVALID;
    return output_check(options, diag);
}

static void adjust(void *user, struct run_config *run) { options_adjust_run(user, run); }

/* ---- the run */

static enum iop_status observe(void *user, const struct fleet_moment *moment, struct diag *diag) {
    struct run *run = user;
    enum iop_status status = fleet_result_add(&run->result, moment, diag);
    int done = (int)(run->epochs * moment->to_s / run->scenario->fleet.duration_s);
    if (status == IOP_OK && progress_report(&run->progress, done, run->epochs) != 0)
        status = diag_set(diag, IOP_INTERRUPTED, "interrupted after %.4g h of the fleet's time", moment->to_s / 3600);
    return status;
}

static enum iop_status run_upgrades(struct run *run, struct diag *diag) {
    const struct fleet_scenario *scenario = run->scenario;
    run->outcomes = calloc((size_t)scenario->upgrade_count + 1, sizeof *run->outcomes);
    if (run->outcomes == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    const struct fleet_upgrade_run given = {.file = scenario->file,
                                            .settings = run->options->settings,
                                            .setting_count = run->options->setting_count,
                                            .store = run->store,
                                            .version = IOPATH_VERSION,
                                            .crew = &run->crew,
                                            .adjust = adjust,
                                            .adjust_user = run->options,
                                            .share = run->share};
    enum iop_status status = IOP_OK;
    for (int i = 0; i < scenario->upgrade_count && status == IOP_OK; i++)
        status = fleet_upgrade_run(&given, &scenario->upgrades[i], &run->outcomes[i + 1], diag);
    return status;
}

/* SimGrid writes the trace by itself, beside its name until it is whole. */
static enum iop_status run_traced(struct run *run, struct diag *diag) {
    struct output_file trace = {0};
    const char *name = run->options->trace;
    if (name == NULL) return fleet_run(&run->scenario->fleet, run->share, NULL, observe, run, diag);
    enum iop_status status = output_file_open(&trace, name, diag);
    if (status != IOP_OK) return status;
    status = fleet_run(&run->scenario->fleet, run->share, trace.temporary != NULL ? trace.temporary : trace.target,
                       observe, run, diag);
    if (status == IOP_OK) return output_file_commit(&trace, diag);
    output_file_abandon(&trace);
    return status;
}

static enum iop_status simulate(struct run *run, struct diag *diag) {
    const struct options *options = run->options;
    struct fleet *fleet = &run->scenario->fleet;
    progress_start(&run->progress);
    enum iop_status status = fleet_demands(run->scenario, run->store, IOPATH_VERSION, &run->crew, &run->probes, diag);
    progress_end(&run->progress);
    if (status == IOP_OK && options->zoom == NULL) status = run_upgrades(run, diag);
    if (status == IOP_OK) status = fleet_result_make(fleet, &run->result, diag);
    if (status != IOP_OK) return status;
    progress_start(&run->progress);
    run->epochs = (int)(fleet->duration_s / fleet->epoch_s) + 1;
    status = run_traced(run, diag);
    progress_end(&run->progress);
    if (status == IOP_OK && run->outcomes != NULL) fleet_upgrade_sum(&run->result, &run->outcomes[0]);
    return status;
}

/* ---- what is shown */

static enum iop_status write_fleet(const struct run *run, struct diag *diag) {
    const struct options *options = run->options;
    const struct fleet_report report = {.version = IOPATH_VERSION,
                                        .scenario = run->scenario,
                                        .probes = &run->probes,
                                        .result = &run->result,
                                        .upgrade_count = run->scenario->upgrade_count,
                                        .upgrades = run->outcomes};
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    if (options->format == FORMAT_TABLE) status = fleet_report_table(&report, output.stream, diag);
    if (options->format == FORMAT_JSON) status = fleet_report_json(&report, output.stream, diag);
    if (options->format == FORMAT_CSV) status = fleet_report_csv(&report, options->rows, output.stream, diag);
    if (status == IOP_OK && options->plot != NULL) status = fleet_report_plot(&report, options->plot, diag);
    return output_close(&output, status, diag);
}

static enum iop_status write_host(const struct run *run, const struct scenario *scenario,
                                  const struct experiment_result *result, struct diag *diag) {
    const struct options *options = run->options;
    const struct report report = {.version = IOPATH_VERSION,
                                  .scenario = scenario,
                                  .settings = options->settings,
                                  .setting_count = options->setting_count,
                                  .result = result};
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    if (options->format == FORMAT_TABLE) status = report_table(&report, output.stream, diag);
    if (options->format == FORMAT_JSON) status = report_json(&report, output.stream, diag);
    if (options->format == FORMAT_CSV) {
        report_csv_heading(output.stream);
        report_csv_rows(&report, output.stream);
    }
    return output_close(&output, status, diag);
}

static enum iop_status zoom(struct run *run, int host, struct diag *diag) {
    struct experiment_result result = {0};
    struct scenario *scenario = fleet_zoom(run->scenario, &run->result, host, diag);
    if (scenario == NULL) return IOP_INVALID;
    scenario->run = run->scenario->run;
    progress_start(&run->progress);
    enum iop_status status = experiment_run(&scenario->model, &scenario->run, &run->crew, &result, diag);
    progress_end(&run->progress);
    if (status == IOP_OK || status == IOP_CHECK_FAILED) {
        enum iop_status written = write_host(run, scenario, &result, diag);
        if (written != IOP_OK) status = written;
    }
    experiment_result_free(&result);
    scenario_free(scenario);
    return status;
}

/* ---- the command */

static enum iop_status find_host(const struct run *run, int *host, struct diag *diag) {
    *host = -1;
    if (run->options->zoom == NULL) return IOP_OK;
    *host = fleet_host_named(&run->scenario->fleet, run->options->zoom);
    if (*host >= 0) return IOP_OK;
    const struct fleet *fleet = &run->scenario->fleet;
    const struct fleet_rack *rack = &fleet->racks[0];
    return diag_set(diag, IOP_INVALID, "--zoom: '%.80s' is not a host of the fleet; hosts are %s/1 to %s/%d%s",
                    run->options->zoom, rack->name, rack->name, rack->hosts,
                    fleet->rack_count > 1 ? ", and so on for other racks" : "");
}

static enum iop_status prepare(struct run *run, int *host, struct diag *diag) {
    char file[TEXT_MAX];
    const struct options *options = run->options;
    enum iop_status status = check_options(options, diag);
    if (status == IOP_OK) status = load_sharing(&run->share, diag);
    if (status == IOP_OK) status = scenario_file(options->operands[0], file, sizeof file, diag);
    if (status != IOP_OK) return status;
    run->scenario = fleet_load(file, options->settings, options->setting_count, diag);
    if (run->scenario == NULL) return IOP_INVALID;
    options_adjust_run(options, &run->scenario->run);
    status = find_host(run, host, diag);
    if (status == IOP_OK && options->store != NULL) status = store_open(options->store, STORE_WRITE, &run->store, diag);
    return status;
}

int fleet_command(struct options *options) {
    struct diag diag = {""};
    struct run run = {.options = options};
    int host;
    run.crew = (struct crew){options->jobs, progress_report, &run.progress};
    enum iop_status status = prepare(&run, &host, &diag);
    signals_install();
    if (status == IOP_OK) status = simulate(&run, &diag);
    if (status == IOP_OK) status = host >= 0 ? zoom(&run, host, &diag) : write_fleet(&run, &diag);
    store_close(run.store);
    free(run.outcomes);
    fleet_result_free(&run.result);
    fleet_probes_free(&run.probes);
    fleet_unload(run.scenario);
    return fail(status, &diag);
}
