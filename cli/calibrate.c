/* iopath calibrate: fit costs to measurements and write a cost set. */
#include <stdlib.h>
#include <unistd.h>

#include "analysis/calibration.h"
#include "analysis/calibration_report.h"
#include "analysis/exit_counts.h"
#include "analysis/fit_parameters.h"
#include "analysis/fitted_set.h"
#include "cli/command.h"
#include "cli/support.h"
#include "scenarios/catalog.h"

/* What the command holds, all of it freed by calibrate_command. */
struct work {
    struct cost_set base;
    struct cost_space parameters;
    struct calibration_data data;
    struct exit_counts exits;
    struct calibration calibration;
};

static enum iop_status check_options(const struct options *options, struct diag *diag) {
    const struct {
        const char *what;
        bool missing;
    } needed[] = {{"DATA.csv (or --exits)", options->operand_count == 0 && options->exits == NULL},
                  {"--fit", options->fit == NULL},
                  {"--base", options->base == NULL},
                  {"-o, the file of the new cost set,", options->output == NULL}};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (needed[i].missing)
            return diag_set(diag, IOP_INVALID, "calibrate: %s is missing; see 'iopath calibrate --help'",
                            needed[i].what);
    return output_check(options, diag);
}

static enum iop_status read_data(const struct options *options, struct work *work, struct diag *diag) {
    char file[TEXT_MAX] = "";
    enum iop_status status = IOP_OK;
    if (options->operand_count > 0) status = scenario_file(options->operands[0], file, sizeof file, diag);
    return status == IOP_OK ? calibration_data_read(file, &work->data, diag) : status;
}

static enum iop_status read_input(const struct options *options, struct work *work, struct diag *diag) {
    enum iop_status status = catalog_costs(options->base, &work->base, diag);
    if (status == IOP_OK) status = fit_parameters_parse(options->fit, &work->base, &work->parameters, diag);
    if (status == IOP_OK) status = read_data(options, work, diag);
    if (status != IOP_OK || options->exits == NULL) return status;
    status = exit_counts_read(options->exits, &work->exits, diag);
    if (status != IOP_OK) return status;
    return exit_counts_observe(&work->exits, &work->base, &work->parameters, &work->data, diag);
}

static void tell(void *user, int iteration, double rms) {
    struct progress *progress = user;
    if (!isatty(STDERR_FILENO)) return;
    progress_end(progress);
    fprintf(stderr, "iteration %d: root mean square residual %.4g\n", iteration, rms);
}

static enum iop_status fit(const struct options *options, struct work *work, struct diag *diag) {
    struct progress progress;
    progress_start(&progress);
    const struct crew crew = {options->jobs, progress_report, &progress};
    const struct calibration_request request = {.data = &work->data,
                                                .base = &work->base,
                                                .parameters = &work->parameters,
                                                .seed = {options->has_seed, options->seed},
                                                .robust = options->robust,
                                                .crew = &crew,
                                                .told = tell,
                                                .told_user = &progress};
    enum iop_status status = calibration_run(&request, &work->calibration, diag);
    progress_end(&progress);
    return status;
}

static enum iop_status write_set(const struct options *options, const struct work *work, struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    const struct fitted_set fitted = {options->output, options->base, &work->base, &work->calibration};
    status = fitted_set_write(&fitted, output.stream, diag);
    return output_close(&output, status, diag);
}

static enum iop_status write_report(const struct options *options, const struct work *work, struct diag *diag) {
    const struct calibration_report report = {&work->calibration, &work->data, &work->base,
                                              options->exits != NULL ? &work->exits : NULL, options->output};
    struct output output;
    enum iop_status status = output_open(&output, NULL, diag);
    if (status == IOP_OK)
        status = options->format == FORMAT_JSON ? calibration_report_json(&report, output.stream, diag)
                                                : calibration_report_table(&report, output.stream, diag);
    return output_close(&output, status, diag);
}

static enum iop_status calibrate(const struct options *options, struct work *work, struct diag *diag) {
    enum iop_status status = read_input(options, work, diag);
    if (status == IOP_OK) status = fit(options, work, diag);
    if (status != IOP_OK && status != IOP_CHECK_FAILED) return status;
    struct diag own = {""}; /* a failed check has left its message in `diag` already */
    enum iop_status written = write_set(options, work, &own);
    if (written == IOP_OK) written = write_report(options, work, &own);
    if (written == IOP_OK) return status;
    *diag = own;
    return written;
}

int calibrate_command(struct options *options) {
    struct diag diag = {""};
    enum iop_status status = check_options(options, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    struct work *work = calloc(1, sizeof *work); /* too large for a stack */
    if (work == NULL) return fail(diag_set(&diag, IOP_NO_MEMORY, "out of memory"), &diag);
    signals_install();
    status = calibrate(options, work, &diag);
    calibration_free(&work->calibration);
    exit_counts_free(&work->exits);
    calibration_data_free(&work->data);
    free(work);
    return fail(status, &diag);
}
