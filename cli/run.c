/* iopath run: simulate one scenario and report. */
#include <stdlib.h>

#include "analysis/content_hash.h"
#include "analysis/experiment.h"
#include "analysis/report.h"
#include "cli/command.h"
#include "cli/support.h"

static enum iop_status write_report(const struct options *options, const struct report *report, enum iop_status ran,
                                    struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    struct diag own = {""};
    if (options->format == FORMAT_TABLE) status = report_table(report, output.stream, &own);
    if (options->format == FORMAT_JSON) status = report_json(report, output.stream, &own);
    if (options->format == FORMAT_CSV) {
        report_csv_heading(output.stream);
        report_csv_rows(report, output.stream);
    }
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status != IOP_OK ? status : ran, diag);
}

static enum iop_status run_scenario(const struct options *options, const struct scenario *scenario, struct diag *diag) {
    struct experiment_result result;
    struct report report = {.version = IOPATH_VERSION,
                            .scenario = scenario,
                            .settings = options->settings,
                            .setting_count = options->setting_count,
                            .result = &result};
    enum iop_status status =
        content_hash(scenario->file, options->settings, options->setting_count, &report.content_hash, diag);
    if (status == IOP_OK) status = content_hash_traces(scenario, &report.content_hash, diag);
    if (status != IOP_OK) return status;
    struct progress progress;
    progress_start(&progress);
    const struct crew crew = {options->jobs, progress_report, &progress};
    status = experiment_run(&scenario->model, &scenario->run, &crew, &result, diag);
    progress_end(&progress);
    double *bases = malloc(((size_t)scenario->expect_count + 1) * sizeof *bases);
    struct diag base_diag = {""};
    enum iop_status based = bases == NULL ? IOP_NO_MEMORY : IOP_OK;
    if (based == IOP_OK && expectation_applies(options->settings, options->setting_count))
        based = expectation_bases(scenario, bases, &base_diag);
    report.bases = bases;
    if (based != IOP_OK && status == IOP_OK) {
        status = based;
        *diag = base_diag;
    } else if (status == IOP_OK || status == IOP_CHECK_FAILED) {
        status = write_report(options, &report, status, diag);
    }
    free(bases);
    experiment_result_free(&result);
    return status;
}

int run_command(struct options *options) {
    struct diag diag = {""};
    enum iop_status status = output_check(options, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    struct scenario *scenario = scenario_open(options->operands[0], options, &diag);
    if (scenario == NULL) return fail(IOP_INVALID, &diag);
    signals_install();
    status = run_scenario(options, scenario, &diag);
    scenario_free(scenario);
    return fail(status, &diag);
}
