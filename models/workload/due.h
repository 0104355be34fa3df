/* How many requests of an open loop have been due so far.
 *
 * Requests at a rate are dated one by one, each when its socket (of a block workload: any of its slots) is free for it,
 * so that those that are overdue behind one in flight have no dates yet: they are counted as the rate says, not as they
 * would have been drawn. What is due and not answered is then in flight or waits, and the share of what is due that is
 * not answered says how far a path falls behind its load, without the chance in how many arrive. */
#ifndef IOPATH_MODELS_WORKLOAD_DUE_H
#define IOPATH_MODELS_WORKLOAD_DUE_H

#include "models/machine.h"

/* Whether requests of the workload are due at a rate. */
bool workload_has_due(const struct workload_config *work);

/* Since the start of the run. */
double workload_due(const struct machine *machine, const struct workload_state *state);

#endif
