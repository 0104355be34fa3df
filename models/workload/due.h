/* How many requests of an open loop have been due so far and are not under way.
 *
 * They are answered, or overdue: behind one in flight of their socket (of a block workload: behind those of all slots).
 * Overdue ones have no dates yet and are counted as the rate says, not as they would have been drawn. The share of what
 * is due that is not answered then says how far a path falls behind its load: neither the chance in how many arrive nor
 * the few in flight at both ends of a run are in it. */
#ifndef IOPATH_MODELS_WORKLOAD_DUE_H
#define IOPATH_MODELS_WORKLOAD_DUE_H

#include "models/machine.h"

/* Whether requests of the workload are due at a rate. */
bool workload_has_due(const struct workload_config *work);

/* Since the start of the run; of other workloads it means nothing. */
double workload_due(const struct machine *machine, const struct workload_state *state);

#endif
