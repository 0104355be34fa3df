/* iopath plot: figures of results that were kept. */
#include <string.h>

#include "analysis/result_file.h"
#include "analysis/store_figure.h"
#include "cli/command.h"
#include "cli/stored.h"
#include "cli/support.h"

static enum iop_status check(const struct options *options, struct diag *diag) {
    const struct plot_request *figure = &options->figure;
    if (options->scenario != NULL) {
        if (figure->kind[0] != '\0' || options->output != NULL)
            return diag_set(diag, IOP_INVALID, "plot: the scenario says kinds and files; --kind and -o go without it");
        if (options->operand_count > 1 || !stored_is_meant(options))
            return diag_set(diag, IOP_INVALID, "plot: --scenario draws from one store, which '%.300s' is not",
                            options->operands[options->operand_count - 1]);
        return IOP_OK;
    }
    if (options->setting_count > 0)
        return diag_set(diag, IOP_INVALID, "plot: --set is of a --scenario; --where chooses among results");
    if (figure->kind[0] == '\0')
        return diag_set(diag, IOP_INVALID, "plot: --kind says which figure; see 'iopath plot --help'");
    if (options->output == NULL)
        return diag_set(diag, IOP_INVALID, "plot: -o FILE.svg, FILE.png or FILE.pdf says where it goes");
    return plot_check(options->output, diag);
}

static enum iop_status of_scenario(const struct options *options, struct diag *diag) {
    char file[TEXT_MAX];
    struct store *store = NULL;
    struct scenario *scenario = NULL;
    enum iop_status status = scenario_file(options->scenario, file, sizeof file, diag);
    if (status == IOP_OK) {
        scenario = scenario_load(file, options->settings, options->setting_count, diag);
        if (scenario == NULL) status = IOP_INVALID;
    }
    if (status == IOP_OK && scenario->plot_count == 0)
        status = diag_set(diag, IOP_INVALID, "%.400s: it has no plots", file);
    if (status == IOP_OK) status = store_open(options->operands[0], STORE_READ, &store, diag);
    if (status == IOP_OK) status = stored_figures(file, options, store, scenario, diag);
    store_close(store);
    scenario_free(scenario);
    return status;
}

static enum iop_status of_validation(const struct options *options, struct diag *diag) {
    if (options->operand_count > 1)
        return diag_set(diag, IOP_INVALID, "plot: a figure of kind 'validation' is of one file");
    struct read_validation validation;
    enum iop_status status = result_file_validation(&validation, options->operands[0], diag);
    if (status == IOP_OK) status = validation_plot(&validation.of, options->output, diag);
    read_validation_free(&validation);
    return status;
}

static enum iop_status of_results(const struct options *options, struct diag *diag) {
    struct results results;
    struct result_figure figure = {.memory.blocks = NULL};
    enum iop_status status = IOP_OK;
    results_init(&results);
    for (int i = 0; i < options->operand_count && status == IOP_OK; i++)
        status = results_add_file(&results, options->operands[i], options->filters, options->filter_count, diag);
    if (status == IOP_OK) status = result_figure(&results, &options->figure, &figure, diag);
    if (status == IOP_OK) status = plot_write(&figure.figure, options->output, diag);
    result_figure_free(&figure);
    results_free(&results);
    return status;
}

int plot_command(struct options *options) {
    struct diag diag = {""};
    enum iop_status status = check(options, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    if (options->scenario != NULL) return fail(of_scenario(options, &diag), &diag);
    if (strcmp(options->figure.kind, "validation") == 0) return fail(of_validation(options, &diag), &diag);
    return fail(of_results(options, &diag), &diag);
}
