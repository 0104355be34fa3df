/* Giving mapped buffers back, the CPU's side of models/hardware/dma_map.h.
 *
 * A driver that cleans up unmaps what it takes from its rings. When the IOMMU has to be told, the CPU prepares an
 * invalidation, takes the queue's lock, and spins until the IOMMU has answered, one buffer after the other; what
 * the others hold or have queued before it, it waits for, too. The packets go on afterwards. */
#ifndef IOPATH_MODELS_UNMAP_H
#define IOPATH_MODELS_UNMAP_H

#include "models/station.h"

/* `station` takes a packet off a ring of its device: unmaps the buffer, maps the next one of a receive ring. Returns
 * CPU work beyond that of the stage's rows; counts in station->flushes how often the IOMMU has to be told. */
sim_time unmap_packet(struct station *station, struct stage *stage);

/* Tells the IOMMU once, on the station's CPU; `done` is called when it has answered. */
void unmap_invalidate(struct station *station, enum context context, sim_handler *done);

#endif
