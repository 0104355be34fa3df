/* iopath sensitivity: which costs a result depends on. */
#include "analysis/sensitivity.h"

#include <stdlib.h>

#include "analysis/content_hash.h"
#include "analysis/sensitivity_report.h"
#include "cli/command.h"
#include "cli/support.h"

enum { SAMPLES = 128 };

static enum iop_status write_result(const struct options *options, const struct report *about,
                                    const struct sensitivity *sensitivity, enum iop_status ran, struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    struct diag own = {""};
    if (options->format == FORMAT_TABLE) status = sensitivity_table(about, sensitivity, output.stream, &own);
    if (options->format == FORMAT_JSON) status = sensitivity_json(about, sensitivity, output.stream, &own);
    if (options->format == FORMAT_CSV) status = sensitivity_csv(about, sensitivity, output.stream, &own);
    if (status == IOP_OK && options->plot != NULL) status = sensitivity_plot(about, sensitivity, options->plot, &own);
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status != IOP_OK ? status : ran, diag);
}

static enum iop_status analyse(const struct options *options, const struct scenario *scenario, struct diag *diag) {
    struct report about = {.version = IOPATH_VERSION,
                           .scenario = scenario,
                           .settings = options->settings,
                           .setting_count = options->setting_count};
    enum iop_status status =
        content_hash(scenario->file, options->settings, options->setting_count, &about.content_hash, diag);
    if (status == IOP_OK) status = content_hash_traces(scenario, &about.content_hash, diag);
    struct sensitivity *sensitivity = malloc(sizeof *sensitivity);
    if (sensitivity == NULL) status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    const struct sensitivity_request request = {.model = &scenario->model,
                                                .run = &scenario->run,
                                                .metric = options->metric,
                                                .samples = options->samples > 0 ? options->samples : SAMPLES};
    if (status == IOP_OK) {
        struct progress progress;
        progress_start(&progress);
        const struct crew crew = {options->jobs, progress_report, &progress};
        status = sensitivity_run(&request, &crew, sensitivity, diag);
        progress_end(&progress);
    }
    if (status == IOP_OK || status == IOP_CHECK_FAILED)
        status = write_result(options, &about, sensitivity, status, diag);
    free(sensitivity);
    return status;
}

int sensitivity_command(struct options *options) {
    struct diag diag = {""};
    enum iop_status status = output_check(options, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    struct scenario *scenario = scenario_open(options->operands[0], options, &diag);
    if (scenario == NULL) return fail(IOP_INVALID, &diag);
    signals_install();
    status = analyse(options, scenario, &diag);
    scenario_free(scenario);
    return fail(status, &diag);
}
