/* Where block requests are served: by whoever submits to an idle queue, by threads of back ends, by handlers of disks'
 * interrupts. The paths are in models/paths (block.h). */
#ifndef IOPATH_MODELS_DISK_WORKERS_H
#define IOPATH_MODELS_DISK_WORKERS_H

#include "models/placement.h"

/* Gives a new worker of a disk its CPU, contexts and turns; the owner's index is DISK_QUEUES_MAX times the disk's
 * number plus the queue or thread. */
void disk_worker_place(struct machine *machine, struct station *station, struct owner owner);

/* When all stations are there: blkback's threads for the queues of one disk that keep their persistent grants together
 * take a lock for each page, to find it and to put it back, whose cache lines come from the CPU that had it last. */
void disk_workers_share_pools(struct machine *machine);

#endif
