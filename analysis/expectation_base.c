#include "analysis/expectation_base.h"

#include <stdlib.h>
#include <string.h>

static enum iop_status load_base(const struct scenario *scenario, const char *name, struct expectation_bases *bases,
                                 struct diag *diag) {
    char path[2 * TEXT_MAX];
    scenario_beside(scenario->file, name, path, sizeof path);
    struct scenario *base = scenario_load(path, NULL, 0, diag);
    if (base == NULL) return IOP_INVALID;
    bases->scenarios[bases->count++] = base;
    if (base->not_available[0] == '\0') return IOP_OK;
    return diag_set(diag, IOP_INVALID, "%s is not available yet", base->not_available);
}

/* The expectation before `index` that names the same base, or `index`. */
static int first_of_same(const struct scenario *scenario, int index) {
    for (int i = 0; i < index; i++)
        if (strcmp(scenario->expect[i].relative_to, scenario->expect[index].relative_to) == 0) return i;
    return index;
}

enum iop_status expectation_bases_load(const struct scenario *scenario, struct expectation_bases *bases,
                                       struct diag *diag) {
    size_t count = (size_t)scenario->expect_count;
    *bases = (struct expectation_bases){0, calloc(count + 1, sizeof *bases->scenarios),
                                        calloc(count + 1, sizeof *bases->of)};
    enum iop_status status = IOP_OK;
    if (bases->scenarios == NULL || bases->of == NULL)
        status = diag_set(diag, IOP_NO_MEMORY, "out of memory for expectations");
    for (int i = 0; i < scenario->expect_count && status == IOP_OK; i++) {
        const char *name = scenario->expect[i].relative_to;
        int first = first_of_same(scenario, i);
        bases->of[i] = name[0] == '\0' ? -1 : first < i ? bases->of[first] : bases->count;
        if (name[0] != '\0' && first == i) status = load_base(scenario, name, bases, diag);
    }
    if (status != IOP_OK) expectation_bases_free(bases);
    return status;
}

void expectation_bases_free(struct expectation_bases *bases) {
    for (int i = 0; i < bases->count; i++) scenario_free(bases->scenarios[i]);
    free(bases->scenarios);
    free(bases->of);
    *bases = (struct expectation_bases){0};
}

enum iop_status base_run_as_it_is(void *user, const struct scenario *base, struct experiment_result *result,
                                  struct diag *diag) {
    (void)user;
    const struct crew alone = {.jobs = 1};
    return experiment_run(&base->model, &base->run, &alone, result, diag);
}

/* The metrics of one base for all expectations that name it. */
static enum iop_status fill_from(const struct scenario *scenario, const struct expectation_bases *bases, int which,
                                 const struct experiment_result *result, double *values, struct diag *diag) {
    for (int i = 0; i < scenario->expect_count; i++) {
        const struct expectation *expectation = &scenario->expect[i];
        if (bases->of[i] != which) continue;
        const struct estimate *found = experiment_find(result, &bases->scenarios[which]->model, expectation->metric);
        if (found == NULL || found->over.mean == 0)
            return diag_set(diag, IOP_INVALID, "%s: expect[%d].relative_to: '%s' has no %s", scenario->file, i,
                            expectation->relative_to, expectation->metric);
        values[i] = found->over.mean;
    }
    return IOP_OK;
}

enum iop_status expectation_bases_run(const struct scenario *scenario, const struct expectation_bases *bases,
                                      base_runner *run, void *user, double *values, struct diag *diag) {
    for (int i = 0; i < scenario->expect_count; i++) values[i] = 1;
    for (int i = 0; i < bases->count; i++) {
        struct experiment_result result = {0};
        enum iop_status status = run(user, bases->scenarios[i], &result, diag);
        if (status == IOP_OK) status = fill_from(scenario, bases, i, &result, values, diag);
        experiment_result_free(&result);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}
