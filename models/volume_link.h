/* The bandwidth an instance has to its network volumes (EBS-optimized): a link in each direction, apart from its
 * network, that the data of all its volumes passes one request after the other: written data before the volume has it,
 * read data when the volume has answered.
 *
 * Not modelled: instances without such a link, whose volumes share the network; commands and acknowledgements; the
 * bursts that small types of 2018 may do for half an hour a day. */
#ifndef IOPATH_MODELS_VOLUME_LINK_H
#define IOPATH_MODELS_VOLUME_LINK_H

#include <stdbool.h>

#include "sim/server.h"

struct guest_state;
struct machine;
struct queue;

struct volume_link {
    double ps_per_byte;    /* 0: no limit */
    struct server ways[2]; /* of reads, of writes */
};

/* `bps` bit/s each way, 0: no limit. */
void volume_link_init(struct volume_link *link, double bps);

/* The link that a packet's data passes on its way to or from its disk; NULL: none. */
struct volume_link *volume_link_of(struct machine *machine, uint32_t packet);

/* When `bytes` that come now have passed. */
sim_time volume_link_passes(struct volume_link *link, sim_time now, uint32_t bytes, bool write);

#endif
