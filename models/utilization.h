/* How busy each resource of a model was: CPUs, queueing disciplines, wire, PCIe link, page walkers, rate
 * limits. The busiest is the bottleneck. */
#ifndef IOPATH_MODELS_UTILIZATION_H
#define IOPATH_MODELS_UTILIZATION_H

#include "models/machine.h"

/* Remembers how much each was busy so far: utilization is of what comes after. NULL without memory. */
struct utilization;
struct utilization *utilization_begin(struct machine *machine);
void utilization_free(struct utilization *utilization);

/* Adds all resources that did anything to `result`, the busiest first.
 *
 * CPUs of dom0 go by the worker that kept them busiest ("dom0/netback0"), vCPUs that take interrupts by
 * their number ("sut/vcpu0"). vCPUs that only run applications are alike, and which of them is busiest is
 * chance: they go by rank ("sut/vcpu#1" is the busiest of the run), so that means over runs make sense. */
void utilization_report(struct machine *machine, const struct utilization *utilization, struct run_result *result);

#endif
