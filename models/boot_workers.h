/* Who works on a boot, and where: the toolstack and xenstored, one of each on a server, a process of dom0 or the host
 * for each guest, and the guest's first vCPU.
 *
 * Processes choose their CPU when they wake (models/guest/runqueue.h) and share it with its other tasks, 50 us each in
 * turn: pieces of a boot take far longer, and Linux lets those that have slept go first. */
#ifndef IOPATH_MODELS_BOOT_WORKERS_H
#define IOPATH_MODELS_BOOT_WORKERS_H

#include "models/machine.h"

/* `guest`: -1 for those of a server. */
void boot_worker_place(struct machine *machine, struct station *station, int guest);

/* Whether firmware or kernel find devices that a process emulates when the guest boots, if it does. */
bool guest_boots_emulated(const struct model_config *config, int guest);

#endif
