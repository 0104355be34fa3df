/* Spin locks that are given in the order they were asked for: Xen's of a guest's grant table, which the operations of
 * all workers of its back end take, and of TLB flushes (models/tlb_flush.h); blkback's of a disk's persistent grants
 * (models/disk_workers.h).
 *
 * Modelled: one holder at a time, first come first served; who finds it held spins: its vCPU does nothing else, not
 * even interrupts, until it has the lock. A worker takes the lock once for all operations of a turn (in truth for each:
 * the mean wait is the same, and so is the load on which the lock saturates). A lock that another CPU had last comes
 * with its cache lines, for every operation, because operations of several CPUs alternate.
 *
 * That of a grant table was
 *
 *     until Xen 4.5  a spin lock: copies and maps hold it while they look up the entry, unmaps throughout
 *     Xen 4.6        a read-write lock (KF06): operations do not exclude each other, but its line can be in one
 *                    cache only, and goes from one to the next
 *     from Xen 4.7   a lock per CPU (XN034): nobody meets anybody
 *
 * Until 4.5 who maps or unmaps takes dom0's lock too, which all its workers share; here that one stands for both.
 *
 * Not modelled: maptrack entries since 4.6; the other guest's lock for copies from its pages, for which the receiver's
 * is taken once more. A vCPU that shares its CPU with others leaves it to them while it spins, instead of holding it.
 */
#ifndef IOPATH_MODELS_TICKET_LOCK_H
#define IOPATH_MODELS_TICKET_LOCK_H

#include "sim/sim.h"

enum { LOCK_WAITERS_MAX = 128 };

struct station;

struct ticket_lock {
    int users;              /* workers that take it, as far as they are counted */
    bool shared;            /* more than one worker takes it */
    bool exclusive;         /* operations hold it while they work, not only while the line comes */
    sim_time transfer;      /* of its cache lines from another CPU, with each operation */
    struct station *holder; /* NULL: free */
    const void *last_cpu;   /* that had it */
    int waiter_count;
    struct station *waiters[LOCK_WAITERS_MAX];
    /* what was measured */
    sim_time spun, transferred;               /* CPU time: waiting for it, waiting for its lines */
    sim_time spun_before, transferred_before; /* as of the end of the warm-up */
};

/* The station, in a handler of its CPU, needs its lock for `locked` of work and `operations` of it, and goes on
 * with station_resumed when that is done. */
void ticket_lock_take(struct ticket_lock *lock, struct station *station);

#endif
