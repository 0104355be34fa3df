/* The mitigations of 2018: what they add to what other rows do.
 *
 * Modelled: isolation of page tables (system calls, interrupts, Xen's entries from PV domains: CK04, CP026,
 * XN095), which processors that are not open to Meltdown do without (KF25) and guests with nested paging pay more for,
 * whose walks after it are longer (CP025); predictor barriers (context switches), all of it on VM exits (VX062), and
 * retpolines (CP046; rows of models/guest/stack.c). Each is a cost of its own (category `mitigation`) and a row of its
 * own, which the composer puts behind the row that it makes longer, whatever table that is of.
 *
 * Not modelled: caches and predictors that are cold afterwards, beyond what the measured costs include; the
 * barrier and cache flush of an exit that goes to a process of the host (VX065, VX067). */
#ifndef IOPATH_MODELS_HYPERVISOR_MITIGATIONS_H
#define IOPATH_MODELS_HYPERVISOR_MITIGATIONS_H

#include "models/paths/step.h"

/* Whether who executes a step has page tables of its own for user space. */
enum isolation { ISOLATION_NONE, ISOLATION_NATIVE, ISOLATION_NESTED };

/* The row that the mitigations add to `step`, executed as often; NULL: none. */
const struct step *mitigation_of(const struct step *step, enum isolation isolation);

#endif
