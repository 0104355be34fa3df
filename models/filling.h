/* What one turn of a station's loop takes from its queues, and the work of it. */
#ifndef IOPATH_MODELS_FILLING_H
#define IOPATH_MODELS_FILLING_H

#include "models/station.h"

/* Takes into station->batch what there is for one turn in `context`; returns its work. */
sim_time station_fill(struct station *station, enum context context);

#endif
