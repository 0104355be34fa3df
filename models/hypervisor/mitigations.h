/* The mitigations of 2018: what they add to what other rows do.
 *
 * Modelled: isolation of page tables (system calls, interrupts, Xen's entries from PV domains: CK04, CP026,
 * XN095), predictor barriers (context switches), all of it on VM exits (VX062), and retpolines (CP046; rows of
 * models/guest/stack.c). Each is a cost of its own (category `mitigation`) and a row of its own, which the
 * composer puts behind the row that it makes longer, whatever table that is of.
 *
 * Not modelled: caches and predictors that are cold afterwards, beyond what the measured costs include; the
 * barrier and cache flush of an exit that goes to a process of the host (VX065, VX067). */
#ifndef IOPATH_MODELS_HYPERVISOR_MITIGATIONS_H
#define IOPATH_MODELS_HYPERVISOR_MITIGATIONS_H

#include "models/paths/step.h"

/* The row that the mitigations add to `step`, executed as often; NULL: none. */
const struct step *mitigation_of(const struct step *step);

#endif
