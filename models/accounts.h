/* Who spent the CPU time: every row of every path was executed so often, at so much each. */
#ifndef IOPATH_MODELS_ACCOUNTS_H
#define IOPATH_MODELS_ACCOUNTS_H

#include "models/machine.h"

/* Forgets what was executed so far: the accounts are of what comes after. */
void accounts_begin(struct machine *machine);

/* Adds to `result`: CPU time by domain and category, rates, and cycles per packet of each step.
 * Returns all CPU time ever charged, in ps, for the check against what the processors did. */
double accounts_report(const struct machine *machine, double seconds, struct run_result *result);

/* Appends a metric; NULL when the result is full. */
struct metric *add_metric(struct run_result *result, enum metric_kind kind, int guest, int workload, double value);

#endif
