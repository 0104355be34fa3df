#include "scenarios/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "models/workload/block_trace.h"
#include "models/workload/trace.h"
#include "scenarios/claim.h"
#include "scenarios/data.h"
#include "scenarios/input.h"

static enum iop_status out_of_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory"); }

void scenario_take_run(const struct run_input *input, struct run_config *run) {
    run->duration = sim_time_of(input->duration);
    run->warmup_auto = input->warmup.word == WORD_AUTO;
    run->warmup = run->warmup_auto ? 0 : sim_time_of(input->warmup.quantity.value);
    run->replications = input->replications;
    run->seed = input->seed;
    run->precision = input->precision;
    run->batches = input->batches;
    run->uncertainty = input->uncertainty;
}

/* --- plots, expectations --- */

static enum iop_status take_plots(const struct list *list, struct scenario *scenario, struct diag *diag) {
    const struct plot_input *inputs = list->items;
    scenario->plots = calloc((size_t)list->count + 1, sizeof *scenario->plots);
    if (scenario->plots == NULL) return out_of_memory(diag);
    for (int i = 0; i < list->count; i++) {
        scenario->plots[i] = inputs[i].request;
        snprintf(scenario->plots[i].kind, sizeof scenario->plots[i].kind, "%s",
                 node_child(inputs[i].at, "kind")->value);
        scenario->plot_count = i + 1;
    }
    return IOP_OK;
}

static enum iop_status take_expectations(const struct list *list, struct scenario *scenario, struct diag *diag) {
    const struct expect_input *inputs = list->items;
    scenario->expect = calloc((size_t)list->count + 1, sizeof *scenario->expect);
    if (scenario->expect == NULL) return out_of_memory(diag);
    for (int i = 0; i < list->count; i++) {
        const struct expect_input *input = &inputs[i];
        struct expectation *to = &scenario->expect[i];
        bool relative = input->relative_to[0] != '\0';
        if (relative && input->value.quantity.dimension != DIM_PLAIN)
            return node_fail(node_child(input->at, "value"), diag,
                             "'%s' has a unit; a value relative to another scenario is a plain ratio",
                             shown(node_child(input->at, "value")->value).text);
        memcpy(to->metric, input->metric, sizeof to->metric);
        memcpy(to->relative_to, input->relative_to, sizeof to->relative_to);
        memcpy(to->source, input->source, sizeof to->source);
        memcpy(to->missed, input->missed, sizeof to->missed);
        to->value = input->value.quantity.value;
        to->tolerance = input->tolerance;
        scenario->expect_count = i + 1;
    }
    return IOP_OK;
}

enum iop_status scenario_check_setting(const struct setting *setting, struct diag *diag) {
    struct diag problem = {0};
    enum iop_status status = schema_check_path(&scenario_table, setting->path, &problem);
    if (status == IOP_OK) status = schema_check_value(&scenario_table, setting->path, setting->value, &problem);
    return status == IOP_OK ? IOP_OK : diag_set(diag, status, "%s: %s", setting->path, problem.message);
}

/* --- the file --- */

void scenario_path(const char *file, char *out, size_t size) {
    struct stat facts;
    char below[DATA_PATH_MAX];
    const char *end = strlen(file) > 5 && strcmp(file + strlen(file) - 5, ".yaml") == 0 ? "" : ".yaml";
    snprintf(below, sizeof below, "scenarios/%s%s", file, end);
    bool shipped = stat(file, &facts) != 0 && file[0] != '/' && data_path(below, out, size, NULL) == IOP_OK;
    if (!shipped) snprintf(out, size, "%s", file);
}

enum iop_status scenario_read(struct scenario *scenario, struct document *document, enum reading reading,
                              struct diag *diag) {
    struct scenario_input *input = arena_alloc(&document->memory, sizeof *input);
    if (input == NULL) return out_of_memory(diag);
    struct later_note later = {scenario->not_available, sizeof scenario->not_available};
    struct reader reader = {.memory = &document->memory, .diag = diag, .later = &later};
    enum iop_status status = schema_read(&reader, &scenario_table, document->root, input);
    if (status != IOP_OK) return status;
    const struct node *fleet = node_child(document->root, "fleet");
    if (fleet != NULL)
        return node_fail_key(fleet, diag, "this is a fleet, which 'iopath fleet' simulates, and has no guests");
    memcpy(scenario->name, input->name, sizeof scenario->name);
    memcpy(scenario->description, input->description, sizeof scenario->description);
    scenario_take_run(&input->run, &scenario->run);
    struct builder builder = {.root = document->root,
                              .input = input,
                              .scenario = scenario,
                              .later = &later,
                              .reading = reading,
                              .diag = diag};
    status = build_model(&builder);
    if (status == IOP_OK) status = take_axes(&input->sweep, document, scenario, diag);
    if (status == IOP_OK) status = take_design(&input->design, scenario, diag);
    if (status == IOP_OK) status = take_conditions(input->only, document, scenario, diag);
    if (status == IOP_OK) status = take_plots(&input->plots, scenario, diag);
    if (status == IOP_OK) status = take_expectations(&input->expect, scenario, diag);
    if (status == IOP_OK && node_child(document->root, "claim") != NULL)
        status = claim_take(&input->claim, &scenario->claim, diag);
    return status;
}

