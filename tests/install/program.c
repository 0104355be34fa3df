/* What a program that embeds the simulator does: loads a scenario and runs its model once. Prints the
 * packets per second of the first workload. */
#include <stdio.h>

#include "analysis/experiment.h"
#include "models/model.h"
#include "scenarios/scenario.h"
#include "sim/ring.h"
#include "sim/sim.h"

#ifdef OWN_RING_FINI /* with the shared library: the name of one of its functions, whose place it must not take */
void ring_fini(struct ring *ring) { printf("the library called the program's ring_fini for %p\n", (void *)ring); }
#endif

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
