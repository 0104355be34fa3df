/* What a program that embeds the simulator does: loads a scenario and runs its model once. Prints the
 * packets per second of the first workload. */
#include <stdio.h>

#include "analysis/experiment.h"
#include "models/model.h"
#include "scenarios/scenario.h"
#include "sim/sim.h"

/* Has the name of a function of the library, and must not take its place. */
void ring_fini(void);
void ring_fini(void) { puts("the program's own ring_fini was called by the library"); }

static int run(const struct scenario *scenario, struct diag *diag) {
    static struct run_result result;
    struct model *model = model_new(&scenario->model, 1, 0, diag);
    if (model == NULL) return 1;
    enum iop_status status = model_run(model, 1 * SIM_MS, 5 * SIM_MS, &result, diag);
    model_free(model);
    if (status != IOP_OK || result.metric_count == 0) return 1;
    printf("%s %.0f\n", metric_name(result.metrics[0].kind), result.metrics[0].value);
    return 0;
}

int main(int argc, char **argv) {
    struct diag diag = {""};
    struct scenario *scenario = argc == 2 ? scenario_load(argv[1], NULL, 0, &diag) : NULL;
    int code = scenario != NULL ? run(scenario, &diag) : 1;
    if (code != 0) fprintf(stderr, "%s\n", diag.message);
    scenario_free(scenario);
    return code;
}
