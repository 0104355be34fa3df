/* iopath plan: which instances, how many of them, at what cost. */
#include "analysis/plan.h"

#include "cli/command.h"
#include "cli/support.h"

static enum iop_status write_plan(const struct options *options, const struct plan *plan, struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    struct diag own = {""};
    if (options->format == FORMAT_TABLE) status = plan_table(plan, output.stream, &own);
    if (options->format == FORMAT_JSON) status = plan_json(plan, IOPATH_VERSION, output.stream, &own);
    if (options->format == FORMAT_CSV) status = plan_csv(plan, IOPATH_VERSION, output.stream, &own);
    if (status == IOP_OK && plan->ranked == 0)
        status = diag_set(&own, IOP_CHECK_FAILED, "%s: no option keeps the objective", plan->demand->file);
    else if (status == IOP_OK && options->plot != NULL)
        status = plan_plot(plan, options->plot, &own);
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status, diag);
}

static enum iop_status answer(const struct options *options, const struct demand *demand, struct diag *diag) {
    struct plan plan;
    struct progress progress;
    const struct crew crew = {options->jobs, progress_report, &progress};
    enum iop_status status = plan_make(demand, &plan, diag);
    if (status == IOP_OK) {
        progress_start(&progress);
        status = plan_run(&plan, demand->run.uncertainty, &crew, diag);
        progress_end(&progress);
    }
    if (status == IOP_OK) status = write_plan(options, &plan, diag);
    plan_free(&plan);
    return status;
}

int plan_command(struct options *options) {
    struct diag diag = {""};
    char file[TEXT_MAX];
    enum iop_status status = output_check(options, &diag);
    if (status == IOP_OK) status = scenario_file(options->operands[0], file, sizeof file, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    struct demand *demand = demand_load(file, options->settings, options->setting_count, &diag);
    if (demand == NULL) return fail(IOP_INVALID, &diag);
    options_adjust_run(options, &demand->run);
    signals_install();
    status = answer(options, demand, &diag);
    demand_free(demand);
    return fail(status, &diag);
}
