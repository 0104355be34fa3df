/* iopath run: simulate one scenario and report. */
#include <stdlib.h>

#include "analysis/content_hash.h"
#include "analysis/experiment.h"
#include "analysis/report.h"
#include "analysis/uncertainty.h"
#include "cli/command.h"
#include "cli/find_max.h"
#include "cli/stored.h"
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
        if (report->uncertainty != NULL)
            report_csv_heading_uncertain(output.stream);
        else
            report_csv_heading(output.stream);
        report_csv_rows(report, output.stream);
    }
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status != IOP_OK ? status : ran, diag);
}

/* The replications, then the samples of the costs' ranges where they are asked for. A failed check is returned at the
 * end. */
static enum iop_status simulate(const struct options *options, const struct scenario *scenario,
                                struct experiment_result *result, struct uncertainty *uncertainty, struct diag *diag) {
    struct progress progress;
    const struct crew crew = {options->jobs, progress_report, &progress};
    progress_start(&progress);
    enum iop_status ran = experiment_run(&scenario->model, &scenario->run, &crew, result, diag);
    progress_end(&progress);
    *uncertainty = (struct uncertainty){.samples = 0};
    if ((ran != IOP_OK && ran != IOP_CHECK_FAILED) || scenario->run.uncertainty == 0) return ran;
    struct diag own = {""};
    progress_start(&progress);
    enum iop_status status =
        uncertainty_run(&scenario->model, &scenario->run, scenario->run.uncertainty, &crew, result, uncertainty, &own);
    progress_end(&progress);
    if (status == IOP_OK) return ran;
    *diag = own;
    return status;
}

/* Expected values beside the predicted ones need what they are relative to. */
static enum iop_status add_bases(const struct options *options, const struct scenario *scenario, double **bases,
                                 struct diag *diag) {
    *bases = malloc(((size_t)scenario->expect_count + 1) * sizeof **bases);
    if (*bases == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    if (!expectation_applies(options->settings, options->setting_count)) return IOP_OK;
    return expectation_bases(scenario, *bases, diag);
}

static enum iop_status run_scenario(const struct options *options, const struct scenario *scenario, struct diag *diag) {
    struct experiment_result result;
    struct uncertainty uncertainty;
    double *bases = NULL;
    struct report report = {.version = IOPATH_VERSION,
                            .scenario = scenario,
                            .settings = options->settings,
                            .setting_count = options->setting_count,
                            .result = &result};
    enum iop_status status =
        content_hash(scenario->file, options->settings, options->setting_count, &report.content_hash, diag);
    if (status == IOP_OK) status = content_hash_traces(scenario, &report.content_hash, diag);
    if (status != IOP_OK) return status;
    status = simulate(options, scenario, &result, &uncertainty, diag);
    struct diag base_diag = {""};
    enum iop_status based = add_bases(options, scenario, &bases, &base_diag);
    report.bases = bases;
    if (uncertainty.samples > 0) report.uncertainty = &uncertainty;
    if (based != IOP_OK && status == IOP_OK) {
        status = based;
        *diag = base_diag;
    } else if (status == IOP_OK || status == IOP_CHECK_FAILED) {
        status = write_report(options, &report, status, diag);
    }
    free(bases);
    uncertainty_free(&uncertainty);
    experiment_result_free(&result);
    return status;
}

int run_command(struct options *options) {
    struct diag diag = {""};
    enum iop_status status = find_max_check(options, &diag);
    if (status == IOP_OK) status = output_check(options, &diag);
    if (status == IOP_OK) status = stored_check(options, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    if (stored_is_meant(options)) return fail(stored_write(options, false, &diag), &diag);
    struct scenario *scenario = scenario_open(options->operands[0], options, &diag);
    if (scenario == NULL) return fail(IOP_INVALID, &diag);
    signals_install();
    status = options->find_max != NULL ? find_max(options, scenario, &diag) : run_scenario(options, scenario, &diag);
    scenario_free(scenario);
    return fail(status, &diag);
}
