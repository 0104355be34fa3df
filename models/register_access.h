/* Accesses to the registers of an emulated device, one after the other: each is served by the device model while the
 * CPU of whoever makes it waits. The driver makes them when an interrupt wakes it and at the end of a poll. */
#ifndef IOPATH_MODELS_REGISTER_ACCESS_H
#define IOPATH_MODELS_REGISTER_ACCESS_H

#include "models/station.h"

/* Makes the accesses that are due (station->registers_left), then goes on with the station's work. */
void registers_access(struct station *station);

/* The answer of the device model has reached the vCPU of the station. */
void register_answered(struct sim *sim, void *object, uint64_t word);

#endif
