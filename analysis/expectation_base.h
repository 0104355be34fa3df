/* The scenarios that expectations are relative to. */
#ifndef IOPATH_ANALYSIS_EXPECTATION_BASE_H
#define IOPATH_ANALYSIS_EXPECTATION_BASE_H

#include "analysis/experiment.h"
#include "scenarios/scenario.h"

struct expectation_bases {
    int count; /* of distinct scenarios */
    struct scenario **scenarios;
    int *of; /* of each expectation: the scenario it is relative to, or -1 */
};

/* Reads each scenario once. A base lies beside the scenario's own file, or among the scenarios of the data directory.
 */
enum iop_status expectation_bases_load(const struct scenario *scenario, struct expectation_bases *bases,
                                       struct diag *diag);
void expectation_bases_free(struct expectation_bases *bases);

/* Runs one scenario in some way: once as it is, or with other costs. */
typedef enum iop_status base_runner(void *user, const struct scenario *base, struct experiment_result *result,
                                    struct diag *diag);
enum iop_status base_run_as_it_is(void *user, const struct scenario *base, struct experiment_result *result,
                                  struct diag *diag);

/* Runs the bases and fills `values`, one for each expectation: the same metric there, or 1 for an absolute expectation.
 * A base without the metric is an error. */
enum iop_status expectation_bases_run(const struct scenario *scenario, const struct expectation_bases *bases,
                                      base_runner *run, void *user, double *values, struct diag *diag);

#endif