enum iop_status scenario_document(const char *file, const struct setting *settings, int setting_count,
                                  char path[TEXT_MAX], struct document *document, struct diag *diag) {
    char found[DATA_PATH_MAX];
    *document = (struct document){0};
    scenario_path(file, found, sizeof found);
    if (strlen(found) >= TEXT_MAX) return diag_set(diag, IOP_INVALID, "%s: the path is too long", shown(found).text);
    memcpy(path, found, strlen(found) + 1);
    enum iop_status status = document_load(document, path, diag);
    for (int i = 0; i < setting_count && status == IOP_OK; i++)
        status = document_set(document, settings[i].path, settings[i].value, diag);
    if (status != IOP_OK) document_fini(document);
    return status;
}

static enum iop_status load(struct scenario *scenario, const char *file, const struct setting *settings,
                            int setting_count, struct diag *diag) {
    struct document document;
    enum iop_status status = scenario_document(file, settings, setting_count, scenario->file, &document, diag);
    if (status != IOP_OK) return status;
    status = scenario_read(scenario, &document, READING_FILE, diag);
    document_fini(&document);
    return status;
}

enum iop_status scenario_title(const char *file, char name[TEXT_MAX], char description[TEXT_MAX], struct diag *diag) {
    struct document document;
    char path[TEXT_MAX];
    enum iop_status status = scenario_document(file, NULL, 0, path, &document, diag);
    if (status != IOP_OK) return status;
    struct scenario_input *input = arena_alloc(&document.memory, sizeof *input);
    struct reader reader = {.memory = &document.memory, .diag = diag};
    status = input == NULL ? out_of_memory(diag) : schema_read(&reader, &scenario_table, document.root, input);
    if (status == IOP_OK) {
        memcpy(name, input->name, sizeof input->name);
        memcpy(description, input->description, sizeof input->description);
    }
    document_fini(&document);
    return status;
}

struct scenario *scenario_load(const char *file, const struct setting *settings, int setting_count, struct diag *diag) {
    struct scenario *scenario = calloc(1, sizeof *scenario);
    enum iop_status status =
        scenario == NULL ? out_of_memory(diag) : load(scenario, file, settings, setting_count, diag);
    if (status == IOP_OK) return scenario;
    scenario_free(scenario);
    return NULL;
}

struct scenario *scenario_of_document(const char *file, struct document *document, struct diag *diag) {
    struct scenario *scenario = calloc(1, sizeof *scenario);
    if (scenario != NULL) snprintf(scenario->file, sizeof scenario->file, "%s", file);
    enum iop_status status =
        scenario == NULL ? out_of_memory(diag) : scenario_read(scenario, document, READING_FILE, diag);
    if (status == IOP_OK) return scenario;
    scenario_free(scenario);
    return NULL;
}

void scenario_beside(const char *file, const char *other, char *out, size_t size) {
    const char *slash = strrchr(file, '/');
    int folder = other[0] == '/' || slash == NULL ? 0 : (int)(slash - file + 1);
    snprintf(out, size, "%.*s%s", folder, file, other);
}

void scenario_free(struct scenario *scenario) {
    if (scenario == NULL) return;
    for (int i = 0; i < scenario->axis_count; i++) free(scenario->axes[i].values);
    free(scenario->axes);
    free(scenario->conditions);
    free(scenario->plots);
    free(scenario->expect);
    claim_free(scenario->claim);
    for (int i = 0; i < scenario->trace_count; i++) {
        trace_free(scenario->traces[i].trace);
        block_trace_free(scenario->traces[i].requests);
    }
    free(scenario->traces);
    free(scenario);
}
