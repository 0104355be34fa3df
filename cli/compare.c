/* iopath compare: one workload over modes, instance types and the scenario's sweep. */
#include <stdlib.h>
#include <string.h>

#include "analysis/comparison.h"
#include "cli/command.h"
#include "cli/stored.h"
#include "cli/support.h"
#include "scenarios/catalog.h"

static void adjust(void *user, struct run_config *run) { options_adjust_run(user, run); }

/* Types of one family together, the smaller ones first. */
static int by_family_and_size(const void *a, const void *b) {
    const struct instance_type *x = a, *y = b;
    int order = strcmp(x->family, y->family);
    if (order == 0) order = x->vcpus - y->vcpus;
    if (order == 0) order = (x->memory_bytes > y->memory_bytes) - (x->memory_bytes < y->memory_bytes);
    return order != 0 ? order : strcmp(x->name, y->name);
}

/* `--instances all`: every type of the catalog in place of the word. */
static enum iop_status expand_all(struct options *options, struct diag *diag) {
    if (options->instance_count != 1 || strcmp(options->instances[0], "all") != 0) return IOP_OK;
    struct name_list names;
    enum iop_status status = catalog_names("instances", &names, diag);
    if (status != IOP_OK) return status;
    size_t count = (size_t)names.count;
    struct instance_type *types = calloc(count, sizeof *types);
    char **list = calloc(count, sizeof *list), *text = calloc(count, CATALOG_NAME_MAX);
    if (types == NULL || list == NULL || text == NULL) status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < count && status == IOP_OK; i++) status = catalog_instance(names.names[i], &types[i], diag);
    names_free(&names);
    if (status != IOP_OK) {
        free(types);
        free(list);
        free(text);
        return status;
    }
    qsort(types, count, sizeof *types, by_family_and_size);
    for (size_t i = 0; i < count; i++) {
        list[i] = text + i * CATALOG_NAME_MAX;
        memcpy(list[i], types[i].name, CATALOG_NAME_MAX);
    }
    free(types);
    free(options->instances);
    free(options->instance_text);
    options->instances = list;
    options->instance_text = text;
    options->instance_count = (int)count;
    return IOP_OK;
}

/* A misspelt type is an error; only what exists can turn out not to support a mode. */
static enum iop_status check_instances(const struct options *options, struct diag *diag) {
    for (int i = 0; i < options->instance_count; i++) {
        struct instance_type type;
        enum iop_status status = catalog_instance(options->instances[i], &type, diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

static enum iop_status write_comparison(const struct options *options, const struct comparison *comparison,
                                        enum iop_status ran, struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    struct diag own = {""};
    if (options->format == FORMAT_TABLE) status = comparison_table(comparison, output.stream, &own);
    if (options->format == FORMAT_JSON) status = comparison_json(comparison, IOPATH_VERSION, output.stream, &own);
    if (options->format == FORMAT_CSV) comparison_csv(comparison, IOPATH_VERSION, output.stream);
    if (status == IOP_OK && options->plot != NULL) status = comparison_plot(comparison, options->plot, &own);
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status != IOP_OK ? status : ran, diag);
}

static enum iop_status compare(const struct options *options, const char *file, struct diag *diag) {
    struct comparison_request request = {.file = file,
                                         .settings = options->settings,
                                         .setting_count = options->setting_count,
                                         .mode_count = options->mode_count,
                                         .modes = options->modes,
                                         .instance_count = options->instance_count,
                                         .instances = (const char *const *)options->instances,
                                         .adjust = adjust,
                                         .adjust_user = (void *)options};
    struct comparison comparison;
    enum iop_status status = comparison_plan(&request, &comparison, diag);
    if (status != IOP_OK) return status;
    status = scenario_check_available(comparison.base, diag);
    struct progress progress;
    progress_start(&progress);
    const struct crew crew = {options->jobs, progress_report, &progress};
    if (status == IOP_OK) status = comparison_run(&comparison, &crew, diag);
    progress_end(&progress);
    if (status == IOP_OK || status == IOP_CHECK_FAILED) status = write_comparison(options, &comparison, status, diag);
    comparison_free(&comparison);
    return status;
}

int compare_command(struct options *options) {
    struct diag diag = {""};
    char file[TEXT_MAX];
    enum iop_status status = output_check(options, &diag);
    if (status == IOP_OK) status = stored_check(options, &diag);
    if (status == IOP_OK && stored_is_meant(options)) return fail(stored_write(options, true, &diag), &diag);
    if (status == IOP_OK) status = expand_all(options, &diag);
    if (status == IOP_OK) status = check_instances(options, &diag);
    if (status == IOP_OK) status = scenario_file(options->operands[0], file, sizeof file, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    signals_install();
    return fail(compare(options, file, &diag), &diag);
}
