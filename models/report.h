/* Turns the counters of a machine into a result. */
#ifndef IOPATH_MODELS_REPORT_H
#define IOPATH_MODELS_REPORT_H

#include "models/machine.h"

/* Remembers all counters: what comes later is measured from here. */
struct report_base;
struct report_base *report_begin(struct machine *machine);
void report_base_free(struct report_base *base);

/* Fills `result` with what happened since report_begin, and checks the invariants of the whole run. */
enum iop_status report_end(struct machine *machine, struct report_base *base, struct run_result *result,
                           struct diag *diag);

#endif
