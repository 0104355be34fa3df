/* What copies take longer because other CPUs of the socket copy as well (models/hardware/memory.h). */
#ifndef IOPATH_MODELS_COPYING_H
#define IOPATH_MODELS_COPYING_H

#include "models/machine.h"

/* `cpu` begins copies of `stage`, at which the time they take longer is booked, with so much traffic; alone they would
 * take `copying`. Returns how much longer they take. */
sim_time copying_waits(struct machine *machine, struct processor *cpu, struct stage *stage, sim_time traffic,
                       sim_time copying);

#endif
