/* How routes come to their queues: each is made when the first route needs it. NULL without memory. */
#ifndef IOPATH_MODELS_WIRING_H
#define IOPATH_MODELS_WIRING_H

#include "models/machine.h"
#include "models/placement.h"

/* wiring.c: a queue and the station that empties it; `flow` is the first to need it, or NULL. */
struct queue *wire_queue(struct machine *machine, enum ring_id id, struct owner owner, struct flow *flow,
                         struct diag *diag);

/* nic_queues.c: the queue of the physical function behind `tx_ring`, of the kernel's driver or of the switch's; a queue
 * of a guest's own device; the one that receives in front of stage `next`. */
struct nic_queue *wire_pf_queue(struct machine *machine, int server_index, enum ring_id tx_ring, struct diag *diag);
struct nic_queue *wire_guest_nic_queue(struct machine *machine, struct owner owner, struct diag *diag);
struct nic_queue *wire_receiving_queue(struct machine *machine, const struct stage *next, struct owner owner,
                                       struct diag *diag);

#endif
