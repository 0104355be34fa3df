/* Predicted beside published: the `expect` block of a scenario against a result. */
#ifndef IOPATH_ANALYSIS_EXPECTATION_H
#define IOPATH_ANALYSIS_EXPECTATION_H

#include "analysis/experiment.h"
#include "scenarios/scenario.h"

struct outcome {
    double predicted; /* SI units, or a ratio */
    double error;     /* |predicted - published| / published */
    bool within;      /* the tolerance */
};

/* A published value is about the machines and costs of the file as it is: false after settings of guests, host or
 * costs. How long, how often and with which seed it is run is open. */
bool expectation_applies(const struct setting *settings, int count);

/* Runs the scenarios that expectations are relative to, each once, and fills `values`, one for each expectation
 * (analysis/expectation_base.h). */
enum iop_status expectation_bases(const struct scenario *scenario, double *values, struct diag *diag);

/* False when the metric is not in the result. */
bool expectation_outcome(const struct expectation *expectation, double base, const struct experiment_result *result,
                         const struct model_config *model, struct outcome *outcome);

#endif
