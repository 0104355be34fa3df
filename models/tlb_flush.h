/* TLB flushes after grants are unmapped.
 *
 * Modelled: Xen interrupts every other vCPU of dom0 that is at work and waits for the answers of all, one after the
 * other (`grant.tlb_flush` each, in the row of the flush; `grant.shootdown` on the vCPU that answers). It holds one
 * lock of the machine meanwhile, for which who flushes next spins (Xen's flush_lock): the more of dom0 is at work,
 * the fewer flushes there are (XN036, XN037). vCPUs that idle flush when they wake.
 *
 * Not modelled: workers that have the lock of a guest's grant table as well flush without this one; a batch of theirs
 * is one flush. */
#ifndef IOPATH_MODELS_TLB_FLUSH_H
#define IOPATH_MODELS_TLB_FLUSH_H

#include "models/machine.h"

/* Books one flush into the station's turn; returns its work, which is under the lock. */
sim_time tlb_flush(struct station *station, struct stage *stage);

/* Once all paths are wired: workers that are not alone in flushing share the lock. */
void tlb_flush_share_lock(struct machine *machine);

#endif
