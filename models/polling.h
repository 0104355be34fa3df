/* How a poll loop (models/poll_loop.h) comes to know of work: nobody tells it, it finds what there is when its turn
 * reaches the port. */
#ifndef IOPATH_MODELS_POLLING_H
#define IOPATH_MODELS_POLLING_H

#include "models/station.h"

/* Something waits at a port of a poll loop. If the loop is idle it comes by when its turn reaches the port. */
void station_approach(struct station *station);

#endif
