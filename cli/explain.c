/* iopath explain: the path of a packet, step by step, as the model executes it. */
#include <string.h>

#include "cli/command.h"
#include "cli/explain_table.h"
#include "cli/support.h"
#include "scenarios/catalog.h"

static const char tutorial[] = "tutorial/01-first-run.yaml";

static enum iop_status set(struct options *options, const char *path, const char *value, struct diag *diag) {
    struct setting setting;
    snprintf(setting.path, sizeof setting.path, "%s", path);
    snprintf(setting.value, sizeof setting.value, "%s", value);
    return options_add_setting(options, &setting, diag);
}

/* Guest and workload of a mode alone: the tutorial's, so that the example of the manual is what is shown. */
static struct scenario *open_mode(struct options *options, enum mode mode, struct diag *diag) {
    enum iop_status status = set(options, "guests[0].mode", mode_info(mode)->name, diag);
    if (status == IOP_OK && options->has_direction)
        status = set(options, "guests[0].workloads[0].direction", direction_name(options->direction), diag);
    return status == IOP_OK ? scenario_open(tutorial, options, diag) : NULL;
}

/* What is neither a mode nor a file was most likely meant to be a mode. */
static struct scenario *open_operand(struct options *options, struct diag *diag) {
    const char *operand = options->operands[0];
    char file[TEXT_MAX];
    int count;
    const char *const *names = mode_names(&count);
    enum mode mode = mode_find(operand);
    if (mode != MODE_NONE) return open_mode(options, mode, diag);
    if (scenario_file(operand, file, sizeof file, NULL) == IOP_OK) return scenario_open(operand, options, diag);
    const char *near = nearest_name(operand, names, (size_t)count);
    diag_set(diag, IOP_INVALID, "explain: '%.200s' is neither a mode nor a scenario file%s%s%s", operand,
             near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    return NULL;
}

/* Identical guests (`count:`) walk identical paths: the first stands for all. */
static bool shown_before(const struct model_config *model, int index) {
    const struct guest_config *guest = &model->guests[index];
    for (int i = 0; i < index; i++) {
        const struct guest_config *other = &model->guests[i];
        if (other->mode == guest->mode && strcmp(other->kernel, guest->kernel) == 0 && other->grants == guest->grants &&
            other->workload_count == guest->workload_count && strcmp(other->instance.name, guest->instance.name) == 0 &&
            memcmp(other->workloads, guest->workloads, sizeof guest->workloads) == 0)
            return true;
    }
    return false;
}

static bool wanted(const struct options *options, const struct workload_config *workload, enum direction direction) {
    if (!workload_is_stream(workload->kind)) return direction == DIRECTION_TRANSMIT; /* one path there and back */
    if (options->has_direction && options->direction != direction) return false;
    if (workload->direction == DIRECTION_BOTH) return direction <= DIRECTION_RECEIVE;
    return workload->direction == direction;
}

static enum iop_status explain_all(const struct options *options, const struct scenario *scenario,
                                   struct explanation *explanation, struct diag *diag) {
    const struct model_config *model = &scenario->model;
    int shown = 0;
    for (int i = 0; i < model->guest_count; i++) {
        if (shown_before(model, i)) continue;
        for (int j = 0; j < model->guests[i].workload_count; j++)
            for (int d = DIRECTION_TRANSMIT; d <= DIRECTION_TRANSIT; d++) {
                if (!wanted(options, &model->guests[i].workloads[j], (enum direction)d)) continue;
                enum iop_status status = explanation_add(explanation, i, j, (enum direction)d, diag);
                if (status != IOP_OK) return status;
                shown++;
            }
    }
    if (shown == 0) return diag_set(diag, IOP_INVALID, "%s: no workload has that direction", scenario->file);
    for (int i = 0; i < model->guest_count; i++) {
        if (options->format != FORMAT_TABLE || shown_before(model, i)) continue;
        enum iop_status status = explain_kernel(explanation, i, diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

int explain_command(struct options *options) {
    struct diag diag = {""};
    enum iop_status status = output_check(options, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    struct scenario *scenario = open_operand(options, &diag);
    if (scenario == NULL) return fail(IOP_INVALID, &diag);
    struct output output;
    status = output_open(&output, options->output, &diag);
    if (status == IOP_OK) {
        struct explanation explanation;
        explanation_start(&explanation, &scenario->model, options, output.stream);
        status = explain_all(options, scenario, &explanation, &diag);
        if (status == IOP_OK) status = explanation_finish(&explanation, &diag);
        explanation_free(&explanation);
        status = output_close(&output, status, &diag);
    }
    scenario_free(scenario);
    return fail(status, &diag);
}
