#include "models/model.h"

#include <stdlib.h>
#include <string.h>

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

enum iop_status model_run(struct model *model, sim_time warmup, sim_time duration, struct run_result *result,
                          struct diag *diag) {
    struct machine *machine = model->machine;
    machine->series_bin = (warmup + duration) / SERIES_BINS + 1;
    machine->series_end = 0;
    sim_run(&machine->sim, warmup);
    struct report_base *base = report_begin(machine);
    if (base == NULL) return diag_set(diag, IOP_NO_MEMORY, "no memory for the counters");
    sim_run(&machine->sim, warmup + duration);
    enum iop_status status = report_end(machine, base, result, diag);
    report_base_free(base);
    return status;
}
