/* iopath validate: published results beside what the simulator predicts. */
#include <stdlib.h>
#include <string.h>

#include "analysis/validation.h"
#include "cli/command.h"
#include "cli/support.h"
#include "scenarios/catalog.h"

enum { SAMPLES = 20 };

static enum iop_status write_validation(const struct options *options, const struct validation *validation,
                                        struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    struct diag own = {""};
    if (options->format == FORMAT_TABLE) status = validation_table(validation, output.stream, &own);
    if (options->format == FORMAT_JSON) status = validation_json(validation, output.stream, &own);
    if (options->format == FORMAT_CSV) status = validation_csv(validation, output.stream, &own);
    if (status == IOP_OK && options->plot != NULL) status = validation_plot(validation, options->plot, &own);
    if (status == IOP_OK) status = validation_verdict(validation, &own);
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status, diag);
}

static enum iop_status validate(const struct options *options, const char *const *names, int count, struct diag *diag) {
    struct progress progress;
    struct validation validation;
    progress_start(&progress);
    const struct crew crew = {options->jobs, progress_report, &progress};
    int samples = options->has_uncertainty ? options->uncertainty : SAMPLES;
    enum iop_status status = validation_run(names, count, samples, &crew, &validation, diag);
    progress_end(&progress);
    if (status != IOP_OK) return status;
    status = write_validation(options, &validation, diag);
    validation_free(&validation);
    return status;
}

/* Files of the command line, each found as other commands find it. */
static enum iop_status validate_operands(const struct options *options, struct diag *diag) {
    size_t count = (size_t)options->operand_count;
    char(*files)[TEXT_MAX] = calloc(count, sizeof *files);
    const char **names = calloc(count, sizeof *names);
    enum iop_status status = files == NULL || names == NULL ? diag_set(diag, IOP_NO_MEMORY, "out of memory") : IOP_OK;
    for (size_t i = 0; i < count && status == IOP_OK; i++) {
        status = scenario_file(options->operands[i], files[i], sizeof files[i], diag);
        names[i] = files[i];
    }
    if (status == IOP_OK) status = validate(options, names, options->operand_count, diag);
    free(names);
    free(files);
    return status;
}

/* Fleets have no expectations. */
static const char fleets[] = "fleet/";

static enum iop_status validate_catalog(const struct options *options, struct diag *diag) {
    struct name_list scenarios;
    enum iop_status status = catalog_names("scenarios", &scenarios, diag);
    if (status != IOP_OK) return status;
    const char **names = calloc((size_t)scenarios.count + 1, sizeof *names);
    int count = 0;
    for (int i = 0; names != NULL && i < scenarios.count; i++)
        if (strncmp(scenarios.names[i], fleets, strlen(fleets)) != 0) names[count++] = scenarios.names[i];
    status = names == NULL ? diag_set(diag, IOP_NO_MEMORY, "out of memory") : validate(options, names, count, diag);
    free(names);
    names_free(&scenarios);
    return status;
}

int validate_command(struct options *options) {
    struct diag diag = {""};
    enum iop_status status = output_check(options, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    signals_install();
    status = options->operand_count > 0 ? validate_operands(options, &diag) : validate_catalog(options, &diag);
    return fail(status, &diag);
}
