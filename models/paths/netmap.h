/* Drivers of guests in netmap mode (models/paths/netmap.c), for the modes that have one. */
#ifndef IOPATH_MODELS_PATHS_NETMAP_H
#define IOPATH_MODELS_PATHS_NETMAP_H

#include "models/paths/path.h"

/* QEMU's e1000, behind it a tap device or a port of VALE. */
extern const struct step e1000_netmap_transmit[], e1000_netmap_completion[], e1000_netmap_receive[];
extern const struct step e1000_netmap_vale_transmit[], e1000_netmap_vale_receive[];
/* virtio with its back end in QEMU, or a thread of the host's kernel. */
extern const struct step virtio_netmap_transmit[], virtio_netmap_completion[], virtio_netmap_receive[];
extern const struct step vhost_netmap_transmit[], vhost_batched_netmap_transmit[], vhost_netmap_receive[];

#endif
