#include "cli/stored.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analysis/result_file.h"
#include "analysis/results_table.h"
#include "analysis/store_figure.h"
#include "cli/support.h"

bool stored_is_meant(const struct options *options) { return result_file_is_store(options->operands[0]); }

enum iop_status stored_check(const struct options *options, struct diag *diag) {
    const char *file = options->operands[0];
    if (!stored_is_meant(options)) {
        if (options->filter_count == 0) return IOP_OK;
        return diag_set(diag, IOP_INVALID, "--where chooses stored results, and '%.300s' is no store", file);
    }
    const struct {
        bool given;
        const char *name;
    } of_runs[] = {{options->setting_count > 0, "set"},         {options->has_seed, "seed"},
                   {options->has_replications, "replications"}, {options->has_precision, "precision"},
                   {options->has_uncertainty, "uncertainty"},   {options->mode_count > 0, "modes"},
                   {options->instance_count > 0, "instances"}};
    for (size_t i = 0; i < sizeof of_runs / sizeof *of_runs; i++)
        if (of_runs[i].given)
            return diag_set(diag, IOP_INVALID, "--%s: '%.300s' is a store, of which nothing is run; --where chooses",
                            of_runs[i].name, file);
    if (options->plot == NULL) return IOP_OK;
    return diag_set(diag, IOP_INVALID, "--plot: 'iopath plot %.300s --kind bars -o %.200s' draws a store", file,
                    options->plot);
}

static enum iop_status write(const struct options *options, const struct results *results, bool compared,
                             struct diag *diag) {
    static const enum results_form forms[] = {
        [FORMAT_TABLE] = RESULTS_ALIGNED, [FORMAT_CSV] = RESULTS_CSV, [FORMAT_JSON] = RESULTS_JSON};
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    struct diag own = {""};
    status = results_table(results, forms[options->format], compared, output.stream, &own);
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status, diag);
}

enum iop_status stored_write(const struct options *options, bool compared, struct diag *diag) {
    struct results results;
    results_init(&results);
    enum iop_status status =
        results_add_file(&results, options->operands[0], options->filters, options->filter_count, diag);
    if (status == IOP_OK && results.row_count == 0)
        status = diag_set(diag, IOP_INVALID, "%.300s: it holds no such results", options->operands[0]);
    if (status == IOP_OK) status = write(options, &results, compared, diag);
    results_free(&results);
    return status;
}

enum iop_status stored_figures(const char *file, const struct options *options, struct store *store,
                               const struct scenario *scenario, struct diag *diag) {
    uint64_t content;
    char hash[STORE_KEY_MAX];
    enum iop_status status = scenario_content(file, options->settings, options->setting_count, &content, diag);
    if (status != IOP_OK) return status;
    snprintf(hash, sizeof hash, "%016" PRIx64, content);
    size_t count = (size_t)options->filter_count;
    struct store_filter *filters = calloc(count + 1, sizeof *filters);
    if (filters == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) filters[i] = options->filters[i];
    filters[count] = (struct store_filter){"scenario_hash", hash};
    struct results results;
    results_init(&results);
    status = results_add_store(&results, store, filters, (int)count + 1, diag);
    if (status == IOP_OK && results.row_count == 0)
        status = diag_set(diag, IOP_INVALID, "the store has no results of %.400s as it is now", file);
    if (status == IOP_OK) status = result_figures_of_scenario(&results, scenario, diag);
    results_free(&results);
    free(filters);
    return status;
}
