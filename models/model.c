#include "models/model.h"

#include <stdlib.h>
#include <string.h>

#include "models/accounts.h"
#include "models/report.h"

struct model {
    struct machine *machine;
};

struct model *model_new(const struct model_config *config, uint64_t seed, uint32_t replication, struct diag *diag) {
    struct model *model = calloc(1, sizeof *model);
    if (model == NULL) {
        diag_set(diag, IOP_NO_MEMORY, "no memory for a model");
        return NULL;
    }
    model->machine = machine_new(config, seed, replication, diag);
    if (model->machine == NULL) {
        free(model);
        return NULL;
    }
    return model;
}

void model_free(struct model *model) {
    if (model == NULL) return;
    machine_free(model->machine);
    free(model);
}

static enum iop_status measure(struct machine *machine, sim_time until, struct run_result *result, struct diag *diag) {
    struct report_base *base = report_begin(machine);
    if (base == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for the counters");
    sim_run(&machine->sim, until);
    enum iop_status status = report_end(machine, base, result, diag);
    report_base_free(base);
    return status;
}

static void warm_up(struct machine *machine, sim_time warmup, sim_time duration) {
    machine->series_bin = (warmup + duration) / SERIES_BINS + 1;
    machine->series_end = 0;
    sim_run(&machine->sim, warmup);
}

enum iop_status model_run(struct model *model, sim_time warmup, sim_time duration, struct run_result *result,
                          struct diag *diag) {
    warm_up(model->machine, warmup, duration);
    return measure(model->machine, warmup + duration, result, diag);
}

enum iop_status model_run_batches(struct model *model, sim_time warmup, sim_time duration, int batches,
                                  model_batch *measured, void *user, struct diag *diag) {
    struct run_result *result = malloc(sizeof *result); /* too large for a stack */
    if (result == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for a result");
    struct diag check = {""};
    enum iop_status status = IOP_OK;
    warm_up(model->machine, warmup, duration);
    for (int i = 0; i < batches && status == IOP_OK; i++) {
        struct diag own = {""};
        status = measure(model->machine, warmup + duration / batches * (i + 1), result, &own);
        if (status == IOP_CHECK_FAILED && check.message[0] == '\0') check = own;
        if (status != IOP_OK && status != IOP_CHECK_FAILED) diag_set(diag, status, "%s", own.message);
        if (status == IOP_OK || status == IOP_CHECK_FAILED) status = measured(user, i, result, diag);
    }
    free(result);
    if (status != IOP_OK || check.message[0] == '\0') return status;
    return diag_set(diag, IOP_CHECK_FAILED, "%s", check.message);
}
